//! The chain table: one item a slice, and the registry of chains.
//!
//! | key | attributes |
//! |---|---|
//! | `chain` = stream/shard, `mark` = the mark before the slice | `after`, `first`, `body`, `version`, `committed_at` (ms), `expires_at` (s) |
//! | `chain` = `registry`, `mark` = stream/shard | `expires_at` (s) |
//! | `chain` = `attempts`, `mark` = stream/shard | `position`, `number`, `expires_at` (s) |
//! | `chain` = `claims/` stream/shard, `mark` = a replayed position | `owner` once a copy has claimed it, `expires_at` (s) |

mod attempts;
mod claims;
mod covering;
mod first_slices;
mod ids;
mod inspection;
mod slice;
#[cfg(test)]
mod tests;

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::put_item::PutItemError,
};
pub use claims::{Claim, ClaimOutcome};
pub use first_slices::{MOST_INFLATED, first_slices};
pub use inspection::{Damaged, Gap, Inspection};
use jiff::Timestamp;
use picket_shared::{
    chain::{ChainId, Slice, StoredSlice},
    position::Position,
};
use slice::{Unreadable, from_item, to_item};

use crate::{
    conditional::was_put,
    fault::{Fault, Resource},
    item::{Item, number, parse, text},
};

/// The partition that names the chains. A stream's chain has a slash in it, so the two cannot meet.
const REGISTRY: &str = "registry";
/// A fortnight is CloudWatch's oldest datapoint, and a day is for reading about it.
const SHORTEST_LIFE: Duration = Duration::from_hours(15 * 24);
/// The registry outlives the last item it leads to, deletion by TTL being up to two days late.
const REGISTRY_GRACE: Duration = Duration::from_hours(48);

/// The result of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// The slice is in the chain.
    Committed,
    /// Another slice starts at the same mark: a retry's, a zombie's, or this one's own whose answer was lost. Read the
    /// mark again.
    Collided,
    /// The item is larger than DynamoDB takes: it will be refused again, and a smaller one may not be.
    TooLarge,
}

/// The chain table.
#[derive(Debug, Clone)]
pub struct ChainTable {
    client: Client,
    table: Resource,
}

impl ChainTable {
    /// The table of this name.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        let table = Resource::new(
            "chain table",
            table,
            "deploy the stack or correct CHAIN_TABLE",
        );
        Self { client, table }
    }

    /// The mark of a chain: events at or below it are counted. [`Position::start`] where the chain is empty.
    ///
    /// Always consistent, and reads one item.
    pub async fn newest_mark(&self, chain: &ChainId) -> Result<Position, Fault> {
        let answer = self
            .client
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(1)
            .key_condition_expression("#chain = :chain")
            .projection_expression("#after")
            .expression_attribute_names("#chain", "chain")
            .expression_attribute_names("#after", "after")
            .expression_attribute_values(":chain", text(chain.to_string()))
            .send()
            .await
            .map_err(|error| Fault::of(&self.table, "read", error))?;
        match answer.items().first() {
            Some(item) => parse(item, "after").map_err(|error| self.damaged(chain).because(error)),
            None => Ok(Position::start()),
        }
    }

    /// Commits a slice, with one conditional put. It lives for twice the stream's retention, and fifteen days at least.
    ///
    /// A slice that could not be read back is not put: it would be lost to every reader.
    pub async fn commit(&self, slice: &Slice, retention: Duration) -> Result<Commit, Fault> {
        let expires_at = expires_at(slice.committed_at, life(retention));
        let item = to_item(slice, expires_at).map_err(|error| {
            Fault::permanent(format!(
                "a slice of chain {} could not be read back and was not committed; report it with the record at {}",
                slice.chain, slice.first
            ))
            .because(error)
        })?;
        let answer = self
            .client
            .put_item()
            .table_name(self.table.name())
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(#chain)")
            .expression_attribute_names("#chain", "chain")
            .send()
            .await;
        if answer.as_ref().is_err_and(is_too_large) {
            return Ok(Commit::TooLarge);
        }
        let put = was_put(&self.table, answer)?;
        Ok(if put {
            Commit::Committed
        } else {
            Commit::Collided
        })
    }

    /// Enters a chain in the registry, so that the publisher finds it. Doing it again only lengthens the entry's life.
    pub async fn register(
        &self,
        chain: &ChainId,
        now: Timestamp,
        retention: Duration,
    ) -> Result<(), Fault> {
        let expires_at = expires_at(now, life(retention) + REGISTRY_GRACE);
        self.client
            .put_item()
            .table_name(self.table.name())
            .item("chain", text(REGISTRY))
            .item("mark", text(chain.to_string()))
            .item("expires_at", number(expires_at))
            .send()
            .await
            .map_err(|error| Fault::of(&self.table, "write to", error))?;
        Ok(())
    }

    /// Every chain in the registry, in order.
    pub async fn chains(&self) -> Result<Vec<ChainId>, Fault> {
        let items = self
            .client
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .key_condition_expression("#chain = :registry")
            .expression_attribute_names("#chain", "chain")
            .expression_attribute_values(":registry", text(REGISTRY))
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<Item>, _>>()
            .await
            .map_err(|error| Fault::of(&self.table, "read", error))?;
        let chain = |item: &Item| parse(item, "mark");
        items
            .iter()
            .map(chain)
            .collect::<Result<_, _>>()
            .map_err(|error| {
                Fault::permanent(format!(
                    "the registry in the {} cannot be read; delete the entry that is not <stream>/<shard>",
                    self.table
                ))
                .because(error)
            })
    }

    /// Up to `limit` slices of a chain in order, from the one that starts at `from`. Fewer come where a megabyte is
    /// full, where they would pass [`MOST_INFLATED`], and where the next one is of a newer build; where that one is the
    /// first, it is a transient error.
    pub async fn read_from(
        &self,
        chain: &ChainId,
        from: &Position,
        limit: u16,
    ) -> Result<Vec<StoredSlice>, Fault> {
        let answer = self
            .client
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .limit(i32::from(limit))
            .key_condition_expression("#chain = :chain AND #mark >= :from")
            .expression_attribute_names("#chain", "chain")
            .expression_attribute_names("#mark", "mark")
            .expression_attribute_values(":chain", text(chain.to_string()))
            .expression_attribute_values(":from", text(from.as_str()))
            .send()
            .await
            .map_err(|error| Fault::of(&self.table, "read", error))?;
        first_slices(answer.items().iter().map(|item| self.read(chain, item)))
    }

    fn read(&self, chain: &ChainId, item: &Item) -> Result<(StoredSlice, usize), Fault> {
        from_item(chain, item).map_err(|unreadable| self.unreadable(chain, unreadable))
    }

    fn damaged(&self, chain: &ChainId) -> Fault {
        Fault::permanent(format!(
            "an item of chain {chain} in the {} cannot be read; `picket chain check` finds it, and the table's backup has it",
            self.table
        ))
    }

    fn unreadable(&self, chain: &ChainId, unreadable: Unreadable) -> Fault {
        if unreadable.is_newer() {
            let sentence = format!(
                "chain {chain} in the {} was written by a newer build",
                self.table
            );
            return Fault::transient(sentence).because(unreadable);
        }
        self.damaged(chain).because(unreadable)
    }
}

/// Whether the item passes DynamoDB's 400 KB. The code is that of every request that DynamoDB calls invalid, of one
/// that does not fit the table's keys too, so the message decides: "Item size has exceeded the maximum allowed size".
fn is_too_large(error: &SdkError<PutItemError>) -> bool {
    error.code() == Some("ValidationException")
        && error
            .message()
            .is_some_and(|message| message.contains("Item size"))
}

fn life(retention: Duration) -> Duration {
    SHORTEST_LIFE.max(retention * 2)
}

/// In seconds since 1970, as DynamoDB's TTL wants it.
fn expires_at(now: Timestamp, life: Duration) -> i64 {
    let seconds = i64::try_from(life.as_secs()).unwrap_or(i64::MAX);
    now.as_second().saturating_add(seconds)
}
