//! Every property of the stream's event source mapping, literal (docs/decisions/0001 and 0012).

use std::collections::BTreeSet;

use serde_json::json;

use crate::load::{resource, templates, word, words};

#[test]
fn every_knob_of_the_mapping_is_as_designed() {
    let mapping = resource(templates().translated(), "EventProcessorMapping");
    let mut properties = mapping
        .properties()
        .as_object()
        .expect("a mapping has properties")
        .clone();
    let mut take = |name: &str| {
        properties
            .remove(name)
            .unwrap_or_else(|| panic!("no {name}"))
    };
    for (name, value) in [
        ("StartingPosition", json!("TRIM_HORIZON")),
        ("BatchSize", json!(10_000)),
        ("MaximumBatchingWindowInSeconds", json!(10)),
        ("ParallelizationFactor", json!(1)),
        ("BisectBatchOnFunctionError", json!(true)),
        ("FunctionResponseTypes", json!(["ReportBatchItemFailures"])),
        ("MaximumRetryAttempts", json!(-1)),
        ("MetricsConfig", json!({"Metrics": ["EventCount"]})),
        ("Enabled", json!({"Fn::If": ["OnAws", true, false]})),
        (
            "MaximumRecordAgeInSeconds",
            json!({"Fn::FindInMap": ["RecordAge", {"Ref": "StreamRetentionHours"}, "Seconds"]}),
        ),
    ] {
        assert_eq!(take(name), value, "{name}");
    }
    assert_eq!(
        word(&take("DestinationConfig")["OnFailure"]["Destination"]),
        "GetAtt:QuarantineBucket.Arn"
    );
    assert_eq!(word(&take("EventSourceArn")), "GetAtt:EventStream.Arn");
    assert_eq!(word(&take("FunctionName")), "Ref:EventProcessor");
    assert!(
        properties.is_empty(),
        "knobs nobody decided: {properties:?}"
    );
}

#[test]
fn a_record_ages_one_hour_less_than_the_stream_keeps_it() {
    let template = templates().source();
    let allowed = template["Parameters"]["StreamRetentionHours"]["AllowedValues"]
        .as_array()
        .expect("a list of hours");
    let ages = template["Mappings"]["RecordAge"]
        .as_object()
        .expect("a mapping");
    assert_eq!(ages.len(), allowed.len());
    for hours in allowed {
        let hours = hours.as_u64().expect("whole hours");
        let seconds = &ages[&hours.to_string()]["Seconds"];
        assert_eq!(seconds, &json!((hours - 1) * 3_600), "{hours} hours");
        // Lambda's limit, MaximumRecordAgeInSeconds.
        assert!((hours - 1) * 3_600 <= 604_800);
    }
    assert_eq!(
        word(&resource(template, "EventStream").properties()["RetentionPeriodHours"]),
        "Ref:StreamRetentionHours"
    );
}

#[test]
fn the_stream_is_encrypted_with_a_key_that_needs_no_grants() {
    let stream = resource(templates().translated(), "EventStream");
    assert_eq!(
        stream.properties()["StreamEncryption"],
        json!({"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"})
    );
}

#[test]
fn the_failure_queue_is_an_event_source_of_the_forwarder() {
    let mapping = resource(templates().translated(), "SlackForwarderFailureMapping");
    let properties = mapping.properties();
    assert_eq!(word(&properties["FunctionName"]), "Ref:SlackForwarder");
    assert_eq!(
        word(&properties["EventSourceArn"]),
        "GetAtt:SlackForwarderFailureQueue.Arn"
    );
    assert_eq!(
        properties["FunctionResponseTypes"],
        json!(["ReportBatchItemFailures"])
    );
}

/// The Kinesis actions of AWS's managed policy for a mapping, version 2
/// (<https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaKinesisExecutionRole.html>).
const MANAGED: [&str; 7] = [
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:ListStreams",
    "kinesis:SubscribeToShard",
];

#[test]
fn the_role_has_the_kinesis_actions_of_the_managed_policy_but_for_enhanced_fan_out() {
    let role = resource(templates().source(), "EventProcessorRole").properties();
    let policies = role["Policies"].as_array().expect("policies");
    let statements = policies.iter().flat_map(|policy| {
        let statements = policy["PolicyDocument"]["Statement"].as_array();
        statements.expect("statements").iter()
    });
    let actions: BTreeSet<String> = statements
        .flat_map(|statement| words(&statement["Action"]))
        .filter(|action| action.starts_with("kinesis:"))
        .collect();
    let expected = MANAGED.map(str::to_owned).into_iter();
    // The mapping's source is the stream, not a consumer.
    let expected = expected.filter(|action| action != "kinesis:SubscribeToShard");
    assert_eq!(actions, expected.collect());
}
