//! The ports, one verb each; the function's role allows the same calls. An action's own ports are in its folder.

use std::future::Future;

use jiff::Timestamp;
use picket_aws::Fault;
use picket_shared::fleet::FleetMessage;

pub use picket_aws::overrides::ReadOverrides;

pub use crate::audit::ReadAudit;
use crate::{
    actions::ActionPorts,
    audit::{Entry, Key},
    model::StoredAlarm,
};

/// Reads an alarm (`cloudwatch:DescribeAlarms`).
pub trait ReadAlarm: Send + Sync {
    /// The metric alarm with this name, in this account and region.
    fn alarm(&self, name: &str) -> impl Future<Output = Result<Option<StoredAlarm>, Fault>> + Send;
}

/// Reads the kill switch (`ssm:GetParameter`).
pub trait ReadSwitch: Send + Sync {
    /// The text of the kill switch.
    fn switch(&self) -> impl Future<Output = Result<String, Fault>> + Send;
}

/// The result of a conditional put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionalPut {
    /// The item is written.
    Written,
    /// The condition does not hold: another invocation has written its item.
    Rejected,
}

/// Holds the lease of a target (`dynamodb:PutItem` on the remediation table).
pub trait HoldLease: Send + Sync {
    /// Takes the lease on a target until `until`, unless another owner holds it at `now`. A lease until `now` releases
    /// it.
    fn lease(
        &self,
        target: &str,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<ConditionalPut, Fault>> + Send;
}

/// Writes a new audit row (`dynamodb:PutItem` on the remediation table).
pub trait OpenAudit: Send + Sync {
    /// Writes the row, unless there is one for the same alarm and change of state.
    fn open(
        &self,
        key: &Key,
        entry: &Entry,
    ) -> impl Future<Output = Result<ConditionalPut, Fault>> + Send;
}

/// Replaces an audit row (`dynamodb:PutItem` on the remediation table).
pub trait UpdateAudit: Send + Sync {
    /// Writes the row over the one that this invocation opened.
    fn update(&self, key: &Key, entry: &Entry) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Publishes messages (`sns:Publish` on the info topic).
pub trait Publish: Send + Sync {
    /// Publishes a message under a subject.
    fn publish(
        &self,
        message: &FleetMessage,
        subject: &str,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// All ports.
pub trait Ports:
    ReadAlarm + ReadSwitch + ReadOverrides + HoldLease + OpenAudit + UpdateAudit + Publish + ActionPorts
{
}

impl<T> Ports for T where
    T: ReadAlarm
        + ReadSwitch
        + ReadOverrides
        + HoldLease
        + OpenAudit
        + UpdateAudit
        + Publish
        + ActionPorts
{
}
