//! Rules that an operator puts in place of the built-in ones.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::{
    SUCCESS, answer, handler, lines,
    ports::{Fakes, Trouble},
};

const OBJECT: &str = "workloads/scheduling-agent/metrics.yaml";

/// Rules that count every ERROR as this metric, and nothing else.
fn rules(metric: &str) -> String {
    format!(
        "Workload: scheduling-agent\nRules:\n  - FilterPattern: ERROR\n    MetricTransformations:\n      \
         - {{ MetricNamespace: SchedulingAgent, MetricName: {metric}, MetricValue: 1 }}\n"
    )
}

fn put(fakes: &Fakes, text: &str) {
    let object = BTreeMap::from([(OBJECT.to_owned(), text.to_owned())]);
    fakes.state().overrides = Some(object);
}

fn half_a_minute_passes(fakes: &Fakes) {
    fakes.state().now += SignedDuration::from_secs(30);
}

/// The sum of a metric of every slice, as text: it is of whole numbers.
fn sum(fakes: &Fakes, metric: &str) -> String {
    let state = fakes.state();
    let series = state.items.values().flat_map(|slice| &slice.body.series);
    let series = series.filter(|series| series.key.name == metric);
    // Of nothing, floats add up to minus zero.
    let sum = series
        .map(|series| series.aggregate.statistics().sum)
        .fold(0.0, |a, b| a + b);
    sum.to_string()
}

#[tokio::test]
async fn what_is_in_the_bucket_counts_from_the_first_use_and_a_change_within_half_a_minute() {
    let (handler, fakes) = handler();
    put(&fakes, &rules("Night"));
    answer(&handler, &lines(1..=2)).await;
    put(&fakes, &rules("Morning"));
    answer(&handler, &lines(3..=5)).await;
    assert_eq!([sum(&fakes, "Night"), sum(&fakes, "Morning")], ["5", "0"]);
    assert_eq!(fakes.state().override_reads, 1);
    half_a_minute_passes(&fakes);
    answer(&handler, &lines(6..=6)).await;
    assert_eq!([sum(&fakes, "Night"), sum(&fakes, "Morning")], ["5", "1"]);
    // Taken away, the built-in rules are in force again.
    fakes.state().overrides = Some(BTreeMap::new());
    half_a_minute_passes(&fakes);
    answer(&handler, &lines(7..=9)).await;
    assert_eq!(sum(&fakes, "ErrorLines"), "3");
}

#[tokio::test]
async fn a_broken_or_unreachable_override_fails_no_invocation_and_the_last_good_one_counts_on() {
    let (handler, fakes) = handler();
    // Neither the first time: the built-in rules count.
    fakes.state().overrides = None;
    assert_eq!(answer(&handler, &lines(1..=1)).await, SUCCESS);
    assert_eq!(sum(&fakes, "ErrorLines"), "1");
    half_a_minute_passes(&fakes);
    put(&fakes, &rules("Night"));
    answer(&handler, &lines(2..=2)).await;
    for broken in [Some("Workload: ["), None] {
        half_a_minute_passes(&fakes);
        match broken {
            Some(text) => put(&fakes, text),
            None => fakes.state().overrides = None,
        }
        let next = if broken.is_some() { 3 } else { 4 };
        assert_eq!(answer(&handler, &lines(next..=next)).await, SUCCESS);
    }
    assert_eq!(
        [sum(&fakes, "Night"), sum(&fakes, "ErrorLines")],
        ["3", "1"]
    );
}

#[tokio::test]
async fn other_rules_between_a_batch_and_its_retry_count_nothing_twice() {
    let (handler, fakes) = handler();
    put(&fakes, &rules("Night"));
    // Committed, and the answer lost: the retry comes under other rules and finds the positions taken.
    fakes.state().troubles.push_back(Trouble::AnswerLost);
    answer(&handler, &lines(1..=3)).await;
    put(&fakes, &rules("Morning"));
    half_a_minute_passes(&fakes);
    assert_eq!(answer(&handler, &lines(1..=3)).await, SUCCESS);
    assert_eq!([sum(&fakes, "Night"), sum(&fakes, "Morning")], ["3", "0"]);
    // Not committed: the retry counts by the rules of its own time, once.
    let troubles = [Trouble::Throttled, Trouble::Throttled];
    fakes.state().troubles.extend(troubles);
    assert_ne!(answer(&handler, &lines(4..=5)).await, SUCCESS);
    put(&fakes, &rules("Noon"));
    half_a_minute_passes(&fakes);
    assert_eq!(answer(&handler, &lines(4..=5)).await, SUCCESS);
    assert_eq!([sum(&fakes, "Morning"), sum(&fakes, "Noon")], ["0", "2"]);
    assert_eq!(sum(&fakes, "RecordsRead"), "5");
}
