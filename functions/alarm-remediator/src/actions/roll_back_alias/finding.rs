//! The findings where a rollback would not help, or is not certain to.

use std::{fmt, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::facts::AliasFacts;
use crate::actions::function::WINDOW_MINUTES;

/// The failures of an alias before its version was published, and since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// The invocations that failed before.
    pub errors_before: u64,
    /// The invocations before.
    pub invocations_before: u64,
    /// The invocations that failed since.
    pub errors: u64,
    /// The invocations since.
    pub invocations: u64,
}

/// The reason why an alias is not set back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The version was not published recently.
    NotRecent {
        /// The version.
        version: u64,
        /// When it was last modified.
        modified_at: Timestamp,
        /// The greatest age of a deployment that is rolled back.
        within: Duration,
    },
    /// The version before was published recently too: which of them works is not known.
    SeveralDeployments {
        /// The version before.
        previous: u64,
        /// The greatest age of a deployment that is rolled back.
        within: Duration,
    },
    /// The alias had no invocations before the publication.
    NoTrafficBefore,
    /// The alias failed before the publication as well.
    FailedBefore(Rates),
}

impl Rates {
    pub(super) fn of(facts: &AliasFacts) -> Self {
        Self {
            errors_before: facts.before.failed(),
            invocations_before: facts.before.invoked(),
            errors: facts.since.failed(),
            invocations: facts.since.invoked(),
        }
    }

    /// Whether invocations fail at least twice as often since as before. A number of invocations that is missing or
    /// smaller than that of the errors is taken for it.
    pub(super) fn has_doubled(self) -> bool {
        let invocations = self.invocations.max(self.errors);
        let now = u128::from(self.errors) * u128::from(self.invocations_before);
        let before = u128::from(self.errors_before) * u128::from(invocations);
        now >= 2 * before
    }
}

impl fmt::Display for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} invocations failed since the version was published, and {} of {} in the {WINDOW_MINUTES} minutes \
             before",
            self.errors, self.invocations, self.errors_before, self.invocations_before,
        )
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRecent {
                version,
                modified_at,
                within,
            } => write!(
                f,
                "version {version} of the alias is of {modified_at}, and a deployment counts as the cause for {}: look \
                 for another cause",
                shown(*within)
            ),
            Self::SeveralDeployments { previous, within } => write!(
                f,
                "the version before, {previous}, was published within {} too, and which version works is not known: \
                 choose it by hand",
                shown(*within)
            ),
            Self::NoTrafficBefore => write!(
                f,
                "the alias had no invocations in the {WINDOW_MINUTES} minutes before its version was published, and \
                 whether the version before works is not known"
            ),
            Self::FailedBefore(rates) => {
                write!(f, "{rates}: the version is not the cause")
            }
        }
    }
}

/// A duration such as `1h`.
fn shown(duration: Duration) -> String {
    SignedDuration::try_from(duration).map_or_else(
        |_| format!("{} s", duration.as_secs()),
        |duration| format!("{duration:#}"),
    )
}
