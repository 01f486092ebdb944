//! The confirmation of an OK: what CloudWatch itself says of the alarm. An OK ends an incident and resolves its page,
//! and a message of a topic is a claim, which any publisher of the topic can make. Pure.

use jiff::Timestamp;
use picket_shared::alarm::{Alarm, State, name_in_arn};

/// The account and region whose alarms can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Home<'a> {
    /// The account.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
}

/// An OK of an alarm that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OkClaim {
    /// The alarm's ARN. For a contributor of an alarm, `#` and its id follow: no alarm has this ARN, unless the message
    /// is forged to end the incident of an alarm of that name.
    pub arn: String,
    /// The time of the OK.
    pub at: Timestamp,
}

/// An alarm as CloudWatch has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmState {
    /// Its ARN.
    pub arn: String,
    /// The state it is in.
    pub state: State,
    /// The time when it changed to its state; `None` if it has never changed.
    pub changed_at: Option<Timestamp>,
}

/// What CloudWatch says of an OK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// Nothing that contradicts it.
    Confirmed,
    /// The alarm is in this state, and has been since before the OK.
    Contradicted(State),
    /// The OK is of a time to come, and CloudWatch does not know it.
    Early,
    /// Nothing: it could not be read.
    Unreachable,
}

/// Names in one request: `AlarmNames` has at most 100 items ("`DescribeAlarms`" in the CloudWatch API Reference).
pub const NAMES: usize = 100;
/// Characters of an alarm's name, there.
const NAME: usize = 255;

impl OkClaim {
    /// The claim of a message; `None` if it is no OK, or one of an alarm that cannot be read from here.
    pub fn of(alarm: &Alarm, home: Home<'_>) -> Option<Self> {
        let is_own = alarm.account == home.account && alarm.region == home.region;
        let is_ok = alarm.state == State::Ok;
        (is_ok && is_own && !alarm.arn.is_empty()).then(|| Self {
            arn: alarm.incident(),
            at: alarm.changed_at,
        })
    }

    /// The alarm's name; `None` if no alarm can have it.
    pub fn name(&self) -> Option<&str> {
        let name = name_in_arn(&self.arn)?;
        let is_possible =
            (1..=NAME).contains(&name.chars().count()) && !name.contains(char::is_control);
        is_possible.then_some(name)
    }

    /// Judges the OK by the alarms that CloudWatch has of those that were queried, `None` if it could not be read.
    ///
    /// An alarm that no longer exists is over. A state that is newer than the OK does not contradict it: the message of
    /// that change is still to come. An OK of a time to come would end ALARMs that are still to come.
    pub fn judge(&self, states: Option<&[AlarmState]>, now: Timestamp) -> Confirmation {
        let Some(states) = states else {
            return Confirmation::Unreachable;
        };
        let Some(stored) = states.iter().find(|stored| stored.arn == self.arn) else {
            return Confirmation::Confirmed;
        };
        let changed_at = stored.changed_at;
        if stored.state != State::Ok && changed_at.is_none_or(|at| at <= self.at) {
            Confirmation::Contradicted(stored.state)
        } else if self.at > changed_at.unwrap_or(now).max(now) {
            Confirmation::Early
        } else {
            Confirmation::Confirmed
        }
    }
}

#[cfg(test)]
mod tests;
