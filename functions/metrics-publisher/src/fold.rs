//! Slices → additions to the usage ledger, each with the cursor that must move with it.

use std::collections::{BTreeMap, btree_map::Entry};

use picket_aws::ledger::{Cursor, MOST_ROWS_A_FOLD};
use picket_shared::{
    chain::Slice,
    position::Position,
    usage::{Usage, UsageKey, UsageRow},
};

/// One transaction on the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// What it adds: distinct keys, [`MOST_ROWS_A_FOLD`] at most.
    pub rows: Vec<UsageRow>,
    /// Where the cursor is afterwards.
    pub to: Cursor,
}

/// The transactions that add the slices' usage to the ledger, in order, from where the cursor stands.
///
/// Rows are counted in the order of the body, so `rows_done` means the same to every build.
pub fn plan(cursor: Option<&Cursor>, slices: &[Slice]) -> Vec<Fold> {
    let mut folds = Vec::new();
    let mut pending = Pending::default();
    for slice in slices {
        for (place, row) in slice
            .body
            .usage
            .iter()
            .enumerate()
            .skip(done(cursor, slice))
        {
            if !pending.add(row) {
                folds.push(pending.take(within(slice, place)));
                pending.add(row);
            }
        }
        pending.slices += 1;
    }
    if let (Some(last), true) = (slices.last(), pending.slices > 0) {
        folds.push(pending.take(Cursor::at(last.after.clone())));
    }
    folds
}

/// How many rows of a slice the ledger has already.
fn done(cursor: Option<&Cursor>, slice: &Slice) -> usize {
    let begun = cursor.filter(|cursor| cursor.mark == slice.before);
    begun.map_or(0, |cursor| {
        usize::try_from(cursor.rows_done).unwrap_or(usize::MAX)
    })
}

fn within(slice: &Slice, rows_done: usize) -> Cursor {
    let mark: Position = slice.before.clone();
    let rows_done = u32::try_from(rows_done)
        .expect("an item of 400 KB that inflates to 64 MB has fewer than 2^32 rows");
    Cursor {
        rows_done,
        ..Cursor::at(mark)
    }
}

/// Rows that go into the next transaction.
#[derive(Default)]
struct Pending {
    rows: BTreeMap<UsageKey, Usage>,
    slices: usize,
}

impl Pending {
    /// Takes a row in, or refuses it: no room, or a sum past 2^64 - 1.
    fn add(&mut self, row: &UsageRow) -> bool {
        let full = self.rows.len() >= MOST_ROWS_A_FOLD;
        match self.rows.entry(row.key.clone()) {
            Entry::Vacant(_) if full => false,
            Entry::Vacant(entry) => {
                entry.insert(row.usage);
                true
            }
            Entry::Occupied(mut entry) => match entry.get().checked_add(row.usage) {
                Some(sum) => {
                    entry.insert(sum);
                    true
                }
                None => false,
            },
        }
    }

    fn take(&mut self, to: Cursor) -> Fold {
        let Self { rows, .. } = std::mem::take(self);
        let rows = rows
            .into_iter()
            .map(|(key, usage)| UsageRow { key, usage })
            .collect();
        Fold { rows, to }
    }
}
