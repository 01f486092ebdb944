use std::collections::BTreeSet;

use jiff::Timestamp;
use picket_shared::{
    chain::Body,
    usage::{TokenCounts, Usage},
};
use proptest::prelude::*;

use super::*;

/// Without a ceiling.
fn plan(backlogs: &[Backlog]) -> Vec<Fold> {
    super::plan(backlogs, &mut DayRows::new(u32::MAX))
}

fn position(place: usize) -> Position {
    if place == 0 {
        Position::start()
    } else {
        Position::new(&place.to_string(), 0).unwrap()
    }
}

fn key(agent: &str) -> UsageKey {
    UsageKey {
        date: jiff::civil::date(2023, 11, 16),
        agent: agent.into(),
        model: "m".into(),
        incident: None,
        price: None,
        batch: false,
    }
}

fn row(agent: u16, input: u64) -> UsageRow {
    let tokens = TokenCounts {
        input,
        ..TokenCounts::default()
    };
    UsageRow {
        key: key(&agent.to_string()),
        usage: Usage {
            requests: 1,
            tokens,
        },
    }
}

fn chain(shard: usize) -> ChainId {
    ChainId::new("events", &format!("shard-{shard}")).unwrap()
}

fn backlog(shard: usize, bodies: Vec<Vec<UsageRow>>) -> Backlog {
    let slice = |(place, usage)| Slice {
        chain: chain(shard),
        before: position(place),
        first: position(place + 1),
        after: position(place + 1),
        committed_at: Timestamp::UNIX_EPOCH,
        body: Body {
            usage,
            ..Body::default()
        },
    };
    Backlog {
        chain: chain(shard),
        cursor: None,
        slices: bodies.into_iter().enumerate().map(slice).collect(),
    }
}

/// The backlog of a chain after these transactions.
fn rest(backlog: &Backlog, folds: &[Fold]) -> Backlog {
    let mut moves = folds.iter().flat_map(|fold| &fold.moves);
    let cursor = moves.rfind(|to| to.chain == backlog.chain);
    let cursor = cursor.map(|to| to.to.clone()).or(backlog.cursor.clone());
    let mark = cursor
        .as_ref()
        .map_or_else(Position::start, |cursor| cursor.mark.clone());
    let left = backlog.slices.iter().filter(|slice| slice.before >= mark);
    Backlog {
        chain: backlog.chain.clone(),
        slices: left.cloned().collect(),
        cursor,
    }
}

/// Tokens by row, as the transactions add them.
fn totals<'a>(rows: impl Iterator<Item = &'a UsageRow>) -> BTreeMap<UsageKey, u64> {
    let mut totals = BTreeMap::new();
    for row in rows {
        *totals.entry(row.key.clone()).or_default() += row.usage.tokens.input;
    }
    totals
}

#[test]
fn slices_share_a_transaction_and_rows_of_one_key_are_one() {
    let slices = backlog(
        0,
        vec![vec![row(1, 10), row(2, 1)], vec![], vec![row(1, 5)]],
    );
    let mut expected = row(1, 15);
    expected.usage.requests = 2;
    let fold = Fold {
        moves: vec![CursorMove {
            chain: chain(0),
            from: None,
            to: Cursor::at(position(3)),
        }],
        rows: vec![expected, row(2, 1)],
        refused: 0,
    };
    assert_eq!(plan(&[slices]), [fold]);
    assert_eq!(plan(&[backlog(0, vec![])]), []);
}

#[test]
fn slices_without_usage_move_their_cursors_alone_a_hundred_at_once() {
    let backlogs: Vec<_> = (0..150).map(|shard| backlog(shard, vec![vec![]])).collect();
    let folds = plan(&backlogs);
    let sizes: Vec<_> = folds.iter().map(|fold| fold.moves.len()).collect();
    assert_eq!(sizes, [100, 50]);
    assert!(folds.iter().all(|fold| fold.rows.is_empty()));
}

#[test]
fn shards_with_the_same_rows_share_them() {
    // Shards, rows of each, transactions: shards / (100 - rows), rounded up.
    for (shards, rows, expected) in [
        (1, 1, 1),
        (10, 5, 1),
        (95, 5, 1),
        (96, 5, 2),
        (1_000, 50, 20),
    ] {
        let body = || (0..rows).map(|agent| row(agent, 1)).collect();
        let backlogs: Vec<_> = (0..shards)
            .map(|shard| backlog(shard, vec![body()]))
            .collect();
        assert_eq!(
            plan(&backlogs).len(),
            expected,
            "{shards} shards, {rows} rows"
        );
    }
}

#[test]
fn a_slice_of_250_rows_takes_three_transactions_and_any_of_them_can_be_the_last() {
    let slices = backlog(0, vec![(0..250).map(|agent| row(agent, 1)).collect()]);
    let folds = plan(std::slice::from_ref(&slices));
    let sizes: Vec<_> = folds.iter().map(|fold| fold.rows.len()).collect();
    let done: Vec<_> = folds
        .iter()
        .map(|fold| fold.moves[0].to.rows_done)
        .collect();
    assert_eq!((sizes, done), (vec![99, 99, 52], vec![99, 198, 0]));
    assert_eq!(plan(&[rest(&slices, &folds[..1])]), folds[1..]);
    assert_eq!(plan(&[rest(&slices, &folds[..2])]), folds[2..]);
}

#[test]
fn a_sum_past_the_integers_goes_into_the_next_transaction() {
    let folds = plan(&[backlog(0, vec![vec![row(1, u64::MAX), row(1, 1)]])]);
    assert_eq!(folds.len(), 2);
    assert_eq!(folds[0].moves[0].to.rows_done, 1);
    assert_eq!(folds[1].rows, [row(1, 1)]);
}

#[test]
fn keys_that_are_one_item_of_the_table_are_one_row() {
    let long = key(&"x".repeat(300));
    // A text that reads as what the table keeps of the long one.
    let id: (String, String, Option<String>, Option<String>, bool) =
        serde_json::from_str(&row_id(&long)).unwrap();
    let short = key(&id.0);
    assert_ne!(long, short);
    let of = |key| UsageRow {
        key,
        usage: row(1, 1).usage,
    };
    let folds = plan(&[backlog(0, vec![vec![of(long), of(short)]])]);
    assert_eq!(folds.len(), 1);
    assert_eq!(folds[0].rows.len(), 1);
    assert_eq!(folds[0].rows[0].usage.tokens.input, 2);
}

#[test]
fn rows_past_the_ceiling_are_one_and_a_slice_goes_on_where_it_stopped_under_any_ceiling() {
    let slices = backlog(0, vec![(0..250).map(|agent| row(agent, 1)).collect()]);
    let folds = super::plan(std::slice::from_ref(&slices), &mut DayRows::new(10));
    assert_eq!(folds.len(), 1);
    assert_eq!((folds[0].rows.len(), folds[0].refused), (11, 240));
    let other = folds[0].rows.iter().find(|row| row.key.agent == "Other");
    assert_eq!(other.unwrap().usage.requests, 240);
    // A process without the ceiling made the first transaction, one with it makes the rest.
    let first = &plan(std::slice::from_ref(&slices))[..1];
    let then = super::plan(&[rest(&slices, first)], &mut DayRows::new(10));
    let added: u64 = first
        .iter()
        .chain(&then)
        .flat_map(|fold| &fold.rows)
        .map(|row| row.usage.requests)
        .sum();
    assert_eq!(added, 250);
}

fn bodies() -> impl Strategy<Value = Vec<Vec<UsageRow>>> {
    let row = (0..200_u16, 0..1_000_u64).prop_map(|(agent, input)| row(agent, input));
    prop::collection::vec(prop::collection::vec(row, 0..150), 0..4)
}

proptest! {
    #[test]
    fn every_row_is_added_once_wherever_the_folding_stops(chains in prop::collection::vec(bodies(), 1..6), stop in 0..20_usize) {
        let backlogs: Vec<Backlog> = chains.into_iter().enumerate().map(|(shard, bodies)| backlog(shard, bodies)).collect();
        let mut folds = plan(&backlogs);
        folds.truncate(stop);
        let left: Vec<Backlog> = backlogs.iter().map(|backlog| rest(backlog, &folds)).collect();
        folds.extend(plan(&left));
        let mut cursors: BTreeMap<&ChainId, Option<Cursor>> = BTreeMap::new();
        for fold in &folds {
            prop_assert!(fold.moves.len() + fold.rows.len() <= MOST_ACTIONS);
            let items: BTreeSet<_> = fold.rows.iter().map(|row| (row.key.date, row_id(&row.key))).collect();
            let chains: BTreeSet<_> = fold.moves.iter().map(|to| &to.chain).collect();
            prop_assert_eq!((items.len(), chains.len()), (fold.rows.len(), fold.moves.len()));
            for to in &fold.moves {
                let stands = cursors.entry(&to.chain).or_default();
                prop_assert_eq!(&to.from, &*stands);
                *stands = Some(to.to.clone());
            }
        }
        let slices = || backlogs.iter().flat_map(|backlog| &backlog.slices);
        prop_assert_eq!(totals(folds.iter().flat_map(|fold| &fold.rows)), totals(slices().flat_map(|slice| &slice.body.usage)));
        for backlog in backlogs.iter().filter(|backlog| !backlog.slices.is_empty()) {
            let stands = cursors[&backlog.chain].clone().unwrap();
            prop_assert_eq!(stands, Cursor::at(backlog.slices.last().unwrap().after.clone()));
        }
    }
}
