//! The follow-up of a change: what is due about it at a time. Pure: the record, the alarms, the setting, the mode and the
//! time go in, and one step comes out.

mod sentences;

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::State;

pub(crate) use sentences::{afterwards, reverted};

use crate::{
    confirmation::Confirmation,
    model::{Mode, Switch},
    record::{Ending, Record, Stage},
    setting::{Reading, Value},
};

/// How long after a read that failed, or while AWS applies a change, the follow-up is tried again.
pub const RETRY: SignedDuration = SignedDuration::from_mins(5);

/// How soon a follow-up that came before its time is scheduled again. EventBridge Scheduler invokes its target at some
/// second of the minute (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>), and a schedule
/// for the same time would have the same name.
pub const SCHEDULED_IN: SignedDuration = SignedDuration::from_mins(1);

/// How long after a change was begun its write may still be made: longer than an invocation runs (`Timeout` in the
/// template), with clocks that differ.
pub const WRITTEN_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// How long a change is followed. A change that is not reverted by then is a person's.
pub const FOLLOWED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a follow-up sees.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed<'a> {
    /// The record's alarms, as CloudWatch has them.
    pub alarms: &'a [Confirmation],
    /// The setting: `None` where the resource does not exist; an error with its reason where it could not be read.
    pub setting: &'a Result<Option<Reading>, String>,
    /// Whether changes may be made.
    pub mode: &'a Mode,
    /// The later change of the same setting, and when it was begun, where there is one.
    pub later: Option<(Timestamp, &'a Record)>,
}

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Step {
    /// Nothing: the change has ended before.
    Nothing,
    /// Nothing yet: follow up again at this time.
    Wait(Timestamp),
    /// The change has ended. A sentence, where people need to know.
    End(Ending, Option<String>),
    /// The alarm is OK in time. The time of the next follow-up, where the change will be reverted.
    Verified(String, Option<Timestamp>),
    /// The alarm is not OK in time: a person has to act.
    Escalate(String, Option<Timestamp>),
    /// The revert is due, and may not be made. Follow up again at this time.
    Hold(String, Timestamp),
    /// The revert is due.
    Revert,
}

/// What is due about a change that was begun at `begun_at`.
pub fn follow_up(
    record: &Record,
    begun_at: Timestamp,
    observed: &Observed<'_>,
    now: Timestamp,
) -> Step {
    match &record.stage {
        Stage::Proposed | Stage::Ended(_) => Step::Nothing,
        Stage::Waiting { expires_at, .. } if *expires_at <= now => {
            Step::End(Ending::Expired, Some(sentences::expired(*expires_at)))
        }
        Stage::Waiting { expires_at, .. } => Step::Wait(*expires_at),
        Stage::Begun | Stage::Made => open(record, begun_at, observed, now),
    }
}

fn open(record: &Record, begun_at: Timestamp, observed: &Observed<'_>, now: Timestamp) -> Step {
    let reading = match observed.setting {
        Ok(Some(reading)) => reading,
        Ok(None) => return Step::End(Ending::Kept, Some(sentences::gone(record))),
        Err(_) => {
            let reason = "the setting cannot be read";
            return without_value(record, begun_at, observed, reason, now);
        }
    };
    if let Some((later_at, later)) = observed.later
        && let Some(step) = superseded(record, later, later_at, &reading.value, now)
    {
        return step;
    }
    if record.write.setting.is_run() {
        // The last run is still the one before this change: none was started.
        if record.stage == Stage::Begun && reading.value == record.write.from {
            return Step::End(Ending::NotMade, None);
        }
    } else if reading.value != record.write.to && !reading.settled {
        // While AWS applies a change, it shows the value from before it, or one between both.
        let reason = "AWS still applies a change of the setting";
        return without_value(record, begun_at, observed, reason, now);
    } else if reading.value != record.write.to {
        return other_value(record, &reading.value);
    } else if record.is_uncertain() {
        return Step::End(Ending::Kept, Some(sentences::uncertain(record)));
    }
    let health = Health::of(observed.alarms);
    if record.verified.is_none() && now >= record.verify_at {
        return verdict(record, begun_at, &health, now);
    }
    let Some(healthy) = record.healthy_seconds else {
        return match record.verified {
            Some(_) => Step::End(Ending::Final, None),
            None => Step::Wait(record.verify_at),
        };
    };
    let due = health.healthy_at(healthy, now);
    if due > now {
        let due = match record.verified {
            Some(_) => due,
            None => due.min(record.verify_at),
        };
        return given_up(record, begun_at, now, "its alarm has not stayed OK")
            .unwrap_or(Step::Wait(due));
    }
    given_up(record, begun_at, now, "it could not be reverted")
        .unwrap_or_else(|| revert(record, reading, observed.mode, healthy, now))
}

/// There is no value to go by yet. The alarm is verified all the same, of a change that is known to be made.
fn without_value(
    record: &Record,
    begun_at: Timestamp,
    observed: &Observed<'_>,
    reason: &str,
    now: Timestamp,
) -> Step {
    let verifies = record.stage == Stage::Made && record.verified.is_none();
    if verifies && now >= record.verify_at {
        return verdict(record, begun_at, &Health::of(observed.alarms), now);
    }
    let next = again(now, RETRY);
    let next = if verifies {
        next.min(record.verify_at)
    } else {
        next
    };
    given_up(record, begun_at, now, reason).unwrap_or(Step::Wait(next))
}

/// The later change reverts both, unless it was begun and never made. One that was planned from another value than this
/// change's shows that this one is not in force any more, whatever became of the later one: the same value now is its, or
/// a person's.
fn superseded(
    record: &Record,
    later: &Record,
    later_at: Timestamp,
    found: &Value,
    now: Timestamp,
) -> Option<Step> {
    match later.stage {
        // It may be on its way; where it was cut off before its write, nobody follows it up.
        Stage::Begun if later.write.from == record.write.to && *found == record.write.to => {
            (now < later_than(later_at, WRITTEN_WITHIN)).then(|| Step::Wait(again(now, RETRY)))
        }
        Stage::Begun | Stage::Proposed | Stage::Waiting { .. } | Stage::Made | Stage::Ended(_) => {
            Some(Step::End(Ending::Superseded, None))
        }
    }
}

/// The setting does not have the change's value.
fn other_value(record: &Record, found: &Value) -> Step {
    let restored = *found == record.restore;
    if restored && record.is_reverting {
        return Step::End(Ending::Reverted, Some(reverted(record)));
    }
    if *found == record.write.from && record.stage == Stage::Begun {
        return Step::End(Ending::NotMade, None);
    }
    Step::End(Ending::Kept, Some(sentences::of_another(record, found)))
}

fn verdict(record: &Record, begun_at: Timestamp, health: &Health, now: Timestamp) -> Step {
    let then = record.healthy_seconds.map(|healthy| {
        let due = health.healthy_at(healthy, now);
        if due > now {
            due
        } else {
            later_than(now, SCHEDULED_IN)
        }
    });
    match health {
        Health::Ok { since } => Step::Verified(sentences::helped(record, *since), then),
        Health::Alarm => Step::Escalate(sentences::did_not_help(record), then),
        Health::NoData => Step::Escalate(sentences::not_known(record), then),
        Health::Unreachable => given_up(record, begun_at, now, "its alarm cannot be read")
            .unwrap_or_else(|| Step::Wait(again(now, RETRY))),
    }
}

fn revert(record: &Record, reading: &Reading, mode: &Mode, healthy: u64, now: Timestamp) -> Step {
    let reason = match mode {
        Mode::Act(Switch::On) | Mode::Approve(Switch::On) if reading.settled => {
            return Step::Revert;
        }
        // AWS still applies a change, or the switch is not known.
        Mode::Act(Switch::On | Switch::Unreachable(_))
        | Mode::Approve(Switch::On | Switch::Unreachable(_)) => {
            return Step::Wait(again(now, RETRY));
        }
        Mode::Act(Switch::Off(value)) | Mode::Approve(Switch::Off(value)) => {
            format!("the kill switch reads {value:?}")
        }
        Mode::Observe => "the stack observes only".to_owned(),
        Mode::Withheld(why) => format!("the playbooks' override is refused ({why})"),
    };
    let every = SignedDuration::try_from(std::time::Duration::from_secs(healthy));
    let next = again(now, every.unwrap_or(RETRY).max(RETRY));
    let text = sentences::held(record, healthy, &reason);
    if record.is_held {
        Step::Wait(next)
    } else {
        Step::Hold(text, next)
    }
}

/// The end of a change that was followed for as long as changes are.
fn given_up(record: &Record, begun_at: Timestamp, now: Timestamp, reason: &str) -> Option<Step> {
    if now < later_than(begun_at, FOLLOWED) {
        return None;
    }
    let text = sentences::given_up(record, reason);
    Some(Step::End(Ending::GivenUp, Some(text)))
}

/// The alarms of a change, together.
enum Health {
    /// All are OK, the last since this time.
    Ok { since: Timestamp },
    /// One is in ALARM.
    Alarm,
    /// None is in ALARM, and one has no data or was deleted.
    NoData,
    /// One could not be read.
    Unreachable,
}

impl Health {
    fn of(alarms: &[Confirmation]) -> Self {
        let mut since = Timestamp::MIN;
        let mut health = None;
        for alarm in alarms {
            match alarm {
                Confirmation::Unreachable(_) => return Self::Unreachable,
                Confirmation::Read(Some(stored)) => match stored.state {
                    State::Ok => since = since.max(stored.changed_at),
                    State::Alarm => health = Some(Self::Alarm),
                    State::InsufficientData => health = health.or(Some(Self::NoData)),
                },
                Confirmation::Read(None) => health = health.or(Some(Self::NoData)),
            }
        }
        health.unwrap_or(Self::Ok { since })
    }

    /// When the alarms will have been OK for so long; without OK, when that is looked at again.
    fn healthy_at(&self, seconds: u64, now: Timestamp) -> Timestamp {
        let healthy = SignedDuration::try_from(std::time::Duration::from_secs(seconds))
            .unwrap_or(SignedDuration::MAX);
        match self {
            Self::Ok { since } => later_than(*since, healthy),
            Self::Alarm | Self::NoData => again(now, healthy.max(RETRY)),
            Self::Unreachable => again(now, RETRY),
        }
    }
}

/// A try about so long from now, at a whole multiple of it. A schedule may invoke its target twice, and the tries of both
/// invocations are one again, since they have the same time.
pub(crate) fn again(now: Timestamp, every: SignedDuration) -> Timestamp {
    let every = every.as_secs();
    let next = now.as_second().saturating_add(every / 2) / every + 1;
    Timestamp::from_second(next.saturating_mul(every)).unwrap_or(Timestamp::MAX)
}

pub(crate) fn later_than(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
