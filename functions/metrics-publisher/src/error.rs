//! The errors of a tick.

use lambda_runtime::Diagnostic;
use picket_aws::problem::Problems;
use picket_shared::report::ErrorChain;

use crate::event::InvalidTick;

/// Why an invocation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The event is not a tick: its sender must change it.
    #[error("nothing was done")]
    Event(#[from] InvalidTick),
    /// Parts of the tick failed; all others succeeded. The next tick does the remaining work.
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
    use picket_aws::{Fault, problem::Problem};

    use super::*;

    #[test]
    fn a_failed_invocation_names_its_kind_and_everything_that_failed() {
        let problem = |part: &str, fault: &str| Problem {
            part: part.to_owned(),
            fault: Fault::transient(fault),
        };
        let problems = vec![
            problem("the heartbeat was not sent", "the stream did not answer"),
            problem("no chain was read", "the table did not answer"),
        ];
        let diagnostic = Diagnostic::from(Error::Tick(Problems(problems)));
        assert_eq!(diagnostic.error_type, "TickFailed");
        assert_eq!(
            diagnostic.error_message,
            "2 part(s) of the tick failed; the heartbeat was not sent: the stream did not answer; no chain was read: the table did not answer"
        );
        let refused = crate::event::read(b"{}").unwrap_err();
        let diagnostic = Diagnostic::from(Error::from(refused));
        assert_eq!(diagnostic.error_type, "InvalidEvent");
        assert!(
            diagnostic
                .error_message
                .starts_with("nothing was done: the event is not a tick")
        );
    }
}
