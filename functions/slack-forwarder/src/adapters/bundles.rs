//! Counts and bundles in the Alerts table. A count is in `alert` = `count/<meter>`, `part` = the window's beginning,
//! `messages` (N). The list of bundles is `alert` = `bundles`, `part` = the window's end and the bundle's id, `bundle`
//! (S) as JSON, and while it is sent `sender` (S) and `claimed_until` (N, milliseconds); what is in one is `alert` =
//! `bundle/<id>`, `part` = the message's id, `held` (S) as JSON.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use jiff::Timestamp;
use picket_aws::{Fault, conditional::condition_held};
use picket_rules::routes::Sink;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Adapters,
    table::{AlertsTable, Item, VERSION, number, text},
};
use crate::{
    deferred::bundle::{Bundle, HeldMessage, Slot},
    ports::{
        ClaimBundle, CloseBundle, CountMessage, HoldMessage, ListBundles, OpenBundle, ReadCount,
        ReadHeld,
    },
};

/// The time for which a count, a bundle and its content are stored after the window: twice the twelve hours for which
/// sending is tried.
const KEPT: Duration = Duration::from_hours(24);
/// … and what is paged together: until its last alarm is OK, which takes no longer. An alarm that stays in ALARM longer
/// leaves the page to a person.
const PAGED: Duration = Duration::from_hours(30 * 24);
/// The partition of the list.
const LIST: &str = "bundles";

impl AlertsTable {
    async fn put(
        &self,
        (alert, part): (&str, &str),
        (name, value): (&str, &impl Serialize),
        expires_at: AttributeValue,
    ) -> Result<(), Fault> {
        let json = serde_json::to_string(value).expect("strings, numbers and lists: always JSON");
        self.client
            .put_item()
            .table_name(self.table.name())
            .item("alert", text(alert))
            .item("part", text(part))
            .item(name, text(&json))
            .item("version", number(VERSION))
            .item("expires_at", expires_at)
            .send()
            .await
            .map_err(|error| Fault::of(&self.table, "write to", error))?;
        Ok(())
    }

    /// Every value of this name in a partition, in the order of its keys, or the key of an item that cannot be read.
    pub(super) async fn all<V: DeserializeOwned>(
        &self,
        alert: &str,
        name: &str,
    ) -> Result<Vec<Result<V, String>>, Fault> {
        let items: Vec<Item> = self
            .client
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .key_condition_expression("alert = :alert")
            .expression_attribute_values(":alert", text(alert))
            .into_paginator()
            .items()
            .send()
            .collect::<Result<_, _>>()
            .await
            .map_err(|error| Fault::of(&self.table, "read", error))?;
        let read = |item: &Item| serde_json::from_str(item.get(name)?.as_s().ok()?).ok();
        let part = |item: &Item| Some(item.get("part")?.as_s().ok()?.clone());
        let read = |item: &Item| {
            read(item).ok_or_else(|| {
                let part = part(item).unwrap_or_default();
                tracing::error!(alert, part, "an item of the Alerts table cannot be read");
                part
            })
        };
        Ok(items.iter().map(read).collect())
    }
}

impl CountMessage for Adapters {
    async fn count_message(&self, slot: &Slot) -> Result<u64, Fault> {
        let answer = self
            .alerts
            .client
            .update_item()
            .table_name(self.alerts.table.name())
            .key("alert", text(&count(slot)))
            .key("part", text(&slot.from.to_string()))
            .update_expression("ADD messages :one SET expires_at = :expires_at")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":expires_at", expiry(slot.until))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(|error| Fault::of(&self.alerts.table, "write to", error))?;
        Ok(messages(answer.attributes()))
    }
}

impl ReadCount for Adapters {
    async fn read_count(&self, slot: &Slot) -> Result<u64, Fault> {
        let answer = self
            .alerts
            .client
            .get_item()
            .table_name(self.alerts.table.name())
            .consistent_read(true)
            .key("alert", text(&count(slot)))
            .key("part", text(&slot.from.to_string()))
            .send()
            .await
            .map_err(|error| Fault::of(&self.alerts.table, "read", error))?;
        Ok(messages(answer.item()))
    }
}

impl OpenBundle for Adapters {
    async fn open_bundle(&self, bundle: &Bundle) -> Result<(), Fault> {
        let place = place(bundle);
        self.alerts
            .put((LIST, &place), ("bundle", bundle), bundle_expiry(bundle))
            .await
    }
}

impl HoldMessage for Adapters {
    async fn hold_message(&self, bundle: &Bundle, held: &HeldMessage) -> Result<(), Fault> {
        self.alerts
            .put(
                (&contents(bundle), &held.id()),
                ("held", held),
                bundle_expiry(bundle),
            )
            .await
    }
}

impl ListBundles for Adapters {
    async fn list_bundles(&self) -> Result<Vec<Bundle>, Fault> {
        let all = self.alerts.all(LIST, "bundle").await?;
        // An unreadable message is logged; the others must not wait for it.
        Ok(all.into_iter().flatten().collect())
    }
}

impl ClaimBundle for Adapters {
    async fn claim_bundle(
        &self,
        bundle: &Bundle,
        sender: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let claimed = self
            .alerts
            .client
            .update_item()
            .table_name(self.alerts.table.name())
            .key("alert", text(LIST))
            .key("part", text(&place(bundle)))
            .update_expression("SET sender = :sender, claimed_until = :until")
            // A claim of its own is one whose answer was lost.
            .condition_expression(
                "attribute_exists(alert) AND (attribute_not_exists(claimed_until) OR claimed_until <= :now OR sender = :sender)",
            )
            .expression_attribute_values(":sender", text(sender))
            .expression_attribute_values(":until", number(until.as_millisecond().into()))
            .expression_attribute_values(":now", number(now.as_millisecond().into()))
            .send()
            .await;
        condition_held(&self.alerts.table, "write to", claimed)
    }
}

impl ReadHeld for Adapters {
    async fn read_held(&self, bundle: &Bundle) -> Result<Vec<HeldMessage>, Fault> {
        let all = self
            .alerts
            .all(&contents(bundle), "held")
            .await?
            .into_iter();
        let known = |part: String| HeldMessage::unreadable(&part, bundle.from);
        Ok(all.map(|held| held.unwrap_or_else(known)).collect())
    }
}

impl CloseBundle for Adapters {
    async fn close_bundle(&self, bundle: &Bundle) -> Result<(), Fault> {
        self.alerts
            .client
            .delete_item()
            .table_name(self.alerts.table.name())
            .key("alert", text(LIST))
            .key("part", text(&place(bundle)))
            .send()
            .await
            .map_err(|error| Fault::of(&self.alerts.table, "delete from", error))?;
        Ok(())
    }
}

fn count(slot: &Slot) -> String {
    format!("count/{}", slot.meter)
}

fn place(bundle: &Bundle) -> String {
    format!("{} {}", bundle.until, bundle.id())
}

fn contents(bundle: &Bundle) -> String {
    format!("bundle/{}", bundle.id())
}

fn messages(item: Option<&Item>) -> u64 {
    let count = item.and_then(|item| item.get("messages")?.as_n().ok()?.parse().ok());
    count.unwrap_or_default()
}

fn expiry(until: Timestamp) -> AttributeValue {
    after(until, KEPT)
}

fn bundle_expiry(bundle: &Bundle) -> AttributeValue {
    let is_paged = matches!(bundle.sink, Sink::PagerDuty(_));
    after(bundle.until, if is_paged { PAGED } else { KEPT })
}

fn after(until: Timestamp, kept: Duration) -> AttributeValue {
    let kept = until.checked_add(kept).unwrap_or(Timestamp::MAX);
    number(kept.as_second().into())
}
