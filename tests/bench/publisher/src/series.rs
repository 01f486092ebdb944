//! What is sent: a minute of 100,000 series, each tenth a distribution of forty values.

use jiff::Timestamp;
use picket_shared::{
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
    sketch::Sketch,
};

pub const SERIES: u32 = 100_000;
pub const NAMESPACE: &str = "Picket/Bench";

/// A metric's name, and the agent it is of.
pub fn name(i: u32) -> (&'static str, String) {
    let names = ["Requests", "APIErrors", "InputTokens", "APILatency"];
    (names[i as usize % names.len()], format!("agent-{i}"))
}

/// The values of a distribution; none for a sum.
pub fn values(i: u32) -> Option<impl Iterator<Item = f64>> {
    i.is_multiple_of(10)
        .then(|| (1..=40).map(|value| f64::from(value) * 3.7))
}

pub fn all(now: Timestamp) -> Vec<SeriesMinute> {
    (0..SERIES).map(|i| series(i, now)).collect()
}

fn series(i: u32, now: Timestamp) -> SeriesMinute {
    let (name, agent) = name(i);
    SeriesMinute {
        key: SeriesKey {
            namespace: NAMESPACE.into(),
            name: name.into(),
            unit: "Count".into(),
            dimensions: vec![
                ("AgentId".into(), agent),
                ("Environment".into(), "prod".into()),
            ],
        },
        minute: now.as_second().div_euclid(60),
        aggregate: aggregate(i),
    }
}

fn aggregate(i: u32) -> Aggregate {
    let Some(mut values) = values(i) else {
        return Aggregate::Sum(Statistics::of(f64::from(i)));
    };
    let first = values.next().expect("forty values");
    let mut sketch = Sketch::of(first).expect("a finite value");
    for value in values {
        sketch.add(value);
    }
    Aggregate::Distribution(sketch)
}
