//! What this function needs of the world, a verb each; mirrors its role.

use std::{collections::BTreeMap, future::Future};

use jiff::Timestamp;
use picket_aws::Fault;
use picket_shared::fleet::FleetMessage;

pub use picket_aws::overrides::ReadOverrides;

use crate::{
    audit::{Entry, Key},
    change::Change,
    facts::{AccountLimits, Measured},
};

/// A function's reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// There is no such function.
    NoFunction,
    /// It has none.
    None,
    /// It has this one.
    Reserved(u32),
}

/// `lambda:GetFunctionConcurrency`.
pub trait ReadReservation: Send + Sync {
    /// The function's reservation.
    fn reservation(
        &self,
        function: &str,
    ) -> impl Future<Output = Result<Reservation, Fault>> + Send;
}

/// `lambda:ListTags`.
pub trait ReadTags: Send + Sync {
    /// The tags of the function with this ARN.
    fn tags(
        &self,
        arn: &str,
    ) -> impl Future<Output = Result<BTreeMap<String, String>, Fault>> + Send;
}

/// `lambda:GetAccountSettings`.
pub trait ReadAccount: Send + Sync {
    /// The account's concurrency.
    fn account(&self) -> impl Future<Output = Result<AccountLimits, Fault>> + Send;
}

/// `cloudwatch:GetMetricData`.
pub trait ReadMeasurements: Send + Sync {
    /// What CloudWatch measured from `from` to `to`.
    fn measured(
        &self,
        function: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Future<Output = Result<Measured, Fault>> + Send;
}

/// `ssm:GetParameter`.
pub trait ReadSwitch: Send + Sync {
    /// The text of the kill switch.
    fn switch(&self) -> impl Future<Output = Result<String, Fault>> + Send;
}

/// `dynamodb:Query` on the remediation table.
pub trait ReadAudit: Send + Sync {
    /// The audit rows of a target for alarms that changed at `since` or later.
    fn entries(
        &self,
        target: &str,
        since: Timestamp,
    ) -> impl Future<Output = Result<Vec<(Key, Entry)>, Fault>> + Send;
}

/// Whether a conditional write took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It did.
    Yes,
    /// Somebody was there before.
    No,
}

/// `dynamodb:PutItem` on the remediation table, for the lease.
pub trait HoldLease: Send + Sync {
    /// Takes the lease on a target until `until`, unless somebody else holds it at `now`. Taking it until `now` gives it back.
    fn lease(
        &self,
        target: &str,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<Taken, Fault>> + Send;
}

/// `dynamodb:PutItem` on the remediation table, for a new audit row.
pub trait OpenAudit: Send + Sync {
    /// Writes the row, unless there is one for the same alarm and change of state.
    fn open(&self, key: &Key, entry: &Entry) -> impl Future<Output = Result<Taken, Fault>> + Send;
}

/// `dynamodb:PutItem` on the remediation table, for a row that is there.
pub trait UpdateAudit: Send + Sync {
    /// Writes the row over the one that this invocation opened.
    fn update(&self, key: &Key, entry: &Entry) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// `lambda:PutFunctionConcurrency`.
pub trait PutReservation: Send + Sync {
    /// Makes the change.
    fn put(&self, change: &Change) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// `sns:Publish` on the info topic.
pub trait Publish: Send + Sync {
    /// Publishes a message under a subject.
    fn publish(
        &self,
        message: &FleetMessage,
        subject: &str,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// The ports that only look.
pub trait Look: ReadReservation + ReadTags + ReadAccount + ReadMeasurements + ReadAudit {}

impl<T: ReadReservation + ReadTags + ReadAccount + ReadMeasurements + ReadAudit> Look for T {}

/// All of them.
pub trait Ports:
    Look + ReadSwitch + ReadOverrides + HoldLease + OpenAudit + UpdateAudit + PutReservation + Publish
{
}

impl<T> Ports for T where
    T: Look
        + ReadSwitch
        + ReadOverrides
        + HoldLease
        + OpenAudit
        + UpdateAudit
        + PutReservation
        + Publish
{
}
