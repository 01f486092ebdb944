use proptest::prelude::*;

use super::*;
use crate::{Datapoint, Statistic, definition::tests::sum_alarm};

const TREATMENTS: [MissingData; 4] = [
    MissingData::Missing,
    MissingData::Ignore,
    MissingData::Breaching,
    MissingData::NotBreaching,
];

/// `0` is within the threshold, `X` breaches, `-` is missing; the newest is last.
fn state_of(definition: &Definition, current: State, picture: &str) -> State {
    let now = Timestamp::from_second(6_000).unwrap();
    let marks: Vec<char> = picture
        .chars()
        .filter(|mark| !mark.is_whitespace())
        .collect();
    let datapoints = datapoints(&Window::of(definition, now), &marks);
    evaluate(definition, current, &datapoints.into(), now).state
}

fn datapoints(window: &Window, marks: &[char]) -> Vec<Datapoint> {
    let value = |mark: char| match mark {
        '0' => Some(0.0),
        'X' => Some(10.0),
        _ => None,
    };
    let samples = Some(1.0);
    let pairs = window.starts.iter().rev().zip(marks.iter().rev());
    pairs
        .filter_map(|(&at, &mark)| {
            Some(Datapoint {
                at,
                value: value(mark)?,
                samples,
            })
        })
        .collect()
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

/// The table of "How alarm state is evaluated when data is missing" for 3 of 3, row by row; columns missing, ignore,
/// breaching, notBreaching.
#[test]
fn three_of_three_is_as_aws_tabulates_it() {
    assert_row(3, "0 - X - X", [OK, OK, OK, OK]);
    assert_row(3, "0 - - - -", [OK, OK, OK, OK]);
    assert_row(3, "- - - - -", [UNKNOWN, SAME, ALARM, OK]);
    assert_row(3, "0 X X - X", [ALARM, ALARM, ALARM, ALARM]);
    assert_row(3, "- - X - -", [ALARM, SAME, ALARM, OK]);
}

/// The second table of the same page, 2 of 3.
#[test]
fn two_of_three_is_as_aws_tabulates_it() {
    assert_row(2, "0 - X - X", [ALARM, ALARM, ALARM, ALARM]);
    assert_row(2, "0 0 X 0 X", [ALARM, ALARM, ALARM, ALARM]);
    assert_row(2, "0 - X - -", [OK, OK, ALARM, OK]);
    assert_row(2, "- - - - 0", [OK, OK, ALARM, OK]);
    assert_row(2, "- - - X -", [ALARM, SAME, ALARM, OK]);
}

/// "Avoiding premature transitions to alarm state": the pictures in its text, at 3 of 3.
#[test]
fn a_first_breach_waits_as_aws_describes() {
    assert_row(3, "- - - - X", [UNKNOWN, SAME, ALARM, OK]);
    assert_row(3, "- - - X -", [UNKNOWN, SAME, ALARM, OK]);
    assert_row(3, "- - - X 0", [OK, OK, OK, OK]);
    assert_row(3, "- - X - 0", [OK, OK, OK, OK]);
    assert_row(3, "- - X - -", [ALARM, SAME, ALARM, OK]);
}

/// Rows that AWS does not have. Whether `X - - - -` is old enough is open: the guide counts the age once within
/// "Evaluation Periods" and once within the evaluation range.
#[test]
fn rows_that_follow_from_the_text() {
    assert_row(3, "- - - - 0", [OK, OK, OK, OK]);
    assert_row(3, "X - - - -", [ALARM, SAME, ALARM, OK]);
    assert_row(2, "- - - - X", [UNKNOWN, SAME, ALARM, OK]);
    assert_row(1, "- - - - X", [ALARM, ALARM, ALARM, ALARM]);
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

/// The state by the user guide's sentences, over a picture alone: it shares no code with the evaluator.
fn oracle(picture: &[char], n: usize, m: usize, treatment: MissingData, current: State) -> State {
    let alarm_if = |yes: bool| if yes { State::Alarm } else { State::Ok };
    let newest_first: Vec<char> = picture.iter().rev().copied().collect();
    let real: Vec<char> = newest_first
        .iter()
        .copied()
        .filter(|&mark| mark != '-')
        .take(n)
        .collect();
    let bad = real.iter().filter(|&&mark| mark == 'X').count();
    let lacking = n - real.len();
    if lacking == 0 || treatment == MissingData::NotBreaching {
        return alarm_if(bad >= m);
    }
    if treatment == MissingData::Breaching {
        return alarm_if(bad + lacking >= m);
    }
    if bad >= m || bad < real.len() {
        return alarm_if(bad >= m);
    }
    let age = newest_first
        .iter()
        .rposition(|&mark| mark == 'X')
        .map_or(0, |place| place + 1);
    match treatment {
        MissingData::Ignore => current,
        _ if age >= m => State::Alarm,
        _ => State::InsufficientData,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Ten thousand series, run over time: each state is the next evaluation's current one.
    #[test]
    fn an_alarm_is_in_the_state_that_the_guides_sentences_give(
        marks in proptest::collection::vec(prop_oneof![Just('0'), Just('X'), Just('-')], 1..14),
        n in 1_u32..=5, m in 1_u32..=5, treatment in 0_usize..4,
    ) {
        let m = m.min(n);
        let missing_data = TREATMENTS[treatment];
        let definition = Definition { missing_data, ..sum_alarm(n, m) };
        let range = n as usize + 2;
        let window = Window::of(&definition, Timestamp::from_second(6_000).unwrap());
        let (mut expected, mut got) = (State::InsufficientData, State::InsufficientData);
        for over in 1..=marks.len() {
            let mut picture = vec!['-'; range.saturating_sub(over)];
            picture.extend(&marks[over.saturating_sub(range)..over]);
            expected = oracle(&picture, n as usize, m as usize, missing_data, expected);
            let evidence = Evidence::gather(&definition, &window, &datapoints(&window, &picture).into());
            got = super::state(&definition, got, &evidence);
            prop_assert_eq!(got, expected, "{} of {} {:?} {:?}", m, n, missing_data, picture);
        }
    }
}
