//! Blobs in the ledger table that processes change one after another: the state of a sink that a cursor cannot
//! hold.
//!
//! | key | attributes |
//! |---|---|
//! | `day` = the name, `row` = the part | `version` (N), `body` (B), `expires_at` (s, where it may go) |

#[cfg(test)]
mod tests;

use aws_sdk_dynamodb::Client;
use jiff::Timestamp;

use crate::{
    conditional::was_put,
    fault::{Fault, Resource},
    item::{Item, bytes, number, parse, read_bytes, text},
    ledger::Move,
};

/// A blob as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The number of writes.
    pub version: u64,
    /// The last written bytes.
    pub body: Vec<u8>,
}

/// The key of a blob: one item of at most 400 KB.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey {
    /// The owner of the blob. Dates and cursors have names of their own.
    pub name: String,
    /// Which part of it.
    pub part: String,
}

impl BlobKey {
    /// A part of a name.
    pub fn new(name: impl Into<String>, part: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            part: part.into(),
        }
    }
}

/// The ledger table, as the home of blobs.
#[derive(Debug, Clone)]
pub struct StateTable {
    client: Client,
    table: Resource,
}

impl StateTable {
    /// The table of this name.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        let table = Resource::new(
            "ledger table",
            table,
            "deploy the stack or correct LEDGER_TABLE",
        );
        Self { client, table }
    }

    /// Reads a blob; `None` where it was never written. Always consistent.
    pub async fn read(&self, place: &BlobKey) -> Result<Option<Stored>, Fault> {
        let answer = self
            .client
            .get_item()
            .table_name(self.table.name())
            .consistent_read(true)
            .key("day", text(&place.name))
            .key("row", text(&place.part))
            .send()
            .await
            .map_err(|error| Fault::of(&self.table, "read", error))?;
        let read = |item: &Item| {
            Ok(Stored {
                version: parse(item, "version")?,
                body: read_bytes(item, "body")?.to_vec(),
            })
        };
        answer
            .item()
            .map(read)
            .transpose()
            .map_err(|error: crate::item::BadAttribute| {
                Fault::permanent(format!(
                    "the item {}/{} in the {} cannot be read; restore it from the table's backup",
                    place.name, place.part, self.table
                ))
                .because(error)
            })
    }

    /// Writes a blob, if it still has the version `old` (`None`: if it is not there). It may go at `expires_at`.
    pub async fn write(
        &self,
        place: &BlobKey,
        old: Option<u64>,
        body: Vec<u8>,
        expires_at: Option<Timestamp>,
    ) -> Result<Move, Fault> {
        let put = self
            .client
            .put_item()
            .table_name(self.table.name())
            .item("day", text(&place.name))
            .item("row", text(&place.part))
            .item("version", number(old.unwrap_or(0) + 1))
            .item("body", bytes(body))
            .expression_attribute_names("#version", "version");
        let put = match expires_at {
            Some(at) => put.item("expires_at", number(at.as_second())),
            None => put,
        };
        let put = match old {
            Some(old) => put
                .condition_expression("#version = :old")
                .expression_attribute_values(":old", number(old)),
            None => put.condition_expression("attribute_not_exists(#version)"),
        };
        let put = was_put(&self.table, put.send().await)?;
        Ok(if put { Move::Moved } else { Move::Collided })
    }
}
