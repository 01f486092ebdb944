//! The errors of an invocation, by what the caller does about them.

use jiff::Timestamp;
use lambda_runtime::Diagnostic;
use picket_aws::Fault;
use picket_shared::report::ErrorChain;

use crate::input::InvalidInput;

/// The reason why an invocation fails.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The event carries no alarm and is on no topic: trying again cannot help.
    #[error("no alarm was read")]
    Input(#[from] InvalidInput),
    /// The function's own ARN is not one: it does not know where it may act.
    #[error(
        "the function's own ARN {0:?} does not name partition, region and account, so nothing was done"
    )]
    Home(String),
    /// Another invocation holds the lease of the target: Lambda retries.
    #[error(
        "another invocation is handling {target}, until {until:.0} at most; try {alarm} again then"
    )]
    Busy {
        /// The target.
        target: String,
        /// The alarm.
        alarm: String,
        /// When a lease that was taken now would end: none that is held lasts longer.
        until: Timestamp,
    },
    /// A revert could not be written into the account's ledger, mostly since another invocation wrote it at the same
    /// time: Lambda retries.
    #[error(
        "the revert of {target} could not be written into the account's ledger; it is tried again"
    )]
    Ledger {
        /// The target.
        target: String,
    },
    /// Whether the alarm was handled before is not known: Lambda retries.
    #[error("whether {alarm} was handled before could not be read")]
    Audit {
        /// The alarm.
        alarm: String,
        /// The reason.
        #[source]
        source: Fault,
    },
    /// A follow-up could not be made: Lambda retries.
    #[error("the change of {target} could not be followed up")]
    FollowUp {
        /// The target.
        target: String,
        /// The reason.
        #[source]
        source: Fault,
    },
    /// The message could not be sent: Lambda retries, and the message of the audit row is sent then.
    #[error("what came of {alarm} could not be published")]
    Publish {
        /// The alarm.
        alarm: String,
        /// The reason.
        #[source]
        source: Fault,
    },
}

/// A fault's sentence, for a message; the log gets its sources too.
pub(crate) fn logged(fault: &Fault) -> String {
    tracing::error!(fault = %ErrorChain(fault), "a call failed");
    fault.to_string()
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        let error_type = match error {
            Error::Input(_) => "InvalidInput",
            Error::Home(_) => "UnknownHome",
            Error::Busy { .. } => "Busy",
            Error::Ledger { .. } => "LedgerUnwritten",
            Error::Audit { .. } => "AuditUnreadable",
            Error::FollowUp { .. } => "FollowUpFailed",
            Error::Publish { .. } => "PublishFailed",
        };
        Self {
            error_type: error_type.to_owned(),
            error_message: ErrorChain(&error).to_string(),
        }
    }
}
