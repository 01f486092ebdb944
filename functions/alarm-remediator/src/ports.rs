//! The ports, one verb each; the function's role allows the same calls. An action's own ports are in its folder.

use std::{collections::BTreeSet, future::Future};

use jiff::Timestamp;
use picket_aws::Fault;
use picket_shared::fleet::FleetMessage;

pub use picket_aws::overrides::ReadOverrides;

pub use crate::audit::ReadAudit;
pub use crate::ledger::ReadLedger;
pub use crate::ledger::WriteLedger;
pub use crate::reads::ReadMetrics;
pub use crate::reads::ReadSetting;
pub use crate::reads::ReadTags;
use crate::{
    actions::ActionPorts,
    audit::{ConditionalPut, Entry, Key},
    model::{StoredAlarm, StoredComposite},
    setting::Write,
};

/// Reads an alarm (`cloudwatch:DescribeAlarms`).
pub trait ReadAlarm: Send + Sync {
    /// The metric alarm with this name, in this account and region.
    fn alarm(&self, name: &str) -> impl Future<Output = Result<Option<StoredAlarm>, Fault>> + Send;
}

/// Reads a composite alarm and the names of its children (`cloudwatch:DescribeAlarms`).
pub trait ReadComposite: Send + Sync {
    /// The composite alarm with this name, in this account and region.
    fn composite(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Option<StoredComposite>, Fault>> + Send;
}

/// Reads mute rules (`cloudwatch:ListAlarmMuteRules`).
pub trait ReadMutes: Send + Sync {
    /// The ARNs of the active mute rules for the alarm with this name.
    fn mutes(&self, alarm: &str) -> impl Future<Output = Result<Vec<String>, Fault>> + Send;
}

/// Notes the targets of alarms (`dynamodb:PutItem` on the remediation table).
pub trait NoteAlarm: Send + Sync {
    /// Notes that a target has an alarm.
    fn note_alarm(
        &self,
        target: &str,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Reads the targets of alarms (`dynamodb:Query` on the remediation table).
pub trait ReadAlarming: Send + Sync {
    /// The distinct targets that were noted since a time.
    fn alarming(
        &self,
        since: Timestamp,
    ) -> impl Future<Output = Result<BTreeSet<String>, Fault>> + Send;
}

/// Schedules follow-ups (`scheduler:CreateSchedule`, `iam:PassRole` for the schedules' role).
pub trait ScheduleFollowUp: Send + Sync {
    /// Schedules a follow-up of a row's change by this function, once for a row and a time.
    fn schedule(
        &self,
        function_arn: &str,
        key: &Key,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Writes the key of a plan that waits (`dynamodb:PutItem` on the remediation table).
pub trait WritePlan: Send + Sync {
    /// Writes the row's key under the plan's id.
    fn write_plan(
        &self,
        plan: &str,
        key: &Key,
        expires_at: Timestamp,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Reads the key of a plan that waits (`dynamodb:Query` on the remediation table).
pub trait ReadPlan: Send + Sync {
    /// The key of the plan's row; `None` where no plan has this id.
    fn plan_key(&self, plan: &str) -> impl Future<Output = Result<Option<Key>, Fault>> + Send;
}

/// Reads the kill switch (`ssm:GetParameter`).
pub trait ReadSwitch: Send + Sync {
    /// The text of the kill switch.
    fn switch(&self) -> impl Future<Output = Result<String, Fault>> + Send;
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
    /// Writes the row over its version `entry.version`, as the next version. Rejected where the row has another version.
    fn update(
        &self,
        key: &Key,
        entry: &Entry,
    ) -> impl Future<Output = Result<ConditionalPut, Fault>> + Send;
}

/// Writes settings, each by a call of its own service (`adapters/settings/`).
pub trait WriteSetting: Send + Sync {
    /// Makes the write.
    fn write(&self, write: &Write) -> impl Future<Output = Result<(), Fault>> + Send;
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
    + ReadComposite
    + ReadMutes
    + NoteAlarm
    + ReadAlarming
    + ReadLedger
    + WriteLedger
    + ReadSwitch
    + ReadOverrides
    + HoldLease
    + OpenAudit
    + UpdateAudit
    + WritePlan
    + ReadPlan
    + ScheduleFollowUp
    + WriteSetting
    + Publish
    + ActionPorts
{
}

impl<T> Ports for T where
    T: ReadAlarm
        + ReadComposite
        + ReadMutes
        + NoteAlarm
        + ReadAlarming
        + ReadLedger
        + WriteLedger
        + ReadSwitch
        + ReadOverrides
        + HoldLease
        + OpenAudit
        + UpdateAudit
        + WritePlan
        + ReadPlan
        + ScheduleFollowUp
        + WriteSetting
        + Publish
        + ActionPorts
{
}
