//! The remediation table: leases and audit rows, with puts and queries alone.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::put_item::{PutItemError, builders::PutItemFluentBuilder},
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use jiff::Timestamp;
use picket_aws::{Fault, conditional::was_put, fault::Resource};

use super::Adapters;
use crate::{
    audit::{ConditionalPut, Entry, Key, entries_since},
    ports::{HoldLease, OpenAudit, ReadAudit, UpdateAudit},
};

/// Sorts after every audit row.
const AFTER_AUDIT: &str = "audit~";

/// The sort key of a target's lease.
const LEASE: &str = "lease";

/// The table.
#[derive(Debug, Clone)]
pub(super) struct RemediationTable {
    client: Client,
    table: Resource,
}

pub(super) type Item = HashMap<String, AttributeValue>;

impl RemediationTable {
    pub(super) fn new(client: Client, table: &str) -> Self {
        let table = Resource::new(
            "remediation table",
            table,
            "deploy the stack or correct REMEDIATION_TABLE",
        );
        Self { client, table }
    }

    pub(super) fn fault(&self, error: SdkError<PutItemError>) -> Fault {
        Fault::of(&self.table, "write to", error)
    }

    /// Puts an item under a condition. A put whose answer was lost is sent again by the SDK, and its condition does not
    /// hold then, since it is there already: DynamoDB returns the item that it found, and that is this one.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html>
    pub(super) async fn put_once(
        &self,
        put: PutItemFluentBuilder,
    ) -> Result<ConditionalPut, Fault> {
        let sent = put.get_item().clone();
        let answer = put
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let found = match answer.as_ref().map_err(SdkError::as_service_error) {
            Err(Some(PutItemError::ConditionalCheckFailedException(failed))) => failed.item(),
            Ok(_) | Err(_) => None,
        };
        if found.is_some() && found == sent.as_ref() {
            return Ok(ConditionalPut::Written);
        }
        let put = was_put(&self.table, answer)?;
        Ok(if put {
            ConditionalPut::Written
        } else {
            ConditionalPut::Rejected
        })
    }

    pub(super) fn damaged(&self, key: &str) -> Fault {
        Fault::permanent(format!("row {key} of the {} cannot be read", self.table))
    }

    /// A put of a row, to which the caller adds attributes.
    pub(super) fn put(&self, target: &str, entry: &str) -> PutItemFluentBuilder {
        self.client
            .put_item()
            .table_name(self.table.name())
            .item("target", text(target))
            .item("entry", text(entry))
    }

    /// The rows of a partition between two sort keys, both included.
    pub(super) async fn rows(
        &self,
        target: &str,
        from: &str,
        to: &str,
    ) -> Result<Vec<Item>, Fault> {
        let mut pages = self
            .client
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .key_condition_expression("#target = :target AND #entry BETWEEN :since AND :after")
            .expression_attribute_names("#target", "target")
            .expression_attribute_names("#entry", "entry")
            .expression_attribute_values(":target", text(target))
            .expression_attribute_values(":since", text(from))
            .expression_attribute_values(":after", text(to))
            .into_paginator()
            .items()
            .send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.map_err(|error| Fault::of(&self.table, "read", error))?);
        }
        Ok(items)
    }

    fn read(&self, item: &Item) -> Result<(Key, Entry), Fault> {
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
        let (Some(target), Some(entry), Some(body)) = (text("target"), text("entry"), text("body"))
        else {
            return Err(self.damaged(&format!("{item:?}")));
        };
        let parsed = serde_json::from_str(body)
            .map_err(|error| self.damaged(&format!("{target} {entry}")).because(error))?;
        let key = Key {
            target: target.clone(),
            entry: entry.clone(),
        };
        Ok((key, parsed))
    }
}

/// A row: the attributes that people search by, and the whole row as JSON.
fn to_item(key: &Key, entry: &Entry) -> Result<Item, Fault> {
    let body = serde_json::to_string(entry).map_err(|error| {
        Fault::permanent("the audit row could not be written as JSON").because(error)
    })?;
    let mut item = Item::from([
        ("target".to_owned(), text(&key.target)),
        ("entry".to_owned(), text(&key.entry)),
        ("owner".to_owned(), text(&entry.owner)),
        (
            "outcome".to_owned(),
            text(&entry.message.outcome.to_string()),
        ),
        ("text".to_owned(), text(&entry.message.text)),
        ("body".to_owned(), text(&body)),
        ("expires_at".to_owned(), number(entry.expires_at())),
    ]);
    item.insert("version".to_owned(), version(entry));
    if let Some(record) = &entry.record {
        item.insert("previous".to_owned(), text(&record.restore.to_string()));
    }
    Ok(item)
}

pub(super) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(super) fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

impl HoldLease for Adapters {
    async fn lease(
        &self,
        target: &str,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<ConditionalPut, Fault> {
        let table = &self.table;
        let put = table
            .put(target, LEASE)
            .item("owner", text(owner))
            .item("held_until", number(until.as_millisecond()))
            .item("expires_at", number(until.as_second()))
            .condition_expression(
                "attribute_not_exists(#target) OR #held_until <= :now OR #owner = :owner",
            )
            .expression_attribute_names("#target", "target")
            .expression_attribute_names("#held_until", "held_until")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":owner", text(owner));
        table.put_once(put).await
    }
}

impl OpenAudit for Adapters {
    async fn open(&self, key: &Key, entry: &Entry) -> Result<ConditionalPut, Fault> {
        let table = &self.table;
        let put = table
            .put(&key.target, &key.entry)
            .set_item(Some(to_item(key, entry)?))
            .condition_expression("attribute_not_exists(#target)")
            .expression_attribute_names("#target", "target");
        table.put_once(put).await
    }
}

impl UpdateAudit for Adapters {
    async fn update(&self, key: &Key, entry: &Entry) -> Result<ConditionalPut, Fault> {
        let table = &self.table;
        let next = Entry {
            version: entry.version + 1,
            ..entry.clone()
        };
        // A row of the build before has no version: its owner alone writes over it.
        let put = table
            .put(&key.target, &key.entry)
            .set_item(Some(to_item(key, &next)?))
            .condition_expression(
                "#version = :before OR (attribute_not_exists(#version) AND #owner = :owner)",
            )
            .expression_attribute_names("#version", "version")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":before", version(entry))
            .expression_attribute_values(":owner", text(&entry.owner));
        table.put_once(put).await
    }
}

fn version(entry: &Entry) -> AttributeValue {
    number(i64::try_from(entry.version).unwrap_or(i64::MAX))
}

impl ReadAudit for Adapters {
    async fn entries(&self, target: &str, since: Timestamp) -> Result<Vec<(Key, Entry)>, Fault> {
        let table = &self.table;
        let items = table
            .rows(target, &entries_since(since), AFTER_AUDIT)
            .await?;
        items.iter().map(|item| table.read(item)).collect()
    }
}
