//! Which events the rules let through: events of the forms that AWS documents, through the templates' patterns.

use serde_json::{Value, json};

use super::pattern::matches;
use crate::load::{resource, resources, templates, words};

/// An event in the envelope of `EventBridge`.
fn event(source: &str, kind: &str, detail: &Value) -> Value {
    json!({"version": "0", "id": "e", "detail-type": kind, "source": source, "account": "111122223333",
        "time": "2026-11-20T06:00:00Z", "region": "eu-west-1", "resources": [], "detail": detail})
}

/// Whether a rule of service-events.yaml lets the event through.
fn passes(rule: &str, event: &Value) -> bool {
    let rule = resource(templates().service_events(), rule).properties();
    matches(&rule["EventPattern"], event)
}

#[test]
fn api_calls_by_cloudtrail_are_not_events_of_databases() {
    for (rule, source, kinds) in [
        (
            "RdsRule",
            "aws.rds",
            &["RDS DB Instance Event", "RDS DB Cluster Snapshot Event"][..],
        ),
        ("DmsRule", "aws.dms", &["DMS Replication Task State Change"]),
        (
            "ElastiCacheRule",
            "aws.elasticache",
            &["Cache Limit Approaching", "Snapshot Creation Failed"],
        ),
    ] {
        for kind in kinds {
            assert!(passes(rule, &event(source, kind, &json!({}))), "{kind}");
        }
        for kind in [
            "AWS API Call via CloudTrail",
            "AWS Service Event via CloudTrail",
        ] {
            let call = event(source, kind, &json!({"eventName": "ModifyDBInstance"}));
            assert!(!passes(rule, &call), "{rule}: {kind}");
        }
    }
}

/// Every rule, not only those above: events of CloudTrail have the source of the service that was called.
#[test]
fn no_rule_of_service_events_takes_api_calls() {
    for rule in resources(templates().service_events(), "AWS::Events::Rule") {
        let pattern = &rule.properties()["EventPattern"];
        for source in words(&pattern["source"]) {
            let detail =
                json!({"eventSource": "x.amazonaws.com", "eventName": "Put", "readOnly": false});
            let call = event(&source, "AWS API Call via CloudTrail", &detail);
            assert!(!matches(pattern, &call), "{}", rule.id);
        }
    }
}

#[test]
fn of_guardduty_findings_and_warnings_pass_and_clean_scans_do_not() {
    let scan = |status: &str| {
        event(
            "aws.guardduty",
            "GuardDuty Malware Protection Object Scan Result",
            &json!({"schemaVersion": "1.0", "scanStatus": "COMPLETED", "resourceType": "S3_OBJECT",
                "scanResultDetails": {"scanResultStatus": status}}),
        )
    };
    let finding = |severity: f64| {
        event(
            "aws.guardduty",
            "GuardDuty Finding",
            &json!({"severity": severity}),
        )
    };
    let status = |kind: &str| event("aws.guardduty", &format!("GuardDuty {kind}"), &json!({}));
    for (event, is_news) in [
        (finding(4.0), true),
        (finding(9.2), true),
        (finding(3.9), false),
        (scan("THREATS_FOUND"), true),
        (scan("ACCESS_DENIED"), true),
        (scan("FAILED"), true),
        (scan("NO_THREATS_FOUND"), false),
        (scan("UNSUPPORTED"), false),
        (status("Malware Protection Resource Status Active"), false),
        (status("Malware Protection Resource Status Warning"), true),
        (status("Malware Protection Resource Status Error"), true),
        (status("Malware Protection Post Scan Action Failed"), true),
        (status("Runtime Protection Healthy"), false),
        (status("Runtime Protection Unhealthy"), true),
    ] {
        assert_eq!(passes("GuardDutyRule", &event), is_news, "{event}");
    }
}

#[test]
fn health_events_of_this_account_pass_and_public_ones_do_not() {
    let of_scope = |scope: &str| {
        event(
            "aws.health",
            "AWS Health Event",
            &json!({"eventScopeCode": scope}),
        )
    };
    let account = resource(templates().account(), "HealthRule").properties();
    for (scope, is_ours) in [("ACCOUNT_SPECIFIC", true), ("PUBLIC", false)] {
        assert_eq!(passes("HealthRule", &of_scope(scope)), is_ours, "{scope}");
        let globally = matches(&account["EventPattern"], &of_scope(scope));
        assert_eq!(globally, is_ours, "account.yaml: {scope}");
    }
}

#[test]
fn both_kinds_of_blocked_queues_of_batch_pass() {
    for kind in ["Batch Job Queue Blocked", "Batch Service Job Queue Blocked"] {
        let blocked = event("aws.batch", kind, &json!({"status": "RUNNABLE"}));
        assert!(passes("BatchRule", &blocked), "{kind}");
    }
    let failed = |status: &str| {
        event(
            "aws.batch",
            "Batch Job State Change",
            &json!({"status": status}),
        )
    };
    assert!(passes("BatchRule", &failed("FAILED")));
    assert!(!passes("BatchRule", &failed("SUCCEEDED")));
}

#[test]
fn beginnings_and_ends_of_incidents_pass_and_what_is_under_way_does_not() {
    let deployment = |status: &str| {
        event(
            "aws.amplify",
            "Amplify Deployment Status Change",
            &json!({"appId": "d2example", "branchName": "main", "jobId": "42", "jobStatus": status}),
        )
    };
    let endpoint = |status: &str| {
        event(
            "aws.sagemaker",
            "SageMaker Endpoint State Change",
            &json!({"EndpointName": "scores", "EndpointStatus": status}),
        )
    };
    for (rule, event, is_news) in [
        ("AmplifyRule", deployment("FAILED"), true),
        ("AmplifyRule", deployment("SUCCEED"), true),
        ("AmplifyRule", deployment("STARTED"), false),
        ("SageMakerRule", endpoint("FAILED"), true),
        ("SageMakerRule", endpoint("OUT_OF_SERVICE"), true),
        ("SageMakerRule", endpoint("ROLLING_BACK"), true),
        ("SageMakerRule", endpoint("UPDATE_ROLLBACK_FAILED"), true),
        ("SageMakerRule", endpoint("IN_SERVICE"), true),
        ("SageMakerRule", endpoint("DELETING"), true),
        ("SageMakerRule", endpoint("CREATING"), false),
        ("SageMakerRule", endpoint("UPDATING"), false),
        ("SageMakerRule", endpoint("SYSTEM_UPDATING"), false),
    ] {
        assert_eq!(passes(rule, &event), is_news, "{event}");
    }
    let job = event(
        "aws.sagemaker",
        "SageMaker Training Job State Change",
        &json!({"EndpointStatus": "FAILED"}),
    );
    assert!(!passes("SageMakerRule", &job));
}

#[test]
fn redshift_serverless_and_integrations_pass_and_the_parameter_says_what_does_not() {
    for (source, kind) in [
        ("aws.redshift", "Redshift Integration Operation"),
        ("aws.redshift-serverless", "Redshift Serverless Monitoring"),
    ] {
        assert!(
            passes("RedshiftRule", &event(source, kind, &json!({}))),
            "{kind}"
        );
    }
    for (parameter, sentence) in [
        (
            "RedshiftEvents",
            "Provisioned clusters send no events to EventBridge",
        ),
        (
            "ElastiCacheEvents",
            "Node-based clusters publish to the output ClusterTopic",
        ),
        (
            "SesEvents",
            "need an EventBridge destination in the configuration set",
        ),
    ] {
        let text = templates().service_events()["Parameters"][parameter]["Description"].as_str();
        assert!(
            text.is_some_and(|text| text.contains(sentence)),
            "{parameter}: {text:?}"
        );
    }
}

#[test]
fn events_that_need_a_trail_say_so() {
    for parameter in ["RootSignInEvents", "IamEvents"] {
        let text = templates().account()["Parameters"][parameter]["Description"].as_str();
        let sentence = "Requires a CloudTrail trail of management events in us-east-1";
        assert!(
            text.is_some_and(|text| text.contains(sentence)),
            "{parameter}: {text:?}"
        );
    }
}
