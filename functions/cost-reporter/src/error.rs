//! Why no report went out, by what the caller does about it.

use lambda_runtime::Diagnostic;
use picket_aws::Fault;
use picket_shared::report::ErrorChain;

use crate::input::InvalidInput;

/// Why the invocation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The event does not start a report: trying again cannot help.
    #[error("no report was made")]
    Input(#[from] InvalidInput),
    /// Neither source answered: Lambda tries again.
    #[error("no report was made: {costs}; and the usage ledger could not be read: {ledger}")]
    NothingToSay {
        /// Why the day's cost is unknown.
        costs: String,
        /// What the ledger said.
        ledger: String,
    },
    /// The report was made and could not be sent: Lambda tries again.
    #[error("the report was made but not published")]
    Publish(#[source] Fault),
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        let error_type = match error {
            Error::Input(_) => "InvalidInput",
            Error::NothingToSay { .. } => "NothingToSay",
            Error::Publish(_) => "PublishFailed",
        };
        Self {
            error_type: error_type.to_owned(),
            error_message: ErrorChain(&error).to_string(),
        }
    }
}
