mod bounds;
mod legal;

use picket_shared::{
    series::{Aggregate, SeriesKey, Statistics},
    sketch::Sketch,
};
use proptest::prelude::*;

use super::*;
use legal::{assert_legal, totals};

/// Noon of a day, in minutes since 1970.
const NOON: i64 = 28_333_440;

fn now() -> Timestamp {
    Timestamp::from_second(NOON * 60).unwrap()
}

fn series(name: &str, minute: i64, aggregate: Aggregate) -> SeriesMinute {
    let key = SeriesKey {
        namespace: "Picket/Test".into(),
        name: name.into(),
        unit: "Count".into(),
        dimensions: vec![("Environment".into(), "dev".into())],
    };
    SeriesMinute {
        key,
        minute,
        aggregate,
    }
}

fn one() -> Aggregate {
    Aggregate::Sum(Statistics::of(1.0))
}

fn sketch(values: u32) -> Aggregate {
    let mut sketch = Sketch::of(0.5).unwrap();
    (1..values).for_each(|value| assert!(sketch.add(f64::from(value) + 0.5)));
    Aggregate::Distribution(sketch)
}

#[test]
fn a_thousand_data_make_one_request_and_one_more_makes_two() {
    for (count, requests) in [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (2_500, 3)] {
        let series: Vec<_> = (0..count)
            .map(|i| series(&format!("M{i}"), NOON, one()))
            .collect();
        assert_eq!(pack(&series, now()).requests.len(), requests, "{count}");
    }
}

#[test]
fn a_metric_has_at_most_150_values_in_a_request_whatever_its_minutes() {
    let minutes: Vec<_> = (0..3)
        .map(|i| series("Latency", NOON - i, sketch(100)))
        .collect();
    assert_eq!(pack(&minutes, now()).requests.len(), 3);
    let sums: Vec<_> = (0..3).map(|i| series("Sum", NOON - i, one())).collect();
    assert_eq!(pack(&sums, now()).requests.len(), 1);
}

#[test]
fn a_megabyte_of_distributions_is_cut_by_bytes() {
    let wide: Vec<_> = (0..900)
        .map(|i| series(&format!("M{i}"), NOON, sketch(150)))
        .collect();
    let packed = pack(&wide, now());
    assert_eq!(packed.requests.len(), 3);
    assert!(packed.requests.iter().all(|r| r.bytes() <= 1_000_000));
}

#[test]
fn what_cloudwatch_would_refuse_is_dropped_and_counted_by_its_reason() {
    let infinite = |sum| {
        Aggregate::Sum(Statistics {
            sum,
            ..Statistics::of(1.0)
        })
    };
    let with = |change: &dyn Fn(&mut SeriesKey)| {
        let mut series = series("M", NOON, one());
        change(&mut series.key);
        series
    };
    let fortnight = 14 * 24 * 60;
    let cases = [
        (series("M", NOON, infinite(f64::NAN)), Reason::Value),
        (series("M", NOON, infinite(f64::INFINITY)), Reason::Value),
        (series("M", NOON, infinite(2_f64.powi(361))), Reason::Value),
        (series("M", NOON - fortnight, one()), Reason::TooOld),
        (series("M", i64::MIN, one()), Reason::TooOld),
        (series("M", NOON + 120, one()), Reason::TooNew),
        (series("M", i64::MAX, one()), Reason::TooNew),
        (series("", NOON, one()), Reason::Name),
        (series(&"M".repeat(256), NOON, one()), Reason::Name),
        (
            with(&|key| key.namespace = "AWS/Lambda".into()),
            Reason::Name,
        ),
        (with(&|key| key.unit = "Furlongs".into()), Reason::Unit),
        (
            with(&|key| key.dimensions = vec![("Agent".into(), " ".into())]),
            Reason::Dimensions,
        ),
        (
            with(&|key| key.dimensions = vec![(":Agent".into(), "a".into())]),
            Reason::Dimensions,
        ),
        (
            with(&|key| key.dimensions = (0..31).map(|i| (i.to_string(), "a".into())).collect()),
            Reason::Dimensions,
        ),
        (
            with(&|key| key.dimensions = vec![("Agent".into(), "é".repeat(200))]),
            Reason::Dimensions,
        ),
    ];
    for (bad, reason) in cases {
        let packed = pack(&[series("Good", NOON, one()), bad.clone()], now());
        assert_eq!(packed.dropped, BTreeMap::from([(reason, 1)]), "{bad:?}");
        assert_eq!(packed.requests[0].data.len(), 1, "{bad:?}");
    }
}

#[test]
fn a_dimension_beyond_ascii_keeps_a_series_of_its_own() {
    let mut cafe = series("M", NOON, one());
    cafe.key.dimensions = vec![("Agent".into(), "café\n".into())];
    let packed = pack(&[cafe], now());
    let dimensions = &packed.requests[0].data[0].dimensions;
    assert_eq!(dimensions[0].1, "caf%C3%A9%0A");
}

#[test]
fn a_request_is_halved_down_to_one_datum() {
    let three: Vec<_> = (0..3)
        .map(|i| series(&i.to_string(), NOON, one()))
        .collect();
    let request = pack(&three, now()).requests.remove(0);
    let [first, second] = request.clone().halves().unwrap();
    assert_eq!((first.data.len(), second.data.len()), (1, 2));
    assert_eq!([first.data.clone(), second.data].concat(), request.data);
    assert!(first.halves().is_none());
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -1e9..1e9_f64,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => any::<f64>(),
    ]
}

fn aggregate() -> impl Strategy<Value = Aggregate> {
    let sum = (1..1_000_u64, number(), number(), number()).prop_map(|(count, sum, min, max)| {
        Aggregate::Sum(Statistics {
            count,
            sum,
            min,
            max,
        })
    });
    let distribution = prop::collection::vec(-1e6..1e6_f64, 1..300).prop_map(|values| {
        let mut sketch = Sketch::of(values[0]).unwrap();
        values[1..]
            .iter()
            .for_each(|value| assert!(sketch.add(*value)));
        Aggregate::Distribution(sketch)
    });
    prop_oneof![3 => sum, 1 => distribution]
}

fn any_series() -> impl Strategy<Value = SeriesMinute> {
    let text = || prop_oneof![6 => "[A-Za-z]{1,8}", 1 => ".{0,300}", 1 => "AWS/.{0,9}|:x| "];
    let dimensions = prop_oneof![
        6 => prop::collection::vec((text(), text()), 0..4),
        1 => prop::collection::vec((text(), text()), 28..34),
    ];
    let minute = prop_oneof![8 => NOON - 30_000..NOON + 200, 1 => any::<i64>()];
    let unit = prop_oneof![9 => Just("Count".to_owned()), 1 => text()];
    (text(), text(), unit, dimensions, minute, aggregate()).prop_map(
        |(namespace, name, unit, dimensions, minute, aggregate)| SeriesMinute {
            key: SeriesKey {
                namespace,
                name,
                unit,
                dimensions,
            },
            minute,
            aggregate,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_request_is_legal_and_counts_and_sums_are_kept(all in prop::collection::vec(any_series(), 0..60)) {
        let packed = pack(&all, now());
        packed.requests.iter().for_each(assert_legal);
        let sent: usize = packed.requests.iter().map(|request| request.data.len()).sum();
        let dropped: u64 = packed.dropped.values().sum();
        prop_assert_eq!(sent as u64 + dropped, all.len() as u64);
        for (request, datum) in packed.requests.iter().flat_map(|r| r.data.iter().map(move |d| (r, d))) {
            let (count, sum) = totals(&datum.values);
            let kept = all.iter().any(|series| {
                let statistics = series.aggregate.statistics();
                series.key.namespace == request.namespace
                    && series.key.name == datum.name
                    && series.minute * 60 == datum.at.as_second()
                    && statistics.count == count
                    && (statistics.sum - sum).abs() <= 1e-9 * (statistics.sum.abs() + 1e9)
            });
            prop_assert!(kept, "{:?}", datum);
        }
    }
}
