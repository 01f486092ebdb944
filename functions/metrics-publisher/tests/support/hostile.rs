//! A generator of slices that are as large as the planner of the event processor accepts.

use jiff::civil::{Date, date};
use picket_shared::{
    chain::{
        Body, LARGEST_BLOB, LARGEST_MESSAGE, QuarantineReason, Quarantined, decode_sized, encode,
        fits,
    },
    position::Position,
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
    sketch::Sketch,
    usage::{TokenCounts, Usage, UsageKey, UsageRow},
};

/// Adds the item of this number to a body. Items of other numbers are other items.
type Add = fn(&mut Body, u32);

/// The kinds of slices: what they are full of.
pub(crate) const KINDS: &[(&str, Add)] = &[
    ("series with long dimension values", |body, number| {
        let dimensions = ["AgentId", "ModelId", "Tool"]
            .map(|name| (name.to_owned(), format!("{}{number}", "x".repeat(250))))
            .to_vec();
        body.series.push(sum("Requests", dimensions));
    }),
    ("series with short dimension values", |body, number| {
        body.series
            .push(sum("n", vec![("a".into(), number.to_string())]));
    }),
    ("distributions with many buckets", |body, number| {
        let values: Vec<f64> = (0..150_u32).map(|i| f64::from(i).exp2().sqrt()).collect();
        body.series.push(SeriesMinute {
            aggregate: Aggregate::Distribution(Sketch::of_all(&values).unwrap()),
            ..sum(
                "APILatency",
                vec![("AgentId".into(), format!("agent-{number}"))],
            )
        });
    }),
    ("ledger rows with long names", |body, number| {
        let tokens = TokenCounts {
            input: 1,
            ..TokenCounts::default()
        };
        body.usage.push(UsageRow {
            key: long_key(date(2023, 11, 14), number),
            usage: Usage {
                requests: 1,
                tokens,
            },
        });
    }),
    ("event ids", |body, number| {
        body.event_ids.push(number.into());
    }),
    ("quarantined records", |body, number| {
        body.quarantined.push(Quarantined {
            position: Position::new(&number.to_string(), 0).unwrap(),
            reason: QuarantineReason::new("x".repeat(500)),
            object: format!("quarantine/{}/{number}", "x".repeat(200)),
        });
    }),
];

/// Encoded bodies of a kind, each with items of its own: the message of each is at most `most_bytes`.
pub(crate) fn bodies(kind: usize, count: u32, most_bytes: usize) -> Vec<Vec<u8>> {
    /// Items from which the size of the others is estimated.
    const SAMPLE: u32 = 2_000;
    let (_, add) = KINDS[kind];
    let body = |from: u32, items: u32| {
        let mut body = Body::default();
        (from..from + items).for_each(|number| add(&mut body, number));
        body
    };
    // Numbers of the same length, whose sizes are alike.
    let first = 100_000_000;
    let sample = encode(&body(first, SAMPLE));
    let (_, message) = decode_sized(&sample).unwrap();
    let most = |most: usize, bytes: usize| {
        u32::try_from(most / 100 * 97 * SAMPLE as usize / bytes).unwrap()
    };
    let items = most(most_bytes, message).min(most(LARGEST_BLOB, sample.len()));
    assert!(
        most_bytes < LARGEST_MESSAGE || fits(&body(first, items), LARGEST_BLOB),
        "{items} items"
    );
    (0..count)
        .map(|slice| encode(&body(first + slice * items, items)))
        .collect()
}

/// The key of a row with long names.
pub(crate) fn long_key(date: Date, number: u32) -> UsageKey {
    let name = |prefix: &str| format!("{}{prefix}-{number}", "x".repeat(250));
    UsageKey {
        date,
        agent: name("agent"),
        model: name("model"),
        incident: Some(name("incident")),
        price: None,
        batch: false,
    }
}

fn sum(name: &str, dimensions: Vec<(String, String)>) -> SeriesMinute {
    let key = SeriesKey {
        namespace: "Picket/Test".into(),
        name: name.into(),
        unit: "Count".into(),
        dimensions,
    };
    SeriesMinute {
        key,
        minute: super::MINUTE,
        aggregate: Aggregate::Sum(Statistics::of(1.0)),
    }
}
