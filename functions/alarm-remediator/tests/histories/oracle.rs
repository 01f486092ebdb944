//! The oracle: reads the log of the world, and knows the guard rails as the documentation states them. It shares no code
//! with the remediator.

use std::collections::BTreeSet;

use crate::world::{Happened, KINDS, Kind, What, World};

/// How long an invocation runs, and clocks that differ: what it read may be so old when it writes.
const SLACK: i64 = 130;
/// Between the last read of a setting and its write there is one call, and other invocations may run.
const MOMENT: i64 = 20;
const COOLDOWN: i64 = 1_800;
const HEALTHY: i64 = 1_800;

/// A write, for the rules about several.
struct Raise {
    at: i64,
    function: usize,
}

/// Everything that was wrong in a history.
pub(crate) fn check(world: &World, initial: &[u32]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut people: Vec<u32> = initial.to_vec();
    let mut set_by_us = vec![BTreeSet::new(); people.len()];
    let mut earlier = people.clone();
    let mut instead: Vec<Option<u32>> = vec![None; people.len()];
    let mut raises: Vec<Raise> = Vec::new();
    for (index, happened) in world.log.iter().enumerate() {
        match &happened.what {
            What::Person(function, to) => {
                // A person who sets the very value that the remediator set or tried to set cannot be told from it, and a revert
                // takes both back (docs/remediation.md).
                let is_ours = set_by_us[*function].contains(to);
                instead[*function] = is_ours.then_some(people[*function]);
                earlier[*function] = people[*function];
                people[*function] = *to;
            }
            What::Write {
                function,
                planned_from,
                before,
                to,
                has_row,
                noted,
            } => {
                let at = happened.at;
                let past = &world.log[..index];
                let mut say = |what: &str| wrong.push(format!("{at}: f{function}: {what}"));
                if !has_row {
                    say("written without an audit row");
                }
                if !recently(past, at, true, |what| match what {
                    What::Switch(on) => Some(*on),
                    _ => None,
                }) {
                    say("written while the kill switch was off");
                }
                if planned_from != before {
                    if person_since(past, *function, at - MOMENT) {
                        // Lambda's reservations have no revision: what a person sets between the last read and the
                        // write is overwritten (docs/remediation.md).
                        people[*function] = earlier[*function];
                    } else {
                        say("written over a value that the plan was not made for");
                    }
                }
                if to > planned_from {
                    raise(world, past, at, *function, &raises, noted, &mut say);
                    let most = (planned_from * 3).div_ceil(2).min(200);
                    if *to > most {
                        say("raised beyond its bound");
                    }
                    raises.push(Raise {
                        at,
                        function: *function,
                    });
                } else {
                    if instead[*function] == Some(*to) {
                        people[*function] = *to;
                    }
                    if *to != people[*function] {
                        say("reverted to a value that is not the one before the changes");
                    }
                    if !was_healthy(world, past, *function, at) {
                        say("reverted while its alarms were not OK for the healthy time");
                    }
                }
            }
            What::Tried(function, to) => {
                set_by_us[*function].insert(*to);
            }
            What::Alarm(..) | What::Switch(_) | What::Approved(_) => {}
        }
    }
    left_over(world, &people, &mut wrong);
    wrong
}

fn raise(
    world: &World,
    past: &[Happened],
    at: i64,
    function: usize,
    raises: &[Raise],
    noted: &[(i64, String)],
    say: &mut impl FnMut(&str),
) {
    match KINDS[function] {
        Kind::Act => {}
        Kind::Ask => {
            let approved = |happened: &Happened| {
                happened.at >= at - 600
                    && matches!(happened.what, What::Approved(other) if other == function)
            };
            if !past.iter().any(approved) {
                say("raised without approval");
            }
        }
        Kind::Watch => say("raised while observing"),
        Kind::Untagged => say("raised without its owner's tag"),
        Kind::Own => say("raised in our own stack"),
    }
    let alarms: Vec<_> = alarms_of(world, function);
    let in_alarm = alarms.iter().any(|&alarm| {
        recently(past, at, false, |what| match what {
            What::Alarm(other, state) if *other == alarm => Some(*state),
            _ => None,
        })
    });
    if !in_alarm {
        say("raised without an alarm in ALARM");
    }
    let since = |span: i64| {
        let counted = raises
            .iter()
            .filter(move |raise| raise.at > at - span + SLACK);
        counted.collect::<Vec<_>>()
    };
    if since(COOLDOWN)
        .iter()
        .any(|raise| raise.function == function)
    {
        say("raised within the cooldown");
    }
    if since(3_600).len() >= 3 {
        say("raised beyond the account's changes of an hour");
    }
    if since(86_400).len() >= 8 {
        say("raised beyond the account's changes of a day");
    }
    let own = since(86_400);
    if own
        .iter()
        .filter(|raise| raise.function == function)
        .count()
        >= 3
    {
        say("raised by a playbook that is disarmed for it");
    }
    let mut storm: Vec<_> = noted
        .iter()
        .filter(|(noted, _)| (at - 600 + SLACK..at - SLACK).contains(noted))
        .map(|(_, target)| target)
        .collect();
    storm.sort_unstable();
    storm.dedup();
    if storm.len() > 4 {
        say("raised in a storm");
    }
}

/// Whether a state was on at some time within the slack before `at`. `first` is its value at the start.
fn recently(
    past: &[Happened],
    at: i64,
    first: bool,
    state: impl Fn(&What) -> Option<bool>,
) -> bool {
    let mut current = first;
    let mut was_on = false;
    for happened in past {
        let Some(next) = state(&happened.what) else {
            continue;
        };
        // The value before this change was in force until it.
        if current && happened.at >= at - SLACK {
            was_on = true;
        }
        current = next;
    }
    was_on || current
}

fn person_since(past: &[Happened], function: usize, since: i64) -> bool {
    past.iter().any(|happened| {
        happened.at >= since && matches!(happened.what, What::Person(other, _) if other == function)
    })
}

fn alarms_of(world: &World, function: usize) -> Vec<usize> {
    let alarms = world.alarms.iter().enumerate();
    let own = alarms.filter(|(_, alarm)| alarm.function == function);
    own.map(|(index, _)| index).collect()
}

/// Whether one of the function's alarms had been OK for the healthy time, at some time within the slack.
fn was_healthy(world: &World, past: &[Happened], function: usize, at: i64) -> bool {
    alarms_of(world, function).into_iter().any(|alarm| {
        let mut ok_since = Some(i64::MIN);
        let mut longest = i64::MIN;
        for happened in past {
            let What::Alarm(other, in_alarm) = happened.what else {
                continue;
            };
            if other != alarm {
                continue;
            }
            if in_alarm {
                if let Some(since) = ok_since
                    && happened.at >= at - SLACK
                {
                    longest = longest.max(happened.at.saturating_sub(since));
                }
                ok_since = None;
            } else {
                ok_since = Some(happened.at);
            }
        }
        if let Some(since) = ok_since {
            longest = longest.max(at.saturating_sub(since));
        }
        longest >= HEALTHY - SLACK
    })
}

/// When all alarms have been OK for days, nothing of ours is left, and every row about a change was published.
fn left_over(world: &World, people: &[u32], wrong: &mut Vec<String>) {
    for (function, person) in people.iter().enumerate() {
        let now = world.reserved[function];
        if now != *person {
            wrong.push(format!(
                "f{function} is left at {now}, and its value is {person}"
            ));
        }
    }
    if !world.schedules.is_empty() {
        wrong.push("a change is followed up for ever".to_owned());
    }
    // A message that was published, and whose row could not be written after it, is known to people all the same.
    let published: BTreeSet<_> = world
        .messages
        .iter()
        .map(|message| {
            (
                message.target.clone(),
                message.state_changed_at,
                message.alarm_name.clone(),
            )
        })
        .collect();
    for ((target, entry), row) in &world.rows {
        let message = &row.message;
        let key = (
            message.target.clone(),
            message.state_changed_at,
            message.alarm_name.clone(),
        );
        if row.changed && !published.contains(&key) {
            wrong.push(format!("the change of {target} {entry} was not announced"));
        }
    }
}
