//! The minutes of metrics with a default value in a slice.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

#[path = "support/mod.rs"]
mod support;

use event_processor::{
    deduplication::ShardState,
    event::read,
    plan::{SliceLimit, plan},
    rules::RuleSet,
};
use jiff::Timestamp;
use picket_rules::{metrics, prices};
use picket_shared::{
    chain::{Body, decode, encode},
    fleet::{FleetMessage, Heartbeat},
    series::{Aggregate, Statistics},
};

use crate::support::{Sent, event};

const RULES: &str = r#"
Workload: shop
Source: events
Rules:
  - FilterPattern: '{ $.level = "error" }'
    Timestamp: $.time
    EventId: $.id
    MetricTransformations:
      - { MetricNamespace: Shop, MetricName: Errors, MetricValue: 1, DefaultValue: 0.5 }
  - FilterPattern: '{ $.latency = * }'
    MetricTransformations:
      - { MetricNamespace: Shop, MetricName: Latency, MetricValue: $.latency, DefaultValue: 5, Kind: distribution }
      - { MetricNamespace: Shop, MetricName: Requests, MetricValue: 1 }
"#;

/// Minutes since 1970.
const NOON: i64 = 29_915_280;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOON * 60 + seconds).unwrap()
}

/// The body of a shard's one slice of these payloads, each of which arrives so many seconds after noon.
fn body(payloads: &[(i64, &[u8])]) -> Body {
    let core = RuleSet::new(
        vec![metrics::parse("shop.yaml", RULES).unwrap()],
        prices::built_in().clone(),
        "dev",
        "picket-dev",
    );
    let records: Vec<Sent> = (1..)
        .zip(payloads)
        .map(|(number, (seconds, payload))| Sent {
            shard: "shardId-000000000000".into(),
            sequence_number: u64::to_string(&number),
            partition_key: "shop".into(),
            arrived_at_ms: at(*seconds).as_millisecond(),
            payload: payload.to_vec(),
        })
        .collect();
    let bytes = event(&records);
    let shards = read(&bytes).unwrap();
    let planned = plan(
        &core,
        &shards[0],
        &ShardState::start(),
        SliceLimit::All,
        at(600),
    )
    .unwrap();
    let body = planned.slice.body;
    assert_eq!(decode(&encode(&body)).unwrap(), body);
    body
}

/// A metric's minutes after noon, and whether one matched.
fn minutes(body: &Body, name: &str) -> Vec<(i64, bool)> {
    let defaults = body.defaults.iter();
    defaults
        .filter(|minute| minute.series.key.name == name)
        .map(|minute| (minute.series.minute - NOON, minute.matched))
        .collect()
}

fn line(time: &str, level: &str, id: u32) -> String {
    format!(r#"{{"time":"{time}","level":"{level}","id":"{id}"}}"#)
}

/// A subject, its payloads, and the minutes of `Errors` and of `Latency`.
type Case<'a> = (
    &'a str,
    &'a [(i64, &'a [u8])],
    &'a [(i64, bool)],
    &'a [(i64, bool)],
);

#[test]
fn an_event_is_noted_in_the_minute_in_which_it_would_count() {
    let heartbeat = FleetMessage::Heartbeat(Heartbeat {
        stack: "another".into(),
        sent_at: at(0),
    });
    let [early, error, again] = [
        line("2026-11-17T11:58:30Z", "info", 1),
        line("2026-11-17T11:58:40Z", "error", 2),
        line("2026-11-17T11:59:00Z", "error", 2),
    ];
    assert_eq!(at(0).to_string(), "2026-11-17T12:00:00Z");
    let heartbeat = heartbeat.to_json();
    let cases: [Case<'_>; 9] = [
        ("its own time, by the rule that reads it", &[(0, early.as_bytes())], &[(-2, false)], &[(0, false)]),
        ("its arrival", &[(59, b"all is well"), (60, b"{}")], &[(0, false), (1, false)], &[(0, false), (1, false)]),
        ("a match", &[(0, error.as_bytes())], &[(-2, true)], &[(0, false)]),
        ("a match among others", &[(0, early.as_bytes()), (0, error.as_bytes()), (0, early.as_bytes())], &[(-2, true)], &[(0, false)]),
        ("a repetition of a match counts in no minute", &[(0, error.as_bytes()), (0, again.as_bytes())], &[(-2, true)], &[(0, false)]),
        ("a match without a number", &[(0, br#"{"latency":"slow"}"#)], &[(0, false)], &[(0, true)]),
        ("a heartbeat is no event", &[(0, heartbeat.as_bytes())], &[], &[]),
        ("nor is what cannot be read", &[(0, b"\x1f\x8b\x08 no gzip")], &[], &[]),
        ("nor what has another source", &[(0, br#"{"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"2026-11-17T12:00:00Z","modelId":"m","requestId":"1"}"#)], &[], &[]),
    ];
    for (what, payloads, errors, latencies) in cases {
        let body = body(payloads);
        assert_eq!(minutes(&body, "Errors"), errors, "{what}");
        assert_eq!(minutes(&body, "Latency"), latencies, "{what}");
        assert_eq!(minutes(&body, "Requests"), [], "{what}");
    }
}

#[test]
fn a_slice_has_the_default_value_beside_its_datapoints_and_not_among_them() {
    let body = body(&[(0, b"all is well")]);
    let datapoints = body
        .series
        .iter()
        .filter(|series| series.key.namespace == "Shop");
    assert_eq!(datapoints.count(), 0);
    let [errors, latency] = body.defaults.as_slice() else {
        panic!("{:?}", body.defaults)
    };
    let dimensions = [("Environment".to_owned(), "dev".to_owned())];
    assert_eq!(errors.series.key.dimensions, dimensions);
    assert_eq!(errors.series.aggregate, Aggregate::Sum(Statistics::of(0.5)));
    let Aggregate::Distribution(sketch) = &latency.series.aggregate else {
        panic!("{latency:?}")
    };
    assert_eq!(sketch.values(), [(5.0, 1)]);
}
