//! Reports, with worked numbers, and what happens to a part that cannot be read.

mod listed;

use jiff::Timestamp;
use picket_aws::Fault;
use picket_rules::playbooks::Diagnose;
use picket_shared::alarm::{Alarm, Watches};

use super::{
    ports::{ErrorLines, Function, ReadErrorLines, ReadFunction},
    *,
};
use crate::{
    actions::{
        mapping::{Mapping, ReadMappings},
        raise_shards::{ReadStream, Stream},
        raise_table_throughput::{Part, ReadTable, Table, Units},
        reserved_concurrency::{AccountLimits, ReadAccount},
    },
    model::Candidate,
    plan::tests::book,
    reads::{MetricQuery, ReadMetrics, ReadSetting, ReadTags},
    setting::{Reading, Setting, Value},
    testing::{alarm, home, now},
};

/// An account in which each call fails or each one answers.
struct Account {
    up: bool,
    tag: Option<&'static str>,
    lines: &'static [&'static str],
}

const HEALTHY: Account = Account {
    up: true,
    tag: Some("true"),
    lines: &[
        "[ERROR] KeyError: 'order_id' password=hunter2",
        "[ERROR] KeyError: 'order_id'",
        "RequestId: 1 Task timed out after 3.00 seconds",
    ],
};

impl Account {
    fn answer<T>(&self, call: &str, value: T) -> Result<T, Fault> {
        if self.up {
            Ok(value)
        } else {
            Err(Fault::permanent(format!("{call} is denied")))
        }
    }
}

impl ReadFunction for Account {
    async fn function(&self, _: &str, qualifier: Option<&str>) -> Result<Option<Function>, Fault> {
        let function = Function {
            modified_at: Some("2026-11-20T05:48:00Z".parse().unwrap()),
            version: qualifier.map_or("$LATEST", |_| "7").to_owned(),
            timeout_seconds: 3,
            memory_mb: 256,
            state: "Active".into(),
            is_traced: true,
            log_group: "/aws/lambda/checkout".into(),
        };
        self.answer("the function", Some(function))
    }
}

impl ReadAccount for Account {
    async fn account(&self) -> Result<AccountLimits, Fault> {
        let account = AccountLimits {
            concurrent: 1_000,
            unreserved: 900,
        };
        self.answer("the account", account)
    }
}

impl ReadMappings for Account {
    async fn mappings(&self, _: &str) -> Result<Vec<Mapping>, Fault> {
        let mapping = |source: &str, enabled, last_result: &str| Mapping {
            uuid: "m".to_owned(),
            source: source.to_owned(),
            enabled,
            settled: true,
            parallelization: 1,
            last_result: last_result.to_owned(),
        };
        let stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";
        let queue = "arn:aws:sqs:eu-west-1:123456789012:mail";
        let mappings = vec![mapping(stream, true, "OK"), mapping(queue, false, "")];
        self.answer("the mappings", mappings)
    }
}

impl ReadErrorLines for Account {
    async fn error_lines(&self, _: &str, _: Timestamp) -> Result<ErrorLines, Fault> {
        let lines = self.lines.iter().map(|line| (*line).to_owned()).collect();
        self.answer("the log group", ErrorLines { lines, more: false })
    }
}

impl ReadSetting for Account {
    async fn setting(&self, _: &Setting) -> Result<Option<Reading>, Fault> {
        let reading = Reading {
            value: Value::Number(40),
            revision: None,
            settled: true,
        };
        self.answer("the reservation", Some(reading))
    }
}

impl ReadTags for Account {
    async fn tags(&self, arn: &str) -> Result<std::collections::BTreeMap<String, String>, Fault> {
        assert_eq!(
            arn,
            "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/checkout"
        );
        let tag = self
            .tag
            .map(|tag| ("picket:remediate".to_owned(), tag.to_owned()));
        self.answer("the tags", tag.into_iter().collect())
    }
}

impl ReadMetrics for Account {
    async fn metrics(
        &self,
        queries: &[MetricQuery],
        _: Timestamp,
        _: Timestamp,
    ) -> Result<Vec<Vec<f64>>, Fault> {
        let value = |query: &MetricQuery| match query.name {
            "Invocations" => vec![600.0, 600.0],
            "Errors" => vec![90.0],
            "Duration" => vec![1_200.0, 2_800.0],
            "ConcurrentExecutions" if query.dimensions.is_empty() => vec![310.0, 870.0],
            "ConcurrentExecutions" => vec![40.0],
            // Of the account, and of a model.
            "InvocationThrottles" => vec![3.0],
            "InvocationLatency" => vec![900.0, 4_200.0],
            "InvocationClientErrors" => vec![2.0],
            "IncomingLogEvents" => vec![340.0],
            "IncomingRecords" => vec![100.0, 20.0],
            "GetRecords.IteratorAgeMilliseconds" => vec![90_000.0],
            "WriteKeyRangeThroughputThrottleEvents" => vec![12.0],
            "ConsumedWriteCapacityUnits" => vec![3_000.0],
            _ => vec![],
        };
        self.answer("the metrics", queries.iter().map(value).collect())
    }
}

impl ReadStream for Account {
    async fn stream(&self, _: &str) -> Result<Option<Stream>, Fault> {
        let stream = Stream {
            on_demand: false,
            active: true,
            shards: 4,
            consumers: 0,
        };
        self.answer("the stream", Some(stream))
    }
}

impl ReadTable for Account {
    async fn table(&self, _: &str) -> Result<Option<Table>, Fault> {
        let part = |index: Option<&str>| Part {
            index: index.map(str::to_owned),
            capacity: Units {
                read: 100,
                write: 50,
            },
            ..Part::default()
        };
        let table = Table {
            on_demand: false,
            active: true,
            replicas: 0,
            parts: vec![part(None), part(Some("by-day"))],
        };
        self.answer("the table", Some(table))
    }
}

fn with(dimensions: &[(&str, &str)]) -> Alarm {
    let mut alarm = alarm("checkout");
    let Watches::Metric(metric, _) = &mut alarm.watches else {
        panic!("the sample watches one metric")
    };
    metric.dimensions = dimensions
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    alarm
}

async fn report(dimensions: &[(&str, &str)], account: &Account) -> String {
    let book = book();
    let alarm = with(dimensions);
    let bounds = Diagnose::default();
    let target = target(&book.all()[0], &bounds, &alarm, &home()).unwrap();
    let candidate = Candidate {
        playbook: &book.all()[0],
        alarm: &alarm,
        target,
    };
    let facts = read_facts(&candidate, &bounds, &home(), account, now()).await;
    decide(&candidate, &facts).to_string()
}

const FUNCTION: (&str, &str) = ("FunctionName", "checkout");

#[tokio::test]
async fn a_function_is_reported_with_what_feeds_it_and_what_it_logged() {
    let resource = ("Resource", "checkout:live");
    assert_eq!(
        report(&[FUNCTION, resource], &HEALTHY).await,
        "Version 7, deployed 2026-11-20T05:48:00Z, 12 minutes before the alarm: look at that change first.\n\
         In the last 15 minutes 1200 invocations, 90 failed (7 %), 0 throttled; p95 of the duration 2800 ms of a timeout of 3000 ms, which is near it; \
         40 executions at one time, and 40 are reserved. Bedrock throttled 3 requests of this account and failed 0.\n\
         The account's quota is 1000 executions at one time; it ran 870 (87 %); 900 are not reserved.\n\
         The mapping of arn:aws:kinesis:eu-west-1:123456789012:stream/orders is enabled; last result: OK.\n\
         The mapping of arn:aws:sqs:eu-west-1:123456789012:mail is disabled; last result: not known.\n\
         stream/orders: The stream is active, provisioned, with 4 open shards.\n\
         stream/orders: In the last 15 minutes 120 records came in, 0 writes and 0 reads were throttled; consumers were at most 90 s behind.\n\
         Events of AWS: https://health.aws.amazon.com/health/home#/account/dashboard/open-issues; the quotas of lambda: https://eu-west-1.console.aws.amazon.com/servicequotas/home/services/lambda/quotas; its traces: https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#xray:traces/query\n\
         Its log group took 340 events in the last 15 minutes.\n\
         3 log lines of the last 10 minutes look like errors (KeyError 2, timeout 1), the newest:\n\
         [ERROR] KeyError: 'order_id' password=[redacted]\n\
         [ERROR] KeyError: 'order_id'\n\
         RequestId: 1 Task timed out after 3.00 seconds"
    );
    let latest = report(&[FUNCTION], &HEALTHY).await;
    assert!(latest.starts_with("Version $LATEST, "), "{latest}");
}

#[tokio::test]
async fn log_lines_are_shown_of_tagged_groups_alone() {
    for tag in [None, Some("false")] {
        let account = Account { tag, ..HEALTHY };
        let text = report(&[FUNCTION], &account).await;
        assert!(!text.contains("KeyError"), "{text}");
        assert!(
            text.ends_with("Log lines are shown of a group that is tagged picket:remediate=true, and /aws/lambda/checkout is not."),
            "{text}"
        );
    }
}

#[tokio::test]
async fn at_most_five_lines_are_shown() {
    let account = Account {
        lines: &[
            "E1Error", "E2Error", "E3Error", "E4Error", "E5Error", "E6Error",
        ],
        ..HEALTHY
    };
    let text = report(&[FUNCTION], &account).await;
    assert!(text.ends_with("E4Error\nE5Error"), "{text}");
    let none = Account {
        lines: &[],
        ..HEALTHY
    };
    let text = report(&[FUNCTION], &none).await;
    assert!(
        text.ends_with("No log line of the last 10 minutes looks like an error."),
        "{text}"
    );
}

#[tokio::test]
async fn a_stream_is_reported_with_its_records_and_throttles() {
    assert_eq!(
        report(&[("StreamName", "orders")], &HEALTHY).await,
        "The stream is active, provisioned, with 4 open shards.\n\
         In the last 15 minutes 120 records came in, 0 writes and 0 reads were throttled; consumers were at most 90 s behind.\n\
         Events of AWS: https://health.aws.amazon.com/health/home#/account/dashboard/open-issues; the quotas of kinesis: https://eu-west-1.console.aws.amazon.com/servicequotas/home/services/kinesis/quotas"
    );
}

#[tokio::test]
async fn a_table_is_reported_by_cause_and_index() {
    assert_eq!(
        report(&[("TableName", "orders")], &HEALTHY).await,
        "The table is provisioned.\n\
         The table throttled in the last 15 minutes: 0 reads and 12 writes by the limit of one partition; it consumed at most 0 reads and 50 writes units a second of 100 read and 50 write capacity units.\n\
         The index by-day throttled in the last 15 minutes: 0 reads and 12 writes by the limit of one partition; it consumed at most 0 reads and 50 writes units a second of 100 read and 50 write capacity units.\n\
         Events of AWS: https://health.aws.amazon.com/health/home#/account/dashboard/open-issues; the quotas of dynamodb: https://eu-west-1.console.aws.amazon.com/servicequotas/home/services/dynamodb/quotas"
    );
}

#[tokio::test]
async fn a_part_that_cannot_be_read_is_a_sentence_and_no_failure() {
    let down = Account {
        up: false,
        ..HEALTHY
    };
    assert_eq!(
        report(&[FUNCTION], &down).await,
        "Not known: the function is denied.\n\
         Not known: the metrics is denied.\n\
         Not known: the account is denied.\n\
         Not known: the mappings is denied.\n\
         Events of AWS: https://health.aws.amazon.com/health/home#/account/dashboard/open-issues; the quotas of lambda: https://eu-west-1.console.aws.amazon.com/servicequotas/home/services/lambda/quotas\n\
         Not known: the function's log group."
    );
    assert_eq!(
        report(&[("StreamName", "orders")], &down).await,
        "Not known: the stream is denied.\nNot known: the metrics is denied.\nEvents of AWS: https://health.aws.amazon.com/health/home#/account/dashboard/open-issues; the quotas of kinesis: https://eu-west-1.console.aws.amazon.com/servicequotas/home/services/kinesis/quotas"
    );
    assert_eq!(
        report(&[("TableName", "orders")], &down).await,
        "Not known: the table is denied.\nNot known: the metrics is denied.\nEvents of AWS: https://health.aws.amazon.com/health/home#/account/dashboard/open-issues; the quotas of dynamodb: https://eu-west-1.console.aws.amazon.com/servicequotas/home/services/dynamodb/quotas"
    );
}

#[test]
fn a_stream_without_records_points_at_its_producers() {
    let facts = StreamFacts {
        stream: Ok(None),
        measured: Ok((crate::actions::raise_shards::Measured::default(), 0)),
    };
    assert_eq!(
        facts.sentences(),
        [
            "There is no such stream in this account and region.",
            "No record came in in the last 15 minutes: look at its producers; no consumer's iterator age is known (those with enhanced fan-out have none).",
        ]
    );
}

#[test]
fn a_target_is_a_function_a_stream_a_table_or_a_model() {
    let book = book();
    let of = |dimensions: &[(&str, &str)]| {
        let alarm = with(dimensions);
        target(&book.all()[0], &Diagnose::default(), &alarm, &home())
            .map_err(|refusal| refusal.to_string())
    };
    let table = ("TableName", "orders");
    let stream = ("StreamName", "orders");
    assert_eq!(of(&[table, stream, FUNCTION]).unwrap(), "checkout");
    assert_eq!(of(&[table, stream]).unwrap(), "stream/orders");
    assert_eq!(of(&[table]).unwrap(), "table/orders");
    assert_eq!(of(&[table, ("ModelId", "m")]).unwrap(), "table/orders");
    assert_eq!(
        of(&[("ModelId", "anthropic.claude-v2:1")]).unwrap(),
        "model/anthropic.claude-v2:1"
    );
    assert_eq!(
        of(&[("ModelId", "a b")]).unwrap_err(),
        "\"a b\" is not a name that AWS accepts in the dimension ModelId"
    );
    assert_eq!(
        of(&[("Environment", "dev")]).unwrap_err(),
        "the alarm's metric has no dimension FunctionName, StreamName, TableName or ModelId: without a target nothing is changed"
    );
}

#[test]
fn other_partitions_have_other_consoles() {
    let mut alarm = alarm("checkout");
    assert!(links::links(&alarm, "lambda", true).is_some_and(|text| text.contains("#xray:")));
    assert!(links::links(&alarm, "lambda", false).is_some_and(|text| !text.contains("#xray:")));
    alarm.partition = "aws-cn".into();
    assert_eq!(links::links(&alarm, "lambda", true), None);
}
