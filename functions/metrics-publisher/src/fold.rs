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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use picket_shared::{
        chain::{Body, ChainId},
        usage::TokenCounts,
    };
    use proptest::prelude::*;

    use super::*;

    fn position(place: usize) -> Position {
        if place == 0 {
            Position::start()
        } else {
            Position::new(&place.to_string(), 0).unwrap()
        }
    }

    fn row(agent: u16, input: u64) -> UsageRow {
        let key = UsageKey {
            date: jiff::civil::date(2023, 11, 16),
            agent: agent.to_string(),
            model: "m".into(),
            incident: None,
            price: None,
            batch: false,
        };
        let tokens = TokenCounts {
            input,
            ..TokenCounts::default()
        };
        UsageRow {
            key,
            usage: Usage {
                requests: 1,
                tokens,
            },
        }
    }

    fn chain(bodies: Vec<Vec<UsageRow>>) -> Vec<Slice> {
        let slice = |(place, usage)| Slice {
            chain: ChainId::new("events", "shard").unwrap(),
            before: position(place),
            first: position(place + 1),
            after: position(place + 1),
            committed_at: Timestamp::UNIX_EPOCH,
            body: Body {
                usage,
                ..Body::default()
            },
        };
        bodies.into_iter().enumerate().map(slice).collect()
    }

    #[test]
    fn slices_share_a_transaction_and_rows_of_one_key_are_one() {
        let slices = chain(vec![vec![row(1, 10), row(2, 1)], vec![], vec![row(1, 5)]]);
        let mut expected = row(1, 15);
        expected.usage.requests = 2;
        let fold = Fold {
            rows: vec![expected, row(2, 1)],
            to: Cursor::at(position(3)),
        };
        assert_eq!(plan(None, &slices), [fold]);
        assert_eq!(plan(None, &[]), []);
    }

    #[test]
    fn a_slice_without_usage_moves_the_cursor_alone() {
        let folds = plan(None, &chain(vec![vec![]]));
        let expected = Fold {
            rows: vec![],
            to: Cursor::at(position(1)),
        };
        assert_eq!(folds, [expected]);
    }

    #[test]
    fn a_slice_of_250_rows_takes_three_transactions_and_any_of_them_can_be_the_last() {
        let slices = chain(vec![(0..250).map(|agent| row(agent, 1)).collect()]);
        let folds = plan(None, &slices);
        let sizes: Vec<_> = folds.iter().map(|fold| fold.rows.len()).collect();
        let done: Vec<_> = folds.iter().map(|fold| fold.to.rows_done).collect();
        assert_eq!((sizes, done), (vec![99, 99, 52], vec![99, 198, 0]));
        assert_eq!(plan(Some(&folds[0].to), &slices), folds[1..]);
        assert_eq!(plan(Some(&folds[1].to), &slices), folds[2..]);
    }

    #[test]
    fn a_sum_past_the_integers_goes_into_the_next_transaction() {
        let slices = chain(vec![vec![row(1, u64::MAX), row(1, 1)]]);
        let folds = plan(None, &slices);
        assert_eq!(folds.len(), 2);
        assert_eq!(folds[0].to.rows_done, 1);
        assert_eq!(folds[1].rows, [row(1, 1)]);
    }

    proptest! {
        #[test]
        fn every_row_is_added_once_wherever_the_folding_stops(
            bodies in prop::collection::vec(prop::collection::vec((0..200_u16, 0..1_000_u64), 0..150), 1..8), stop in 0..20_usize,
        ) {
            let rows = |body: Vec<(u16, u64)>| body.into_iter().map(|(agent, input)| row(agent, input)).collect();
            let slices = chain(bodies.into_iter().map(rows).collect());
            let mut folds = plan(None, &slices);
            folds.truncate(stop);
            let cursor = folds.last().map(|fold| fold.to.clone());
            let mark = cursor.as_ref().map_or_else(Position::start, |cursor| cursor.mark.clone());
            let rest: Vec<Slice> = slices.iter().filter(|slice| slice.before >= mark).cloned().collect();
            folds.extend(plan(cursor.as_ref(), &rest));
            let mut totals: BTreeMap<&UsageKey, u64> = BTreeMap::new();
            for fold in &folds {
                prop_assert!(fold.rows.len() <= MOST_ROWS_A_FOLD);
                fold.rows.iter().for_each(|row| *totals.entry(&row.key).or_default() += row.usage.tokens.input);
            }
            let mut expected: BTreeMap<&UsageKey, u64> = BTreeMap::new();
            for row in slices.iter().flat_map(|slice| &slice.body.usage) {
                *expected.entry(&row.key).or_default() += row.usage.tokens.input;
            }
            prop_assert_eq!(totals, expected);
            prop_assert_eq!(&folds.last().unwrap().to.mark, &slices.last().unwrap().after);
        }
    }
}
