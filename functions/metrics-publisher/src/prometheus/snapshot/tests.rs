use picket_shared::{
    chain::ChainId,
    position::Position,
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
    sketch::Sketch,
};

use super::*;

fn snapshot(series: u32) -> Snapshot {
    let mut values = Cumulative::default();
    for i in 0..series {
        let aggregate = if i % 10 == 0 {
            Aggregate::Distribution(Sketch::of(f64::from(i)).unwrap())
        } else {
            Aggregate::Sum(Statistics::of(f64::from(i) * 1e12 + 0.123))
        };
        let minute = SeriesMinute {
            key: SeriesKey {
                namespace: "BedrockUsage".into(),
                // As many of a metric as there may be.
                name: format!("InputTokens{}", i / 9_000),
                unit: "Count".into(),
                dimensions: vec![
                    ("Environment".into(), "dev".into()),
                    ("AgentId".into(), format!("agent-{}", i * 7_919 % 104_729)),
                ],
            },
            minute: 0,
            aggregate,
        };
        values.add(&minute, "picket-dev", i64::from(i)).unwrap();
    }
    values.reached = false;
    let chain = ChainId::new("events", "shard-0").unwrap();
    Snapshot {
        marks: Marks::from([(chain, Position::start())]),
        values,
    }
}

fn all(snapshot: &Snapshot) -> Vec<Vec<u8>> {
    parts(&snapshot.marks, &snapshot.values, 0).collect()
}

fn decode(parts: &[Vec<u8>]) -> Snapshot {
    let mut snapshot = Snapshot::default();
    for part in parts {
        snapshot.take(part, 0).unwrap();
    }
    snapshot
}

#[test]
fn values_come_back_as_they_went() {
    for series in [0, 1, 500] {
        let snapshot = snapshot(series);
        assert_eq!(decode(&all(&snapshot)), snapshot);
    }
}

/// The bounds of the rule come back, in its unit and in Prometheus's. A build before, which knows neither tag, has a
/// counter: a value of which nothing is refused.
#[test]
fn buckets_of_a_rule_come_back_and_an_older_build_can_read_them() {
    let mut values = Cumulative::default();
    let key = SeriesKey::new("Picket/InquiryPipeline", "LatencyMs", "Milliseconds", &[]);
    let aggregate = Aggregate::Distribution(Sketch::of(1_500.0).unwrap());
    let minute = SeriesMinute {
        key,
        minute: 0,
        aggregate,
    };
    values.add(&minute, "picket-dev", 5).unwrap();
    let snapshot = Snapshot {
        marks: Marks::new(),
        values,
    };
    let parts = all(&snapshot);
    assert_eq!(decode(&parts), snapshot);
    for part in parts {
        let stored: StoredPart = blob::decode(WHAT, &part).unwrap();
        for series in stored.series {
            assert!(series.counts.is_empty() && series.own_counts.contains(&1));
        }
    }
}

#[test]
fn ten_thousand_series_are_one_item_and_fifty_thousand_a_few_below_the_limit() {
    assert_eq!(
        all(&snapshot(10_000)).len(),
        2,
        "the places, and the values"
    );
    let many = snapshot(50_000);
    let parts = all(&many);
    assert!(parts.len() <= 9, "{} parts", parts.len());
    assert!(parts.iter().all(|part| part.len() <= MOST_BYTES));
    assert!(decode(&parts) == many);
}

#[test]
fn what_deflate_cannot_shorten_is_halved_until_it_fits() {
    let mut values = Cumulative::default();
    let mut state = 1_u64;
    let mut noise = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        format!("{state:016x}")
    };
    for _ in 0..3_000 {
        let texts = ["agent".to_owned(), (0..16).map(|_| noise()).collect()];
        let value = CumulativeValue::Counter(Total(1));
        let series = Series {
            value,
            changed: 7,
            restart: Restart::None,
        };
        values.insert(Labels::from_texts(&texts).unwrap(), series);
    }
    let snapshot = Snapshot {
        marks: Marks::new(),
        values,
    };
    let parts = all(&snapshot);
    assert!(parts.len() > 2 && parts.iter().all(|part| part.len() <= MOST_BYTES));
    assert!(decode(&parts) == snapshot);
}

#[test]
fn a_series_of_an_older_build_changed_when_it_was_stored() {
    let labels = vec!["a".to_owned(), "b".to_owned()];
    let old = StoredSeries {
        labels,
        lower: 5,
        ..StoredSeries::default()
    };
    let part = blob::encode(&StoredPart {
        marks: Vec::new(),
        series: vec![old],
    });
    let mut snapshot = Snapshot::default();
    snapshot.take(&part, 9).unwrap();
    let series: Vec<_> = snapshot
        .values
        .iter()
        .map(|(_, series)| series.clone())
        .collect();
    let value = CumulativeValue::Counter(Total(5));
    let restart = Restart::None;
    let changed = 9;
    assert_eq!(
        series,
        [Series {
            value,
            changed,
            restart
        }]
    );
}
