//! The ports, one verb each; the function's role allows the same calls. An action's own ports are in its folder.

use std::{collections::BTreeMap, future::Future};

use jiff::Timestamp;
use picket_aws::Fault;
use picket_shared::fleet::FleetMessage;

pub use picket_aws::overrides::ReadOverrides;

pub use crate::audit::ReadAudit;
use crate::{
    actions::ActionPorts,
    audit::{Entry, Key},
    model::StoredAlarm,
    setting::{Reading, Setting, Write},
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

/// Reads settings, each by a call of its own service (`adapters/settings/`).
pub trait ReadSetting: Send + Sync {
    /// The setting; `None` where the resource does not exist.
    fn setting(
        &self,
        setting: &Setting,
    ) -> impl Future<Output = Result<Option<Reading>, Fault>> + Send;
}

/// Writes settings, each by a call of its own service (`adapters/settings/`).
pub trait WriteSetting: Send + Sync {
    /// Makes the write.
    fn write(&self, write: &Write) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Reads the tags of a resource, by the service that its ARN names.
pub trait ReadTags: Send + Sync {
    /// The tags of the resource with this ARN.
    fn tags(
        &self,
        arn: &str,
    ) -> impl Future<Output = Result<BTreeMap<String, String>, Fault>> + Send;
}

/// A statistic of a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricQuery {
    /// The namespace.
    pub namespace: &'static str,
    /// The metric's name.
    pub name: &'static str,
    /// Its dimensions; none for the metric over all resources.
    pub dimensions: Vec<(&'static str, String)>,
    /// `Sum`, `Maximum`, `p95`, …
    pub statistic: &'static str,
}

/// Reads metrics (`cloudwatch:GetMetricData`).
pub trait ReadMetrics: Send + Sync {
    /// The values of each query in periods of a minute from `from` to `to`, the oldest first; empty where CloudWatch
    /// has none.
    fn metrics(
        &self,
        queries: &[MetricQuery],
        from: Timestamp,
        to: Timestamp,
    ) -> impl Future<Output = Result<Vec<Vec<f64>>, Fault>> + Send;
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
    ReadAlarm
    + ReadSwitch
    + ReadOverrides
    + HoldLease
    + OpenAudit
    + UpdateAudit
    + WriteSetting
    + Publish
    + ActionPorts
{
}

impl<T> Ports for T where
    T: ReadAlarm
        + ReadSwitch
        + ReadOverrides
        + HoldLease
        + OpenAudit
        + UpdateAudit
        + WriteSetting
        + Publish
        + ActionPorts
{
}
