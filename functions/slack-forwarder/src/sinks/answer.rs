//! The answer of a sink's service to a request.

use std::time::Duration;

/// The outcome of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// An HTTP answer.
    Answered {
        /// Its status.
        status: u16,
        /// `Retry-After`, where it is a number of seconds.
        retry_after: Option<Duration>,
        /// The beginning of its body.
        body: String,
    },
    /// None: no connection, or none in time. The sentence never holds the URL.
    Unanswered(String),
}
