//! The days that were reported, in the ledger table.
//!
//! | key | attributes |
//! |---|---|
//! | `day` = `cost-report`, `row` = 2026-11-19 | `claimed_until` (ms) while it is reported; then `posted_at` (ms), `total`, `currency`; `expires_at` (s) |
//!
//! A claim makes two invocations post a day once. It ends with the function's timeout, so that a process that was
//! killed holds nothing back.

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use jiff::{SignedDuration, Timestamp, civil::Date};
use picket_aws::{Fault, conditional::was_put, fault::Resource};
use rust_decimal::Decimal;

use crate::{analysis::Reported, ports::Claim};

/// The partition of the reported days. A day of the ledger is a date, and a cursor's partition begins with `cursor/`.
pub(super) const PARTITION: &str = "cost-report";
/// The function's timeout, and ten seconds.
const CLAIMED: SignedDuration = SignedDuration::from_secs(130);
/// Longer than any day that a report compares with, the first of the month before.
const KEPT: SignedDuration = SignedDuration::from_hours(100 * 24);

/// The reported days of the ledger table.
#[derive(Debug, Clone)]
pub(super) struct ReportedDays {
    client: Client,
    table: Resource,
}

type Item = std::collections::HashMap<String, AttributeValue>;

impl ReportedDays {
    /// The days in the table of this name.
    pub(super) fn new(client: Client, table: &str) -> Self {
        let remedy = "deploy the stack or correct LEDGER_TABLE";
        Self {
            client,
            table: Resource::new("ledger table", table, remedy),
        }
    }

    /// The days from `from` to `to` that were posted.
    pub(super) async fn posted(&self, from: Date, to: Date) -> Result<Vec<Reported>, Fault> {
        let mut items = self
            .client
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .key_condition_expression("#day = :day AND #row BETWEEN :from AND :to")
            .expression_attribute_names("#day", "day")
            .expression_attribute_names("#row", "row")
            .expression_attribute_values(":day", text(&PARTITION))
            .expression_attribute_values(":from", text(&from))
            .expression_attribute_values(":to", text(&to))
            .into_paginator()
            .items()
            .send();
        let mut posted = Vec::new();
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| Fault::of(&self.table, "read", error))?;
            posted.extend(read(&item));
        }
        Ok(posted)
    }

    /// Claims a day, unless another invocation holds it or has posted it.
    pub(super) async fn claim(&self, claim: &Claim) -> Result<bool, Fault> {
        let until = claim.at.saturating_add(CLAIMED).unwrap_or(claim.at);
        let mut item = Self::item(claim.date, claim.at);
        item.insert("claimed_until".to_owned(), number(until.as_millisecond()));
        let free = "(attribute_not_exists(claimed_until) OR claimed_until < :now)";
        let condition = if claim.again {
            free.to_owned()
        } else {
            format!("attribute_not_exists(posted_at) AND {free}")
        };
        let answer = self
            .client
            .put_item()
            .table_name(self.table.name())
            .set_item(Some(item))
            .condition_expression(condition)
            .expression_attribute_values(":now", number(claim.at.as_millisecond()))
            .send()
            .await;
        was_put(&self.table, answer)
    }

    /// Ends a claim without a report, so that a retry does not wait for its end.
    pub(super) async fn release(&self, date: Date, at: Timestamp) -> Result<(), Fault> {
        let mut item = Self::item(date, at);
        item.insert("claimed_until".to_owned(), number(0));
        let answer = self
            .client
            .put_item()
            .table_name(self.table.name())
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(posted_at)")
            .send()
            .await;
        was_put(&self.table, answer).map(|_| ())
    }

    /// Writes what was posted of a day. With `instead_of`, only where that total is the written one.
    pub(super) async fn write(
        &self,
        reported: &Reported,
        instead_of: Option<Decimal>,
        at: Timestamp,
    ) -> Result<(), Fault> {
        let mut item = Self::item(reported.date, at);
        item.insert("posted_at".to_owned(), number(at.as_millisecond()));
        item.extend(
            reported
                .total
                .map(|total| ("total".to_owned(), text(&total))),
        );
        item.insert("currency".to_owned(), text(&reported.currency));
        let mut put = self
            .client
            .put_item()
            .table_name(self.table.name())
            .set_item(Some(item));
        if let Some(total) = instead_of {
            put = put
                .condition_expression("#total = :total")
                .expression_attribute_names("#total", "total")
                .expression_attribute_values(":total", text(&total));
        }
        was_put(&self.table, put.send().await).map(|_| ())
    }

    fn item(date: Date, at: Timestamp) -> Item {
        let expires = at.saturating_add(KEPT).unwrap_or(at);
        Item::from([
            ("day".to_owned(), text(&PARTITION)),
            ("row".to_owned(), text(&date)),
            ("expires_at".to_owned(), number(expires.as_second())),
        ])
    }
}

/// A posted day; `None` of one that is claimed, or that cannot be read.
fn read(item: &Item) -> Option<Reported> {
    let attribute = |name: &str| item.get(name)?.as_s().ok();
    item.get("posted_at")?;
    Some(Reported {
        date: attribute("row")?.parse().ok()?,
        currency: attribute("currency")?.clone(),
        total: attribute("total").and_then(|total| Decimal::from_str_exact(total).ok()),
    })
}

fn text(value: &impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
