use picket_shared::{
    series::{SeriesKey, Statistics},
    sketch::Sketch,
};
use proptest::prelude::*;

use super::{
    series::{MARGIN, RESTARTED_AFTER},
    *,
};
use crate::prometheus::{bounds::Bounds, value::Histogram};

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
            7,
        )
    };
    let first = add(&mut all, 2.0).unwrap();
    assert!(first.is_new && !first.refused);
    let is_new = false;
    assert_eq!(
        add(&mut all, 3.5),
        Ok(Added {
            is_new,
            ..first.clone()
        })
    );
    assert_eq!(add(&mut all, -1.0), Err(Reason::Negative));
    assert_eq!(add(&mut all, f64::NAN), Err(Reason::Value));
    let value = CumulativeValue::Counter(Total(5_500_000_000));
    let series = Series {
        value,
        changed: 7,
        restart: Restart::None,
    };
    assert_eq!(all.get(&first.labels), Some(&series));
}

#[test]
fn milliseconds_are_counted_in_seconds_and_a_bound_holds_its_own_value() {
    let mut sketch = Sketch::of(250.0).unwrap();
    assert!(sketch.add(251.0) && sketch.add(2e6) && sketch.add(0.0));
    let mut all = Cumulative::default();
    let minute = minute("M", "Milliseconds", Aggregate::Distribution(sketch));
    let labels = all.add(&minute, "s", 0).unwrap().labels;
    let CumulativeValue::Histogram(histogram) = &all.get(&labels).unwrap().value else {
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

/// A histogram of an older build, which had the bounds of the unit.
#[test]
fn a_histogram_begins_anew_where_its_rule_has_other_bounds() {
    let mut minute = minute(
        "LatencyMs",
        "Milliseconds",
        Aggregate::Distribution(Sketch::of(2_000.0).unwrap()),
    );
    minute.key.namespace = "Picket/InquiryPipeline".to_owned();
    let mut all = Cumulative::default();
    let labels = Labels::of(&minute.key, PrometheusType::Histogram, "s");
    let histogram = |all: &Cumulative| match &all.get(&labels).unwrap().value {
        CumulativeValue::Histogram(histogram) => histogram.clone(),
        CumulativeValue::Counter(_) => panic!("a distribution is a histogram"),
    };
    for old in [
        CumulativeValue::Histogram(Histogram {
            sum: Total(7),
            ..Histogram::empty(Bounds::Times)
        }),
        // As a build before reads and writes it.
        CumulativeValue::Counter(Total(7)),
    ] {
        let series = Series {
            value: old,
            changed: 0,
            restart: Restart::None,
        };
        all.insert(labels.clone(), series);
        assert!(!all.add(&minute, "s", 1).unwrap().is_new);
        let made = histogram(&all);
        assert_eq!(made.bounds, Bounds::of(&minute.key));
        assert_eq!(made.sum, Total(2_000_000_000));
        let place = made.bounds().iter().position(|bound| *bound >= 2.0);
        assert_eq!(made.counts[place.unwrap()], 1);
    }
    all.add(&minute, "s", 2).unwrap();
    assert_eq!(histogram(&all).sum, Total(4_000_000_000), "it stays");
}

/// A request of each agent, in this order, at a time.
fn requests(all: &mut Cumulative, agents: &[usize], at: i64) -> Vec<Added> {
    let add = |agent: &usize| {
        let mut minute = minute("M", "Count", Aggregate::Sum(Statistics::of(1.0)));
        let agent = ("AgentId".to_owned(), format!("agent-{agent}"));
        minute.key.dimensions = vec![agent, ("Environment".to_owned(), "dev".to_owned())];
        all.add(&minute, "s", at).unwrap()
    };
    agents.iter().map(add).collect()
}

fn total(all: &Cumulative) -> i128 {
    let totals = all.iter().map(|(_, series)| match &series.value {
        CumulativeValue::Counter(total) => total.0 / 1_000_000_000,
        CumulativeValue::Histogram(_) => 0,
    });
    totals.sum()
}

const CEILINGS: Ceilings = Ceilings { metric: 3, all: 5 };

#[test]
fn past_a_ceiling_values_go_to_other_and_none_is_lost() {
    let mut all = Cumulative::with(CEILINGS);
    let added = requests(&mut all, &[1, 2, 3, 4, 5, 1, 4], 0);
    let refused: Vec<bool> = added.iter().map(|added| added.refused).collect();
    assert_eq!(refused, [false, false, false, true, true, false, true]);
    let is_new: Vec<bool> = added.iter().map(|added| added.is_new).collect();
    assert_eq!(is_new, [true, true, true, true, false, false, false]);
    let pairs = added[3].labels.pairs();
    assert!(pairs.contains(&("agent_id", "Other")) && pairs.contains(&("environment", "dev")));
    assert_eq!((total(&all), all.len()), (7, 4));
    // The other metrics have the rest of the places.
    for (name, refused) in [("A", false), ("B", true)] {
        let mut minute = minute(name, "Count", Aggregate::Sum(Statistics::of(1.0)));
        minute.key.dimensions = vec![("AgentId".to_owned(), "x".to_owned())];
        assert_eq!(all.add(&minute, "s", 0).unwrap().refused, refused, "{name}");
    }
}

#[test]
fn a_ceiling_that_is_reached_is_reported_once_and_again_when_room_was_made() {
    let mut all = Cumulative::with(CEILINGS);
    requests(&mut all, &[1, 2], 0);
    assert!(!all.reached);
    requests(&mut all, &[3], RESTARTED_AFTER);
    assert!(std::mem::take(&mut all.reached));
    requests(&mut all, &[4, 5, 1], RESTARTED_AFTER);
    assert!(!all.reached);
    // Agent 2 has been silent for long.
    settle_twice(&mut all, RESTARTED_AFTER);
    assert_eq!(all.len(), 3);
    assert!(
        requests(&mut all, &[6], RESTARTED_AFTER)[0].refused,
        "Other has a place"
    );
    settle_twice(&mut all, 2 * RESTARTED_AFTER);
    assert!(all.is_empty());
    requests(&mut all, &[6, 7, 8], 2 * RESTARTED_AFTER);
    assert!(all.reached);
}

/// Two snapshots, between which the receiver accepts a zero of each series that restarts.
fn settle_twice(all: &mut Cumulative, at: i64) {
    all.settle(at);
    accept_zeros(all, at - MARGIN);
    all.settle(at);
}

fn accept_zeros(all: &mut Cumulative, at: i64) {
    let labels: Vec<Labels> = all.iter().map(|(labels, _)| labels.clone()).collect();
    for labels in labels {
        all.accept_zero(&labels, at);
    }
}

fn only(all: &Cumulative) -> &Series {
    all.iter().next().unwrap().1
}

/// A value of 5 that did not change for so long that it restarts, after the snapshot that says so.
fn restarting() -> Cumulative {
    let mut all = Cumulative::default();
    let value = minute("M", "Count", Aggregate::Sum(Statistics::of(5.0)));
    all.add(&value, "s", 0).unwrap();
    all.settle(RESTARTED_AFTER - 1);
    assert_eq!(only(&all).sent_value(), only(&all).value);
    all.settle(RESTARTED_AFTER);
    all
}

fn counter(value: i128) -> CumulativeValue {
    CumulativeValue::Counter(Total(value * 1_000_000_000))
}

#[test]
fn an_unchanged_series_is_zero_until_a_zero_was_accepted_and_removed_a_while_later() {
    let mut all = restarting();
    for at in [RESTARTED_AFTER, 100 * RESTARTED_AFTER] {
        all.settle(at);
        assert_eq!(only(&all).sent_value(), counter(0));
        assert!(!only(&all).is_idle(at), "the zero is sent");
    }
    let at = 100 * RESTARTED_AFTER;
    accept_zeros(&mut all, at);
    assert!(only(&all).is_idle(at));
    all.settle(at + MARGIN - 1);
    assert_eq!(all.len(), 1);
    all.settle(at + MARGIN);
    assert!(all.is_empty());
}

#[test]
fn a_series_that_returns_is_zero_until_a_snapshot_after_the_accepted_zero() {
    // Before and after the receiver accepted the zero; soon and hours later.
    for (returns_first, later) in [(true, 1), (false, 1), (true, 2 * RESTARTED_AFTER)] {
        let mut all = restarting();
        let returns = |all: &mut Cumulative| {
            let value = minute("M", "Count", Aggregate::Sum(Statistics::of(7.0)));
            all.add(&value, "s", RESTARTED_AFTER + 1).unwrap();
        };
        if returns_first {
            returns(&mut all);
        }
        all.settle(RESTARTED_AFTER + 1);
        assert_eq!(only(&all).sent_value(), counter(0));
        accept_zeros(&mut all, RESTARTED_AFTER + 1);
        if !returns_first {
            returns(&mut all);
        }
        assert_eq!(only(&all).sent_value(), counter(0), "no snapshot yet");
        let at = RESTARTED_AFTER + 1 + later;
        all.settle(at);
        assert_eq!(only(&all).sent_value(), counter(7));
        assert!(!only(&all).is_idle(at));
    }
}

proptest! {
    /// What two processes know after the same slices, one of which read them one after another, and the other from a
    /// snapshot on and chain by chain: the same series with the same values.
    #[test]
    fn from_a_snapshot_on_the_order_does_not_matter(before in prop::collection::vec(0..9_usize, 0..20), after in prop::collection::vec(0..9_usize, 0..20), seed: u64) {
        let mut all = Cumulative::with(CEILINGS);
        requests(&mut all, &before, 0);
        all.reached = false;
        let mut snapshot = all.clone();
        requests(&mut all, &after, 1);
        prop_assert_eq!(total(&all), (before.len() + after.len()) as i128);
        if all.reached {
            // Then the values are stored, and nobody reads from the snapshot before.
            return Ok(());
        }
        let mut shuffled = after;
        shuffled.sort_by_key(|agent| (*agent as u64).wrapping_mul(seed | 1));
        requests(&mut snapshot, &shuffled, 1);
        prop_assert_eq!(snapshot, all);
    }
}
