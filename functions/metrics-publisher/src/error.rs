//! What can go wrong with a tick.

use std::fmt;

use lambda_runtime::Diagnostic;
use picket_aws::Fault;
use picket_shared::report::ErrorChain;

use crate::{event::InvalidTick, probe};

/// Why an invocation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What arrived is not a tick: whoever sent it must change it.
    #[error("nothing was done")]
    Event(#[from] InvalidTick),
    /// What arrived is not a tick for the probes: whoever sent it must change it.
    #[error("nothing was asked")]
    Probe(#[from] probe::event::InvalidTick),
    /// Parts of the tick failed; all the others were done. The next tick does what is left.
    #[error("{0}")]
    Tick(Problems),
}

/// What failed in a tick.
#[derive(Debug)]
pub struct Problems(pub Vec<Problem>);

/// One part of a tick that failed.
#[derive(Debug, thiserror::Error)]
#[error("{part}")]
pub struct Problem {
    /// Which part, as in "the heartbeat was not sent".
    pub part: String,
    /// Why.
    #[source]
    pub fault: Fault,
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} part(s) of the tick failed", self.0.len())?;
        for problem in &self.0 {
            write!(f, "; {}", ErrorChain(problem))?;
        }
        Ok(())
    }
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        let error_type = match error {
            Error::Event(_) | Error::Probe(_) => "InvalidEvent",
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
