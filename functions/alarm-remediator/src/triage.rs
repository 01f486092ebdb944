//! The triage of an alarm: what the alarm alone decides, before any fact is read.

use jiff::Timestamp;
use picket_rules::playbooks::Playbook;
use picket_shared::alarm::{Alarm, State, Watches};

use crate::{
    actions::{self, target},
    guards::{at_home, fresh},
    model::{Candidate, Home, Scope},
    plan::Refused,
    playbook::matching,
};

/// The triage of an alarm that a playbook matches.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum Triage<'a> {
    /// The facts about the target decide.
    Candidate(Candidate<'a>),
    /// A guard rail forbids a change, whatever the facts.
    Refused(Refused),
}

/// The reason why an alarm leads to no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Ignored {
    /// It is not in ALARM.
    #[error("the alarm is {}", .0.as_str())]
    State(State),
    /// It is a rule over other alarms, which are handled in its place.
    #[error("a composite alarm names no resource: the alarms in its rule do")]
    Composite,
    /// No playbook matches it.
    #[error("no playbook is for this alarm")]
    NoPlaybook,
}

/// Decides what the alarm alone can decide. `notified_at` is the change of state that the notification is about: the alarm's
/// own, or that of a composite alarm above it.
pub fn triage<'a>(
    alarm: &'a Alarm,
    scope: &Scope<'a>,
    notified_at: Timestamp,
    now: Timestamp,
) -> Result<Triage<'a>, Ignored> {
    if alarm.state != State::Alarm {
        return Err(Ignored::State(alarm.state));
    }
    if matches!(alarm.watches, Watches::Composite { .. }) {
        return Err(Ignored::Composite);
    }
    let playbook = matching(scope.playbooks, alarm).ok_or(Ignored::NoPlaybook)?;
    Ok(
        match target_of(playbook, alarm, scope.home, notified_at, now) {
            Ok(target) => Triage::Candidate(Candidate {
                playbook,
                alarm,
                target,
            }),
            Err(refusal) => Triage::Refused(Refused::new(&playbook.name, None, refusal)),
        },
    )
}

/// The target. An alarm of elsewhere has none, since its names are not this account's.
fn target_of(
    playbook: &Playbook,
    alarm: &Alarm,
    home: &Home,
    notified_at: Timestamp,
    now: Timestamp,
) -> Result<String, actions::Refusal> {
    fresh(alarm, notified_at, now)?;
    at_home(alarm, home)?;
    target(playbook, alarm, home)
}
