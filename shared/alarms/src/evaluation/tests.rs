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
