//! The policies are valid, and as narrow as AWS's actions allow.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    policy::{FILES, TRUSTS, policy},
    schemas::Actions,
};
use crate::load::text;

/// The most characters of a managed policy, white space not counted (IAM quotas).
const LONGEST: usize = 6_144;

#[test]
fn every_policy_is_valid_and_fits_into_a_managed_policy() {
    for file in FILES.iter().chain(&TRUSTS) {
        let path = format!("deploy/policies/{file}");
        let json: Value =
            serde_json::from_str(&text(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(json["Version"], "2012-10-17", "{path}");
        let length = text(&path).split_whitespace().map(str::len).sum::<usize>();
        assert!(length <= LONGEST, "{path}: {length} characters");
        let mut sids = BTreeSet::new();
        for statement in json["Statement"].as_array().expect("statements") {
            let sid = statement["Sid"].as_str().expect("a Sid");
            assert!(sids.insert(sid), "{path}: {sid} stands twice");
            assert!(
                sid.chars().all(|letter| letter.is_ascii_alphanumeric()),
                "{path}: {sid}"
            );
            assert_eq!(statement["Effect"], "Allow", "{path}: {sid}");
        }
    }
}

/// An action without resources in a statement that names some is denied; one with resources needs no `*`.
#[test]
fn an_action_has_the_narrowest_resource_that_it_knows() {
    let actions = Actions::read();
    for file in FILES {
        for statement in policy(file).statements {
            let anywhere = statement.resources == ["*"];
            for action in &statement.actions {
                let knows_resources = actions
                    .knows_resources(action)
                    .unwrap_or_else(|| panic!("{file}: {action} is no action of AWS"));
                if ANYWHERE.contains(&action.as_str()) {
                    assert!(anywhere, "{file}: {action}");
                } else {
                    assert_eq!(
                        anywhere, !knows_resources,
                        "{file}: {}: {action}",
                        statement.sid
                    );
                }
            }
        }
    }
}

/// Actions that stand under `*` although they know resources.
const ANYWHERE: [&str; 3] = [
    // It returns composite alarms only there, and only reads.
    "cloudwatch:DescribeAlarms",
    // The id of a mapping is made up by Lambda; the function is in the condition.
    "lambda:DeleteEventSourceMapping",
    "lambda:UpdateEventSourceMapping",
];

#[test]
fn what_names_resources_names_picket() {
    for file in FILES {
        for statement in policy(file).statements {
            for resource in statement
                .resources
                .iter()
                .filter(|resource| *resource != "*")
            {
                let is_bounded = resource.contains("picket")
                    || resource.contains("aws-sam-cli-managed-default")
                    || WIDER.contains(&(statement.sid.as_str(), resource.as_str()));
                assert!(is_bounded, "{file}: {}: {resource}", statement.sid);
            }
        }
    }
}

/// Resources whose names are not the stack's to choose.
const WIDER: [(&str, &str); 10] = [
    (
        "AgentLogGroups",
        "arn:aws:logs:*:*:log-group:/aws/scheduling-agent*",
    ),
    ("Budgets", "arn:aws:budgets::*:budget/*"),
    ("CanaryLayers", "arn:aws:lambda:*:*:layer:Synthetics*"),
    ("CostAnomalies", "arn:aws:ce::*:anomalymonitor/*"),
    ("CostAnomalies", "arn:aws:ce::*:anomalysubscription/*"),
    ("Functions", "arn:aws:lambda:*:*:event-source-mapping:*"),
    ("LogSubscriptions", "arn:aws:logs:*:*:log-group:*"),
    (
        "ServiceLinkedRole",
        "arn:aws:iam::*:role/aws-service-role/rum.amazonaws.com/AWSServiceRoleForCloudWatchRUM",
    ),
    (
        "Transform",
        "arn:aws:cloudformation:*:aws:transform/Serverless-2016-10-31",
    ),
    ("Workspaces", "arn:aws:aps:*:*:workspace/*"),
];
