//! The errors of an invocation.

use lambda_runtime::Diagnostic;
use picket_aws::problem::Problems;
use picket_shared::report::ErrorChain;

use crate::event::InvalidTick;

/// Why an invocation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The event is not a tick for the probes: its sender must change it.
    #[error("no probe was run")]
    Event(#[from] InvalidTick),
    /// Results were not all published.
    #[error("{0}")]
    Tick(Problems),
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        let error_type = match error {
            Error::Event(_) => "InvalidEvent",
            Error::Tick(_) => "TickFailed",
        };
        Self {
            error_type: error_type.to_owned(),
            error_message: ErrorChain(&error).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_invocation_names_its_kind_and_cause() {
        let invalid = crate::event::read(b"{}").unwrap_err();
        let diagnostic = Diagnostic::from(Error::from(invalid));
        assert_eq!(diagnostic.error_type, "InvalidEvent");
        let start = "no probe was run: the event is not a tick for the probes";
        assert!(diagnostic.error_message.starts_with(start));
    }
}
