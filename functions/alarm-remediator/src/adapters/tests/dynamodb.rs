//! Tables and their settings on the wire.

use aws_smithy_mocks::mock;
use serde_json::{Value as Json, json};

use super::*;
use crate::{
    actions::raise_table_throughput::{Part, ReadAutoScaling, ReadTable, Table, Units},
    setting::{Reading, Setting, Value},
};

type Read = Result<Option<Reading>, Fault>;

async fn read_mode(ports: &Adapters, table: &str) -> Read {
    let table = table.to_owned();
    ports.setting(&Setting::TableMode { table }).await
}

async fn read_capacity(ports: &Adapters, table: &str, index: Option<&str>) -> Read {
    ports.setting(&capacity(table, index)).await
}

async fn read_ceiling(ports: &Adapters, table: &str, index: Option<&str>) -> Read {
    ports.setting(&ceiling(table, index)).await
}

async fn write_mode(ports: &Adapters, table: &str, to: &Value) -> Result<(), Fault> {
    let table = table.to_owned();
    written(ports, Setting::TableMode { table }, to).await
}

async fn write_capacity(
    ports: &Adapters,
    table: &str,
    index: Option<&str>,
    to: &Value,
) -> Result<(), Fault> {
    written(ports, capacity(table, index), to).await
}

async fn write_ceiling(
    ports: &Adapters,
    table: &str,
    index: Option<&str>,
    to: &Value,
) -> Result<(), Fault> {
    written(ports, ceiling(table, index), to).await
}

fn capacity(table: &str, index: Option<&str>) -> Setting {
    Setting::TableCapacity {
        table: table.to_owned(),
        index: index.map(str::to_owned),
    }
}

fn ceiling(table: &str, index: Option<&str>) -> Setting {
    Setting::TableCeiling {
        table: table.to_owned(),
        index: index.map(str::to_owned),
    }
}

/// A provisioned table with an index, as `DescribeTable` answers.
fn orders() -> Json {
    json!({"Table": {
        "TableName": "orders",
        "TableStatus": "ACTIVE",
        "ProvisionedThroughput": {"ReadCapacityUnits": 100, "WriteCapacityUnits": 50, "NumberOfDecreasesToday": 3},
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-day",
            "IndexStatus": "ACTIVE",
            "ProvisionedThroughput": {"ReadCapacityUnits": 10, "WriteCapacityUnits": 20, "NumberOfDecreasesToday": 0},
        }],
    }})
}

/// An on-demand table whose reads have a maximum.
fn invoices() -> Json {
    json!({"Table": {
        "TableName": "invoices",
        "TableStatus": "UPDATING",
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0, "NumberOfDecreasesToday": 0},
        "OnDemandThroughput": {"MaxReadRequestUnits": 1000, "MaxWriteRequestUnits": -1},
        "Replicas": [{"RegionName": "eu-central-1"}],
    }})
}

const fn units(read: u64, write: u64) -> Value {
    Value::Units { read, write }
}

fn missing() -> Json {
    json!({"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": "Requested resource not found: Table: orders not found"})
}

#[tokio::test]
async fn a_table_is_read_with_its_indexes() {
    let (ports, server) = answering(200, orders()).await;
    let part = |index: Option<&str>, read, write, decreases_today| Part {
        index: index.map(str::to_owned),
        capacity: Units { read, write },
        ceiling: Units::default(),
        decreases_today,
    };
    let expected = Table {
        on_demand: false,
        active: true,
        replicas: 0,
        parts: vec![part(None, 100, 50, 3), part(Some("by-day"), 10, 20, 0)],
    };
    assert_eq!(ports.table("orders").await.unwrap(), Some(expected));
    assert_eq!(request(&server).await.2, json!({"TableName": "orders"}));

    let (ports, _server) = answering(200, invoices()).await;
    let found = ports.table("invoices").await.unwrap().unwrap();
    assert!(found.on_demand && !found.active);
    assert_eq!(found.replicas, 1);
    let ceiling = Units {
        read: 1_000,
        write: 0,
    };
    assert_eq!(found.parts[0].ceiling, ceiling);

    let (ports, _server) = answering(400, missing()).await;
    assert_eq!(ports.table("orders").await.unwrap(), None);
}

#[tokio::test]
async fn an_index_that_is_being_built_keeps_the_table_from_being_settled() {
    let mut table = orders();
    table["Table"]["GlobalSecondaryIndexes"][0]["IndexStatus"] = "CREATING".into();
    let (ports, _server) = answering(200, table).await;
    assert!(!ports.table("orders").await.unwrap().unwrap().active);
}

#[tokio::test]
async fn each_setting_is_read_of_the_table_or_of_its_index() {
    let settled = |value, settled| {
        Some(Reading {
            value,
            revision: None,
            settled,
        })
    };
    let (ports, _server) = answering(200, orders()).await;
    let client = &ports;
    let by_day = Some("by-day");
    let mode = read_mode(client, "orders").await.unwrap();
    let capacity = Value::Provisioned {
        read: 100,
        write: 50,
        indexes: [("by-day".to_owned(), (10, 20))].into(),
    };
    assert_eq!(mode, settled(capacity, true));
    let capacity = read_capacity(client, "orders", by_day).await.unwrap();
    assert_eq!(capacity, settled(units(10, 20), true));
    let ceiling = read_ceiling(client, "orders", None).await.unwrap();
    assert_eq!(ceiling, settled(Value::Absent, true));
    let none = read_capacity(client, "orders", Some("gone")).await.unwrap();
    assert_eq!(none, None);

    let (ports, _server) = answering(200, invoices()).await;
    let client = &ports;
    let on_demand = Value::Text("PAY_PER_REQUEST".into());
    let mode = read_mode(client, "invoices").await.unwrap();
    assert_eq!(mode, settled(on_demand, false));
    let capacity = read_capacity(client, "invoices", None).await.unwrap();
    assert_eq!(capacity, settled(Value::Absent, false));
    let ceiling = read_ceiling(client, "invoices", None).await.unwrap();
    assert_eq!(ceiling, settled(units(1_000, 0), false));

    let (ports, _server) = answering(400, missing()).await;
    assert_eq!(read_mode(&ports, "orders").await.unwrap(), None);
}

#[tokio::test]
async fn a_write_sets_one_setting_and_nothing_else() {
    let index = |setting: Json| {
        let mut update = setting;
        update["IndexName"] = "by-day".into();
        json!({"TableName": "orders", "GlobalSecondaryIndexUpdates": [{"Update": update}]})
    };
    let capacity = json!({"ReadCapacityUnits": 150, "WriteCapacityUnits": 50});
    let ceiling = json!({"MaxReadRequestUnits": 1500, "MaxWriteRequestUnits": -1});
    let (ports, server) = answering(200, json!({})).await;
    let client = &ports;
    let by_day = Some("by-day");
    let on_demand = Value::Text("PAY_PER_REQUEST".into());
    write_mode(client, "orders", &on_demand).await.unwrap();
    write_mode(client, "orders", &units(150, 50)).await.unwrap();
    write_capacity(client, "orders", None, &units(150, 50))
        .await
        .unwrap();
    write_capacity(client, "orders", by_day, &units(150, 50))
        .await
        .unwrap();
    write_ceiling(client, "orders", None, &units(1_500, 0))
        .await
        .unwrap();
    write_ceiling(client, "orders", by_day, &units(1_500, 0))
        .await
        .unwrap();
    write_ceiling(client, "orders", None, &Value::Absent)
        .await
        .unwrap();
    let sent: Vec<Json> = server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect();
    let none = json!({"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1});
    assert_eq!(
        sent,
        [
            json!({"TableName": "orders", "BillingMode": "PAY_PER_REQUEST"}),
            json!({"TableName": "orders", "BillingMode": "PROVISIONED", "ProvisionedThroughput": capacity}),
            json!({"TableName": "orders", "ProvisionedThroughput": capacity}),
            index(json!({"ProvisionedThroughput": capacity})),
            json!({"TableName": "orders", "OnDemandThroughput": ceiling}),
            index(json!({"OnDemandThroughput": ceiling})),
            json!({"TableName": "orders", "OnDemandThroughput": none}),
        ]
    );
}

/// A message shows the request that is made, for an operator to repeat or to revert.
#[tokio::test]
async fn the_request_that_is_shown_is_the_one_that_is_sent() {
    let table = || "orders".to_owned();
    let on_demand = Value::Text("PAY_PER_REQUEST".into());
    for (setting, to) in [
        (Setting::TableMode { table: table() }, on_demand),
        (Setting::TableMode { table: table() }, units(1, 2)),
        (
            Setting::TableMode { table: table() },
            Value::Provisioned {
                read: 1,
                write: 2,
                indexes: [("by-day".to_owned(), (3, 4))].into(),
            },
        ),
        (capacity("orders", None), units(1, 2)),
        (capacity("orders", Some("by-day")), units(1, 2)),
        (ceiling("orders", None), units(1, 0)),
        (ceiling("orders", Some("by-day")), units(0, 2)),
        (ceiling("orders", None), Value::Absent),
    ] {
        let (ports, server) = answering(200, json!({})).await;
        let write = Write {
            setting,
            from: Value::Absent,
            to,
            revision: None,
        };
        ports.write(&write).await.unwrap();
        let shown = write.request();
        let (command, body) = crate::actions::testing::parsed(&shown);
        assert_eq!(command, "dynamodb update-table");
        assert_eq!(body, request(&server).await.2, "{shown}");
    }
}

#[tokio::test]
async fn a_value_of_another_kind_is_not_sent() {
    let (ports, server) = answering(200, json!({})).await;
    let client = &ports;
    for value in [Value::Flag(true), Value::Number(1), Value::Text("x".into())] {
        assert!(write_mode(client, "orders", &value).await.is_err());
        assert!(
            write_capacity(client, "orders", None, &value)
                .await
                .is_err()
        );
        assert!(write_ceiling(client, "orders", None, &value).await.is_err());
    }
    assert!(
        write_capacity(client, "orders", None, &Value::Absent)
            .await
            .is_err()
    );
    assert!(server.received_requests().await.unwrap().is_empty());
}

/// The refusals of AWS, with its own words.
#[tokio::test]
async fn a_refusal_of_aws_says_why_and_whether_it_passes() {
    let decreases = "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day.";
    let updating =
        "Attempt to change a resource which is still in use: Table is being updated: orders";
    let same = "The provisioned throughput for the table will not change.";
    for (kind, message, sentence, transient) in [
        (
            "LimitExceededException",
            decreases,
            "DynamoDB refuses the change of the table orders, a quota is reached: ",
            false,
        ),
        (
            "ResourceInUseException",
            updating,
            "DynamoDB refuses the change of the table orders, it is being changed: ",
            true,
        ),
        (
            "ValidationException",
            same,
            "DynamoDB refuses the change of the table orders: ",
            false,
        ),
    ] {
        let (ports, _server) = answering(400, json!({"__type": kind, "message": message})).await;
        let fault = write_capacity(&ports, "orders", None, &units(1, 1))
            .await
            .unwrap_err();
        assert_eq!(fault.to_string(), format!("{sentence}{message}"));
        assert_eq!(fault.is_transient(), transient, "{kind}");
    }
    let denied = json!({"__type": "AccessDeniedException", "message": "no"});
    let (ports, _server) = answering(400, denied).await;
    let fault = write_capacity(&ports, "orders", None, &units(1, 1)).await;
    assert_eq!(
        fault.unwrap_err().to_string(),
        "this function may not change the table orders; allow it in the function's role"
    );
}

#[tokio::test]
async fn auto_scaling_is_known_by_its_alarms() {
    for (index, prefix, alarms, expected) in [
        (None, "TargetTracking-table/orders-AlarmHigh-", 1, true),
        (
            Some("by-day"),
            "TargetTracking-table/orders/index/by-day-AlarmHigh-",
            0,
            false,
        ),
    ] {
        let rule = mock!(aws_sdk_cloudwatch::Client::describe_alarms)
            .match_requests(move |request| request.alarm_name_prefix() == Some(prefix))
            .then_output(move || {
                let found = (0..alarms).map(|_| MetricAlarm::builder().build());
                DescribeAlarmsOutput::builder()
                    .set_metric_alarms(Some(found.collect()))
                    .build()
            });
        let ports = with_cloudwatch(&rule);
        assert_eq!(ports.auto_scaled("orders", index).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn the_tags_of_a_table_are_read_by_its_arn() {
    let body = json!({"Tags": [{"Key": "picket:remediate", "Value": "true"}]});
    let (ports, server) = answering(200, body).await;
    let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
    let tags = ports.tags(arn).await.unwrap();
    assert_eq!(tags["picket:remediate"], "true");
    assert_eq!(request(&server).await.2, json!({"ResourceArn": arn}));
}
