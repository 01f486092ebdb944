//! The Alerts table: `alert` and `part` are its keys, `revision` (N) counts writes, `row` (S) is the row as JSON,
//! `version` (N) its format, `expires_at` (N) seconds for the table's time to live. The digest's notes are in `alert` =
//! `digest/2026-11-19`, with the note as JSON in `note` (S). Counts and bundles are in [`super::bundles`].

use std::{collections::HashMap, time::Duration};

use aws_config::{SdkConfig, timeout::TimeoutConfig};
use aws_sdk_dynamodb::{Client, config::Builder, types::AttributeValue};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use picket_aws::{Fault, conditional::was_put, fault::Resource};
use picket_shared::report::ErrorChain;

use super::Adapters;
use crate::{
    deferred::digest::{Note, NoteKey},
    delivery_log::{Row, RowKey, Stored, Written},
    ports::{KeepNote, ReadNotes, ReadRow, ReadRows, WriteRow},
};

/// DynamoDB answers within tens of milliseconds. What takes longer than this is taken for unreachable: the alert is
/// then posted without it, and the invocation's time is for Slack.
const LIMIT: Duration = Duration::from_secs(2);
/// … and one attempt of it.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(1);
/// The format of `row`. Fields that a newer build adds are passed over.
pub(super) const VERSION: i128 = 1;

/// The Alerts table.
#[derive(Debug, Clone)]
pub(super) struct AlertsTable {
    pub(super) client: Client,
    pub(super) table: Resource,
}

pub(super) type Item = HashMap<String, AttributeValue>;

impl AlertsTable {
    /// The table of this name.
    pub(super) fn new(config: &SdkConfig, table: &str) -> Self {
        let limits = TimeoutConfig::builder()
            .operation_timeout(LIMIT)
            .operation_attempt_timeout(ATTEMPT_LIMIT)
            .build();
        let config = Builder::from(config).timeout_config(limits).build();
        Self {
            client: Client::from_conf(config),
            table: Resource::new(
                "alerts table",
                table,
                "deploy the stack or correct ALERTS_TABLE",
            ),
        }
    }

    pub(super) fn read(&self, item: &Item) -> Result<Stored, Fault> {
        let parts = || {
            let row = serde_json::from_str(item.get("row")?.as_s().ok()?).ok()?;
            let revision = item.get("revision")?.as_n().ok()?.parse().ok()?;
            Some(Stored { row, revision })
        };
        parts().ok_or_else(|| {
            Fault::permanent(format!(
                "a row of the {} cannot be read; delete it",
                self.table
            ))
        })
    }
}

impl ReadRow for Adapters {
    async fn read_row(&self, key: &RowKey) -> Result<Stored, Fault> {
        let answer = self
            .alerts
            .client
            .get_item()
            .table_name(self.alerts.table.name())
            .consistent_read(true)
            .key("alert", text(&key.alert))
            .key("part", text(&key.part))
            .send()
            .await
            .map_err(|error| Fault::of(&self.alerts.table, "read", error))?;
        answer
            .item()
            .map_or_else(|| Ok(Stored::default()), |item| self.alerts.read(item))
    }
}

impl ReadRows for Adapters {
    async fn read_rows(&self, alert: &str) -> Result<Vec<(RowKey, Row)>, Fault> {
        // One page: 1 MB are some hundred sinks, and an alarm has a few.
        let answer = self
            .alerts
            .client
            .query()
            .table_name(self.alerts.table.name())
            .consistent_read(true)
            .key_condition_expression("alert = :alert")
            .expression_attribute_values(":alert", text(alert))
            .send()
            .await
            .map_err(|error| Fault::of(&self.alerts.table, "read", error))?;
        let read = |item: &Item| {
            let key = RowKey {
                alert: alert.to_owned(),
                part: item.get("part")?.as_s().ok()?.clone(),
            };
            let stored = self.alerts.read(item).inspect_err(|fault| {
                tracing::error!(row = %key, error = %ErrorChain(fault), "left out");
            });
            Some((key, stored.ok()?.row))
        };
        Ok(answer.items().iter().filter_map(read).collect())
    }
}

impl WriteRow for Adapters {
    async fn write_row(
        &self,
        key: &RowKey,
        row: &Row,
        over: u64,
        expires_at: Timestamp,
    ) -> Result<Written, Fault> {
        let json = serde_json::to_string(row)
            .expect("a row is strings, truth values and lists: always JSON");
        let put = self
            .alerts
            .client
            .put_item()
            .table_name(self.alerts.table.name())
            .item("alert", text(&key.alert))
            .item("part", text(&key.part))
            .item("row", text(&json))
            .item("version", number(VERSION))
            .item("revision", number(i128::from(over) + 1))
            .item("expires_at", number(expires_at.as_second().into()));
        let put = if over == 0 {
            put.condition_expression("attribute_not_exists(alert)")
        } else {
            put.condition_expression("revision = :over")
                .expression_attribute_values(":over", number(over.into()))
        };
        let put = was_put(&self.alerts.table, put.send().await)?;
        Ok(if put {
            Written::Written
        } else {
            Written::Collided
        })
    }
}

/// The time for which notes are stored, in days: the digest of a day is sent on the next, and tried for twelve hours
/// more if it fails.
const NOTES_KEPT: i64 = 4;

impl KeepNote for Adapters {
    async fn keep_note(&self, key: &NoteKey, note: &Note) -> Result<(), Fault> {
        let json = serde_json::to_string(note).expect("a note is strings: always JSON");
        let kept = key.date.saturating_add(NOTES_KEPT.days());
        let expires_at = kept
            .to_zoned(TimeZone::UTC)
            .map_or(Timestamp::MAX, |end| end.timestamp());
        self.alerts
            .client
            .put_item()
            .table_name(self.alerts.table.name())
            .item("alert", text(&digest(key.date)))
            .item("part", text(&key.message))
            .item("note", text(&json))
            .item("version", number(VERSION))
            .item("expires_at", number(expires_at.as_second().into()))
            .send()
            .await
            .map_err(|error| Fault::of(&self.alerts.table, "write to", error))?;
        Ok(())
    }
}

impl ReadNotes for Adapters {
    async fn read_notes(&self, date: Date) -> Result<Vec<Note>, Fault> {
        let items: Vec<Item> = self
            .alerts
            .client
            .query()
            .table_name(self.alerts.table.name())
            .key_condition_expression("alert = :alert")
            .expression_attribute_values(":alert", text(&digest(date)))
            .into_paginator()
            .items()
            .send()
            .collect::<Result<_, _>>()
            .await
            .map_err(|error| Fault::of(&self.alerts.table, "read", error))?;
        let read = |item: &Item| serde_json::from_str(item.get("note")?.as_s().ok()?).ok();
        // A note that cannot be read is left out of the digest.
        Ok(items.iter().filter_map(read).collect())
    }
}

fn digest(date: Date) -> String {
    format!("digest/{date}")
}

pub(super) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(super) fn number(value: i128) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
