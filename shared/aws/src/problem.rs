//! Partial failures of an invocation.

use std::fmt;

use picket_shared::report::ErrorChain;

use crate::Fault;

/// A part of an invocation that failed while the others went on.
#[derive(Debug, thiserror::Error)]
#[error("{part}")]
pub struct Problem {
    /// The part, as in "the heartbeat was not sent".
    pub part: String,
    /// The cause.
    #[source]
    pub fault: Fault,
}

/// The parts of a tick that failed. Displays every one with its causes.
#[derive(Debug)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} part(s) of the tick failed", self.0.len())?;
        for problem in &self.0 {
            write!(f, "; {}", ErrorChain(problem))?;
        }
        Ok(())
    }
}
