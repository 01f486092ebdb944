//! Slices cover a shard's records exactly, and each fits its item.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod resume;
#[path = "../support/mod.rs"]
mod support;

use std::io::Write;

use event_processor::{
    deduplication::ShardState,
    event::read,
    plan::{SliceLimit, plan},
    rules::RuleSet,
};
use flate2::{Compression, write::GzEncoder};
use picket_rules::{metrics, prices};
use picket_shared::{
    chain::{LARGEST_BLOB, Slice, encode},
    position::Position,
};
use proptest::prelude::*;

use crate::support::{Sent, aggregate, event};

/// Each event has a series of its own with an incompressible name.
const RULES: &str = r"
Workload: wide
Rules:
  - FilterPattern: '{ $.id = * }'
    MetricTransformations:
      - MetricNamespace: Wide
        MetricName: Events
        MetricValue: 1
        Dimensions: [{ Key: Id, Value: $.id }]
";

fn core() -> RuleSet {
    let rules = metrics::parse("wide.yaml", RULES).unwrap();
    RuleSet::new(
        vec![rules],
        prices::built_in().clone(),
        "test",
        "picket-test",
    )
}

fn now() -> jiff::Timestamp {
    "2026-11-20T06:15:00Z".parse().unwrap()
}

fn sent(number: usize, payload: String) -> Sent {
    Sent {
        shard: "shardId-000000000000".into(),
        sequence_number: number.to_string(),
        partition_key: "agent".into(),
        arrived_at_ms: now().as_millisecond(),
        payload: payload.into_bytes(),
    }
}

/// Letters that deflate cannot shorten much.
fn noise(seed: usize, length: usize) -> String {
    let mut state = seed as u64 + 1;
    let mut letter = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b'0' + u8::try_from((state >> 33) % 74).unwrap())
    };
    let letters: String = (0..length)
        .map(|_| letter())
        .filter(|letter| *letter != '\\')
        .collect();
    format!("a{letters}")
}

fn slices(records: &[Sent], start: ShardState) -> Vec<Slice> {
    let body = event(records);
    let shards = read(&body).unwrap();
    let mut state = start;
    let mut slices = Vec::new();
    while let Some(planned) = plan(&core(), &shards[0], &state, SliceLimit::All, now()) {
        state.advance(&planned.slice);
        slices.push(planned.slice);
    }
    slices
}

#[test]
fn what_does_not_fit_one_item_is_halved_until_it_does() {
    let records: Vec<Sent> = (1..=900)
        .map(|number| sent(number, format!(r#"{{"id":"{}"}}"#, noise(number, 1_000))))
        .collect();
    let slices = slices(&records, ShardState::start());
    assert!(slices.len() >= 2, "{}", slices.len());
    let mut mark = Position::start();
    for slice in &slices {
        assert!(encode(&slice.body).len() <= LARGEST_BLOB);
        assert_eq!(slice.before, mark);
        mark = slice.after.clone();
    }
    let events: u64 = slices.iter().map(|slice| count(slice, "Events")).sum();
    let read: f64 = slices.iter().map(|slice| sum(slice, "RecordsRead")).sum();
    assert_eq!(events, 900);
    assert!((read - 900.0).abs() < f64::EPSILON, "{read}");
    assert_eq!(mark, Position::new("900", 0).unwrap());
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// For each slice, its number of events, and the bytes of its quarantine object.
fn objects(records: &[Sent]) -> Vec<(usize, String)> {
    let body = event(records);
    let shards = read(&body).unwrap();
    let mut state = ShardState::start();
    let mut objects = Vec::new();
    while let Some(planned) = plan(&core(), &shards[0], &state, SliceLimit::All, now()) {
        state.advance(&planned.slice);
        let object = planned.object.map_or(String::new(), |object| object.body);
        objects.push((planned.events, object));
    }
    objects
}

#[test]
fn a_slice_ends_where_its_records_inflate_to_many_bytes_and_its_object_has_them_as_they_came() {
    let bomb = gzip(&vec![b'A'; (16 << 20) - 10]);
    let records: Vec<Sent> = (1..=6)
        .map(|number| Sent {
            payload: bomb.clone(),
            ..sent(number, String::new())
        })
        .collect();
    let objects = objects(&records);
    let events: Vec<usize> = objects.iter().map(|(events, _)| *events).collect();
    assert_eq!(events, [5, 1], "64 MB, and the record that begins below");
    let data = base64_simd::STANDARD.encode_to_string(&bomb);
    for (events, object) in &objects {
        assert_eq!(object.matches(&data).count(), *events);
        assert!(object.len() < events * (data.len() + 1_000));
    }
}

#[test]
fn a_slice_ends_where_its_unreadable_events_have_many_bytes() {
    // In one record, so that it is the events that end the slice.
    let lines = vec![format!("{{{}", "x".repeat(900_000)); 16].join("\n");
    let record = Sent {
        payload: gzip(lines.as_bytes()),
        ..sent(1, String::new())
    };
    let objects = objects(&[record]);
    let events: usize = objects.iter().map(|(events, _)| events).sum();
    assert_eq!(events, 16);
    for (events, object) in &objects {
        assert_eq!(object.lines().count(), *events);
        assert!(object.len() < (4 << 20) + 1_300_000, "{}", object.len());
    }
}

#[test]
fn a_slice_can_end_inside_a_record_and_the_next_goes_on_there() {
    let events: Vec<Vec<u8>> = (1..=900)
        .map(|number| format!(r#"{{"id":"{}"}}"#, noise(number, 1_000)).into_bytes())
        .collect();
    let mut record = sent(7, String::new());
    record.payload = aggregate(&events);
    let slices = slices(&[record], ShardState::start());
    assert!(slices.len() >= 2, "{}", slices.len());
    assert_eq!(slices[0].first, Position::new("7", 0).unwrap());
    for pair in slices.windows(2) {
        assert_eq!(pair[0].after, pair[1].before);
        assert_eq!(pair[0].after.sub() + 1, pair[1].first.sub());
        assert_eq!(pair[1].first.sequence_number(), Some("7"));
    }
    assert_eq!(
        slices.last().unwrap().after,
        Position::new("7", 899).unwrap()
    );
    let events: u64 = slices.iter().map(|slice| count(slice, "Events")).sum();
    assert_eq!(events, 900);
}

#[test]
fn a_slice_ends_where_it_has_many_series_and_the_next_goes_on_there() {
    let records: Vec<Sent> = (1..=5_000)
        .map(|number| sent(number, format!(r#"{{"id":"{number}"}}"#)))
        .collect();
    let slices = slices(&records, ShardState::start());
    assert!(slices.len() >= 3, "{}", slices.len());
    for slice in &slices {
        // Beside them are the function's own.
        let ids = |name: &str| {
            slice
                .body
                .series
                .iter()
                .filter(|series| series.key.name == name)
                .count()
        };
        assert!(ids("Events") <= 2_000, "{}", ids("Events"));
    }
    let events: u64 = slices.iter().map(|slice| count(slice, "Events")).sum();
    assert_eq!(events, 5_000);
}

/// 600 series an event, each with an incompressible name of a kilobyte where the event has one.
const MANY: &str = "
Workload: many
Rules:
";

#[test]
fn an_event_whose_totals_fit_no_slice_is_quarantined_and_its_neighbours_count() {
    let transformation = |metric: usize| {
        format!(
            "      - {{ MetricNamespace: Many, MetricName: M{metric}, MetricValue: 1, Dimensions: [{{ Key: Id, Value: $.id{metric} }}] }}\n"
        )
    };
    let transformations: Vec<String> = (0..600).map(transformation).collect();
    let transformations = transformations.concat();
    let rules = format!(
        "{MANY}  - FilterPattern: '{{ $.id0 = * }}'\n    MetricTransformations:\n{transformations}"
    );
    let rules = metrics::parse("many.yaml", &rules).unwrap();
    let core = RuleSet::new(
        vec![rules],
        prices::built_in().clone(),
        "test",
        "picket-test",
    );
    let wide = |seed: usize| {
        let fields: Vec<String> = (0..600)
            .map(|field| format!(r#""id{field}":"{}""#, noise(seed * 1_000 + field, 1_000)))
            .collect();
        format!("{{{}}}", fields.join(","))
    };
    let records = [
        sent(1, r#"{"id0":"a"}"#.to_owned()),
        sent(2, wide(2)),
        sent(3, r#"{"id0":"b"}"#.to_owned()),
    ];
    let body = event(&records);
    let shards = read(&body).unwrap();
    let mut state = ShardState::start();
    let mut slices = Vec::new();
    while let Some(planned) = plan(&core, &shards[0], &state, SliceLimit::All, now()) {
        assert!(encode(&planned.slice.body).len() <= LARGEST_BLOB);
        state.advance(&planned.slice);
        slices.push(planned.slice);
    }
    let quarantined: Vec<_> = slices
        .iter()
        .flat_map(|slice| &slice.body.quarantined)
        .collect();
    assert_eq!(quarantined.len(), 1);
    assert_eq!(quarantined[0].position, Position::new("2", 0).unwrap());
    assert_eq!(
        quarantined[0].reason.as_str(),
        "what the event adds to the totals is more than an item of the chain table holds"
    );
    assert_eq!(
        slices.iter().map(|slice| count(slice, "M0")).sum::<u64>(),
        2
    );
}

fn count(slice: &Slice, name: &str) -> u64 {
    let named = slice
        .body
        .series
        .iter()
        .filter(|series| series.key.name == name);
    named
        .map(|series| series.aggregate.statistics().count)
        .sum()
}

fn sum(slice: &Slice, name: &str) -> f64 {
    let named = slice
        .body
        .series
        .iter()
        .filter(|series| series.key.name == name);
    named.map(|series| series.aggregate.statistics().sum).sum()
}

/// A chain whose mark is this record.
fn at(number: usize) -> ShardState {
    let mut state = ShardState::start();
    if number > 0 {
        let records = [sent(number, String::from("counted before"))];
        state.advance(&slices(&records, ShardState::start())[0]);
    }
    state
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_at_or_below_the_mark_is_planned(records in 1_usize..30, mark in 0_usize..40) {
        let sent: Vec<Sent> = (1..=records).map(|number| sent(number, format!(r#"{{"id":"{number}"}}"#))).collect();
        let slices = slices(&sent, at(mark));
        let planned: u64 = slices.iter().map(|slice| count(slice, "Events")).sum();
        prop_assert_eq!(planned, records.saturating_sub(mark) as u64);
        prop_assert_eq!(slices.len(), usize::from(records > mark));
    }
}
