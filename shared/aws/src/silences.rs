//! Silences in the Alerts table, which an operator writes and the forwarder reads: `alert` = `silences`, `part` = the
//! silence's name, `silence` (S) as one stands in a route file, in JSON or YAML; `expires_at` (N) seconds for the
//! table's time to live.

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use jiff::Timestamp;

use crate::fault::{Fault, Resource};

/// The partition of all silences.
pub const PARTITION: &str = "silences";

/// The Alerts table, as far as it holds silences.
#[derive(Debug, Clone)]
pub struct Silences {
    client: Client,
    table: Resource,
}

/// A silence as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its name.
    pub name: String,
    /// The silence.
    pub text: String,
}

impl Silences {
    /// Those of the table of this name.
    pub fn new(client: Client, table: &str) -> Self {
        let remedy = "deploy the stack, or name its output AlertsTable";
        Self {
            client,
            table: Resource::new("alerts table", table, remedy),
        }
    }

    /// All of them, by name; those that are over, too, until the table forgets them.
    pub async fn list(&self) -> Result<Vec<Written>, Fault> {
        let items = self
            .client
            .query()
            .table_name(self.table.name())
            .key_condition_expression("alert = :alert")
            .expression_attribute_values(":alert", text(PARTITION))
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .map_err(|error| Fault::of(&self.table, "read", error))?;
        let value = |value: Option<&AttributeValue>| Some(value?.as_s().ok()?.clone());
        Ok(items
            .iter()
            .map(|item| Written {
                name: value(item.get("part")).unwrap_or_default(),
                text: value(item.get("silence")).unwrap_or_default(),
            })
            .collect())
    }

    /// Writes one, over one of the same name.
    pub async fn put(&self, silence: &Written, until: Timestamp) -> Result<(), Fault> {
        let expires_at = AttributeValue::N(until.as_second().to_string());
        self.client
            .put_item()
            .table_name(self.table.name())
            .item("alert", text(PARTITION))
            .item("part", text(&silence.name))
            .item("silence", text(&silence.text))
            .item("expires_at", expires_at)
            .send()
            .await
            .map_err(|error| Fault::of(&self.table, "write to", error))?;
        Ok(())
    }

    /// Takes one away; whether there was one.
    pub async fn remove(&self, name: &str) -> Result<bool, Fault> {
        let answer = self
            .client
            .delete_item()
            .table_name(self.table.name())
            .key("alert", text(PARTITION))
            .key("part", text(name))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld)
            .send()
            .await
            .map_err(|error| Fault::of(&self.table, "delete from", error))?;
        Ok(answer.attributes().is_some())
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}
