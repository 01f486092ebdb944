use std::collections::HashMap;

use proptest::prelude::*;

use super::{plan::PAUSE, *};
use crate::{incident::Silence, sinks::Ability};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn alarm(second: i64) -> Event {
    Event::Change(Change::new(State::Alarm, at(second)))
}

fn ok(second: i64) -> Event {
    Event::Change(Change::new(State::Ok, at(second)))
}

fn plan(row: &Row, event: Event, owner: &str, now: Timestamp, until: Timestamp) -> Plan {
    let claim = Claim {
        event,
        owner: owner.to_owned(),
        until,
    };
    super::plan(row, claim, Ability::Posts, None, now)
}

fn claimed(row: &Row, event: Event, owner: &str, now: i64) -> (Step, Row) {
    match plan(row, event, owner, at(now), at(now + 30)) {
        Plan::Send(step, row) => (step, row),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_sent_is_left_alone() {
    for event in [alarm(1), Event::Message] {
        let (_, row) = claimed(&Row::default(), event, "a", 10);
        let row = row.done(event);
        assert_eq!(row.claim, None);
        assert_eq!(
            plan(&row, event, "b", at(11), at(41)),
            Plan::Leave(Skipped::Sent)
        );
    }
}

#[test]
fn a_claim_holds_others_off_until_its_invocation_is_over_and_its_own_retry_never() {
    let (_, row) = claimed(&Row::default(), alarm(1), "a", 10);
    assert_eq!(
        plan(&row, alarm(1), "b", at(20), at(50)),
        Plan::Leave(Skipped::Elsewhere)
    );
    assert_eq!(
        plan(&row, ok(5), "b", at(20), at(50)),
        Plan::Wait(PAUSE),
        "the OK must not overtake its ALARM"
    );
    assert_eq!(
        plan(&row, ok(5), "a", at(20), at(50)),
        Plan::Wait(PAUSE),
        "nor where both are in one invocation"
    );
    assert_eq!(claimed(&row, alarm(1), "a", 20).0, Step::Open);
    assert_eq!(claimed(&row, alarm(1), "b", 40).0, Step::Open);
    assert_eq!(
        claimed(&row.released(at(20)), alarm(1), "b", 20).0,
        Step::Open,
        "what failed is free at once"
    );
}

#[test]
fn an_ok_is_sent_where_missing_data_may_have_been_sent_without_being_recorded() {
    let missing = Event::Change(Change::new(State::InsufficientData, at(1)));
    for (event, is_sent) in [(missing, true), (alarm(1), false)] {
        let (_, row) = claimed(&Row::default(), event, "a", 10);
        assert!(row.awaits_ok());
        let plan = plan(&row, ok(5), "b", at(60), at(90));
        let resolves = Step::Resolve {
            opened: at(1),
            flapping: false,
        };
        // An ALARM is shown by its retry, with the time at which it ended.
        let is_resolved = matches!(plan, Plan::Send(step, _) if step == resolves);
        assert_eq!(is_resolved, is_sent, "{event:?}");
    }
}

#[test]
fn what_is_silent_is_recorded_without_a_claim() {
    let Plan::Record(Silence::WithoutIncident, row) =
        plan(&Row::default(), ok(5), "a", at(6), at(36))
    else {
        panic!("recorded");
    };
    assert!(row.has(ok(5)) && row.claim.is_none());
}

#[test]
fn an_alarm_after_an_alarm_edits_or_is_sent_again_and_an_ok_always_resolves_where_there_are_incidents()
 {
    let open = Row::default().done(alarm(1));
    let step = |row: &Row, event, ability, came_from| {
        let claim = Claim {
            event,
            owner: "a".to_owned(),
            until: at(40),
        };
        match super::plan(row, claim, ability, came_from, at(10)) {
            Plan::Send(step, _) => Some(step),
            Plan::Record(..) => None,
            other => panic!("{other:?}"),
        }
    };
    for (ability, again, alone) in [
        (Ability::Posts, Some(Step::Open), None),
        (Ability::Edits, Some(Step::Continue), None),
        (
            Ability::Resolves,
            Some(Step::Open),
            Some(Step::Resolve {
                opened: at(5),
                flapping: false,
            }),
        ),
    ] {
        assert_eq!(step(&open, alarm(2), ability, None), again);
        assert_eq!(step(&Row::default(), ok(5), ability, None), alone);
    }
    assert_eq!(
        step(&open, alarm(2), Ability::Posts, Some(State::Alarm)),
        None,
        "the message says that the incident goes on"
    );
    let missing = Event::Change(Change::new(State::InsufficientData, at(2)));
    let without_data = open.done(missing);
    for (came_from, again) in [
        (Some(State::Ok), Some(Step::Open)),
        (Some(State::InsufficientData), None),
        (None, None),
    ] {
        assert_eq!(
            step(&without_data, alarm(4), Ability::Posts, came_from),
            again,
            "an OK that could not be recorded was between: {came_from:?}"
        );
    }
}

#[test]
fn a_row_is_kept_as_long_as_it_can_matter() {
    let now = at(0);
    let hours = |row: &Row| row.expires_at(now).as_second() / 3_600;
    assert_eq!(hours(&Row::default().done(Event::Message)), 48);
    let open = Row::default().done(alarm(1));
    assert_eq!(hours(&open), 400 * 24);
    assert_eq!(hours(&open.done(ok(2))), 30 * 24);
}

#[test]
fn a_row_comes_back_from_json_as_it_went_and_the_newer_ones_fields_are_no_reason_to_refuse() {
    let (_, row) = claimed(&Row::default().done(alarm(1)), ok(2), "a", 10);
    let json = serde_json::to_string(&row).unwrap();
    assert_eq!(serde_json::from_str::<Row>(&json).unwrap(), row);
    assert_eq!(
        serde_json::from_str::<Row>(r#"{"of_tomorrow": 1}"#).unwrap(),
        Row::default()
    );
}

/// How far an invocation gets before it is killed.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Finishes,
    KilledAfterClaim,
    KilledAfterPost,
    SlackRefuses,
}

/// Posts that each event made, with every event tried until an invocation that finishes, as Lambda and the failure
/// queue do.
fn run(tries: &[(usize, Fate)], events: &[Event]) -> HashMap<usize, u32> {
    let mut row = Row::default();
    let mut posts: HashMap<usize, u32> = HashMap::new();
    let last = (0..events.len()).map(|index| (index, Fate::Finishes));
    for (turn, (index, fate)) in tries.iter().copied().chain(last).enumerate() {
        // Each try is after the former's claim has run out: the longest that a retry has to wait.
        let now = i64::try_from(turn).unwrap() * 60;
        let event = events[index];
        match plan(&row, event, &format!("{turn}"), at(now), at(now + 30)) {
            Plan::Leave(_) => {}
            Plan::Wait(_) => panic!("nobody else is at it"),
            Plan::Record(_, recorded) => row = recorded,
            Plan::Send(_, claim) => {
                row = claim;
                match fate {
                    Fate::KilledAfterClaim => {}
                    Fate::SlackRefuses => row = row.released(at(now)),
                    Fate::KilledAfterPost => *posts.entry(index).or_default() += 1,
                    Fate::Finishes => {
                        *posts.entry(index).or_default() += 1;
                        row = row.done(event);
                    }
                }
            }
        }
    }
    posts
}

fn any_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        Just(Fate::Finishes),
        Just(Fate::KilledAfterClaim),
        Just(Fate::KilledAfterPost),
        Just(Fate::SlackRefuses)
    ]
}

proptest! {
    #[test]
    fn every_alarm_is_posted_and_doubled_only_by_a_kill_between_post_and_record(
        tries in proptest::collection::vec((0..4_usize, any_fate()), 0..20)
    ) {
        // Two incidents; their OKs in between.
        let events = [alarm(1), ok(2), alarm(3), ok(4)];
        // In order of time, as CloudWatch sends them: each is tried until it is done before the next comes.
        for index in [0, 2] {
            let own: Vec<(usize, Fate)> = tries.iter().copied().filter(|(other, _)| *other == index).collect();
            let posts = run(&own, &events);
            let finished = own.iter().position(|(_, fate)| matches!(fate, Fate::Finishes)).unwrap_or(own.len());
            let kills = own[..finished].iter().filter(|(_, fate)| matches!(fate, Fate::KilledAfterPost)).count();
            prop_assert_eq!(posts[&index], 1 + u32::try_from(kills).unwrap());
        }
    }

    #[test]
    fn without_kills_after_a_post_nothing_is_posted_twice(
        tries in proptest::collection::vec((0..4_usize, prop_oneof![Just(Fate::Finishes), Just(Fate::KilledAfterClaim), Just(Fate::SlackRefuses)]), 0..40)
    ) {
        let events = [alarm(1), ok(2), alarm(3), ok(4)];
        for (index, count) in run(&tries, &events) {
            prop_assert_eq!(count, 1, "event {}", index);
        }
    }
}
