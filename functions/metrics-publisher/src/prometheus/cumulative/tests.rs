use picket_shared::series::{SeriesKey, Statistics};

use super::*;

fn minute(name: &str, unit: &str, aggregate: Aggregate) -> SeriesMinute {
    SeriesMinute {
        key: SeriesKey {
            namespace: "N".into(),
            name: name.into(),
            unit: unit.into(),
            dimensions: vec![],
        },
        minute: 0,
        aggregate,
    }
}

#[test]
fn a_counter_grows_and_never_falls() {
    let mut all = Cumulative::default();
    let add = |all: &mut Cumulative, value| {
        all.add(
            &minute("M", "Count", Aggregate::Sum(Statistics::of(value))),
            "s",
        )
    };
    let (labels, born) = add(&mut all, 2.0).unwrap();
    assert!(born);
    assert_eq!(add(&mut all, 3.5), Ok((labels.clone(), false)));
    assert_eq!(add(&mut all, -1.0), Err(Reason::Negative));
    assert_eq!(add(&mut all, f64::NAN), Err(Reason::Value));
    assert_eq!(all.0[&labels], Value::Counter(Total(5_500_000_000)));
}

#[test]
fn milliseconds_are_counted_in_seconds_and_a_bound_holds_its_own_value() {
    let mut sketch = Sketch::of(250.0).unwrap();
    assert!(sketch.add(251.0) && sketch.add(2e6) && sketch.add(0.0));
    let mut all = Cumulative::default();
    let (labels, _) = all
        .add(
            &minute("M", "Milliseconds", Aggregate::Distribution(sketch)),
            "s",
        )
        .unwrap();
    let Value::Histogram(histogram) = &all.0[&labels] else {
        panic!("a distribution is a histogram");
    };
    let at = |bound: f64| {
        let mut bounds = histogram.bounds().iter();
        let place = bounds.position(|b| (b - bound).abs() < 1e-9).unwrap();
        histogram.counts[place]
    };
    assert_eq!((at(0.001), at(0.25), at(0.5)), (1, 1, 1));
    assert_eq!(histogram.counts.last(), Some(&1));
    assert_eq!(histogram.sum, Total(2_000_501_000_000));
}

#[test]
fn bounds_ascend() {
    for bounds in [TIMES, SIZES] {
        assert!(bounds.is_sorted_by(|a, b| a < b));
    }
}
