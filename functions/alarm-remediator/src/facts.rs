//! What is known of the function that an alarm is about, and of its account.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// What looking at the target gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facts {
    /// Nobody looked: the alarm alone decides.
    Unread,
    /// A read failed, and what it said.
    Unreachable(String),
    /// There is no such function.
    Absent,
    /// The function.
    Function(FunctionFacts),
}

/// A function and the account around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionFacts {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its reserved concurrency, where it has a reservation.
    pub reserved: Option<u32>,
    /// The account's limits.
    pub account: AccountLimits,
    /// What CloudWatch has measured lately.
    pub measured: Measured,
    /// When the remediator last changed it, or began to.
    pub last_changed: Option<Timestamp>,
}

/// An account's concurrency in a region (`GetAccountSettings`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountLimits {
    /// Executions at one time, over all functions.
    pub concurrent: u32,
    /// Of these, what no function has reserved.
    pub unreserved: u32,
}

/// Measurements of the last [`WINDOW_MINUTES`]; `None` where CloudWatch has no data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    /// The most executions of the function at one time.
    pub function_peak: Option<u32>,
    /// The most executions in the account at one time.
    pub account_peak: Option<u32>,
    /// Invocations of the function that were throttled.
    pub throttles: Option<u32>,
}

/// How far back is measured: three of the five-minute periods in which most alarms are evaluated.
pub const WINDOW_MINUTES: u32 = 15;
