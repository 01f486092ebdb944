//! What to do about an event, from what is known.

use std::time::Duration;

use jiff::Timestamp;
use picket_shared::alarm::State;

use super::{Claim, Event, Row, Skipped};
use crate::incident::{self, Change, Silence, Step, WINDOW};
use crate::sinks::Ability;

/// The delivery of an event at a sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Nothing at all.
    Leave(Skipped),
    /// Another event of the same row is being sent: look again after this pause.
    Wait(Duration),
    /// Write this row; nothing is sent.
    Record(Silence, Row),
    /// Write this row, take the step, then write what [`Row::done`] makes of it.
    Send(Step, Row),
}

/// How long to wait for the sender of another change: about as long as a post takes.
pub(super) const PAUSE: Duration = Duration::from_millis(500);
/// Decides the delivery of `event` at a sink of this `ability`, for the invocation that would make this `claim`.
/// `came_from`: the alarm's state before, if the message itself names it.
pub fn plan(
    row: &Row,
    claim: Claim,
    ability: Ability,
    came_from: Option<State>,
    now: Timestamp,
) -> Plan {
    let event = claim.event;
    if row.has(event) {
        return Plan::Leave(Skipped::Sent);
    }
    // A retry may take over its own claim, and no other message of its invocation.
    if let Some(other) = &row.claim
        && (other.owner != claim.owner || other.event != event)
        && other.until > now
    {
        return if other.event == event {
            Plan::Leave(Skipped::Elsewhere)
        } else {
            Plan::Wait(PAUSE)
        };
    }
    let step = match event {
        Event::Change(change) => match incident::decide(&row.history, &change) {
            Step::Silent(Silence::WithoutIncident) if ability == Ability::Resolves => {
                Step::Resolve {
                    opened: change.at,
                    flapping: false,
                }
            }
            Step::Silent(Silence::WithoutIncident) => match row.pending() {
                Some(pending) if may_be_shown(row, &pending, ability) => Step::Resolve {
                    opened: pending.at,
                    flapping: false,
                },
                _ => Step::Silent(Silence::WithoutIncident),
            },
            // The message of its incident still shows ALARM.
            Step::Silent(Silence::Overtaken) if row.overtaken_by_next(event).is_some() => {
                Step::EndEarlier {
                    opened: row.history.opened_before(&change),
                }
            }
            step => step,
        },
        Event::Message => Step::Notice,
    };
    let step = damped(
        once_more(step, ability, row, event, came_from),
        ability,
        row,
        now,
    );
    let silence = match step {
        Step::Silent(silence) => Some(silence),
        Step::Resolve { .. } if ability == Ability::Resolves && row.sent_together => {
            Some(Silence::PagedTogether)
        }
        // One more message says nothing new.
        Step::Continue if ability != Ability::Edits => Some(Silence::Continues),
        Step::Continue
        | Step::Open
        | Step::Flap
        | Step::FlapOn
        | Step::Resolve { .. }
        | Step::EndEarlier { .. }
        | Step::Late { .. }
        | Step::Notice => None,
    };
    if let Some(silence) = silence {
        return Plan::Record(silence, row.clone().done(event));
    }
    Plan::Send(
        step,
        Row {
            claim: Some(claim),
            ..row.clone()
        },
    )
}

/// Whether a change that was claimed and not recorded may be shown until this OK ends it. Missing data may be sent,
/// and their own retry comes after the OK and sends nothing. An ALARM of an alarm that flaps is an edit of the message
/// before and a reply, of which the edit may be made; the retry is then a message of its own.
fn may_be_shown(row: &Row, pending: &Change, ability: Ability) -> bool {
    let is_edit = ability == Ability::Edits && row.message.is_some();
    pending.state == State::InsufficientData
        || (is_edit
            && matches!(
                incident::decide(&row.history, pending),
                Step::Flap | Step::FlapOn
            ))
}

/// A step of an alarm that flaps, at a sink of this ability: a webhook is notified once and then not, a channel's
/// message is edited rather than followed by another, and PagerDuty, which must be resolved after all, sees each
/// incident. An incident that lasts longer than [`WINDOW`] was sent by then, and so its end is sent too.
fn damped(step: Step, ability: Ability, row: &Row, now: Timestamp) -> Step {
    let is_reported = |opened: Timestamp| opened.checked_add(WINDOW).is_ok_and(|at| at <= now);
    match (ability, step) {
        (
            Ability::Posts,
            Step::Resolve {
                flapping: true,
                opened,
            },
        ) if is_reported(opened) => step,
        (Ability::Posts, Step::FlapOn | Step::Resolve { flapping: true, .. }) => {
            Step::Silent(Silence::Flapping)
        }
        (Ability::Edits, Step::Flap | Step::FlapOn) if row.message.is_some() => Step::Continue,
        (Ability::Edits | Ability::Resolves, Step::Flap | Step::FlapOn) => Step::Open,
        // All incidents of an alarm share one key: what is over must not resolve the one that is open.
        (Ability::Resolves, Step::Late { .. }) if row.history.is_open() => {
            Step::Silent(Silence::Overtaken)
        }
        (_, step) => step,
    }
}

/// The step of an ALARM in an open incident. CloudWatch notifies of changes alone: after an ALARM, or in a message that
/// says itself that the alarm was OK before, an OK was late, or could not be recorded. A message that says itself that
/// the alarm was in ALARM before belongs to the open incident, as that of a composite alarm does when its actions are
/// no longer suppressed.
fn once_more(
    step: Step,
    ability: Ability,
    row: &Row,
    event: Event,
    came_from: Option<State>,
) -> Step {
    let Event::Change(change) = event else {
        return step;
    };
    match (ability, step) {
        (Ability::Posts, Step::Continue) if change.state == State::Alarm => match came_from {
            Some(State::Ok) => Step::Open,
            Some(State::Alarm) => step,
            _ if row.history.repeats(&change) => Step::Open,
            _ => step,
        },
        // The key makes it one incident, whether or not that is open.
        (Ability::Resolves, Step::Continue) if change.state == State::Alarm => Step::Open,
        (_, step) => step,
    }
}
