//! Audit rows: one for each change of state of an alarm that a playbook matched. They hold the message, so that a retry can
//! publish what a first try could not; the value that puts a change back; and what the cooldown counts from.

use jiff::{SignedDuration, Timestamp};
use picket_shared::{alarm::Alarm, fleet::RemediationMessage};
use serde::{Deserialize, Serialize};

use crate::plan::Plan;

/// How long a row is kept: a year, and a month for whoever reviews it.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24 * 396);

/// Where a row stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The function; or `alarm#` and the alarm, where no function is known.
    pub target: String,
    /// `audit#<change of state>#<alarm>`: the same change of state gives the same row, whichever way the alarm came.
    pub entry: String,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it was written.
    pub recorded_at: Timestamp,
    /// The invocation that wrote it.
    pub owner: String,
    /// Whether a change was begun; the cooldown counts from `recorded_at`.
    pub changed: bool,
    /// The function's reservation before the change: the revert plan.
    pub previous: Option<u32>,
    /// What the change set or would set.
    pub proposed: Option<u32>,
    /// Whether `message` was published.
    pub announced: bool,
    /// What is said to people.
    pub message: RemediationMessage,
}

impl Key {
    /// The row of an alarm's change of state.
    pub fn new(alarm: &Alarm, function: Option<&str>) -> Self {
        let target = function.map_or_else(|| format!("alarm#{}", alarm.incident()), str::to_owned);
        let entry = format!("{}{}", entries_since(alarm.changed_at), alarm.name);
        Self { target, entry }
    }
}

/// The least sort key of rows for changes of state at `since` or later. Three decimals always, so that texts sort as times do.
pub fn entries_since(since: Timestamp) -> String {
    format!("audit#{since:.3}#")
}

impl Entry {
    /// The row of a plan that has not been carried out.
    pub(crate) fn new(
        plan: &Plan,
        message: RemediationMessage,
        owner: &str,
        now: Timestamp,
    ) -> Self {
        let change = match plan {
            Plan::Act(change) | Plan::Propose(change) => Some(change),
            Plan::Diagnose(_) | Plan::Refuse(_) | Plan::Nothing(_) => None,
        };
        Self {
            recorded_at: now,
            owner: owner.to_owned(),
            changed: matches!(plan, Plan::Act(_)),
            previous: change.map(|change| change.from),
            proposed: change.map(|change| change.to),
            announced: false,
            message,
        }
    }

    /// When DynamoDB may forget the row, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.recorded_at.as_second().saturating_add(KEPT.as_secs())
    }
}
