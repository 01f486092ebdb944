//! The account's ledger: the changes that the remediator made in the last day, over all playbooks and targets. It is one
//! row, written by its version, so that two invocations cannot both take the last change that a limit allows.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};
use picket_aws::Fault;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{audit::ConditionalPut, change::Change};

/// How long a change is counted: the longest window of a quota, and an hour for clocks that differ.
const KEPT: SignedDuration = SignedDuration::from_hours(25);

/// The changes of the last day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// How often the row was written. A write names the version that it replaces; 0 is a row that does not exist.
    pub version: u64,
    /// The changes, the oldest first.
    pub changes: Vec<Made>,
}

/// A change that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The time.
    pub at: Timestamp,
    /// The playbook.
    pub playbook: String,
    /// The target.
    pub target: String,
    /// The incident: the alarm's ARN.
    pub incident: String,
    /// The name of AWS's quota that it counts against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<String>,
    /// What it costs an hour, in dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_per_hour: Option<Decimal>,
    /// Whether it reverts an earlier change: it counts against AWS's quota and against none of our own limits.
    #[serde(default)]
    pub is_revert: bool,
}

impl Made {
    /// A change for an incident.
    pub fn of(change: &Change, incident: &str, now: Timestamp) -> Self {
        Self {
            at: now,
            playbook: change.playbook.clone(),
            target: change.target.clone(),
            incident: incident.to_owned(),
            quota: change.quota.as_ref().map(|quota| quota.name.clone()),
            price_per_hour: change.price_per_hour,
            is_revert: false,
        }
    }
}

impl Ledger {
    /// The ledger with one more change, and without those that no longer count.
    #[must_use]
    pub fn with(&self, made: Made) -> Self {
        let oldest = made.at.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        let kept = self.changes.iter().filter(|change| change.at > oldest);
        let changes = kept.cloned().chain([made]).collect();
        Self {
            version: self.version + 1,
            changes,
        }
    }

    /// The ledger without the reverts for an incident since a time: those of one change. A revert is tried until AWS
    /// accepts it, and AWS counts it once.
    #[must_use]
    pub fn without_reverts(&self, target: &str, incident: &str, since: Timestamp) -> Self {
        let is_try = |made: &&Made| {
            made.is_revert
                && made.at >= since
                && (made.target.as_str(), made.incident.as_str()) == (target, incident)
        };
        let others = self.changes.iter().filter(|made| !is_try(made));
        Self {
            version: self.version,
            changes: others.cloned().collect(),
        }
    }

    /// The changes, without reverts, in the window before `now`. A change in the future, by a clock that is wrong, is in
    /// every window.
    pub fn changes_within(
        &self,
        window: SignedDuration,
        now: Timestamp,
    ) -> impl Iterator<Item = &Made> {
        self.within(window, now).filter(|made| !made.is_revert)
    }

    /// The changes and the reverts in the window before `now` that count against a quota.
    pub fn against_quota(&self, quota: &str, window: SignedDuration, now: Timestamp) -> usize {
        self.within(window, now)
            .filter(|made| made.quota.as_deref() == Some(quota))
            .count()
    }

    fn within(&self, window: SignedDuration, now: Timestamp) -> impl Iterator<Item = &Made> {
        let since = now.saturating_sub(window).unwrap_or(Timestamp::MIN);
        self.changes.iter().filter(move |made| made.at > since)
    }
}

/// Reads the ledger (`dynamodb:Query` on the remediation table).
pub trait ReadLedger: Send + Sync {
    /// The ledger; the empty one where there is no row.
    fn ledger(&self) -> impl Future<Output = Result<Ledger, Fault>> + Send;
}

/// Writes the ledger (`dynamodb:PutItem` on the remediation table).
pub trait WriteLedger: Send + Sync {
    /// Writes the ledger over its version before, or not at all.
    fn write_ledger(
        &self,
        ledger: &Ledger,
    ) -> impl Future<Output = Result<ConditionalPut, Fault>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(at: &str, target: &str, is_revert: bool) -> Made {
        Made {
            at: at.parse().unwrap(),
            playbook: "table-throttles".into(),
            target: target.into(),
            incident: "alarm".into(),
            quota: Some("decreases of table/orders".into()),
            price_per_hour: None,
            is_revert,
        }
    }

    #[test]
    fn the_tries_of_one_revert_count_once() {
        let rows = [
            made("2026-11-20T05:00:00Z", "table/orders", true),
            made("2026-11-20T06:00:00Z", "table/orders", false),
            made("2026-11-20T07:00:00Z", "table/carts", true),
            made("2026-11-20T07:00:00Z", "table/orders", true),
            made("2026-11-20T08:00:00Z", "table/orders", true),
        ];
        let ledger = rows
            .iter()
            .cloned()
            .fold(Ledger::default(), |ledger, made| ledger.with(made));
        let begun: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
        let others = ledger.without_reverts("table/orders", "alarm", begun);
        assert_eq!(others.changes, rows[..3]);
        assert_eq!(others.version, ledger.version);
        let of_another = ledger.without_reverts("table/orders", "another", begun);
        assert_eq!(of_another, ledger);
    }
}
