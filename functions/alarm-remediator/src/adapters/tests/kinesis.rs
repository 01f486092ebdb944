//! Streams and their shards on the wire.

use serde_json::{Value as Json, json};

use super::*;
use crate::{
    actions::raise_shards::{ReadShardLimit, ReadStream, ShardLimit, Stream},
    setting::{Reading, Setting, Value},
};

fn shards(stream: &str) -> Setting {
    let stream = stream.to_owned();
    Setting::ShardCount { stream }
}

fn orders(mode: &str, status: &str) -> Json {
    json!({"StreamDescriptionSummary": {
        "StreamName": "orders",
        "StreamARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/orders",
        "StreamStatus": status,
        "StreamModeDetails": {"StreamMode": mode},
        "RetentionPeriodHours": 24,
        "StreamCreationTimestamp": 1_795_154_400,
        "EnhancedMonitoring": [],
        "OpenShardCount": 4,
        "ConsumerCount": 1,
    }})
}

#[tokio::test]
async fn a_stream_is_read_whole() {
    let (ports, server) = answering(200, orders("PROVISIONED", "ACTIVE")).await;
    let expected = Stream {
        on_demand: false,
        active: true,
        shards: 4,
        consumers: 1,
    };
    assert_eq!(ports.stream("orders").await.unwrap(), Some(expected));
    assert_eq!(request(&server).await.2, json!({"StreamName": "orders"}));
    let missing = json!({"__type": "ResourceNotFoundException", "message": "Stream orders under account 123456789012 not found."});
    let (ports, _server) = answering(400, missing).await;
    assert_eq!(ports.stream("orders").await.unwrap(), None);
}

#[tokio::test]
async fn the_shards_of_an_on_demand_stream_are_no_setting() {
    for (mode, status, value, settled) in [
        ("PROVISIONED", "ACTIVE", Value::Number(4), true),
        ("PROVISIONED", "UPDATING", Value::Number(4), false),
        ("ON_DEMAND", "ACTIVE", Value::Absent, true),
    ] {
        let (ports, _server) = answering(200, orders(mode, status)).await;
        let expected = Reading {
            value,
            revision: None,
            settled,
        };
        let found = ports.setting(&shards("orders")).await.unwrap();
        assert_eq!(found, Some(expected), "{mode} {status}");
    }
}

#[tokio::test]
async fn the_accounts_shards_are_read() {
    let body = json!({"ShardLimit": 500, "OpenShardCount": 20, "OnDemandStreamCount": 3, "OnDemandStreamCountLimit": 50});
    let (ports, _server) = answering(200, body).await;
    let expected = ShardLimit {
        limit: 500,
        open: 20,
        on_demand_limit: 50,
        on_demand: 3,
    };
    assert_eq!(ports.shard_limit().await.unwrap(), expected);
}

#[tokio::test]
async fn shards_are_set_uniformly() {
    let (ports, server) = answering(200, json!({})).await;
    written(&ports, shards("orders"), &Value::Number(8))
        .await
        .unwrap();
    let sent = request(&server).await.2;
    assert_eq!(
        sent,
        json!({"StreamName": "orders", "TargetShardCount": 8, "ScalingType": "UNIFORM_SCALING"})
    );
    let write = Write {
        setting: shards("orders"),
        from: Value::Number(4),
        to: Value::Number(8),
        revision: None,
    };
    assert_eq!(
        write.request(),
        format!("aws kinesis update-shard-count --cli-input-json '{sent}'")
    );
    let (ports, server) = answering(200, json!({})).await;
    for value in [
        Value::Absent,
        Value::Number(u64::MAX),
        Value::Text("8".into()),
    ] {
        assert!(written(&ports, shards("orders"), &value).await.is_err());
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

/// The refusals of AWS, with its own words.
#[tokio::test]
async fn a_refusal_of_aws_says_why_and_whether_it_passes() {
    for (kind, message, sentence, transient) in [
        (
            "LimitExceededException",
            "Stream orders has been resharded 10 times within the last 24 hours.",
            "Kinesis refuses the change of the stream orders, a quota is reached: ",
            false,
        ),
        (
            "ResourceInUseException",
            "Stream orders under account 123456789012 not ACTIVE, instead in state UPDATING",
            "Kinesis refuses the change of the stream orders, it is being changed: ",
            true,
        ),
        (
            "InvalidArgumentException",
            "UpdateShardCount cannot scale up over double your current open shard count.",
            "Kinesis refuses the change of the stream orders: ",
            false,
        ),
        (
            "ValidationException",
            "UpdateShardCount is not supported for on-demand streams.",
            "Kinesis refuses the change of the stream orders: ",
            false,
        ),
    ] {
        let (ports, _server) = answering(400, json!({"__type": kind, "message": message})).await;
        let fault = written(&ports, shards("orders"), &Value::Number(8))
            .await
            .unwrap_err();
        assert_eq!(fault.to_string(), format!("{sentence}{message}"));
        assert_eq!(fault.is_transient(), transient, "{kind}");
    }
}

#[tokio::test]
async fn the_tags_of_a_stream_are_read_by_its_arn() {
    let body = json!({"Tags": [{"Key": "picket:remediate", "Value": "true"}]});
    let (ports, server) = answering(200, body).await;
    let arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";
    let tags = ports.tags(arn).await.unwrap();
    assert_eq!(tags["picket:remediate"], "true");
    assert_eq!(request(&server).await.2, json!({"ResourceARN": arn}));
}

const ARN: &str = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";

fn mode() -> Setting {
    Setting::StreamMode { stream: ARN.into() }
}

#[tokio::test]
async fn the_mode_is_read_by_name_and_set_by_arn() {
    for (found, status, settled) in [
        ("PROVISIONED", "ACTIVE", true),
        ("ON_DEMAND", "ACTIVE", true),
        ("ON_DEMAND", "UPDATING", false),
    ] {
        let (ports, server) = answering(200, orders(found, status)).await;
        let expected = Reading {
            value: Value::Text(found.into()),
            revision: None,
            settled,
        };
        assert_eq!(ports.setting(&mode()).await.unwrap(), Some(expected));
        assert_eq!(request(&server).await.2, json!({"StreamName": "orders"}));
    }
    for to in ["ON_DEMAND", "PROVISIONED"] {
        let (ports, server) = answering(200, json!({})).await;
        let write = Write {
            setting: mode(),
            from: Value::Absent,
            to: Value::Text(to.into()),
            revision: None,
        };
        ports.write(&write).await.unwrap();
        let sent = request(&server).await.2;
        assert_eq!(
            sent,
            json!({"StreamARN": ARN, "StreamModeDetails": {"StreamMode": to}})
        );
        assert_eq!(
            write.request(),
            format!("aws kinesis update-stream-mode --cli-input-json '{sent}'")
        );
    }
    let (ports, server) = answering(200, json!({})).await;
    for value in [Value::Absent, Value::Text("AUTO".into()), Value::Number(4)] {
        assert!(written(&ports, mode(), &value).await.is_err());
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_refused_switch_says_why_and_whether_it_passes() {
    for (kind, message, sentence, transient) in [
        (
            "LimitExceededException",
            "Stream mode has been updated twice within the last 24 hours.",
            "Kinesis refuses the change of the stream orders, a quota is reached: ",
            false,
        ),
        (
            "ResourceInUseException",
            "Stream orders under account 123456789012 not ACTIVE, instead in state UPDATING",
            "Kinesis refuses the change of the stream orders, it is being changed: ",
            true,
        ),
    ] {
        let (ports, _server) = answering(400, json!({"__type": kind, "message": message})).await;
        let fault = written(&ports, mode(), &Value::Text("ON_DEMAND".into()))
            .await
            .unwrap_err();
        assert_eq!(fault.to_string(), format!("{sentence}{message}"));
        assert_eq!(fault.is_transient(), transient, "{kind}");
    }
}
