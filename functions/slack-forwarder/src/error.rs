//! The errors of an invocation.

use std::fmt;

use lambda_runtime::Diagnostic;
use picket_shared::report::ErrorChain;

use crate::delivery::SendError;

/// A message that was not delivered.
#[derive(Debug)]
pub struct Failure {
    /// The message: SNS's id of it, or its position in the event.
    pub message: String,
    /// Why.
    pub error: SendError,
}

/// The error of an invocation. Lambda retries it, and sends the event to the failure queue in the end.
pub struct Error {
    failures: Vec<Failure>,
    messages: usize,
    queue: String,
}

impl Error {
    /// These failures of an event of `messages`, which waits in `queue` in the end.
    pub fn new(failures: Vec<Failure>, messages: usize, queue: &str) -> Self {
        Self {
            failures,
            messages,
            queue: queue.to_owned(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            failures,
            messages,
            queue,
        } = self;
        write!(
            f,
            "{} of {messages} posts failed; Lambda tries the event again and then keeps it in {queue}",
            failures.len()
        )?;
        for Failure { message, error } in failures {
            write!(f, "; message {message}: {}", ErrorChain(error))?;
        }
        Ok(())
    }
}

/// As `Display`: the runtime logs errors by their `Debug`, and derived it would spread an SDK's whole answer over the
/// log.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        Self {
            error_type: "Undelivered".to_owned(),
            error_message: ErrorChain(&error).to_string(),
        }
    }
}
