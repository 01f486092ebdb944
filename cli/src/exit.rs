//! How a command ended.

use std::process::ExitCode;

/// How a command ended; a worse end hides a better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// It answered, also where the answer is that input was not understood.
    Done,
    /// The checked condition does not hold.
    Failed,
    /// A file could not be read, or the command line makes no sense.
    Unreadable,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Unreadable => 2,
        })
    }
}
