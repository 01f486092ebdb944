use picket_shared::series::{Aggregate, Statistics};
use proptest::prelude::*;

use super::*;

const TODAY: i32 = 20_000;

fn series(namespace: &str, name: &str, agent: &str) -> SeriesMinute {
    let dimensions = [(ENVIRONMENT, "dev"), ("AgentId", agent)];
    SeriesMinute {
        key: SeriesKey {
            namespace: namespace.into(),
            name: name.into(),
            unit: "Count".into(),
            dimensions: dimensions.map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
        },
        minute: 7,
        aggregate: Aggregate::Sum(Statistics::of(1.0)),
    }
}

fn agents(count: usize) -> Vec<SeriesMinute> {
    (0..count)
        .map(|i| series("N", "M", &format!("agent-{i}")))
        .collect()
}

fn ceilings(metric: u32, stack: u32) -> Ceilings {
    Ceilings {
        metrics: BTreeMap::from([(("N".to_owned(), "M".to_owned()), metric)]),
        stack,
    }
}

fn sum(series: &[SeriesMinute]) -> f64 {
    series
        .iter()
        .map(|series| series.aggregate.statistics().sum)
        .sum()
}

#[test]
fn past_a_metrics_ceiling_the_rest_are_one_series_that_says_other_and_no_value_is_lost() {
    let mut admitted = Admitted::default();
    let admission = admitted.admit(&agents(5), &ceilings(3, 100), TODAY, false);
    assert_eq!((admission.series.len(), admitted.len()), (4, 3));
    assert!((sum(&admission.series) - 5.0).abs() < f64::EPSILON);
    assert!(admission.changed);
    let refused = (("N".to_owned(), "M".to_owned()), 2);
    assert_eq!(admission.refused, BTreeMap::from([refused]));
    let other = series("N", "M", OTHER);
    let found = admission
        .series
        .iter()
        .find(|series| series.key == other.key)
        .unwrap();
    assert_eq!(found.aggregate.statistics().count, 2);
}

#[test]
fn who_was_admitted_stays_and_the_first_to_come_are() {
    let mut admitted = Admitted::default();
    let ceilings = ceilings(3, 100);
    admitted.admit(&agents(3), &ceilings, TODAY, false);
    let late = [series("N", "M", "late"), series("N", "M", "agent-0")];
    let admission = admitted.admit(&late, &ceilings, TODAY, false);
    assert!(!admission.changed);
    let agents: Vec<&str> = admission
        .series
        .iter()
        .map(|series| series.key.dimensions[1].1.as_str())
        .collect();
    assert_eq!(agents, [OTHER, "agent-0"]);
}

#[test]
fn the_stacks_ceiling_holds_over_all_metrics() {
    let mut admitted = Admitted::default();
    let all = [
        series("N", "A", "x"),
        series("N", "B", "x"),
        series("N", "C", "x"),
    ];
    let admission = admitted.admit(&all, &ceilings(9, 2), TODAY, false);
    assert_eq!((admitted.len(), admission.refused.len()), (2, 1));
}

#[test]
fn a_series_silent_for_a_fortnight_gives_its_place_up_but_only_where_one_is_wanted() {
    let mut admitted = Admitted::default();
    let ceilings = ceilings(2, 100);
    admitted.admit(&agents(2), &ceilings, TODAY, false);
    assert!(
        admitted
            .admit(&agents(1), &ceilings, TODAY + 16, false)
            .changed,
        "seen"
    );
    assert_eq!(admitted.len(), 2);
    let late = [series("N", "M", "late")];
    assert!(
        admitted
            .admit(&late, &ceilings, TODAY + 16, false)
            .refused
            .is_empty()
    );
    assert_eq!(admitted.len(), 2);
}

#[test]
fn what_cannot_be_stored_is_not_admitted() {
    let mut admitted = Admitted::default();
    let ceilings = ceilings(9, 9);
    admitted.admit(&agents(1), &ceilings, TODAY, false);
    let admission = admitted.admit(&agents(3), &ceilings, TODAY, true);
    assert_eq!(
        (admission.series.len(), admitted.len(), admission.changed),
        (2, 1, false)
    );
}

#[test]
fn our_own_and_a_series_without_dimensions_are_always_in() {
    let mut admitted = Admitted::default();
    let mut bare = series("N", "M", "x");
    bare.key.dimensions.truncate(1);
    let all = [series(OWN_NAMESPACE, "CursorAge", "x"), bare];
    let admission = admitted.admit(&all, &ceilings(0, 0), TODAY, false);
    assert!(admission.refused.is_empty() && !admission.changed);
    assert!(admitted.is_empty());
}

#[test]
fn the_built_in_rules_have_their_ceilings() {
    let ceilings = Ceilings::built_in(1_000);
    let metric = ("BedrockUsage".to_owned(), "InputTokens".to_owned());
    assert!(ceilings.metrics.contains_key(&metric), "{ceilings:?}");
    assert_eq!(ceilings.of(&("No".into(), "Such".into())), 100);
}

#[test]
fn ten_thousand_admitted_are_one_item() {
    let mut admitted = Admitted::default();
    admitted.admit(&agents(10_000), &ceilings(10_000, 10_000), TODAY, false);
    let bytes = admitted.encode().unwrap();
    assert!(bytes.len() < 200_000, "{} bytes", bytes.len());
    assert_eq!(Admitted::decode(&bytes).unwrap(), admitted);
}

proptest! {
    #[test]
    fn no_ceiling_is_ever_passed_and_no_value_lost(rounds in prop::collection::vec(prop::collection::vec((0..4_u8, 0..30_u8), 1..40), 1..6), metric in 0..9_u32, stack in 0..20_u32) {
        let mut admitted = Admitted::default();
        let mut ceilings = ceilings(metric, stack);
        for name in 0..4 {
            ceilings.metrics.insert(("N".into(), name.to_string()), metric);
        }
        for (day, round) in rounds.into_iter().enumerate() {
            let all: Vec<_> = round.iter().map(|(name, agent)| series("N", &name.to_string(), &agent.to_string())).collect();
            let today = TODAY + i32::try_from(day).unwrap();
            let admission = admitted.admit(&all, &ceilings, today, false);
            prop_assert!((sum(&admission.series) - sum(&all)).abs() < 1e-9);
            prop_assert!(admitted.len() <= ceilings.stack());
            for (_, count) in admitted.by_metric() {
                prop_assert!(count <= usize::try_from(metric).unwrap());
            }
        }
    }
}
