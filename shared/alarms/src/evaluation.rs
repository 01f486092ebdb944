//! What CloudWatch makes of an alarm's datapoints.
//!
//! From the user guide, "How alarm state is evaluated when data is missing" and "Avoiding premature transitions": more periods are
//! asked for than are evaluated; as many real datapoints as there are evaluation periods decide alone, the newest first; fewer are
//! filled up as `TreatMissingData` says, as few times as possible.

use jiff::Timestamp;
use picket_shared::alarm::State;
use serde_json::Value;

use crate::{Datapoint, Definition, MissingData, Window, reason};

/// What one evaluation came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The state after it.
    pub state: State,
    /// CloudWatch's sentence about it.
    pub reason: String,
    /// What the sentence is made of.
    pub reason_data: Value,
}

/// The datapoints that decide.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Evidence {
    /// Real ones, oldest first.
    pub(crate) real: Vec<Datapoint>,
    /// How many missing ones are filled in.
    pub(crate) filled: u32,
    /// How many of the real ones breach.
    pub(crate) breaching: u32,
    /// How old the oldest breaching one is, the newest period being 1; 0 where none breaches.
    oldest_breaching: u32,
}

/// Evaluates an alarm that is in `current`, over the series it looks at ([`Definition::series`]).
pub fn evaluate(
    definition: &Definition,
    current: State,
    series: &[Datapoint],
    now: Timestamp,
) -> Evaluation {
    let window = Window::of(definition, now);
    let evidence = evidence(definition, &window, series);
    let state = if has_too_few_samples(definition, &evidence) {
        current
    } else {
        state(definition, current, &evidence)
    };
    Evaluation {
        state,
        reason: reason::sentence(definition, state, &evidence),
        reason_data: reason::data(definition, &window, &evidence, now),
    }
}

fn evidence(definition: &Definition, window: &Window, series: &[Datapoint]) -> Evidence {
    let placed = window.place(series);
    let wanted = definition.evaluation_periods as usize;
    let breaches = |datapoint: &Datapoint| {
        definition
            .comparison
            .breaches(datapoint.value, definition.threshold)
    };
    // Newest first, with the age in periods, the newest being 1.
    let newest: Vec<(u32, Datapoint)> = (1..)
        .zip(placed.into_iter().rev())
        .filter_map(|(age, datapoint)| Some((age, datapoint?)))
        .take(wanted)
        .collect();
    let breaching: Vec<u32> = newest
        .iter()
        .filter(|(_, datapoint)| breaches(datapoint))
        .map(|(age, _)| *age)
        .collect();
    let count = |list: usize| u32::try_from(list).unwrap_or(u32::MAX);
    Evidence {
        filled: definition.evaluation_periods - count(newest.len()),
        breaching: count(breaching.len()),
        oldest_breaching: breaching.last().copied().unwrap_or(0),
        real: newest
            .into_iter()
            .rev()
            .map(|(_, datapoint)| datapoint)
            .collect(),
    }
}

fn state(definition: &Definition, current: State, evidence: &Evidence) -> State {
    let within = |breaching: u32| {
        if breaching >= definition.datapoints_to_alarm {
            State::Alarm
        } else {
            State::Ok
        }
    };
    match definition.missing_data {
        _ if evidence.filled == 0 => within(evidence.breaching),
        MissingData::Breaching => within(evidence.breaching + evidence.filled),
        MissingData::NotBreaching => within(evidence.breaching),
        MissingData::Missing => unfilled(definition, evidence).unwrap_or(State::InsufficientData),
        MissingData::Ignore => unfilled(definition, evidence).unwrap_or(current),
    }
}

/// Too few real datapoints, and nothing is put in their place. `None`: it cannot be told.
///
/// A datapoint within the threshold makes it OK. Where all of them breach but are fewer than M, the oldest must be at least M
/// periods old, so that a first breach does not alarm before the next datapoint can contradict it; and `ignore` never alarms so.
fn unfilled(definition: &Definition, evidence: &Evidence) -> Option<State> {
    let all_breach = evidence.breaching as usize == evidence.real.len();
    if evidence.breaching >= definition.datapoints_to_alarm {
        Some(State::Alarm)
    } else if !all_breach {
        Some(State::Ok)
    } else {
        let settled = evidence.oldest_breaching >= definition.datapoints_to_alarm;
        (settled && definition.missing_data == MissingData::Missing).then_some(State::Alarm)
    }
}

/// `EvaluateLowSampleCountPercentile: ignore`. Without sample counts it cannot be told, and is evaluated.
fn has_too_few_samples(definition: &Definition, evidence: &Evidence) -> bool {
    let [input] = definition.inputs() else {
        return false;
    };
    let samples: Option<f64> = evidence
        .real
        .iter()
        .map(|datapoint| datapoint.samples)
        .sum();
    definition.ignores_low_samples
        && samples.is_some_and(|samples| samples < input.statistic.least_samples())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Statistic, definition::tests::sum_alarm};

    const TREATMENTS: [MissingData; 4] = [
        MissingData::Missing,
        MissingData::Ignore,
        MissingData::Breaching,
        MissingData::NotBreaching,
    ];

    /// `0` is within the threshold, `X` breaches, `-` is missing; the newest is last.
    fn state_of(definition: &Definition, current: State, picture: &str) -> State {
        let now = Timestamp::from_second(6_000).unwrap();
        let window = Window::of(definition, now);
        let datapoints: Vec<Datapoint> = window
            .starts
            .iter()
            .rev()
            .zip(picture.split_whitespace().rev())
            .filter_map(|(&at, mark)| {
                let value = match mark {
                    "0" => 0.0,
                    "X" => 10.0,
                    _ => return None,
                };
                Some(Datapoint {
                    at,
                    value,
                    samples: Some(1.0),
                })
            })
            .collect();
        evaluate(definition, current, &datapoints, now).state
    }

    fn assert_row(datapoints_to_alarm: u32, picture: &str, expected: [Option<State>; 4]) {
        for current in [State::Ok, State::Alarm, State::InsufficientData] {
            for (missing_data, expected) in TREATMENTS.into_iter().zip(expected) {
                let definition = Definition {
                    missing_data,
                    ..sum_alarm(3, datapoints_to_alarm)
                };
                let state = state_of(&definition, current, picture);
                assert_eq!(
                    state,
                    expected.unwrap_or(current),
                    "{picture} {missing_data:?} from {current:?}"
                );
            }
        }
    }

    const OK: Option<State> = Some(State::Ok);
    const ALARM: Option<State> = Some(State::Alarm);
    const UNKNOWN: Option<State> = Some(State::InsufficientData);
    const SAME: Option<State> = None;

    /// The user guide's first table: 3 of 3, columns missing, ignore, breaching, notBreaching.
    #[test]
    fn three_of_three_is_as_aws_tabulates_it() {
        assert_row(3, "0 - X - X", [OK, OK, OK, OK]);
        assert_row(3, "0 - - - -", [OK, OK, OK, OK]);
        assert_row(3, "- - - - 0", [OK, OK, OK, OK]);
        assert_row(3, "- - - - -", [UNKNOWN, SAME, ALARM, OK]);
        assert_row(3, "0 X X - X", [ALARM, ALARM, ALARM, ALARM]);
        assert_row(3, "- - X - -", [ALARM, SAME, ALARM, OK]);
        assert_row(3, "X - - - -", [ALARM, SAME, ALARM, OK]);
    }

    /// The second table: 2 of 3.
    #[test]
    fn two_of_three_is_as_aws_tabulates_it() {
        assert_row(2, "0 - X - X", [ALARM, ALARM, ALARM, ALARM]);
        assert_row(2, "0 0 X 0 X", [ALARM, ALARM, ALARM, ALARM]);
        assert_row(2, "0 - X - -", [OK, OK, ALARM, OK]);
        assert_row(2, "- - - - 0", [OK, OK, ALARM, OK]);
        assert_row(2, "- - - X -", [ALARM, SAME, ALARM, OK]);
        assert_row(2, "- - - - X", [UNKNOWN, SAME, ALARM, OK]);
    }

    /// "Avoiding premature transitions to alarm state".
    #[test]
    fn a_first_breach_waits_for_the_next_datapoint() {
        assert_row(3, "- - - - X", [UNKNOWN, SAME, ALARM, OK]);
        assert_row(3, "- - - X -", [UNKNOWN, SAME, ALARM, OK]);
        assert_row(3, "- - - X 0", [OK, OK, OK, OK]);
        assert_row(3, "- - X - 0", [OK, OK, OK, OK]);
    }

    #[test]
    fn all_data_there_only_the_newest_count() {
        assert_row(3, "X X 0 0 0", [OK, OK, OK, OK]);
        assert_row(2, "X X 0 0 X", [OK, OK, OK, OK]);
        assert_row(1, "0 0 X 0 0", [ALARM, ALARM, ALARM, ALARM]);
    }

    #[test]
    fn a_percentile_of_too_few_values_leaves_the_state_if_the_alarm_says_so() {
        let mut definition = Definition {
            ignores_low_samples: true,
            ..sum_alarm(1, 1)
        };
        let crate::definition::Watches::Metric(input) = &mut definition.watches else {
            panic!("a metric")
        };
        input.statistic = Statistic::Percentile(90.0);
        assert_eq!(
            state_of(&definition, State::Ok, "0 0 X"),
            State::Ok,
            "1 value of 100"
        );
        definition.ignores_low_samples = false;
        assert_eq!(state_of(&definition, State::Ok, "0 0 X"), State::Alarm);
    }

    proptest! {
        #[test]
        fn without_missing_data_the_treatment_does_not_matter(
            marks in proptest::collection::vec(prop_oneof!["0", "X"], 7), m in 1_u32..=5, current in 0_usize..3,
        ) {
            let picture = marks.join(" ");
            let current = [State::Ok, State::Alarm, State::InsufficientData][current];
            let states: Vec<State> = TREATMENTS
                .into_iter()
                .map(|missing_data| state_of(&Definition { missing_data, ..sum_alarm(5, m) }, current, &picture))
                .collect();
            let breaching = marks[2..].iter().filter(|mark| *mark == "X").count();
            let expected = if breaching >= m as usize { State::Alarm } else { State::Ok };
            prop_assert_eq!(states, vec![expected; 4]);
        }

        #[test]
        fn breaching_alarms_whenever_not_breaching_does(
            marks in proptest::collection::vec(prop_oneof!["0", "X", "-"], 7), m in 1_u32..=5,
        ) {
            let picture = marks.join(" ");
            let state = |missing_data| state_of(&Definition { missing_data, ..sum_alarm(5, m) }, State::Ok, &picture);
            if state(MissingData::NotBreaching) == State::Alarm {
                prop_assert_eq!(state(MissingData::Breaching), State::Alarm);
            }
        }
    }
}
