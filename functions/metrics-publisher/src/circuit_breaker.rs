//! Circuit breakers of the sinks that send over the network: CloudWatch and Prometheus (docs/decisions/0033).
//!
//! A sink that failed in three ticks in a row is left alone for a minute, then tried once: if that fails too, it is left
//! alone for another minute. Nothing is dropped meanwhile: a sink that does not run moves no cursor, and reads the same
//! slices later.

mod breakers;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

pub(crate) use breakers::CircuitBreakers;

/// The number of failed ticks in a row after which a breaker opens. One is a throttle, and two are a deployment of the
/// receiver.
const MOST_FAILURES: u32 = 3;
/// The time for which a breaker stays open. Ticks are a minute apart, and a breaker opens at the end of one: the next one
/// is skipped, and the one after it is the trial.
const RECOVERY: SignedDuration = SignedDuration::from_mins(1);

/// The result of a tick of a sink that had something to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The receiver accepted all requests, or refused some of them for good: it is there.
    Success,
    /// The receiver refused a request for now, or did not answer.
    Failure,
}

/// The state of a sink's breaker. It is half-open when it has been open for [`RECOVERY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CircuitBreaker {
    /// The sink runs.
    Closed {
        /// The failed ticks in a row.
        failures: u32,
    },
    /// The sink does not run.
    Open {
        /// The time of the last failure.
        since: Timestamp,
    },
}

impl Default for CircuitBreaker {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl CircuitBreaker {
    /// Whether the sink may run: the breaker is closed, or half-open. A clock that went back does not keep it open.
    pub(crate) fn permits(self, now: Timestamp) -> bool {
        match self {
            Self::Closed { .. } => true,
            Self::Open { since } => {
                let open_for = now.duration_since(since);
                open_for >= RECOVERY || open_for.is_negative()
            }
        }
    }

    /// The state after a tick in which the sink ran, and whether the breaker opened. The trial of a half-open breaker
    /// opens it again.
    pub(crate) fn after(self, outcome: Outcome, now: Timestamp) -> (Self, bool) {
        match (self, outcome) {
            (_, Outcome::Success) => (Self::default(), false),
            (Self::Closed { failures }, Outcome::Failure) if failures + 1 < MOST_FAILURES => {
                let failures = failures + 1;
                (Self::Closed { failures }, false)
            }
            (_, Outcome::Failure) => (Self::Open { since: now }, true),
        }
    }
}
