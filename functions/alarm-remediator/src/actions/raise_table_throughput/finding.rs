//! The findings where there is nothing that the playbook could repair.

use std::fmt;

use super::causes::{Cause, Events};
use crate::actions::window::WINDOW_MINUTES;

/// The reason why a table is throttled that the playbook does not repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The account's quota for a table throttles.
    AccountLimit {
        /// The table or index.
        part: String,
        /// The throttled events.
        throttled: Events,
        /// The units a second of the busiest minute.
        consumed: Events,
    },
    /// The playbook has no part for this cause.
    NotInPlaybook {
        /// The table or index.
        part: String,
        /// The cause.
        cause: Cause,
        /// The throttled events.
        throttled: Events,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccountLimit {
                part,
                throttled,
                consumed,
            } => write!(
                f,
                "the account's quota for a table throttles {part}: {throttled} in the last {WINDOW_MINUTES} minutes, at {consumed} units a second in the busiest minute; \
                 ask AWS for more (Service Quotas, DynamoDB, Table-level read or write throughput limit)"
            ),
            Self::NotInPlaybook {
                part,
                cause,
                throttled,
            } => write!(
                f,
                "{cause} throttles {part}: {throttled} in the last {WINDOW_MINUTES} minutes, and the playbook has no step for it ({})",
                match cause {
                    Cause::Provisioned => "`capacity` raises it, `on-demand` removes it",
                    Cause::Ceiling => "`ceiling` raises it",
                    Cause::KeyRange | Cause::Account => "nothing raises it",
                }
            ),
        }
    }
}
