//! The function's ports; the role allows these and no more.

use std::{future::Future, time::Duration};

use jiff::{Timestamp, civil::Date};
use picket_aws::Fault;
use picket_rules::routes::Silence;
use picket_shared::{fleet::RemediationMessage, usage::UsageDigest};
use secrecy::SecretString;

pub use picket_aws::overrides::ReadOverrides;

use crate::{
    confirmation::AlarmState,
    deferred::{
        bundle::{Bundle, HeldMessage, Slot},
        digest::{Note, NoteKey},
        silenced::Silenced,
    },
    delivery_log::{Row, RowKey, Stored, Written},
    draft::chart::Chart,
    health::{MetricQuery, Series, Window},
    sinks::{Answer, Email, Request},
};

/// `ssm:GetParameter`, decrypted.
pub trait ReadParameter {
    /// The value of a parameter.
    fn read_parameter(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<SecretString, Fault>> + Send;
}

/// An HTTPS post to a sink.
pub trait PostMessage {
    /// Posts JSON and waits no longer than `limit` for the answer.
    fn post(&self, request: &Request, limit: Duration) -> impl Future<Output = Answer> + Send;
}

/// `cloudwatch:GetMetricWidgetImage`.
pub trait RenderChart {
    /// The chart as a PNG, drawn within `limit`.
    fn render_chart(
        &self,
        chart: &Chart,
        limit: Duration,
    ) -> impl Future<Output = Result<Vec<u8>, Fault>> + Send;
}

/// `cloudwatch:DescribeAlarms`, in the function's region.
pub trait ReadAlarmStates {
    /// The states of the alarms with these names, at most [`crate::confirmation::NAMES`]. An alarm that does not exist
    /// is left out.
    fn read_alarm_states(
        &self,
        names: &[String],
    ) -> impl Future<Output = Result<Vec<AlarmState>, Fault>> + Send;
}

/// `cloudwatch:GetMetricData`.
pub trait ReadMetrics {
    /// The values of the queries in a window, in their order; no values of a metric that does not exist.
    fn read_metrics(
        &self,
        queries: &[MetricQuery],
        window: Window,
    ) -> impl Future<Output = Result<Vec<Series>, Fault>> + Send;
}

/// `dynamodb:GetItem` on the remediation table, consistent.
pub trait ReadRemediation {
    /// The remediator's message in the audit row of these keys; `None` if there is no such row.
    fn read_remediation(
        &self,
        target: &str,
        entry: &str,
    ) -> impl Future<Output = Result<Option<RemediationMessage>, Fault>> + Send;
}

/// `dynamodb:GetItem` on the ledger table, of one item, consistent.
pub trait ReadUsageDigest {
    /// The day's usage of language models; `None` where nothing was stored, or in a format of a later version.
    fn read_usage_digest(&self) -> impl Future<Output = Result<Option<UsageDigest>, Fault>> + Send;
}

/// `sns:Publish` on the fallback topic.
pub trait PublishFallback {
    /// Publishes plain text.
    fn publish_fallback(&self, text: String) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// `sns:Publish` on the e-mail topics.
pub trait PublishEmail {
    /// Publishes an e-mail to the topic of this ARN, with the attribute [`crate::message::EMAIL_MARK`].
    fn publish_email(
        &self,
        topic: &str,
        email: &Email,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// `dynamodb:GetItem` on the Alerts table, consistent.
pub trait ReadRow {
    /// The row, or none with revision 0.
    fn read_row(&self, key: &RowKey) -> impl Future<Output = Result<Stored, Fault>> + Send;
}

/// `dynamodb:Query` on the Alerts table, consistent.
pub trait ReadRows {
    /// The rows of an alert at all its sinks. One that does not read is left out.
    fn read_rows(
        &self,
        alert: &str,
    ) -> impl Future<Output = Result<Vec<(RowKey, Row)>, Fault>> + Send;
}

/// `dynamodb:BatchGetItem` on the Alerts table, consistent.
pub trait ReadManyRows {
    /// The rows of these keys, of which none is named twice. Those that do not exist, or could not be read, are left
    /// out.
    fn read_many_rows(
        &self,
        keys: &[RowKey],
    ) -> impl Future<Output = Result<Vec<(RowKey, Row)>, Fault>> + Send;
}

/// `dynamodb:PutItem` on the Alerts table, on condition.
pub trait WriteRow {
    /// Writes the row over the one that has been written `over` times.
    fn write_row(
        &self,
        key: &RowKey,
        row: &Row,
        over: u64,
        expires_at: Timestamp,
    ) -> impl Future<Output = Result<Written, Fault>> + Send;
}

/// `dynamodb:PutItem` on the Alerts table.
pub trait KeepNote {
    /// Keeps a note for the digest of its day, over one of the same message.
    fn keep_note(
        &self,
        key: &NoteKey,
        note: &Note,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// `dynamodb:Query` on the Alerts table.
pub trait ReadNotes {
    /// The notes of a day.
    fn read_notes(&self, date: Date) -> impl Future<Output = Result<Vec<Note>, Fault>> + Send;
}

/// `dynamodb:UpdateItem` on the Alerts table.
pub trait CountMessage {
    /// Counts one more message in a window; how many it has with that.
    fn count_message(&self, slot: &Slot) -> impl Future<Output = Result<u64, Fault>> + Send;
}

/// `dynamodb:GetItem` on the Alerts table, consistent.
pub trait ReadCount {
    /// How many messages a window has.
    fn read_count(&self, slot: &Slot) -> impl Future<Output = Result<u64, Fault>> + Send;
}

/// `dynamodb:PutItem` on the Alerts table.
pub trait OpenBundle {
    /// Adds a bundle to the list of those to send.
    fn open_bundle(&self, bundle: &Bundle) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// `dynamodb:PutItem` on the Alerts table.
pub trait HoldMessage {
    /// Puts a message into a bundle, over a copy of it.
    fn hold_message(
        &self,
        bundle: &Bundle,
        held: &HeldMessage,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// `dynamodb:Query` on the Alerts table, consistent.
pub trait ListBundles {
    /// Returns the bundles to send, the oldest first.
    fn list_bundles(&self) -> impl Future<Output = Result<Vec<Bundle>, Fault>> + Send;
}

/// `dynamodb:UpdateItem` on the Alerts table, on condition.
pub trait ClaimBundle {
    /// Claims a bundle of the list for its sender until a time. `false` if it is no longer on the list, or another
    /// sender's claim is not over at `now`.
    fn claim_bundle(
        &self,
        bundle: &Bundle,
        sender: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, Fault>> + Send;
}

/// `dynamodb:Query` on the Alerts table, consistent.
pub trait ReadHeld {
    /// The messages of a bundle.
    fn read_held(
        &self,
        bundle: &Bundle,
    ) -> impl Future<Output = Result<Vec<HeldMessage>, Fault>> + Send;
}

/// `dynamodb:DeleteItem` on the Alerts table.
pub trait CloseBundle {
    /// Removes a bundle that was sent from the list.
    fn close_bundle(&self, bundle: &Bundle) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// `dynamodb:Query` on the Alerts table.
pub trait ReadSilences {
    /// The silences. One that cannot be read silences nothing.
    fn read_silences(&self) -> impl Future<Output = Result<Vec<Silence>, Fault>> + Send;
}

/// `dynamodb:PutItem` on the Alerts table, on condition.
pub trait KeepSilenced {
    /// Keeps an ALARM that is held back, over an older change of the alarm, or a copy of the same that has no topic.
    fn keep_silenced(&self, silenced: &Silenced) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// `dynamodb:Query` on the Alerts table, consistent.
pub trait ListSilenced {
    /// The messages that silences hold back. One that cannot be read is left out.
    fn list_silenced(&self) -> impl Future<Output = Result<Vec<Silenced>, Fault>> + Send;
}

/// `dynamodb:DeleteItem` on the Alerts table, on condition.
pub trait ForgetSilenced {
    /// Forgets what is held back of an alarm and is not newer than `at`.
    fn forget_silenced(
        &self,
        alert: &str,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// All ports of the function.
pub trait Ports:
    ReadParameter
    + ReadOverrides
    + PostMessage
    + RenderChart
    + ReadAlarmStates
    + ReadMetrics
    + ReadRemediation
    + ReadUsageDigest
    + PublishFallback
    + PublishEmail
    + ReadRow
    + ReadRows
    + ReadManyRows
    + WriteRow
    + KeepNote
    + ReadNotes
    + CountMessage
    + ReadCount
    + OpenBundle
    + HoldMessage
    + ListBundles
    + ClaimBundle
    + ReadHeld
    + CloseBundle
    + ReadSilences
    + KeepSilenced
    + ListSilenced
    + ForgetSilenced
    + Send
    + Sync
{
}

impl<T> Ports for T where
    T: ReadParameter
        + ReadOverrides
        + PostMessage
        + RenderChart
        + ReadAlarmStates
        + ReadMetrics
        + ReadRemediation
        + ReadUsageDigest
        + PublishFallback
        + PublishEmail
        + ReadRow
        + ReadRows
        + ReadManyRows
        + WriteRow
        + KeepNote
        + ReadNotes
        + CountMessage
        + ReadCount
        + OpenBundle
        + HoldMessage
        + ListBundles
        + ClaimBundle
        + ReadHeld
        + CloseBundle
        + ReadSilences
        + KeepSilenced
        + ListSilenced
        + ForgetSilenced
        + Send
        + Sync
{
}
