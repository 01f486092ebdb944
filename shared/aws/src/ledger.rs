//! The usage ledger: each day's usage, and the cursor of each sink in each chain.
//!
//! | key | attributes |
//! |---|---|
//! | `day` = 2023-11-16, `row` = `["agent","model",incident,price,batch]` | `requests`, `input`, `output`, `cache_read`, `cache_write_5m`, `cache_write_1h` |
//! | `day` = `cursor/ledger` or `cursor/cloudwatch`, `row` = stream/shard | `mark`, `rows_done`, `claimed`, `claimed_until` (ms), `accepted`, `certain`, `ambiguous` |

mod cancelled;
mod cursor;
mod recorded;
mod row;
#[cfg(test)]
mod tests;

use aws_sdk_dynamodb::{
    Client,
    operation::query::paginator::QueryPaginator,
    types::{AttributeValue, Put, TransactWriteItem, Update},
};
use cancelled::Cancelled;
use jiff::{ToSpan, civil::Date};
use picket_shared::{chain::ChainId, report::ErrorChain, usage::UsageRow};

pub use cursor::{Claim, Cursor, CursorMove, Sink};
pub use picket_shared::usage::row_id;
pub use recorded::{InvalidRecording, read_recorded};

use crate::{
    conditional::was_put,
    fault::{Fault, Resource},
    item::{Item, text},
};

/// Actions of a transaction: cursors and rows together. `TransactWriteItems` takes a hundred, no two on one item, and 4
/// MB (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>); a hundred of ours
/// have 0.2 MB, since a key has at most 3 KB and the rest of an item 0.2 KB.
pub const MOST_ACTIONS: usize = 100;

/// The result of moving a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// The cursor moved, and what goes with it was added.
    Moved,
    /// The cursor was not at the expected position, and nothing changed: another process moved it, or this very call
    /// did and its answer was lost. Read it again.
    Collided,
}

/// Rows of the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerRows {
    /// The rows that could be read.
    pub rows: Vec<UsageRow>,
    /// The number of rows that could not. Someone changed them by hand, or a newer build wrote them.
    pub unreadable: u64,
}

/// The rows of a day, as far as they were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayRows {
    /// The rows.
    pub rows: LedgerRows,
    /// Whether these are all; `false` where there are more than were to be read.
    pub is_whole: bool,
}

/// The ledger table.
#[derive(Debug, Clone)]
pub struct LedgerTable {
    client: Client,
    table: Resource,
}

impl LedgerTable {
    /// The table of this name.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        let table = Resource::new(
            "ledger table",
            table,
            "deploy the stack or correct LEDGER_TABLE",
        );
        Self { client, table }
    }

    /// Reads the cursor of a sink in a chain, consistently; `None` where it has not begun.
    pub async fn cursor(&self, sink: Sink, chain: &ChainId) -> Result<Option<Cursor>, Fault> {
        let answer = self
            .client
            .get_item()
            .table_name(self.table.name())
            .consistent_read(true)
            .key("day", text(sink.partition()))
            .key("row", text(chain.to_string()))
            .send()
            .await
            .map_err(|error| Fault::of(&self.table, "read", error))?;
        let read = |item: &Item| {
            cursor::from_item(item).map_err(|error| {
                let place = format!("the cursor {}/{chain}", sink.partition());
                Fault::permanent(format!(
                    "{place} in the {} cannot be read; restore it from the table's backup",
                    self.table
                ))
                .because(error)
            })
        };
        answer.item().map(read).transpose()
    }

    /// Moves a sink's cursor from `old` to `new`, if it still is at `old`.
    pub async fn advance(
        &self,
        sink: Sink,
        chain: &ChainId,
        old: Option<&Cursor>,
        new: &Cursor,
    ) -> Result<Move, Fault> {
        let condition = cursor::Condition::at(old);
        let answer = self
            .client
            .put_item()
            .table_name(self.table.name())
            .set_item(Some(cursor::to_item(sink, chain, new)))
            .condition_expression(condition.expression)
            .set_expression_attribute_names(Some(condition.names))
            .set_expression_attribute_values(condition.values)
            .send()
            .await;
        let put = was_put(&self.table, answer)?;
        Ok(if put { Move::Moved } else { Move::Collided })
    }

    /// Adds rows to the ledger and moves the ledger's cursors of their chains, in one transaction: all or nothing.
    ///
    /// `moves` and `rows` are [`MOST_ACTIONS`] at most together, of distinct chains and distinct [`row_id`]s.
    pub async fn fold(&self, moves: &[CursorMove], rows: &[UsageRow]) -> Result<Move, Fault> {
        let moves = moves.iter().map(|action| self.cursor_action(action));
        let rows = rows.iter().map(|row| self.row_action(row));
        let actions: Vec<TransactWriteItem> = moves.chain(rows).collect();
        let answer = self
            .client
            .transact_write_items()
            .set_transact_items(Some(actions))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Move::Moved),
            Err(error) => match error.as_service_error().map(Cancelled::of) {
                Some(Cancelled::Condition) => Ok(Move::Collided),
                Some(Cancelled::Transient) => Err(Fault::transient(format!(
                    "could not write to the {} now: another transaction was there; it is tried again",
                    self.table
                ))
                .because(error)),
                _ => Err(Fault::of(&self.table, "write to", error)),
            },
        }
    }

    /// Every row of the days `from` to `to`, both included.
    pub async fn rows(&self, from: Date, to: Date) -> Result<LedgerRows, Fault> {
        let mut read = LedgerRows::default();
        for day in from.series(1.day()).take_while(|day| *day <= to) {
            self.read_day(day, usize::MAX, &mut read).await?;
        }
        Ok(read)
    }

    /// The rows of a day, `most` readable ones at most.
    pub async fn day(&self, day: Date, most: usize) -> Result<DayRows, Fault> {
        let mut rows = LedgerRows::default();
        let is_whole = self.read_day(day, most, &mut rows).await?;
        Ok(DayRows { rows, is_whole })
    }

    /// The readable rows of a day; `None` where there are more than `most`, of which no more are read.
    pub async fn rows_at_most(
        &self,
        day: Date,
        most: usize,
    ) -> Result<Option<Vec<UsageRow>>, Fault> {
        let mut read = LedgerRows::default();
        let is_whole = self.read_day(day, most, &mut read).await?;
        Ok(is_whole.then_some(read.rows))
    }

    /// Adds a day's rows, and returns whether these are all: with `most` of them and a further item, no more are read.
    async fn read_day(&self, day: Date, most: usize, read: &mut LedgerRows) -> Result<bool, Fault> {
        let mut items = self.query(day).items().send();
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| Fault::of(&self.table, "read", error))?;
            if read.rows.len() == most {
                return Ok(false);
            }
            match self.row(day, &item) {
                Some(row) => read.rows.push(row),
                None => read.unreadable += 1,
            }
        }
        Ok(true)
    }

    fn query(&self, day: Date) -> QueryPaginator {
        self.client
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .key_condition_expression("#day = :day")
            .expression_attribute_names("#day", "day")
            .expression_attribute_values(":day", text(day.to_string()))
            .into_paginator()
    }

    /// Reads a row; one that cannot be read stops no other.
    fn row(&self, day: Date, item: &Item) -> Option<UsageRow> {
        let row = row::from_item(day, item);
        row.inspect_err(|error| {
            tracing::error!(
                %day,
                key = item.get("row").and_then(|key| key.as_s().ok()),
                fault = %ErrorChain(error),
                "a row of the {} cannot be read; restore it from the table's backup",
                self.table
            );
        })
        .ok()
    }

    fn cursor_action(&self, action: &CursorMove) -> TransactWriteItem {
        let condition = cursor::Condition::at(action.from.as_ref());
        let put = Put::builder()
            .table_name(self.table.name())
            .set_item(Some(cursor::to_item(
                Sink::Ledger,
                &action.chain,
                &action.to,
            )))
            .condition_expression(condition.expression)
            .set_expression_attribute_names(Some(condition.names))
            .set_expression_attribute_values(condition.values)
            .build()
            .expect("table and item are set");
        TransactWriteItem::builder().put(put).build()
    }

    fn row_action(&self, row: &UsageRow) -> TransactWriteItem {
        let additions = row::additions(&row.usage);
        let update = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(row::key(&row.key)))
            .update_expression(additions.expression)
            .set_expression_attribute_names(Some(additions.names))
            .set_expression_attribute_values(Some(additions.values))
            .build()
            .expect("table, key and expression are set");
        TransactWriteItem::builder().update(update).build()
    }
}

/// Names and values of an expression.
type Names = std::collections::HashMap<String, String>;
type Values = std::collections::HashMap<String, AttributeValue>;
