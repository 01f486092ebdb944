//! The ports of this action, one verb each; the function's role allows the same calls.

use std::{collections::BTreeMap, future::Future};

use jiff::Timestamp;
use picket_aws::Fault;

/// A function's reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// The function does not exist.
    NoFunction,
    /// The function has no reservation.
    None,
    /// The function has this reservation.
    Reserved(u32),
}

/// An account's concurrency in a region (`GetAccountSettings`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountLimits {
    /// The most concurrent executions, over all functions.
    pub concurrent: u32,
    /// The part of them that no function has reserved.
    pub unreserved: u32,
}

/// Metrics of a window; `None` where CloudWatch has no data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    /// The most concurrent executions of the function.
    pub function_peak: Option<u32>,
    /// The most concurrent executions in the account.
    pub account_peak: Option<u32>,
    /// Throttled invocations of the function.
    pub throttles: Option<u32>,
}

/// Reads a function's reservation (`lambda:GetFunctionConcurrency`).
pub trait ReadReservation: Send + Sync {
    /// The function's reservation.
    fn reservation(
        &self,
        function: &str,
    ) -> impl Future<Output = Result<Reservation, Fault>> + Send;
}

/// Reads a function's tags (`lambda:ListTags`).
pub trait ReadTags: Send + Sync {
    /// The tags of the function with this ARN.
    fn tags(
        &self,
        arn: &str,
    ) -> impl Future<Output = Result<BTreeMap<String, String>, Fault>> + Send;
}

/// Reads the account's concurrency (`lambda:GetAccountSettings`).
pub trait ReadAccount: Send + Sync {
    /// The account's concurrency.
    fn account(&self) -> impl Future<Output = Result<AccountLimits, Fault>> + Send;
}

/// Reads metrics (`cloudwatch:GetMetricData`).
pub trait ReadMeasurements: Send + Sync {
    /// The function's and the account's metrics from `from` to `to`.
    fn measured(
        &self,
        function: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Future<Output = Result<Measured, Fault>> + Send;
}

/// Sets a function's reservation (`lambda:PutFunctionConcurrency`).
pub trait PutReservation: Send + Sync {
    /// Reserves this many concurrent executions.
    fn put(&self, function: &str, reserved: u32) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// The ports that read the facts.
pub trait ReadPorts: ReadReservation + ReadTags + ReadAccount + ReadMeasurements {}

impl<T: ReadReservation + ReadTags + ReadAccount + ReadMeasurements> ReadPorts for T {}

/// All ports of this action.
pub trait ActionPorts: ReadPorts + PutReservation {}

impl<T: ReadPorts + PutReservation> ActionPorts for T {}
