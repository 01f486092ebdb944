//! The change of an audit row, from its plan to its end.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    change::{Change, Quota, put_back},
    setting::{Setting, Value, Write},
};

/// The change of an audit row. A follow-up goes by it alone, so that a playbook edited since changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The playbook.
    pub playbook: String,
    /// The write.
    pub write: Write,
    /// The value that the revert sets: the value before the change, or before the first of several changes that follow
    /// one another.
    pub restore: Value,
    /// AWS's quota that the change and its revert count against.
    #[serde(default)]
    pub quota: Option<Quota>,
    /// The alarms that must be OK: the one of this row, and those of the changes that it follows.
    pub alarms: Vec<String>,
    /// When the alarm must be OK, or a person is notified.
    pub verify_at: Timestamp,
    /// How long the alarms must have been OK for the revert, in seconds. `None`: the change is not reverted.
    pub healthy_seconds: Option<u64>,
    /// Who approved it, as the caller stated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// How far it is.
    pub stage: Stage,
    /// Whether the write was sent and an error came back: AWS may have carried it out all the same.
    #[serde(default)]
    pub is_sent: bool,
    /// Whether the verification found the alarm OK; `None` before it.
    #[serde(default)]
    pub verified: Option<bool>,
    /// Whether the revert was begun: from then on the restored value is ours, and not a person's.
    #[serde(default)]
    pub is_reverting: bool,
    /// Whether it was announced that the revert is held back.
    #[serde(default)]
    pub is_held: bool,
}

/// How far a change is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It is proposed, and will not be made.
    Proposed,
    /// It waits for a person's approval.
    Waiting {
        /// The id by which a person approves it.
        plan: String,
        /// When it expires.
        expires_at: Timestamp,
    },
    /// The write was begun; how it ended is not known.
    Begun,
    /// AWS has accepted the write.
    Made,
    /// It has ended.
    Ended(Ending),
}

/// The end of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// A person declined it.
    Declined,
    /// Nobody approved it in time.
    Expired,
    /// A guard rail refused it after its row was written.
    Refused,
    /// The setting never had the value: the write failed.
    NotMade,
    /// A later change of the same setting took its place.
    Superseded,
    /// The value before it is set again.
    Reverted,
    /// A person or another program has changed the value since: it is kept.
    Kept,
    /// The playbook does not revert it.
    Final,
    /// The alarm did not clear in the time for which a change is followed.
    GivenUp,
}

impl Stage {
    /// Whether the setting may have the change's value, so that it has to be followed up.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Begun | Self::Made)
    }
}

impl Record {
    /// The record of a change that is made, or waits, from the time at which it is planned.
    pub fn new(change: &Change, alarm: &str, timing: Timing, now: Timestamp, stage: Stage) -> Self {
        Self {
            playbook: change.playbook.clone(),
            write: change.write.clone(),
            restore: change.write.from.clone(),
            quota: change.quota.clone(),
            alarms: vec![alarm.to_owned()],
            verify_at: now
                .saturating_add(timing.verify_within)
                .unwrap_or(Timestamp::MAX),
            healthy_seconds: timing
                .healthy_for
                .filter(|_| !change.write.setting.is_run())
                .map(|healthy| healthy.as_secs()),
            approved_by: None,
            stage,
            is_sent: false,
            verified: None,
            is_reverting: false,
            is_held: false,
        }
    }

    /// The record of a change that follows an open one of the same setting: its revert goes back to the value before
    /// the first, and waits for the alarms of both.
    #[must_use]
    pub fn following(mut self, before: &Self) -> Self {
        self.restore = before.restore.clone();
        for alarm in &before.alarms {
            if !self.alarms.contains(alarm) {
                self.alarms.push(alarm.clone());
            }
        }
        self
    }

    /// Whether this later change of the same setting takes the place of the other: made from the value that the other
    /// set, it reverts both; made from another value, a person or another tool had changed that value before.
    pub fn takes_the_place_of(&self, before: &Self) -> bool {
        self.write.setting == before.write.setting
            && !self.write.setting.is_run()
            && match self.stage {
                Stage::Begun | Stage::Made => true,
                Stage::Proposed | Stage::Waiting { .. } => false,
                Stage::Ended(ending) => match ending {
                    Ending::Superseded
                    | Ending::Reverted
                    | Ending::Kept
                    | Ending::Final
                    | Ending::GivenUp => true,
                    Ending::Declined | Ending::Expired | Ending::Refused | Ending::NotMade => false,
                },
            }
    }

    /// Whether the setting's value, where it is the one of this change, may be this change's or a person's: the
    /// invocation was stopped after it had written its row, and whether it sent the write is not known. A write that was
    /// sent is this change's, with whatever answer: docs/remediation.md says what that means for a person who sets the
    /// same value.
    pub const fn is_uncertain(&self) -> bool {
        matches!(self.stage, Stage::Begun) && !self.is_sent
    }

    /// When a change that was begun at this time is first followed up: when it may be reverted, or is to be verified.
    pub(crate) fn first_follow_up(&self, begun_at: Timestamp) -> Timestamp {
        let healthy = self.healthy_seconds.map(Duration::from_secs);
        let revert_at = healthy.and_then(|healthy| begun_at.saturating_add(healthy).ok());
        self.verify_at.min(revert_at.unwrap_or(Timestamp::MAX))
    }

    /// Whether AWS allows the revert in one write. Kinesis does not scale a stream below half its shards:
    /// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html>.
    pub fn can_be_put_back(&self) -> bool {
        let Setting::ShardCount { .. } = self.write.setting else {
            return true;
        };
        match (self.write.to.number(), self.restore.number()) {
            _ if self.healthy_seconds.is_none() => true,
            (Some(to), Some(restore)) => to <= restore.saturating_mul(2),
            (None, _) | (_, None) => false,
        }
    }

    /// The request that sets the value of the revert; `None` for a run, which cannot be taken back.
    pub(crate) fn revert(&self) -> Option<String> {
        let before = Write {
            from: self.restore.clone(),
            ..self.write.clone()
        };
        before.revert_request()
    }

    /// How the change is put back by hand, in a sentence.
    pub(crate) fn put_back(&self) -> String {
        put_back(self.revert())
    }
}

/// The times of a playbook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timing {
    /// How long after the change the alarm must be OK.
    pub verify_within: Duration,
    /// How long it must have been OK for the revert.
    pub healthy_for: Option<Duration>,
}
