//! The guard rails of this action that forbid a change, a sentence each with its numbers.

use crate::actions::function;
use crate::actions::function::WINDOW_MINUTES;

/// A guard rail of the reservation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// A guard rail of all actions on functions.
    #[error(transparent)]
    Function(#[from] function::Refusal),
    /// The reservation is 0.
    #[error(
        "the reserved concurrency of {0} is 0, which stops a function on purpose: whoever stopped it starts it again"
    )]
    Stopped(String),
    /// CloudWatch has no throttles of the function.
    #[error(
        "CloudWatch has no Throttles of {0} in the last {WINDOW_MINUTES} minutes: the cause of the alarm did not occur, or has ended"
    )]
    NoThrottles(String),
    /// CloudWatch has no data of the function's concurrency.
    #[error(
        "CloudWatch has no ConcurrentExecutions of {function} in the last {WINDOW_MINUTES} minutes, so it is not known whether its reservation of {reserved} is what throttles"
    )]
    NoData {
        /// The function.
        function: String,
        /// Its reservation.
        reserved: u32,
    },
    /// The reservation is at the playbook's maximum.
    #[error(
        "the reserved concurrency of {function} is {reserved}, and the playbook's maximum is {maximum}"
    )]
    AtMaximum {
        /// The function.
        function: String,
        /// Its reservation.
        reserved: u32,
        /// The most that the playbook allows.
        maximum: u32,
    },
    /// The account has no executions to spare.
    #[error(
        "only {unreserved} of the account's {concurrent} executions are unreserved, and the playbook keeps {keep} for the functions without a reservation"
    )]
    AccountExhausted {
        /// The unreserved executions.
        unreserved: u32,
        /// The account's limit.
        concurrent: u32,
        /// The executions that the playbook leaves unreserved.
        keep: u32,
    },
}
