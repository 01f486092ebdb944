//! The errors of an invocation, by what the caller does about them.

use jiff::civil::Date;
use lambda_runtime::Diagnostic;
use picket_aws::Fault;
use picket_shared::report::ErrorChain;

use crate::input::InvalidInput;

/// The reason why an invocation fails.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The event does not start a report: trying again cannot help.
    #[error("no report was made")]
    Input(#[from] InvalidInput),
    /// Neither source answered: Lambda retries.
    #[error("no report was made: {costs}; and the usage ledger could not be read: {ledger}")]
    NothingToSay {
        /// Why the day's cost is unknown.
        costs: String,
        /// The ledger's fault.
        ledger: String,
    },
    /// Another invocation reports the day, and may still fail: Lambda retries.
    #[error("another invocation reports {0} now")]
    Held(Date),
    /// The report was made and could not be sent: Lambda retries.
    #[error("the report was made but not published")]
    Publish(#[source] Fault),
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        let error_type = match error {
            Error::Input(_) => "InvalidInput",
            Error::NothingToSay { .. } => "NothingToSay",
            Error::Held(_) => "ReportHeld",
            Error::Publish(_) => "PublishFailed",
        };
        Self {
            error_type: error_type.to_owned(),
            error_message: ErrorChain(&error).to_string(),
        }
    }
}
