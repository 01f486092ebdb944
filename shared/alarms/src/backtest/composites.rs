//! Composite alarms over the past of their children.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::State;

use super::{Backtest, Evaluated, firings};
use crate::composite::{Composite, CompositeAlarm};

/// Composite alarms are looked at each minute: the waits of suppressors end in seconds, and children change each minute.
const STEP: SignedDuration = SignedDuration::from_mins(1);

/// Evaluates a composite alarm over the past of its children and of its suppressor, by name, from when all of them are
/// evaluated. The names of those that are not there where one is missing.
pub fn composite(
    composite: &Composite,
    known: &BTreeMap<String, Backtest>,
) -> Result<Backtest, Vec<String>> {
    let suppressor = composite
        .suppressor
        .iter()
        .map(|suppressor| suppressor.alarm.as_str());
    let names: Vec<&str> = composite
        .rule
        .children()
        .into_iter()
        .chain(suppressor)
        .collect();
    let absent: Vec<String> = names
        .iter()
        .filter(|name| find(known, name).is_none())
        .map(|name| (*name).to_owned())
        .collect();
    if !absent.is_empty() {
        return Err(absent);
    }
    let pasts: BTreeMap<String, &[Evaluated]> = names
        .iter()
        .filter_map(|name| {
            Some((
                (*name).to_owned(),
                find(known, name)?.evaluations.as_slice(),
            ))
        })
        .collect();
    let first = pasts
        .values()
        .filter_map(|past| past.first())
        .map(|one| one.at)
        .max();
    let last = pasts
        .values()
        .filter_map(|past| past.last())
        .map(|one| one.at)
        .max();
    let mut alarm = CompositeAlarm::new(composite.clone());
    let mut evaluations = Vec::new();
    let mut next = first;
    while let Some(at) = next.filter(|at| last.is_some_and(|last| *at <= last)) {
        let states = pasts
            .iter()
            .map(|(name, past)| (name.clone(), state_at(past, at)));
        let outcome = alarm.step(&states.collect(), at);
        evaluations.push(Evaluated {
            at,
            state: outcome.to,
            value: None,
            bounds: None,
            hangs_on: Vec::new(),
        });
        next = at.checked_add(STEP).ok();
    }
    Ok(Backtest {
        firings: firings::of(&evaluations),
        evaluations,
        contributors: Vec::new(),
        left_out: None,
    })
}

/// A child by its name, or by its ARN: `arn:aws:cloudwatch:…:alarm:name`.
fn find<'a>(known: &'a BTreeMap<String, Backtest>, name: &str) -> Option<&'a Backtest> {
    let by_arn = || {
        name.split_once(":alarm:")
            .and_then(|(_, name)| known.get(name))
    };
    known.get(name).or_else(by_arn)
}

fn state_at(past: &[Evaluated], at: Timestamp) -> State {
    let after = past.partition_point(|one| one.at <= at);
    after
        .checked_sub(1)
        .map_or(State::InsufficientData, |last| past[last].state)
}
