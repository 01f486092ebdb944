//! Functions: concurrency, destinations, and what belongs to the stack.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::load::{resource, resources, templates, word};

/// A flood must neither take the account's concurrency nor be starved by it.
#[test]
fn the_alert_path_reserves_concurrency_by_one_parameter() {
    let parameter = &templates().source()["Parameters"]["ReservedConcurrency"];
    assert_eq!(
        parameter["Default"], 0,
        "a new account may have ten executions in all"
    );
    for (function, reserved) in [
        ("SlackForwarder", json!({"Ref": "ReservedConcurrency"})),
        ("MetricsPublisher", json!(2)),
        ("AlarmRemediator", json!(5)),
    ] {
        let function = resource(templates().translated(), function);
        assert_eq!(
            function.properties()["ReservedConcurrentExecutions"],
            json!({"Fn::If": ["ReservesConcurrency", reserved, {"Ref": "AWS::NoValue"}]}),
            "{}",
            function.id
        );
    }
    let condition = &templates().source()["Conditions"]["ReservesConcurrency"];
    assert_eq!(
        *condition,
        json!({"Fn::Not": [{"Fn::Equals": [{"Ref": "ReservedConcurrency"}, 0]}]})
    );
    // The failure queue takes two executions and the schedule one.
    let allowed = parameter["AllowedValues"].as_array().expect("values");
    assert!(
        allowed
            .iter()
            .all(|value| value == 0 || value.as_u64() >= Some(10))
    );
}

/// What a destination does not take exists nowhere else; the alarm does not go through the forwarder.
#[test]
fn every_destination_that_rejects_an_event_is_alarmed_on_the_fallback_topic() {
    let alarms = resources(&templates().workloads()["picket"], "AWS::CloudWatch::Alarm");
    let watched: BTreeSet<String> = alarms
        .iter()
        .filter(|alarm| alarm.properties()["MetricName"] == "DestinationDeliveryFailures")
        .map(|alarm| {
            let topic = json!([{"Ref": "FallbackTopicArn"}]);
            assert_eq!(alarm.properties()["AlarmActions"], topic, "{}", alarm.id);
            word(&alarm.properties()["Dimensions"][0]["Value"])
        })
        .collect();
    let configs = resources(templates().translated(), "AWS::Lambda::EventInvokeConfig");
    let with_destination: BTreeSet<String> = configs
        .iter()
        .filter(|config| !config.properties()["DestinationConfig"]["OnFailure"].is_null())
        .map(|config| word(&config.properties()["FunctionName"]))
        .collect();
    assert_eq!(watched, with_destination);
    assert_eq!(watched.len(), 3);
}

/// `FILL` has nothing to fill if no datapoint exists: silence is a missing report.
#[test]
fn a_cost_report_that_never_ran_is_missing() {
    let alarm = resource(&templates().workloads()["picket"], "CostReportMissingAlarm");
    assert_eq!(alarm.properties()["TreatMissingData"], "breaching");
}

/// A stream or a table is not repaired by its own stack's remediator, which knows it by the tag.
#[test]
fn the_stream_and_the_tables_name_the_stack_in_a_tag() {
    for kind in ["AWS::Kinesis::Stream", "AWS::DynamoDB::Table"] {
        let found = resources(templates().translated(), kind);
        assert!(!found.is_empty(), "{kind}");
        for resource in found {
            let own = json!([{"Key": "picket:stack", "Value": {"Ref": "AWS::StackName"}}]);
            assert_eq!(resource.properties()["Tags"], own, "{}", resource.id);
        }
    }
}

/// A nested stack's functions have the nested stack's name in `CloudFormation`'s tag; the remediator reads this one
/// too.
#[test]
fn functions_of_nested_stacks_name_the_root_stack_in_a_tag() {
    assert!(!templates().functions().is_empty());
    for (folder, template) in templates().functions() {
        for function in resources(template, "AWS::Lambda::Function") {
            let tags = &function.properties()["Tags"];
            let own = json!([{"Key": "picket:stack", "Value": {"Ref": "StackName"}}]);
            assert_eq!(*tags, own, "{folder}");
        }
        let name = |stack: &Value| {
            stack["Properties"]["TemplateURL"] == format!("functions/{folder}/template.yaml")
        };
        let stacks = templates().source()["Resources"]
            .as_object()
            .expect("resources");
        let stack = stacks
            .values()
            .find(|stack| name(stack))
            .expect("it is nested");
        assert_eq!(
            word(&stack["Properties"]["Parameters"]["StackName"]),
            "Ref:AWS::StackName"
        );
    }
}
