//! The rows of the remediation table that are no audit rows: the ledger, the targets of alarms, and plans that wait. Their
//! partition keys have a `#`, which no target has.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use picket_aws::Fault;

use super::{
    Adapters,
    table::{number, text},
};
use crate::{
    audit::{ConditionalPut, Key},
    ledger::{Ledger, ReadLedger, WriteLedger},
    ports::{NoteAlarm, ReadAlarming, ReadPlan, WritePlan},
};

/// The partition of the ledger.
const LEDGER: &str = "account#ledger";
/// The sort key of the ledger.
const LEDGER_ENTRY: &str = "ledger";
/// The partition of the targets of alarms.
const ALARMS: &str = "account#alarms";
/// The sort key of a plan's row.
const PLAN_ENTRY: &str = "plan";

/// How long the target of an alarm is kept: the storm gate counts minutes.
const ALARM_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long the ledger is kept after its last change: longer than every window that it is counted in.
const LEDGER_KEPT: SignedDuration = SignedDuration::from_hours(48);

impl ReadLedger for Adapters {
    async fn ledger(&self) -> Result<Ledger, Fault> {
        let items = self.table.rows(LEDGER, LEDGER_ENTRY, LEDGER_ENTRY).await?;
        let Some(item) = items.first() else {
            return Ok(Ledger::default());
        };
        let body = item.get("body").and_then(|body| body.as_s().ok());
        let damaged = || self.table.damaged(LEDGER);
        let body = body.ok_or_else(damaged)?;
        serde_json::from_str(body).map_err(|error| damaged().because(error))
    }
}

impl WriteLedger for Adapters {
    async fn write_ledger(&self, ledger: &Ledger) -> Result<ConditionalPut, Fault> {
        let body = serde_json::to_string(ledger).map_err(|error| {
            Fault::permanent("the ledger could not be written as JSON").because(error)
        })?;
        let last = ledger.changes.last().map_or(Timestamp::MIN, |made| made.at);
        let expires_at = last.saturating_add(LEDGER_KEPT).unwrap_or(Timestamp::MAX);
        let version = i64::try_from(ledger.version).unwrap_or(i64::MAX);
        let put = self
            .table
            .put(LEDGER, LEDGER_ENTRY)
            .item("body", text(&body))
            .item("version", number(version))
            .item("expires_at", number(expires_at.as_second()))
            .condition_expression("attribute_not_exists(#target) OR #version = :before")
            .expression_attribute_names("#target", "target")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":before", number(version.saturating_sub(1)));
        self.table.put_once(put).await
    }
}

/// The least sort key of targets that were noted at `since` or later.
fn noted_since(since: Timestamp) -> String {
    format!("{since:.3}#")
}

impl NoteAlarm for Adapters {
    async fn note_alarm(&self, target: &str, at: Timestamp) -> Result<(), Fault> {
        let expires_at = at.saturating_add(ALARM_KEPT).unwrap_or(Timestamp::MAX);
        self.table
            .put(ALARMS, &format!("{}{target}", noted_since(at)))
            .item("alarming", text(target))
            .item("expires_at", number(expires_at.as_second()))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| self.table.fault(error))
    }
}

impl ReadAlarming for Adapters {
    async fn alarming(&self, since: Timestamp) -> Result<BTreeSet<String>, Fault> {
        // A digit is less than a tilde: every time is before it.
        let items = self.table.rows(ALARMS, &noted_since(since), "~").await?;
        let target = |item: &super::table::Item| item.get("alarming")?.as_s().ok().cloned();
        Ok(items.iter().filter_map(target).collect())
    }
}

impl WritePlan for Adapters {
    async fn write_plan(&self, plan: &str, key: &Key, expires_at: Timestamp) -> Result<(), Fault> {
        self.table
            .put(&partition_of(plan), PLAN_ENTRY)
            .item("plan_target", text(&key.target))
            .item("plan_entry", text(&key.entry))
            .item("expires_at", number(expires_at.as_second()))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| self.table.fault(error))
    }
}

impl ReadPlan for Adapters {
    async fn plan_key(&self, plan: &str) -> Result<Option<Key>, Fault> {
        let partition = partition_of(plan);
        let items = self.table.rows(&partition, PLAN_ENTRY, PLAN_ENTRY).await?;
        let Some(item) = items.first() else {
            return Ok(None);
        };
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
        match (text("plan_target"), text("plan_entry")) {
            (Some(target), Some(entry)) => Ok(Some(Key { target, entry })),
            _ => Err(self.table.damaged(&partition)),
        }
    }
}

fn partition_of(plan: &str) -> String {
    format!("plan#{plan}")
}
