//! What the actions on tables, streams and log groups read of an account.

use std::collections::{BTreeMap, BTreeSet};

use super::{Account, Case, tagged};
use crate::{
    actions::{
        raise_shards::{self, ShardLimit, Stream},
        raise_table_throughput::{self, Events, Part, Table, Units},
        set_log_retention::{self, LogGroup},
    },
    testing::now,
};

const WINDOW: &str = "from 05:46:00 to 06:01:00";

fn account() -> Account {
    let arn = |resource: &str| format!("arn:aws:{resource}");
    let part = |index: Option<&str>| Part {
        index: index.map(str::to_owned),
        capacity: Units { read: 10, write: 5 },
        ..Part::default()
    };
    let table = Table {
        on_demand: false,
        active: true,
        replicas: 1,
        parts: vec![part(None), part(Some("by-day"))],
    };
    let stream = Stream {
        on_demand: false,
        active: true,
        shards: 4,
        consumers: 1,
    };
    let group = LogGroup {
        retention_days: None,
        stored_bytes: 812,
    };
    Account {
        tags: BTreeMap::from([
            (
                arn("dynamodb:eu-west-1:123456789012:table/orders"),
                tagged(),
            ),
            (
                arn("kinesis:eu-west-1:123456789012:stream/orders"),
                tagged(),
            ),
            (
                arn("logs:eu-west-1:123456789012:log-group:/aws/lambda/orders"),
                tagged(),
            ),
        ]),
        tables: BTreeMap::from([("orders".to_owned(), table)]),
        streams: BTreeMap::from([("orders".to_owned(), stream)]),
        groups: BTreeMap::from([("/aws/lambda/orders".to_owned(), group)]),
        ..Account::default()
    }
}

const STEP: &str = "{ raise-table-throughput: { on-demand: {} } }";

#[tokio::test]
async fn a_table_is_read_with_the_metrics_of_each_index_and_of_the_account() {
    let case = Case::new(STEP);
    let candidate = case.candidate("table/orders");
    let mut account = account();
    let index = "TableName=orders, GlobalSecondaryIndexName=by-day";
    account.metrics = BTreeMap::from([
        (
            format!("Sum WriteProvisionedThroughputThrottleEvents {index} {WINDOW}"),
            vec![3.0, 4.0],
        ),
        (
            format!("Sum ReadKeyRangeThroughputThrottleEvents TableName=orders {WINDOW}"),
            vec![2.0],
        ),
        (format!("Maximum AccountMaxReads  {WINDOW}"), vec![80_000.0]),
        (
            format!("Maximum AccountProvisionedReadCapacityUtilization  {WINDOW}"),
            vec![99.0],
        ),
    ]);
    for (managed, expected) in [
        ("orders", None),
        ("orders/by-day", Some("by-day".to_owned())),
    ] {
        account.auto_scaled = vec![managed.to_owned()];
        let facts = raise_table_throughput::read_facts(&candidate, &case.home, &account, now());
        let facts = facts.await.unwrap().unwrap();
        assert_eq!(facts.tags, tagged());
        assert_eq!(
            (facts.on_demand, facts.active, facts.replicas),
            (false, true, 1)
        );
        let throttled = |part: usize| facts.parts[part].throttled;
        assert_eq!(
            throttled(0).key_range,
            Events {
                reads: 2,
                writes: 0
            }
        );
        assert_eq!(
            throttled(1).provisioned,
            Events {
                reads: 0,
                writes: 7
            }
        );
        assert_eq!((facts.spare.read, facts.spare.write), (Some(800), None));
        assert_eq!(facts.auto_scaled, BTreeSet::from([expected]));
    }
    let missing = case.candidate("table/invoices");
    let facts = raise_table_throughput::read_facts(&missing, &case.home, &account, now());
    assert_eq!(facts.await.unwrap(), None);
}

#[tokio::test]
async fn a_stream_is_read_with_its_metrics_and_the_accounts_shards() {
    let case = Case::new("{ raise-shards: { factor: 2, maximum: 64 } }");
    let candidate = case.candidate("stream/orders");
    let mut account = account();
    account.metrics = BTreeMap::from([(
        format!("Sum WriteProvisionedThroughputExceeded StreamName=orders {WINDOW}"),
        vec![3.0, 4.0],
    )]);
    let facts = raise_shards::read_facts(&candidate, &case.home, &account, now());
    let facts = facts.await.unwrap().unwrap();
    assert_eq!(facts.tags, tagged());
    assert_eq!((facts.stream.shards, facts.stream.consumers), (4, 1));
    let limit = ShardLimit {
        limit: 500,
        open: 20,
        on_demand_limit: 50,
        on_demand: 3,
    };
    assert_eq!(facts.limit, limit);
    assert_eq!(facts.measured.write_throttles, 7);
    let missing = case.candidate("stream/clicks");
    let facts = raise_shards::read_facts(&missing, &case.home, &account, now());
    assert_eq!(facts.await.unwrap(), None);
}

#[tokio::test]
async fn a_log_group_is_read_with_its_tags() {
    let case = Case::new("{ set-log-retention: { days: 90 } }");
    let candidate = case.candidate("group//aws/lambda/orders");
    let account = account();
    let facts = set_log_retention::read_facts(&candidate, &case.home, &account, now());
    let facts = facts.await.unwrap().unwrap();
    assert_eq!(facts.tags, tagged());
    assert_eq!(facts.group.stored_bytes, 812);
    let missing = case.candidate("group//aws/lambda/clicks");
    let facts = set_log_retention::read_facts(&missing, &case.home, &account, now());
    assert_eq!(facts.await.unwrap(), None);
}

/// Tags that cannot be read are no tags of a resource that anybody allowed: nothing is decided.
#[tokio::test]
async fn unreadable_tags_are_a_fault() {
    let case = Case::new(STEP);
    let mut account = account();
    account.tags.clear();
    let now = now();
    let table = case.candidate("table/orders");
    let stream = case.candidate("stream/orders");
    let group = case.candidate("group//aws/lambda/orders");
    assert!(
        raise_table_throughput::read_facts(&table, &case.home, &account, now)
            .await
            .is_err()
    );
    assert!(
        raise_shards::read_facts(&stream, &case.home, &account, now)
            .await
            .is_err()
    );
    assert!(
        set_log_retention::read_facts(&group, &case.home, &account, now)
            .await
            .is_err()
    );
}
