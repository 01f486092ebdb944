use picket_shared::{
    series::{Aggregate, SeriesKey, Statistics},
    sketch::Sketch,
};
use proptest::prelude::*;

use super::*;
use crate::datum::Values;

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

/// Count and sum of what a datum carries.
fn totals(values: &Values) -> (u64, f64) {
    match values {
        Values::Statistics(statistics) => (statistics.count, statistics.sum),
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        Values::Distribution(values) => (
            values.iter().map(|(_, count)| count).sum(),
            values
                .iter()
                .map(|(value, count)| value * *count as f64)
                .sum(),
        ),
    }
}

fn assert_legal(request: &Request) {
    let name = |text: &str| (1..=255).contains(&text.len()) && text.is_ascii();
    assert!(name(&request.namespace) && !request.namespace.starts_with("AWS/"));
    assert!((1..=1_000).contains(&request.data.len()));
    assert!(request.bytes() <= 1_000_000);
    let number = |value: f64| value.is_finite() && value.abs() <= 2_f64.powi(360);
    let mut values_of: BTreeMap<_, usize> = BTreeMap::new();
    for datum in &request.data {
        assert!(name(&datum.name) && datum.dimensions.len() <= 30);
        for (key, value) in &datum.dimensions {
            assert!(name(key) && !key.starts_with(':'));
            assert!((1..=1_024).contains(&value.len()) && value.is_ascii());
            assert!(!value.trim().is_empty());
        }
        let age = now().duration_since(datum.at).as_hours();
        assert!((-2..=14 * 24).contains(&age), "{age} hours");
        match &datum.values {
            Values::Statistics(s) => assert!([s.sum, s.min, s.max].into_iter().all(number)),
            Values::Distribution(values) => {
                assert!((1..=150).contains(&values.len()));
                let of_metric = values_of
                    .entry((&datum.name, &datum.dimensions))
                    .or_default();
                *of_metric += values.len();
                assert!(*of_metric <= 150, "{of_metric} values of {}", datum.name);
                assert!(
                    values
                        .iter()
                        .all(|(value, count)| number(*value) && *count > 0)
                );
            }
        }
    }
}

/// What no plan can be below, from the issue of limits itself: data, bytes, and the data of one metric.
fn least(requests: &[&Request]) -> usize {
    let data = || requests.iter().flat_map(|request| &request.data);
    let bytes: usize = data().map(size::datum).sum();
    let mut of_metric: BTreeMap<_, usize> = BTreeMap::new();
    for datum in data() {
        *of_metric
            .entry((&datum.name, &datum.dimensions))
            .or_default() += 1;
    }
    let most = of_metric.into_values().max().unwrap_or(0);
    (data().count().div_ceil(MOST_DATA))
        .max(bytes.div_ceil(MOST_BYTES))
        .max(most)
}

#[test]
fn small_data_beside_large_ones_share_requests() {
    let large = |i: usize| {
        let mut large = series(&format!("L{i}"), NOON, sketch(150));
        large.key.dimensions = (0..25)
            .map(|d| (format!("{d:0>200}"), "v".repeat(1_024)))
            .collect();
        large
    };
    let small = |i: usize| series(&format!("S{i}"), NOON, one());
    let all: Vec<_> = (0..5_000).map(small).chain((0..120).map(large)).collect();
    let packed = pack(&all, now());
    packed.requests.iter().for_each(assert_legal);
    let requests: Vec<&Request> = packed.requests.iter().collect();
    assert_eq!(least(&requests), 6);
    assert!(packed.requests.len() <= 7, "{}", packed.requests.len());
}

#[test]
fn hours_of_wide_metrics_take_a_request_a_minute_and_no_more() {
    let all: Vec<_> = (0..60)
        .flat_map(|minute| {
            (0..40).map(move |i| series(&format!("M{i}"), NOON - minute, sketch(100)))
        })
        .collect();
    let packed = pack(&all, now());
    packed.requests.iter().for_each(assert_legal);
    assert_eq!(packed.requests.len(), 60);
}

#[test]
fn hours_of_narrow_metrics_share_requests() {
    let all: Vec<_> = (0..60)
        .map(|minute| series("M", NOON - minute, sketch(10)))
        .collect();
    assert_eq!(pack(&all, now()).requests.len(), 4);
}

/// A metric's data: how many minutes, how many values each, how much text.
fn a_metric() -> impl Strategy<Value = (u8, Vec<u8>, usize)> {
    let values = prop_oneof![Just(0), 1..150_u8];
    let minutes = prop_oneof![3 => 1..4_usize, 1 => 1..40_usize];
    (
        0..3_u8,
        minutes.prop_flat_map(move |minutes| prop::collection::vec(values.clone(), minutes)),
        0..4_000_usize,
    )
}

fn data_of(metrics: &[(u8, Vec<u8>, usize)], copies: usize) -> Vec<SeriesMinute> {
    let mut all = Vec::new();
    for (place, (namespace, minutes, text)) in metrics.iter().enumerate() {
        for copy in 0..copies {
            for (minute, values) in minutes.iter().enumerate() {
                let aggregate = match values {
                    0 => one(),
                    values => sketch(u32::from(*values)),
                };
                let minute = NOON - i64::try_from(minute).unwrap();
                let mut series = series(&format!("M{place}x{copy}"), minute, aggregate);
                series.key.namespace = format!("Picket/N{namespace}");
                series.key.dimensions = (0..text / 1_000)
                    .map(|i| (i.to_string(), "v".repeat(1_000)))
                    .collect();
                all.push(series);
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_namespace_takes_at_most_one_request_more_than_the_limits_ask_for(metrics in prop::collection::vec(a_metric(), 1..40), copies in 1..12_usize) {
        let all = data_of(&metrics, copies);
        let packed = pack(&all, now());
        packed.requests.iter().for_each(assert_legal);
        prop_assert_eq!(packed.requests.iter().map(|r| r.data.len()).sum::<usize>(), all.len());
        let mut namespaces: BTreeMap<&str, Vec<&Request>> = BTreeMap::new();
        for request in &packed.requests {
            namespaces.entry(&request.namespace).or_default().push(request);
        }
        for (namespace, requests) in namespaces {
            let least = least(&requests);
            prop_assert!(requests.len() <= least + 1, "{namespace}: {} requests, {least} at least", requests.len());
        }
    }

    /// Dealing alone, which first fit hides where it does well.
    #[test]
    fn dealing_keeps_data_of_one_metric_apart_whatever_their_order(sizes in prop::collection::vec((0..9_usize, 1..200_usize), 1..400)) {
        let data = sizes.iter().map(|(metric, bytes)| need::Need { bytes: *bytes, values: 100, metric: *metric }).collect();
        let needs = Needs { data, wide: vec![true; 9], room: 10_000 };
        let dealt = deal::deal(&needs);
        prop_assert!(dealt.len() <= needs.fewest() + 1, "{} requests, {} at least", dealt.len(), needs.fewest());
        let mut all: Vec<usize> = dealt.concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..sizes.len()).collect::<Vec<_>>());
        for request in dealt {
            let mut metrics: Vec<usize> = request.iter().map(|place| sizes[*place].0).collect();
            metrics.sort_unstable();
            let all = metrics.len();
            metrics.dedup();
            prop_assert_eq!(metrics.len(), all);
        }
    }

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
