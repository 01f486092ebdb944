//! What the local line leaves out, all of it listed: docs/local-line.md prints the list.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::load::{resources, templates};

/// Resources of the root's template that exist on AWS alone. The workloads' are held to that list.
const ONLY_ON_AWS: [&str; 8] = [
    "AlarmRemediatorCriticalSubscription",
    "AlarmRemediatorWarningSubscription",
    "EmailTopicPolicy",
    "PrometheusWorkspaceOfStack",
    "QuarantineBucketPolicy",
    "SlackForwarderCriticalSubscription",
    "SlackForwarderInfoSubscription",
    "SlackForwarderWarningSubscription",
];

/// Conditions that contain `OnAws`.
const ON_AWS: [&str; 38] = [
    "OnAws",
    "HasUsageTableOnAws",
    "HasQuotaOnAws",
    "ExpectsCostOnAws",
    "HasFunctionOnAws",
    "HasModelOnAws",
    "HasCanaryOnAws",
    "HasLogGroupOnAws",
    "HasRulesOnAws",
    "HasClusterRulesOnAws",
    "CreatesWorkspaceOnAws",
    "ExpectsSessionsOnAws",
    "ReportsCostOnAws",
    "HasEventsOnAws",
    "HasRestApiOnAws",
    "HasHttpApiOnAws",
    "HasLoadBalancerOnAws",
    "HasAmplifyOnAws",
    "HasFrontOnAws",
    "HasTableOnAws",
    "HasLogsOnAws",
    "HasRumOnAws",
    "HasTracesOnAws",
    "HasTimeoutOnAws",
    "HasShardsOnAws",
    "IsProvisionedOnAws",
    "HasTokenQuotaOnAws",
    "HasRequestQuotaOnAws",
    "HasNovaOnAws",
    "HasAgentOnAws",
    "HasEndpointOnAws",
    "HasTrailOnAws",
    "HasUserPoolOnAws",
    // These contain another one of the list.
    "HasProvisionedTableOnAws",
    "ArchivesLogsOnAws",
    "ArchivesApplicationLogsOnAws",
    "ArchivesFunctionLogsOnAws",
    "ArchivesAccessLogsOnAws",
];

#[test]
fn what_only_aws_gets_is_listed() {
    let found: BTreeSet<&str> = resources(templates().translated(), "")
        .iter()
        .filter(|resource| {
            resource
                .condition()
                .is_some_and(|condition| ON_AWS.contains(&condition))
        })
        .map(|resource| resource.id)
        .collect();
    assert_eq!(found, BTreeSet::from(ONLY_ON_AWS));
}

#[test]
fn conditions_that_contain_on_aws_are_known() {
    for (folder, template) in templates().deployed() {
        let conditions = template["Conditions"].as_object().expect("conditions");
        for (name, condition) in conditions {
            // By its own name or by that of another one.
            let contains = name == "OnAws" || condition.to_string().contains("OnAws\"");
            assert_eq!(
                contains,
                ON_AWS.contains(&name.as_str()),
                "{folder}: condition {name}"
            );
        }
    }
}

/// Properties that differ on AWS, beside whole resources.
#[test]
fn the_only_properties_that_differ_are_actions_the_mapping_and_the_suppressors_name() {
    for (folder, template) in templates().deployed() {
        for resource in resources(template, "") {
            let properties = resource.properties().as_object();
            for (name, value) in properties.into_iter().flatten() {
                if !mentions_on_aws(value) {
                    continue;
                }
                let known = match resource.kind() {
                    "AWS::CloudWatch::Alarm" => name == "ActionsEnabled",
                    "AWS::Lambda::EventSourceMapping" => name == "Enabled",
                    "AWS::CloudFormation::Stack" => name == "Parameters",
                    // The statement that denies transport without TLS.
                    "AWS::SNS::TopicPolicy" | "AWS::SQS::QueuePolicy" => name == "PolicyDocument",
                    _ => false,
                };
                assert!(known, "{folder}{}: {name}", resource.id);
            }
        }
    }
}

#[test]
fn an_alarm_of_the_local_line_never_acts_by_itself() {
    for (folder, template) in templates().deployed() {
        for alarm in resources(template, "AWS::CloudWatch::Alarm") {
            let enabled = &alarm.properties()["ActionsEnabled"];
            let only_on_aws = alarm
                .condition()
                .is_some_and(|condition| ON_AWS.contains(&condition));
            assert!(
                only_on_aws || mentions_on_aws(enabled),
                "{folder}{}",
                alarm.id
            );
        }
    }
}

fn mentions_on_aws(value: &Value) -> bool {
    value.to_string().contains("[\"OnAws\",")
}
