//! The findings where there is nothing that the playbook could repair.

use std::fmt;

use crate::actions::function::WINDOW_MINUTES;

/// The reason why a function is throttled that its own reservation does not throttle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// There is no reservation, and the account ran at its limit.
    AccountLimit {
        /// The most concurrent executions in the account.
        peak: u32,
        /// The account's limit.
        limit: u32,
        /// The part of it that no function has reserved.
        unreserved: u32,
    },
    /// There is no reservation, and the account had room: Lambda adds at most a thousand executions a function every
    /// ten seconds.
    ScalingRate {
        /// The most concurrent executions of the function.
        function_peak: Option<u32>,
        /// The most concurrent executions in the account.
        peak: u32,
        /// The account's limit.
        limit: u32,
    },
    /// There is no reservation, and CloudWatch has no data of the account.
    NoReservation {
        /// The account's limit.
        limit: u32,
        /// The part of it that no function has reserved.
        unreserved: u32,
    },
    /// The reservation was not reached.
    ReservationNotReached {
        /// The reservation.
        reserved: u32,
        /// The most concurrent executions of the function.
        function_peak: u32,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccountLimit {
                peak,
                limit,
                unreserved,
            } => write!(
                f,
                "the function has no reservation, and the account ran {peak} of its {limit} executions at one time \
                 ({unreserved} of them unreserved): the account's limit throttles; ask AWS for more (Service Quotas, Lambda, Concurrent executions) or reserve less elsewhere"
            ),
            Self::ScalingRate {
                function_peak,
                peak,
                limit,
            } => write!(
                f,
                "the function has no reservation, and the account ran only {peak} of its {limit} executions at one time\
                 {}: it grew faster than Lambda scales a function (1,000 executions every 10 s); smooth the load or use provisioned concurrency",
                function_peak
                    .map(|peak| format!(", {peak} of them this function's"))
                    .unwrap_or_default()
            ),
            Self::NoReservation { limit, unreserved } => write!(
                f,
                "the function has no reservation; it shares the {unreserved} unreserved of the account's {limit} executions, \
                 and CloudWatch has no ConcurrentExecutions of the account in the last {WINDOW_MINUTES} minutes"
            ),
            Self::ReservationNotReached {
                reserved,
                function_peak,
            } => write!(
                f,
                "the function ran at most {function_peak} of its {reserved} reserved executions at one time in the last {WINDOW_MINUTES} minutes: \
                 the reservation is not what throttles; look for bursts shorter than a minute"
            ),
        }
    }
}
