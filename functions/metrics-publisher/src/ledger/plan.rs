//! Slices of many chains → additions to the usage ledger, in transactions with the cursors that move with them.

use std::collections::{BTreeMap, btree_map::Entry};

use jiff::civil::Date;
use picket_aws::ledger::{Cursor, CursorMove, MOST_ACTIONS, row_id};
use picket_shared::{
    chain::{ChainId, Slice},
    position::Position,
    usage::{UsageKey, UsageRow},
};

use crate::ledger::day_rows::DayRows;

/// The slices of a chain that the ledger does not have yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Backlog {
    /// The chain.
    pub chain: ChainId,
    /// The ledger's cursor; `None` where it has not read the chain yet.
    pub cursor: Option<Cursor>,
    /// The slices from the cursor on, in order.
    pub slices: Vec<Slice>,
}

/// A transaction on the ledger with at most [`MOST_ACTIONS`] cursors and rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fold {
    /// The cursors to move, one a chain.
    pub moves: Vec<CursorMove>,
    /// The rows to add, one a [`row_id`] and day.
    pub rows: Vec<UsageRow>,
    /// The number of slices' rows that are past the limit of their day and counted as `Other`.
    pub refused: u64,
}

/// Plans the transactions that add the chains' usage to the ledger, in order.
///
/// Chains share a transaction, and rows with the same key are one row in it, so that several shards with the same rows
/// cost no more rows than one. `n` chains with `r` rows each take at most `n (r + 1) / 99 + 1` transactions, and `n /
/// (100 - r)` if all have the same rows. Rows are counted as done by their position in the slice's body, so `rows_done`
/// has the same meaning in every build, whatever key `days` assigns.
pub fn plan(backlogs: &[Backlog], days: &mut DayRows) -> Vec<Fold> {
    let mut plan = Plan {
        days,
        folds: Vec::new(),
        next: Pending::default(),
    };
    for backlog in backlogs {
        plan.add(backlog);
    }
    plan.close();
    plan.folds
}

/// The complete transactions, and the next one.
struct Plan<'a> {
    days: &'a mut DayRows,
    folds: Vec<Fold>,
    next: Pending,
}

/// A transaction that is being filled.
#[derive(Default)]
struct Pending {
    moves: Vec<CursorMove>,
    rows: BTreeMap<(Date, String), UsageRow>,
    refused: u64,
}

impl Plan<'_> {
    fn add(&mut self, backlog: &Backlog) {
        let Some(last) = backlog.slices.last() else {
            return;
        };
        if self.next.room() == 0 {
            self.close();
        }
        let mut at = backlog.cursor.clone();
        for slice in &backlog.slices {
            let done = done(backlog.cursor.as_ref(), slice);
            for (place, row) in slice.body.usage.iter().enumerate().skip(done) {
                let key = self.days.place(&row.key);
                if !self.next.add(&key, row) {
                    self.next
                        .advance(&backlog.chain, &mut at, within(slice, place));
                    self.close();
                    self.next.add(&key, row);
                }
            }
        }
        let end = Cursor::at(last.after.clone());
        self.next.advance(&backlog.chain, &mut at, end);
    }

    fn close(&mut self) {
        let Pending {
            moves,
            rows,
            refused,
        } = std::mem::take(&mut self.next);
        if !moves.is_empty() {
            self.folds.push(Fold {
                moves,
                rows: rows.into_values().collect(),
                refused,
            });
        }
    }
}

impl Pending {
    /// Adds a row under a key, or refuses it: no room beside the chain's cursor, or a sum above 2^64 - 1.
    fn add(&mut self, key: &UsageKey, row: &UsageRow) -> bool {
        let full = self.room() <= 1;
        let added = match self.rows.entry((key.date, row_id(key))) {
            Entry::Vacant(_) if full => false,
            Entry::Vacant(entry) => {
                entry.insert(UsageRow {
                    key: key.clone(),
                    usage: row.usage,
                });
                true
            }
            Entry::Occupied(mut entry) => match entry.get().usage.checked_add(row.usage) {
                Some(sum) => {
                    entry.get_mut().usage = sum;
                    true
                }
                None => false,
            },
        };
        self.refused += u64::from(added && *key != row.key);
        added
    }

    /// Moves a chain's cursor, unless it is there already.
    fn advance(&mut self, chain: &ChainId, at: &mut Option<Cursor>, to: Cursor) {
        let stands = at.clone().unwrap_or_else(|| Cursor::at(Position::start()));
        if stands != to {
            self.moves.push(CursorMove {
                chain: chain.clone(),
                from: at.replace(to.clone()),
                to,
            });
        }
    }

    fn room(&self) -> usize {
        MOST_ACTIONS.saturating_sub(self.moves.len() + self.rows.len())
    }
}

/// The number of a slice's rows that the ledger has already.
fn done(cursor: Option<&Cursor>, slice: &Slice) -> usize {
    let begun = cursor.filter(|cursor| cursor.mark == slice.before);
    begun.map_or(0, |cursor| {
        usize::try_from(cursor.rows_done).unwrap_or(usize::MAX)
    })
}

fn within(slice: &Slice, rows_done: usize) -> Cursor {
    let rows_done = u32::try_from(rows_done)
        .expect("an item of 400 KB that inflates to 64 MB has fewer than 2^32 rows");
    Cursor {
        rows_done,
        ..Cursor::at(slice.before.clone())
    }
}

#[cfg(test)]
mod tests;
