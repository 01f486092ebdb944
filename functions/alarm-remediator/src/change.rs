//! A planned change: one write of a setting, with the numbers that explain it.

use std::fmt;

use picket_rules::playbooks::Mode;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{model::Candidate, setting::Write};

/// A planned change of a target. Only an action's decision creates one. Its `Display` completes "Picket would …".
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The playbook that plans it.
    pub playbook: String,
    /// The target, by which leases, cooldowns and audit rows are kept.
    pub target: String,
    /// The write.
    pub write: Write,
    /// The change in words: `raise the reserved concurrency of checkout from 10 to 15`.
    pub action: String,
    /// The numbers that led to it.
    pub reason: String,
    /// What the change costs an hour, in dollars, where it has a price.
    pub price_per_hour: Option<Decimal>,
    /// AWS's quota of such changes, where there is one.
    pub quota: Option<Quota>,
    /// The mode of this kind of change, which can only lower the playbook's.
    pub mode: Mode,
}

/// A quota of AWS on the number of changes in a rolling window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// What it counts: `UpdateShardCount of the stream orders`.
    pub name: String,
    /// The changes that AWS allows in the window.
    pub allowed: u32,
    /// The length of the window in hours.
    pub window_hours: u32,
}

impl Change {
    /// A change without a price and without a quota.
    pub(crate) fn new(
        candidate: &Candidate<'_>,
        write: Write,
        action: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        Self {
            playbook: candidate.playbook.name.clone(),
            target: candidate.target.clone(),
            write,
            action: action.into(),
            reason: reason.into(),
            price_per_hour: None,
            quota: None,
            mode: candidate.playbook.mode,
        }
    }

    /// The request that makes it, as an operator would write it.
    pub fn request(&self) -> String {
        self.write.request()
    }

    /// The request that reverts it; `None` for a run, which cannot be taken back.
    pub fn revert(&self) -> Option<String> {
        self.write.revert_request()
    }

    /// How it is put back by hand, in a sentence.
    pub(crate) fn put_back(&self) -> String {
        put_back(self.revert())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.action, self.reason)?;
        if let Some(price) = self.price_per_hour {
            write!(f, "; it costs {} an hour", dollars(price))?;
        }
        f.write_str(")")
    }
}

/// How a change with this revert is put back by hand, in a sentence.
pub(crate) fn put_back(revert: Option<String>) -> String {
    revert.map_or_else(
        || "It ends by itself, and cannot be taken back".to_owned(),
        |request| format!("To put it back: {request}"),
    )
}

/// Dollars with at least two decimals.
fn dollars(amount: Decimal) -> String {
    let mut shown = amount.normalize();
    if shown.scale() < 2 {
        shown.rescale(2);
    }
    format!("${shown}")
}

/// The decision on a candidate's facts, before the mode applies: a change or a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision<F> {
    /// The change, which is larger than a finding.
    Change(Box<Change>),
    Diagnose(F),
}

impl<F> Decision<F> {
    /// The same decision with another form of the finding.
    pub(crate) fn map<G>(self, finding: impl FnOnce(F) -> G) -> Decision<G> {
        match self {
            Self::Change(change) => Decision::Change(change),
            Self::Diagnose(found) => Decision::Diagnose(finding(found)),
        }
    }
}
