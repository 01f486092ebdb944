//! The policies of `deploy/policies`: valid, as narrow as AWS's actions allow, and enough for every resource of the
//! templates.
//!
//! What a resource needs is in AWS's resource schemas, and what actions there are in AWS's list of actions; cfn-lint
//! has both, and the lock of the line's Python pins it.

mod narrow;
mod policy;
mod schemas;
mod unused;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::{
    policy::{Policy, STACK, policy},
    schemas::{Actions, Schemas},
    unused::unused,
};
use crate::load::{resources, templates, text};

/// The types of a template and of its nested ones.
fn kinds<'a>(templates: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    let all = templates
        .into_iter()
        .flat_map(|template| resources(template, ""));
    all.map(|resource| resource.kind().to_owned()).collect()
}

/// The stacks, with the files whose policies their service role has.
fn stacks() -> [(&'static str, BTreeSet<String>, Vec<&'static str>); 3] {
    let templates = templates();
    let root = templates
        .deployed()
        .into_iter()
        .map(|(_, template)| template);
    let with_account = STACK
        .iter()
        .copied()
        .chain(["resources-account.json"])
        .collect::<Vec<_>>();
    [
        (
            "template.yaml",
            kinds(root),
            [&STACK[..], &["resources-optional.json"]].concat(),
        ),
        (
            "service-events.yaml",
            kinds([templates.service_events()]),
            with_account.clone(),
        ),
        ("account.yaml", kinds([templates.account()]), with_account),
    ]
}

#[test]
fn the_service_role_may_create_read_change_and_delete_every_resource() {
    let (schemas, actions, left_out) = (Schemas::read(), Actions::read(), unused());
    let mut missing: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (stack, kinds, files) in stacks() {
        let allowed: Vec<Policy> = files.iter().map(|file| policy(file)).collect();
        for kind in &kinds {
            for action in schemas.needs(kind) {
                let is_known = actions.knows_resources(&action).is_some();
                let is_unused = left_out.iter().any(|unused| unused.covers(kind, &action));
                let is_allowed = allowed.iter().any(|policy| policy.allows(&action));
                if is_known && !is_unused && !is_allowed {
                    missing
                        .entry(format!("{kind}: {action}"))
                        .or_default()
                        .insert(stack);
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// An action that is left out because no template has the property must be needed by that property's type, and the
/// property must be in no template.
#[test]
fn what_is_left_out_is_of_properties_that_no_template_has() {
    let schemas = Schemas::read();
    let templates = templates();
    let all = || {
        let deployed = templates
            .deployed()
            .into_iter()
            .map(|(_, template)| template);
        deployed.chain([templates.account(), templates.service_events()])
    };
    for unused in unused() {
        let needs = schemas.needs(unused.kind);
        for pattern in unused.actions {
            assert!(
                needs.iter().any(|action| policy::matches(pattern, action)),
                "{} does not need {pattern}",
                unused.kind
            );
        }
        for resource in all().flat_map(|template| resources(template, unused.kind)) {
            for property in &unused.properties {
                assert!(
                    resource.properties()[*property].is_null(),
                    "{} has {property}: deploy/policies needs its actions",
                    resource.id
                );
            }
        }
    }
}

/// Without the types of the optional policy, the other files are enough: a stack by default.
#[test]
fn the_optional_policy_is_for_what_is_off_by_default() {
    let optional = policy("resources-optional.json");
    let templates = templates();
    let nested = templates.deployed();
    let (_, root) = nested.first().expect("the root template");
    for resource in resources(root, "") {
        let service = resource
            .kind()
            .split("::")
            .nth(1)
            .unwrap_or_default()
            .to_lowercase();
        let is_optional =
            ["aps", "kinesisfirehose", "rum", "synthetics", "xray"].contains(&service.as_str());
        assert!(
            !is_optional || resource.condition().is_some(),
            "{} is not off by default",
            resource.id
        );
    }
    assert!(optional.allows("aps:CreateWorkspace"));
    assert!(
        !STACK
            .iter()
            .any(|file| policy(file).allows("aps:CreateWorkspace"))
    );
}

#[test]
fn roles_are_passed_to_the_services_that_assume_them() {
    let mut assumed = BTreeSet::new();
    for template in templates()
        .deployed()
        .into_iter()
        .map(|(_, template)| template)
    {
        for role in resources(template, "AWS::IAM::Role") {
            let trust = &role.properties()["AssumeRolePolicyDocument"]["Statement"][0];
            assumed.extend(crate::load::words(&trust["Principal"]["Service"]));
        }
    }
    let files = [&STACK[..], &["resources-optional.json"]].concat();
    let passed: BTreeSet<String> = files
        .iter()
        .flat_map(|file| policy(file).statements)
        .filter(|statement| statement.actions == ["iam:PassRole"])
        .flat_map(|statement| statement.passed_to)
        .collect();
    assert!(assumed.is_subset(&passed), "{assumed:?} {passed:?}");
    // The rules of service-events.yaml and account.yaml are the others.
    let others: Vec<&String> = passed.difference(&assumed).collect();
    assert_eq!(others, ["events.amazonaws.com"]);
}

#[test]
fn the_role_of_a_pipeline_is_for_one_repository_and_cannot_change_itself() {
    let trust = text("deploy/policies/ci-trust.json");
    for word in [
        ":aud\": \"sts.amazonaws.com\"",
        ":sub\": \"repo:OWNER/REPOSITORY:environment:prod\"",
    ] {
        assert!(trust.contains(word), "{word}");
    }
    // The names of both roles are outside of what the service role may change.
    let stack = STACK.iter().flat_map(|file| policy(file).statements);
    let roles: Vec<String> = stack
        .filter(|statement| statement.sid == "Roles")
        .flat_map(|statement| statement.resources)
        .collect();
    assert_eq!(roles, ["arn:aws:iam::*:role/picket-*"]);
    for name in ["cloudformation-picket", "ci-picket"] {
        assert!(!policy::matches("picket-*", name));
        assert!(text("docs/deploy-permissions.md").contains(name), "{name}");
    }
}
