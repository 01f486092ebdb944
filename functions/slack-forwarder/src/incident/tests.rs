use picket_shared::alarm::State::{Alarm, InsufficientData, Ok};
use proptest::prelude::*;

use super::*;

fn change((state, second): (State, i64)) -> Change {
    Change::new(state, Timestamp::from_second(second).unwrap())
}

fn after(changes: &[(State, i64)]) -> History {
    changes
        .iter()
        .copied()
        .map(change)
        .fold(History::default(), History::with)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn each_change_means_what_its_place_in_time_says() {
    for (known, next, expected) in [
        (&[][..], (Alarm, 1), Step::Open),
        (&[], (Ok, 1), Step::Silent(Silence::WithoutIncident)),
        (&[], (InsufficientData, 1), Step::Open),
        (
            &[(InsufficientData, 1)],
            (InsufficientData, 2),
            Step::Silent(Silence::Continues),
        ),
        (
            &[(InsufficientData, 1)],
            (Ok, 5),
            Step::Resolve {
                opened: at(1),
                flapping: false,
            },
        ),
        (
            &[(InsufficientData, 1), (Alarm, 2)],
            (Ok, 5),
            Step::Resolve {
                opened: at(2),
                flapping: false,
            },
        ),
        (&[(Alarm, 1)], (Alarm, 1), Step::Silent(Silence::Repeated)),
        (&[(Alarm, 1)], (Alarm, 2), Step::Continue),
        (&[(Alarm, 1)], (InsufficientData, 2), Step::Continue),
        (
            &[(Alarm, 1)],
            (Ok, 5),
            Step::Resolve {
                opened: at(1),
                flapping: false,
            },
        ),
        (
            &[(Alarm, 1), (InsufficientData, 2), (Alarm, 3)],
            (Ok, 5),
            Step::Resolve {
                opened: at(1),
                flapping: false,
            },
        ),
        (&[(Alarm, 1), (Ok, 5)], (Alarm, 6), Step::Open),
        (
            &[(Alarm, 1), (Ok, 5)],
            (Ok, 6),
            Step::Silent(Silence::WithoutIncident),
        ),
        (&[(Alarm, 1), (Ok, 5)], (InsufficientData, 6), Step::Open),
        (&[(InsufficientData, 1)], (Alarm, 2), Step::Open),
        // Late changes.
        (&[(Ok, 5)], (Alarm, 1), Step::Late { closed: at(5) }),
        (
            &[(Alarm, 1), (Ok, 2), (Ok, 9)],
            (Alarm, 5),
            Step::Late { closed: at(9) },
        ),
        (
            &[(Alarm, 1), (Ok, 5)],
            (Alarm, 3),
            Step::Silent(Silence::Overtaken),
        ),
        (&[(Alarm, 5)], (Alarm, 3), Step::Silent(Silence::Overtaken)),
        (
            &[(Alarm, 1), (Alarm, 5)],
            (Ok, 3),
            Step::Silent(Silence::Overtaken),
        ),
        (
            &[(Alarm, 5)],
            (InsufficientData, 3),
            Step::Silent(Silence::Overtaken),
        ),
        (&[(Ok, 5)], (Ok, 3), Step::Silent(Silence::Overtaken)),
        // One moment: the alarm is not hidden.
        (&[(Ok, 5)], (Alarm, 5), Step::Open),
        (&[(Alarm, 5)], (Ok, 5), Step::Silent(Silence::Overtaken)),
    ] {
        assert_eq!(
            decide(&after(known), &change(next)),
            expected,
            "{known:?} then {next:?}"
        );
    }
}

#[test]
fn the_third_beginning_within_half_an_hour_is_flapping_until_there_is_quiet() {
    let minutes = [0, 10, 20, 30, 40, 69, 75, 200, 201, 202, 229];
    let expected = [
        Step::Open,
        Step::Open,
        Step::Flap,
        Step::FlapOn,
        Step::FlapOn,
        Step::Open,
        Step::Open,
        Step::Open,
        Step::Open,
        Step::Flap,
        Step::FlapOn,
    ];
    let mut history = History::default();
    for (minute, expected) in minutes.into_iter().zip(expected) {
        let begins = change((Alarm, minute * 60));
        let step = decide(&history, &begins);
        assert_eq!(step, expected, "minute {minute}");
        history = history.with(begins);
        let ends = change((Ok, minute * 60 + 30));
        let flapping = matches!(step, Step::Flap | Step::FlapOn);
        let opened = begins.at;
        assert_eq!(decide(&history, &ends), Step::Resolve { opened, flapping });
        history = history.with(ends);
    }
}

#[test]
fn times_are_compared_in_milliseconds() {
    let fine: Timestamp = "2026-11-20T06:03:12.345678Z".parse().unwrap();
    let coarse: Timestamp = "2026-11-20T06:03:12.345Z".parse().unwrap();
    assert_eq!(Change::new(Alarm, fine), Change::new(Alarm, coarse));
}

fn any_state() -> impl Strategy<Value = State> {
    prop_oneof![3 => Just(Alarm), 3 => Just(Ok), 1 => Just(InsufficientData)]
}

/// Changes at distinct moments, in any order, some of them twice.
fn arrivals() -> impl Strategy<Value = Vec<Change>> {
    proptest::collection::vec(any_state(), 1..40).prop_flat_map(|states| {
        let changes: Vec<Change> = states
            .iter()
            .zip(1..)
            .map(|(state, second)| change((*state, second)))
            .collect();
        let copies = proptest::collection::vec(proptest::sample::select(changes.clone()), 0..10);
        copies.prop_flat_map(move |copies| {
            let all: Vec<Change> = changes.iter().copied().chain(copies).collect();
            Just(all).prop_shuffle()
        })
    })
}

fn play(arrivals: &[Change]) -> (History, Vec<(Change, Step)>) {
    let mut history = History::default();
    let mut steps = Vec::new();
    for change in arrivals {
        steps.push((*change, decide(&history, change)));
        history = history.with(*change);
    }
    (history, steps)
}

/// The incidents that the changes make in truth: from the first ALARM after an OK to the next OK.
fn incidents(changes: &History) -> Vec<(Timestamp, Option<Timestamp>)> {
    let mut incidents: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
    for change in changes.boundaries() {
        let is_open = incidents.last().is_some_and(|(_, closed)| closed.is_none());
        match change.state {
            Alarm if !is_open => incidents.push((change.at, None)),
            Ok if is_open => incidents.last_mut().unwrap().1 = Some(change.at),
            _ => {}
        }
    }
    incidents
}

/// The same with those of missing data, which an ALARM takes the place of.
fn all_incidents(changes: &History) -> Vec<(Timestamp, Option<Timestamp>)> {
    let mut incidents: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
    let mut open = None;
    for change in &changes.0 {
        match (change.state, open) {
            (Alarm, None | Some(InsufficientData)) | (InsufficientData, None) => {
                incidents.push((change.at, None));
                open = Some(change.state);
            }
            (Ok, Some(_)) => {
                incidents.last_mut().unwrap().1 = Some(change.at);
                open = None;
            }
            _ => {}
        }
    }
    incidents
}

proptest! {
    #[test]
    fn in_order_each_incident_is_one_message_and_one_resolution(mut arrivals in arrivals()) {
        arrivals.sort_by_key(Change::sort_key);
        let (history, steps) = play(&arrivals);
        let opened: Vec<_> = steps.iter().filter(|(_, step)| matches!(step, Step::Open | Step::Flap | Step::FlapOn)).map(|(change, _)| change.at).collect();
        let resolved: Vec<_> = steps.iter().filter_map(|(change, step)| match step {
            Step::Resolve { opened, .. } => Some((*opened, Some(change.at))),
            _ => None,
        }).collect();
        let truth = all_incidents(&history);
        prop_assert_eq!(opened, truth.iter().map(|(opened, _)| *opened).collect::<Vec<_>>());
        prop_assert_eq!(resolved, truth.into_iter().filter(|(_, closed)| closed.is_some()).collect::<Vec<_>>());
        let has_late = steps.iter().any(|(_, step)| matches!(step, Step::Late { .. }));
        prop_assert!(!has_late);
    }

    #[test]
    fn an_alarm_is_silent_only_where_one_of_the_same_incident_is_known(arrivals in arrivals()) {
        let mut history = History::default();
        for change in arrivals {
            let step = decide(&history, &change);
            let known = history.clone();
            history = history.with(change);
            if change.state == Alarm && step == Step::Silent(Silence::Overtaken) {
                let own = incidents(&history).into_iter().rfind(|(opened, _)| *opened <= change.at).unwrap();
                let inside = |other: &&Change| other.state == Alarm && other.at >= own.0 && own.1.is_none_or(|closed| other.at < closed);
                prop_assert!(known.boundaries().any(|other| inside(&other)), "{change:?}");
            }
        }
    }

    #[test]
    fn any_order_ends_in_the_same_history(arrivals in arrivals(), seed in any::<u64>()) {
        let mut other = arrivals.clone();
        let length = other.len();
        other.rotate_left(usize::try_from(seed).unwrap_or_default() % length);
        other.reverse();
        prop_assert_eq!(play(&arrivals).0, play(&other).0);
    }

    #[test]
    fn a_change_that_comes_twice_is_sent_once(arrivals in arrivals()) {
        let (_, steps) = play(&arrivals);
        let mut seen = Vec::new();
        for (change, step) in steps {
            if seen.contains(&change) {
                prop_assert_eq!(step, Step::Silent(Silence::Repeated));
            }
            seen.push(change);
        }
    }

    #[test]
    fn flapping_makes_at_most_three_messages_of_incidents_in_half_an_hour(gaps in proptest::collection::vec(1..3_000_i64, 1..80)) {
        let mut history = History::default();
        let (mut second, mut sent, mut flap_sent) = (0, Vec::new(), false);
        for (gap, state) in gaps.into_iter().zip([Alarm, Ok].into_iter().cycle()) {
            second += gap;
            let change = change((state, second));
            match decide(&history, &change) {
                Step::Open => {
                    sent.push(second);
                    flap_sent = false;
                }
                Step::Flap => {
                    sent.push(second);
                    flap_sent = true;
                }
                Step::FlapOn => prop_assert!(flap_sent, "silent although no message says that it flaps"),
                _ => {}
            }
            history = history.with(change);
        }
        for first in &sent {
            let near = sent.iter().filter(|other| (*first..first + 1_800).contains(*other)).count();
            prop_assert!(near <= FLAPPING, "{near} messages");
        }
    }
}

#[test]
fn missing_data_flaps_and_never_hides_an_alarm() {
    let mut history = History::default();
    let mut steps = Vec::new();
    for (minute, state) in [InsufficientData, Ok]
        .into_iter()
        .cycle()
        .take(8)
        .enumerate()
    {
        let next = change((state, i64::try_from(minute).unwrap() * 60));
        steps.push(decide(&history, &next));
        history = history.with(next);
    }
    let resolve = |minute: i64, flapping| Step::Resolve {
        opened: at(minute * 60),
        flapping,
    };
    assert_eq!(
        steps,
        [
            Step::Open,
            resolve(0, false),
            Step::Open,
            resolve(2, false),
            Step::Flap,
            resolve(4, true),
            Step::FlapOn,
            resolve(6, true),
        ]
    );
    let alarm = change((Alarm, 8 * 60));
    assert_eq!(decide(&history, &alarm), Step::Open);
}
