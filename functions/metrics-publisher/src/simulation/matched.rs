//! Rules that match nothing.

use picket_rules::metrics;
use picket_shared::series::{Aggregate, SeriesKey, SeriesMinute, Statistics};

use super::{World, alone};

const HOUR_MS: i64 = 3_600_000;

#[test]
fn rules_that_match_nothing_for_a_day_are_counted_by_processes_that_live_for_one_tick() {
    let world = World::new(31);
    let rules = metrics::built_in().iter().map(|rules| rules.rules.len());
    #[expect(clippy::cast_precision_loss, reason = "a few dozen")]
    let all_but_one = (rules.sum::<usize>() - 1) as f64;
    for hour in 0..=25 {
        let sessions = SeriesMinute {
            key: SeriesKey {
                namespace: "SchedulingAgent".into(),
                name: "Sessions".into(),
                unit: "Count".into(),
                dimensions: Vec::new(),
            },
            minute: world.now_ms() / 60_000,
            aggregate: Aggregate::Sum(Statistics::of(1.0)),
        };
        world.commit_series(0, vec![sessions]);
        alone(&world).unwrap();
        let unmatched = world.own("RulesUnmatched").unwrap();
        let expected = if hour < 24 { 0.0 } else { all_but_one };
        assert!(
            (unmatched - expected).abs() < f64::EPSILON,
            "{hour}: {unmatched}"
        );
        world.pass(HOUR_MS);
    }
}
