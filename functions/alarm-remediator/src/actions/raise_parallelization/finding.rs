//! The findings where more parallelization would not help.

use std::fmt;

use crate::actions::{function::WINDOW_MINUTES, mapping::NotOne};

/// The reason why the parallelization factor is not raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The function fails or is throttled, and would fail as often in parallel.
    Unhealthy {
        /// The invocations that failed.
        errors: u64,
        /// The invocations that were throttled.
        throttles: u64,
    },
    /// The iterator age does not grow.
    CatchesUp {
        /// The age at the start of the window, in milliseconds.
        oldest: u64,
        /// The age at its end, in milliseconds.
        newest: u64,
    },
    /// The function runs at its reservation, which would throttle more invocations.
    AtReservation {
        /// The reservation.
        reserved: u64,
        /// The most concurrent executions.
        peak: u64,
    },
    /// There is not exactly one enabled mapping of a stream.
    NotOne(NotOne),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unhealthy { errors, throttles } => write!(
                f,
                "{errors} invocations failed and {throttles} were throttled in the last {WINDOW_MINUTES} minutes: the \
                 function falls behind because its batches are retried, and more of them at one time would fail too"
            ),
            Self::CatchesUp { oldest, newest } => write!(
                f,
                "the iterator age went from {oldest} ms to {newest} ms in the last {WINDOW_MINUTES} minutes and does not \
                 grow: the function keeps up"
            ),
            Self::AtReservation { reserved, peak } => write!(
                f,
                "the function ran {peak} of its {reserved} reserved executions at one time in the last {WINDOW_MINUTES} \
                 minutes: its reservation would throttle more invocations; raise the reservation first"
            ),
            Self::NotOne(not_one) => not_one.fmt(f),
        }
    }
}
