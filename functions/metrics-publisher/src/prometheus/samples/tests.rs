use jiff::Timestamp;
use picket_shared::{
    chain::{Body, ChainId, Slice},
    position::Position,
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
    sketch::Sketch,
};

use super::*;
use crate::prometheus::value::Total;

fn minute(name: &str, aggregate: Aggregate) -> SeriesMinute {
    SeriesMinute {
        key: SeriesKey {
            namespace: "N".into(),
            name: name.into(),
            unit: "Milliseconds".into(),
            dimensions: vec![],
        },
        minute: 0,
        aggregate,
    }
}

fn sum(value: f64) -> Aggregate {
    Aggregate::Sum(Statistics::of(value))
}

fn slice(series: Vec<SeriesMinute>) -> Slice {
    Slice {
        chain: ChainId::new("events", "shard").unwrap(),
        before: Position::start(),
        first: Position::start(),
        after: Position::start(),
        committed_at: Timestamp::UNIX_EPOCH,
        body: Body {
            series,
            ..Body::default()
        },
    }
}

fn step(at: i64, slice: &Slice) -> Step<'_> {
    Step {
        at,
        slices: vec![slice],
    }
}

fn points(samples: &Samples) -> Vec<Vec<(i64, f64)>> {
    let value = |value: &CumulativeValue| match value {
        CumulativeValue::Counter(total) => total.value(),
        CumulativeValue::Histogram(histogram) => histogram.sum.value(),
    };
    samples
        .values()
        .map(|points| points.iter().map(|(at, v)| (*at, value(v))).collect())
        .collect()
}

#[test]
fn a_series_is_born_at_zero_and_then_sampled_where_it_changed() {
    let (first, second) = (
        slice(vec![minute("A", sum(2_000.0)), minute("B", sum(1_000.0))]),
        slice(vec![minute("A", sum(500.0)), minute("A", sum(-1.0))]),
    );
    let mut values = Cumulative::default();
    let steps = [step(100_000, &first), step(160_000, &second)];
    let Advance {
        samples, dropped, ..
    } = advance(&mut values, &steps, "s");
    assert_eq!(
        points(&samples),
        [
            vec![(40_000, 0.0), (100_000, 2.0), (160_000, 2.5)],
            vec![(40_000, 0.0), (100_000, 1.0)],
        ]
    );
    assert_eq!(dropped, BTreeMap::from([(Reason::Negative, 1)]));
    let samples = advance(&mut values, &[step(220_000, &second)], "s").samples;
    assert_eq!(points(&samples), [[(220_000, 3.0)]]);
}

#[test]
fn a_series_is_sent_again_before_it_is_taken_for_gone() {
    let slice = slice(vec![minute("A", sum(1_000.0)), minute("B", sum(1_000.0))]);
    let mut values = Cumulative::default();
    advance(&mut values, &[step(0, &slice)], "s");
    let names: Vec<Labels> = values.iter().map(|(labels, _)| labels.clone()).collect();
    let sent = BTreeMap::from([(names[0].clone(), 0), (names[1].clone(), 1)]);
    assert_eq!(points(&due(&values, &sent, 150_000)), [[(150_000, 1.0)]]);
    assert!(due(&values, &sent, 149_999).is_empty());
    assert_eq!(due(&values, &BTreeMap::new(), 5).len(), 2);
}

#[test]
fn a_histogram_is_buckets_that_add_up_a_count_and_a_sum() {
    let mut sketch = Sketch::of(30.0).unwrap();
    assert!(sketch.add(40.0) && sketch.add(2_000_000.0));
    let slice = slice(vec![minute("A", Aggregate::Distribution(sketch))]);
    let mut values = Cumulative::default();
    let samples = advance(&mut values, &[step(100_000, &slice)], "s").samples;
    let request = batches(samples).next().unwrap().request();
    let find = |suffix: &str, le: Option<&str>| {
        let mut found = request.timeseries.iter().filter(|series| {
            let is = |name: &str, value: &str| {
                series
                    .labels
                    .iter()
                    .any(|l| l.name == name && l.value == value)
            };
            is("__name__", &format!("n_a_seconds{suffix}")) && le.is_none_or(|le| is("le", le))
        });
        found
            .next()
            .unwrap()
            .samples
            .iter()
            .map(|s| (s.timestamp, s.value))
            .collect::<Vec<_>>()
    };
    let at = |value: f64| vec![(40_000, 0.0), (100_000, value)];
    assert_eq!(find("_bucket", Some("0.025")), at(0.0));
    assert_eq!(find("_bucket", Some("0.05")), at(2.0));
    assert_eq!(find("_bucket", Some("1000")), at(2.0));
    assert_eq!(find("_bucket", Some("+Inf")), at(3.0));
    assert_eq!(find("_count", None), at(3.0));
    assert_eq!(find("_sum", None), at(2_000.07));
}

#[test]
fn a_request_has_a_bounded_number_of_samples_and_all_of_a_series_in_order() {
    let mut samples = Samples::new();
    for i in 0..4_000 {
        let key = minute(&format!("M{i}"), sum(1.0)).key;
        let labels = Labels::of(&key, super::super::labels::PrometheusType::Counter, "s");
        let at = |at| (at, CumulativeValue::Counter(Total(0)));
        samples.insert(labels, vec![at(1), at(2), at(3)]);
    }
    let batches: Vec<Batch> = batches(samples).collect();
    assert_eq!(batches.len(), 3);
    let mut seen = BTreeSet::new();
    for batch in &batches {
        let request = batch.request();
        assert!(request.samples() <= MOST_SAMPLES);
        for series in &request.timeseries {
            let stamps: Vec<i64> = series.samples.iter().map(|s| s.timestamp).collect();
            assert_eq!(stamps, [1, 2, 3]);
            assert!(series.labels.is_sorted_by(|a, b| a.name < b.name));
        }
        assert!(batch.series().all(|(_, last)| last == 3));
        seen.extend(batch.series().map(|(labels, _)| labels.clone()));
    }
    assert_eq!(seen.len(), 4_000);
}

#[test]
fn the_count_of_a_histograms_samples_is_that_of_the_request() {
    let aggregate = Aggregate::Distribution(Sketch::of(30.0).unwrap());
    let slice = slice(vec![minute("A", aggregate), minute("B", sum(1.0))]);
    let samples = advance(&mut Cumulative::default(), &[step(0, &slice)], "s").samples;
    let counted: usize = samples.values().map(|points| count_of(points)).sum();
    assert_eq!(
        batches(samples).next().unwrap().request().samples(),
        counted
    );
}

#[test]
fn an_idle_series_is_sent_no_more_and_one_that_changes_again_is() {
    use crate::prometheus::cumulative::IDLE;
    let slice = slice(vec![minute("A", sum(1_000.0))]);
    let mut values = Cumulative::default();
    advance(&mut values, &[step(0, &slice)], "s");
    assert_eq!(due(&values, &BTreeMap::new(), IDLE - 1).len(), 1);
    assert!(due(&values, &BTreeMap::new(), IDLE).is_empty());
    let samples = advance(&mut values, &[step(IDLE, &slice)], "s").samples;
    assert_eq!(points(&samples), [[(IDLE, 2.0)]]);
}
