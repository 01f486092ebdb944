//! The findings where a pause would not help.

use std::fmt;

use crate::actions::{function::WINDOW_MINUTES, mapping::NotOne};

/// The share of failed invocations, in percent, from which a pause does less harm than the errors: below it, most
/// records are processed, and a pause would delay all of them.
pub(crate) const FAILING_PERCENT: u64 = 50;

/// The reason why no mapping is paused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Most invocations succeed.
    MostSucceed {
        /// The invocations that failed.
        errors: u64,
        /// All invocations.
        invocations: u64,
    },
    /// There is not exactly one enabled mapping.
    NotOne(NotOne),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MostSucceed {
                errors,
                invocations,
            } => write!(
                f,
                "{errors} of {invocations} invocations failed in the last {WINDOW_MINUTES} minutes, less than \
                 {FAILING_PERCENT} %: a pause would delay the records that succeed; look for the records that fail"
            ),
            Self::NotOne(not_one) => not_one.fmt(f),
        }
    }
}
