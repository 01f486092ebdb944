//! The settings on the wire. The answers are AWS's, shortened.

use serde_json::{Value as Json, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{query_param, query_param_is_missing},
};

use super::*;
use crate::{
    actions::{
        mapping::{Mapping, ReadMappings},
        redrive_queue::ReadConsumers,
        roll_back_alias::{ReadVersions, Version},
    },
    adapters::tests::{answering, ports_at, request},
    reads::ReadTags,
    setting::Value,
};
use picket_shared::report::ErrorChain;

const UUID: &str = "a1b2c3d4-5678-90ab-cdef-11111EXAMPLE";

fn enabled() -> Setting {
    Setting::MappingEnabled {
        mapping: UUID.into(),
    }
}

fn parallelization() -> Setting {
    Setting::MappingParallelization {
        mapping: UUID.into(),
    }
}

fn alias() -> Setting {
    Setting::AliasVersion {
        function: "checkout".into(),
        alias: "live".into(),
    }
}

fn parameter() -> Setting {
    Setting::Parameter {
        name: "/agent/model".into(),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn write(setting: Setting, to: Value, revision: Option<&str>) -> Write {
    Write {
        setting,
        from: Value::Absent,
        to,
        revision: revision.map(str::to_owned),
    }
}

/// A mapping as `GetEventSourceMapping` and `ListEventSourceMappings` have it.
fn mapping(state: &str, factor: Option<u32>) -> Json {
    let mut mapping = json!({
        "UUID": UUID,
        "BatchSize": 100,
        "EventSourceArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/orders",
        "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:checkout",
        "LastModified": 1_795_154_400.123,
        "LastProcessingResult": "OK",
        "State": state,
        "StateTransitionReason": "User action",
    });
    if let Some(factor) = factor {
        mapping["ParallelizationFactor"] = json!(factor);
    }
    mapping
}

fn refused(kind: &str, message: &str) -> Json {
    json!({"__type": kind, "Type": "User", "Message": message, "message": message})
}

#[tokio::test]
async fn a_mapping_is_enabled_until_it_is_disabled_and_settled_when_it_is_one_of_the_two() {
    for (state, is_enabled, settled) in [
        ("Enabled", true, true),
        ("Disabled", false, true),
        ("Creating", true, false),
        ("Enabling", true, false),
        ("Updating", true, false),
        ("Disabling", false, false),
        ("Deleting", false, false),
    ] {
        let (ports, server) = answering(200, mapping(state, None)).await;
        let expected = Reading {
            value: Value::Flag(is_enabled),
            revision: None,
            settled,
        };
        assert_eq!(
            ports.setting(&enabled()).await.unwrap(),
            Some(expected),
            "{state}"
        );
        let path = format!("/2015-03-31/event-source-mappings/{UUID}");
        assert_eq!(request(&server).await, ("GET".to_owned(), path, Json::Null));
    }
}

#[tokio::test]
async fn a_mapping_without_a_factor_has_the_factor_1() {
    for (factor, expected) in [(None, 1), (Some(1), 1), (Some(8), 8)] {
        let (ports, _server) = answering(200, mapping("Enabled", factor)).await;
        let reading = ports.setting(&parallelization()).await.unwrap().unwrap();
        assert_eq!(reading, Reading::settled(Value::Number(expected)));
    }
}

#[tokio::test]
async fn a_resource_that_does_not_exist_has_no_setting() {
    let lambda = refused(
        "ResourceNotFoundException",
        "The resource you requested does not exist.",
    );
    let ssm = refused("ParameterNotFound", "");
    for (setting, status, body) in [
        (enabled(), 404, &lambda),
        (parallelization(), 404, &lambda),
        (alias(), 404, &lambda),
        (parameter(), 400, &ssm),
    ] {
        let (ports, _server) = answering(status, body.clone()).await;
        assert_eq!(ports.setting(&setting).await.unwrap(), None, "{setting:?}");
    }
}

#[tokio::test]
async fn a_mapping_is_updated_in_one_field() {
    for (setting, to, sent) in [
        (enabled(), Value::Flag(false), json!({"Enabled": false})),
        (enabled(), Value::Flag(true), json!({"Enabled": true})),
        (
            parallelization(),
            Value::Number(4),
            json!({"ParallelizationFactor": 4}),
        ),
    ] {
        let (ports, server) = answering(202, mapping("Updating", None)).await;
        ports.write(&write(setting, to, None)).await.unwrap();
        let path = format!("/2015-03-31/event-source-mappings/{UUID}");
        assert_eq!(request(&server).await, ("PUT".to_owned(), path, sent));
    }
}

#[tokio::test]
async fn the_mappings_of_a_function_and_of_its_aliases_are_read_to_the_last_page() {
    let server = MockServer::start().await;
    let page = |mappings: Json, next: Option<&str>| {
        ResponseTemplate::new(200)
            .set_body_json(json!({"EventSourceMappings": mappings, "NextMarker": next}))
    };
    let of = |uuid: &str, function: &str| {
        let mut mapping = mapping("Disabled", Some(3));
        mapping["UUID"] = json!(uuid);
        mapping["FunctionArn"] = json!(format!(
            "arn:aws:lambda:eu-west-1:123456789012:function:{function}"
        ));
        mapping["EventSourceArn"] = Json::Null;
        mapping
    };
    let first = json!([
        mapping("Enabled", None),
        of("other", "checkout-2"),
        of("another", "orders:checkout")
    ]);
    Mock::given(query_param_is_missing("Marker"))
        .and(query_param_is_missing("FunctionName"))
        .respond_with(page(first, Some("m-1")))
        .mount(&server)
        .await;
    Mock::given(query_param("Marker", "m-1"))
        .respond_with(page(json!([of("second", "checkout:live")]), None))
        .mount(&server)
        .await;
    let mappings = ports_at(server.uri()).mappings("checkout").await;
    let first = Mapping {
        uuid: UUID.into(),
        source: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders".into(),
        enabled: true,
        settled: true,
        parallelization: 1,
        last_result: "OK".into(),
    };
    let second = Mapping {
        uuid: "second".into(),
        source: "a source without an ARN".into(),
        enabled: false,
        settled: true,
        parallelization: 3,
        last_result: "OK".into(),
    };
    assert_eq!(mappings.unwrap(), [first, second]);
}

#[tokio::test]
async fn the_consumers_of_a_queue_are_asked_for_by_its_arn() {
    let arn = "arn:aws:sqs:eu-west-1:123456789012:orders";
    let mut body = mapping("Enabled", None);
    body["EventSourceArn"] = json!(arn);
    body["FunctionArn"] =
        json!("arn:aws:lambda:eu-west-1:123456789012:function:orders-consumer:live");
    let (ports, server) = answering(200, json!({"EventSourceMappings": [body]})).await;
    let consumers = ports.consumers(arn).await.unwrap();
    let found: Vec<_> = consumers
        .iter()
        .map(|consumer| (consumer.function.as_str(), consumer.mapping.source.as_str()))
        .collect();
    assert_eq!(found, [("orders-consumer", arn)]);
    let sent = server.received_requests().await.unwrap().remove(0);
    let query: Vec<_> = sent.url.query_pairs().into_owned().collect();
    assert_eq!(query, [("EventSourceArn".to_owned(), arn.to_owned())]);
}

#[tokio::test]
async fn an_alias_has_a_version_a_revision_and_is_settled_without_weights() {
    for (routing, settled) in [
        (Json::Null, true),
        (json!({"AdditionalVersionWeights": {}}), true),
        (json!({"AdditionalVersionWeights": {"8": 0.1}}), false),
    ] {
        let mut body = json!({
            "AliasArn": "arn:aws:lambda:eu-west-1:123456789012:function:checkout:live",
            "Name": "live", "FunctionVersion": "7", "Description": "",
            "RevisionId": "5a1c8dc7-8c0e-4a3c-9f0c-5ff1a1a1a1a1",
        });
        if !routing.is_null() {
            body["RoutingConfig"] = routing;
        }
        let (ports, server) = answering(200, body).await;
        let expected = Reading {
            value: text("7"),
            revision: Some("5a1c8dc7-8c0e-4a3c-9f0c-5ff1a1a1a1a1".into()),
            settled,
        };
        assert_eq!(ports.setting(&alias()).await.unwrap(), Some(expected));
        let path = "/2015-03-31/functions/checkout/aliases/live".to_owned();
        assert_eq!(request(&server).await, ("GET".to_owned(), path, Json::Null));
    }
}

#[tokio::test]
async fn an_alias_is_set_without_weights_under_its_revision() {
    let answer = json!({"Name": "live", "FunctionVersion": "7", "RevisionId": "r-2"});
    for (revision, sent) in [
        (
            Some("r-1"),
            json!({"FunctionVersion": "7", "RoutingConfig": {"AdditionalVersionWeights": {}}, "RevisionId": "r-1"}),
        ),
        (
            None,
            json!({"FunctionVersion": "7", "RoutingConfig": {"AdditionalVersionWeights": {}}}),
        ),
    ] {
        let (ports, server) = answering(200, answer.clone()).await;
        ports
            .write(&write(alias(), text("7"), revision))
            .await
            .unwrap();
        let path = "/2015-03-31/functions/checkout/aliases/live".to_owned();
        assert_eq!(request(&server).await, ("PUT".to_owned(), path, sent));
    }
}

#[tokio::test]
async fn the_published_versions_are_read_with_their_times() {
    let version = |version: &str, modified: &str| json!({"FunctionName": "checkout", "Version": version, "LastModified": modified});
    let body = json!({"Versions": [
        version("$LATEST", "2026-11-20T05:41:00.000+0000"),
        version("7", "2026-11-18T06:01:00.000+0000"),
        version("9", "2026-11-20T05:41:00.250+0000"),
    ]});
    let (ports, server) = answering(200, body).await;
    let expected = [(7, "2026-11-18T06:01:00Z"), (9, "2026-11-20T05:41:00.25Z")].map(
        |(number, modified_at)| Version {
            number,
            modified_at: modified_at.parse().unwrap(),
        },
    );
    assert_eq!(ports.versions("checkout").await.unwrap(), expected);
    let (method, path, _) = request(&server).await;
    assert_eq!(
        (method.as_str(), path.as_str()),
        ("GET", "/2015-03-31/functions/checkout/versions")
    );
    for broken in [
        version("eight", "2026-11-18T06:01:00.000+0000"),
        version("8", "lately"),
    ] {
        let (ports, _server) = answering(200, json!({"Versions": [broken]})).await;
        assert!(ports.versions("checkout").await.is_err());
    }
}

#[tokio::test]
async fn a_string_parameter_is_read_and_no_other_type() {
    let body = |kind: &str, value: &str| {
        json!({"Parameter": {
            "ARN": "arn:aws:ssm:eu-west-1:123456789012:parameter/agent/model", "DataType": "text",
            "LastModifiedDate": 1_795_154_400.123, "Name": "/agent/model", "Type": kind, "Value": value, "Version": 3,
        }})
    };
    let (ports, server) = answering(200, body("String", "primary")).await;
    assert_eq!(
        ports.setting(&parameter()).await.unwrap(),
        Some(Reading::settled(text("primary")))
    );
    assert_eq!(request(&server).await.2, json!({"Name": "/agent/model"}));
    for kind in ["SecureString", "StringList"] {
        let (ports, _server) = answering(200, body(kind, "AQICAHg-not-for-messages")).await;
        let fault = ports.setting(&parameter()).await.unwrap_err();
        assert_eq!(
            ErrorChain(&fault).to_string(),
            format!(
                "the parameter /agent/model is of the type {kind}, and only a String is changed"
            )
        );
    }
}

#[tokio::test]
async fn a_parameter_is_overwritten_as_a_string() {
    let (ports, server) = answering(200, json!({"Tier": "Standard", "Version": 4})).await;
    ports
        .write(&write(parameter(), text("fallback"), None))
        .await
        .unwrap();
    assert_eq!(
        request(&server).await.2,
        json!({"Name": "/agent/model", "Value": "fallback", "Type": "String", "Overwrite": true})
    );
}

#[tokio::test]
async fn the_tags_of_a_parameter_and_of_a_mapping_are_read_by_arn() {
    let tags = json!({"TagList": [{"Key": "picket:remediate", "Value": "true"}]});
    let (ports, server) = answering(200, tags).await;
    let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/agent/model";
    assert_eq!(ports.tags(arn).await.unwrap()["picket:remediate"], "true");
    assert_eq!(
        request(&server).await.2,
        json!({"ResourceType": "Parameter", "ResourceId": "/agent/model"})
    );
    let (ports, server) = answering(200, json!({"Tags": {"picket:remediate": "true"}})).await;
    let arn = format!("arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:{UUID}");
    assert_eq!(ports.tags(&arn).await.unwrap()["picket:remediate"], "true");
    let (_, path, _) = request(&server).await;
    assert!(path.ends_with(UUID), "{path}");
}

/// What AWS refuses, by what the remediator does about it: a transient error is tried again, a permanent one is not.
#[tokio::test]
async fn a_refusal_of_aws_says_what_happened() {
    let reservation = Setting::ReservedConcurrency {
        function: "checkout".into(),
    };
    let floor = "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].";
    for (change, status, kind, message, transient, expected) in [
        (
            write(reservation, Value::Number(900), None),
            400,
            "InvalidParameterValueException",
            floor,
            false,
            "could not set the reservation of the function checkout: AWS refused the request (InvalidParameterValueException)",
        ),
        (
            write(enabled(), Value::Flag(false), None),
            400,
            "ResourceInUseException",
            "Cannot update the event source mapping because it is in use.",
            true,
            "could not disable the event source mapping a1b2c3d4-5678-90ab-cdef-11111EXAMPLE now: AWS still applies its last change",
        ),
        (
            write(alias(), text("7"), Some("r-1")),
            412,
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
            false,
            "the alias checkout:live was changed since it was read, and is left as it is",
        ),
        (
            write(alias(), text("7"), Some("r-1")),
            404,
            "ResourceNotFoundException",
            "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:checkout:7",
            false,
            "the alias checkout:live does not exist; correct the alarm or create the alias",
        ),
        (
            write(parameter(), text("fallback"), None),
            400,
            "HierarchyTypeMismatchException",
            "The parameter type cannot be changed.",
            false,
            "could not write the parameter /agent/model: AWS refused the request (HierarchyTypeMismatchException)",
        ),
        (
            write(parameter(), text("fallback"), None),
            400,
            "TooManyUpdates",
            "There are concurrent updates for a resource that supports one update at a time.",
            true,
            "could not write the parameter /agent/model now (TooManyUpdates); it is tried again",
        ),
    ] {
        let (ports, _server) = answering(status, refused(kind, message)).await;
        let fault = ports.write(&change).await.unwrap_err();
        assert_eq!(
            (fault.to_string().as_str(), fault.is_transient()),
            (expected, transient)
        );
        assert!(
            ErrorChain(&fault).to_string().contains(message),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn a_parameter_that_its_owner_did_not_tag_is_not_read() {
    let body = refused(
        "AccessDeniedException",
        "not authorized to perform: ssm:GetParameter",
    );
    let (ports, _server) = answering(400, body).await;
    assert_eq!(
        ports.setting(&parameter()).await.unwrap_err().to_string(),
        "this function may not read the parameter /agent/model; its owner allows it with the tag picket:remediate=true"
    );
}

#[tokio::test]
async fn a_value_of_another_kind_is_never_sent() {
    for (setting, to) in [
        (enabled(), Value::Number(1)),
        (parallelization(), Value::Flag(true)),
        (alias(), Value::Number(7)),
        (parameter(), Value::Absent),
    ] {
        let (ports, server) = answering(200, json!({})).await;
        assert!(ports.write(&write(setting, to, None)).await.is_err());
        assert!(server.received_requests().await.unwrap().is_empty());
    }
}
