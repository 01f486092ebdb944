//! The remediation table, as far as people read it: audit rows, and the pointers to plans that wait for approval.
//!
//! `target` and `entry` are the keys of a row. The entry of an audit row is `audit#<change of state>#<alarm>`, with
//! `#<step>` for a later step; its `body` (S) is JSON with the fleet message in `message`. A plan that waits has a
//! pointer besides: target `plan#<id>`, entry `plan`, and the keys of its audit row in `plan_target` and `plan_entry`.

use std::cmp::Reverse;

use aws_sdk_dynamodb::{
    Client,
    operation::{query::QueryOutput, scan::ScanOutput},
    types::AttributeValue,
};
use jiff::Timestamp;
use picket_shared::fleet::RemediationMessage;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    fault::{Fault, Resource},
    item::{Item, parse, read_text, text},
};

/// Sorts after every audit row.
const AFTER_AUDIT: &str = "audit~";
/// What the targets of pointers to plans begin with.
const PLAN: &str = "plan#";

/// The table.
#[derive(Debug, Clone)]
pub struct RemediationRows {
    client: Client,
    table: Resource,
}

/// An audit row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// What it is about: a function, `table/NAME`, or `alarm#` and the alarm.
    pub target: String,
    /// Its sort key.
    pub entry: String,
    /// When it was written.
    pub recorded_at: Timestamp,
    /// Whether a change was begun.
    pub changed: bool,
    /// How far its change is; `None` where it has none.
    pub stage: Option<Stage>,
    /// Who approved its change, as the command stated it.
    pub approved_by: Option<String>,
    /// The message.
    pub message: RemediationMessage,
}

/// How far a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It waits for approval.
    Waits,
    /// The setting may have its value: it is followed, or the playbook does not revert it.
    Stands,
    /// It was not made, or is reverted, or a person has changed the value since.
    Over,
}

/// A pointer to a plan that waits for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingPlan {
    /// Its id.
    pub plan: String,
    /// The keys of its audit row, target and entry.
    pub row: (String, String),
    /// When it expires; DynamoDB may keep the pointer longer.
    pub expires_at: Timestamp,
}

/// Rows that were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows<T> {
    /// Those that could be read.
    pub rows: Vec<T>,
    /// How many could not.
    pub unreadable: u64,
    /// Whether these are all: a scan ends at its limit of pages.
    pub is_whole: bool,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            unreadable: 0,
            is_whole: true,
        }
    }
}

/// What is read of a row's body. What later versions add is passed over.
#[derive(Deserialize)]
struct Body {
    recorded_at: Timestamp,
    #[serde(default)]
    changed: bool,
    #[serde(default)]
    record: Option<Record>,
    message: RemediationMessage,
}

#[derive(Deserialize)]
struct Record {
    stage: Value,
    #[serde(default)]
    approved_by: Option<String>,
}

impl Stage {
    /// Reads a stage as the remediator writes it: `"made"`, `{"waiting": {…}}`, `{"ended": "kept"}`.
    fn read(stage: &Value) -> Self {
        match (stage.as_str(), stage["ended"].as_str()) {
            (Some("begun" | "made"), _) | (_, Some("final" | "given-up")) => Self::Stands,
            _ if stage["waiting"].is_object() => Self::Waits,
            _ => Self::Over,
        }
    }
}

impl RemediationRows {
    /// Those of the table of this name.
    pub fn new(client: Client, table: &str) -> Self {
        let remedy = "deploy the stack, or name another one";
        Self {
            client,
            table: Resource::new("remediation table", table, remedy),
        }
    }

    /// The audit rows of a target, of alarms that changed at `since` or later, newest first. Reads nothing else.
    pub async fn of_target(&self, target: &str, since: Timestamp) -> Result<Rows<AuditRow>, Fault> {
        let mut pages = self
            .client
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .key_condition_expression("#target = :target AND #entry BETWEEN :since AND :after")
            .expression_attribute_names("#target", "target")
            .expression_attribute_names("#entry", "entry")
            .expression_attribute_values(":target", text(target))
            .expression_attribute_values(":since", text(entries_since(since)))
            .expression_attribute_values(":after", text(AFTER_AUDIT))
            .into_paginator()
            .send();
        let mut read = Rows::default();
        while let Some(page) = pages.next().await {
            let page: QueryOutput = page.map_err(|error| Fault::of(&self.table, "read", error))?;
            read.take_in(page.items(), audit_row);
        }
        read.sort();
        Ok(read)
    }

    /// The audit rows of all targets, of alarms that changed at `since` or later, newest first. Scans the table, at most
    /// `pages` pages of 1 MB.
    pub async fn of_all(&self, since: Timestamp, pages: usize) -> Result<Rows<AuditRow>, Fault> {
        let values = [
            (":since", text(entries_since(since))),
            (":after", text(AFTER_AUDIT)),
        ];
        let filter = "#entry BETWEEN :since AND :after";
        let names = [("#entry", "entry")];
        let mut read = self.scan(filter, &names, values, pages, audit_row).await?;
        read.sort();
        Ok(read)
    }

    /// The plans that wait, expired ones too until DynamoDB deletes their pointers. Scans the table, at most `pages` pages
    /// of 1 MB.
    pub async fn waiting_plans(&self, pages: usize) -> Result<Rows<WaitingPlan>, Fault> {
        let names = [("#target", "target"), ("#entry", "entry")];
        let values = [(":plan", text(PLAN)), (":entry", text("plan"))];
        let filter = "begins_with(#target, :plan) AND #entry = :entry";
        self.scan(filter, &names, values, pages, waiting_plan).await
    }

    /// The audit row with these keys.
    pub async fn row(&self, target: &str, entry: &str) -> Result<Option<AuditRow>, Fault> {
        let answer = self
            .client
            .get_item()
            .table_name(self.table.name())
            .consistent_read(true)
            .key("target", text(target))
            .key("entry", text(entry))
            .send()
            .await
            .map_err(|error| Fault::of(&self.table, "read", error))?;
        Ok(answer.item().and_then(audit_row))
    }

    async fn scan<T>(
        &self,
        filter: &str,
        names: &[(&str, &str)],
        values: [(&str, AttributeValue); 2],
        pages: usize,
        read_item: fn(&Item) -> Option<T>,
    ) -> Result<Rows<T>, Fault> {
        let mut scan = self
            .client
            .scan()
            .table_name(self.table.name())
            .filter_expression(filter);
        for (placeholder, name) in names {
            scan = scan.expression_attribute_names(*placeholder, *name);
        }
        for (placeholder, value) in values {
            scan = scan.expression_attribute_values(placeholder, value);
        }
        let mut answers = scan.into_paginator().send();
        let mut read = Rows::default();
        for _ in 0..pages {
            let Some(page) = answers.next().await else {
                return Ok(read);
            };
            let page: ScanOutput = page.map_err(|error| Fault::of(&self.table, "read", error))?;
            read.take_in(page.items(), read_item);
            read.is_whole = page.last_evaluated_key().is_none();
        }
        Ok(read)
    }
}

impl<T> Rows<T> {
    fn take_in(&mut self, items: &[Item], read_item: fn(&Item) -> Option<T>) {
        for item in items {
            match read_item(item) {
                Some(row) => self.rows.push(row),
                None => self.unreadable += 1,
            }
        }
    }
}

impl Rows<AuditRow> {
    /// Newest first: a later step has the alarm's time in its key, and its own in `recorded_at`.
    fn sort(&mut self) {
        let key = |row: &AuditRow| Reverse((row.recorded_at, row.entry.clone()));
        self.rows.sort_by_cached_key(key);
    }
}

/// The least sort key of audit rows of changes of state at `since` or later. Three decimals always, so that texts sort as
/// times do.
fn entries_since(since: Timestamp) -> String {
    format!("audit#{since:.3}#")
}

fn audit_row(item: &Item) -> Option<AuditRow> {
    let body: Body = serde_json::from_str(read_text(item, "body").ok()?).ok()?;
    let (stage, approved_by) = match body.record {
        Some(record) => (Some(Stage::read(&record.stage)), record.approved_by),
        None => (None, None),
    };
    Some(AuditRow {
        target: read_text(item, "target").ok()?.to_owned(),
        entry: read_text(item, "entry").ok()?.to_owned(),
        recorded_at: body.recorded_at,
        changed: body.changed,
        stage,
        approved_by,
        message: body.message,
    })
}

fn waiting_plan(item: &Item) -> Option<WaitingPlan> {
    let named = |name| Some(read_text(item, name).ok()?.to_owned());
    Some(WaitingPlan {
        plan: named("target")?.strip_prefix(PLAN)?.to_owned(),
        row: (named("plan_target")?, named("plan_entry")?),
        expires_at: Timestamp::from_second(parse(item, "expires_at").ok()?).ok()?,
    })
}

#[cfg(test)]
mod tests;
