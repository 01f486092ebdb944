//! The usage ledger with many shards, whose rows are the same ones, and with a second publisher.

use std::task::{Context, Poll, Waker};

use picket_aws::ledger::Sink;
use picket_shared::{
    deadline::Deadline,
    usage::{TokenCounts, Usage, UsageKey, UsageRow},
};

use super::{TIMEOUT, World, drain, interleave, tick};
use crate::{
    config::Config,
    error::Error,
    handler::{Handler, Summary},
};

/// The limit of the ledger's lag (`docs/own-metrics.md`): two ticks.
const PROMISED_SECONDS: f64 = 120.0;

/// With so many rows a day.
fn with_ceiling(rows: u32) -> Config {
    Config {
        maximum_ledger_rows: rows,
        ..super::config()
    }
}

fn config() -> Config {
    with_ceiling(u32::MAX)
}

pub(super) fn row(agent: usize) -> UsageRow {
    let key = UsageKey {
        date: jiff::civil::date(2023, 11, 14),
        agent: format!("agent-{agent}"),
        model: "m".into(),
        incident: None,
        price: None,
        batch: false,
    };
    let tokens = TokenCounts {
        input: 17,
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

/// A tick of a process that lives on, five milliseconds a step: a call takes ten, a transaction twenty-five.
fn run(world: &World, handler: &Handler<World, World>) -> Result<Summary, Error> {
    let deadline = Deadline::from_context((world.now_ms() + TIMEOUT).cast_unsigned());
    let ledger = br#"{"picket":{"kind":"tick","version":1},"sinks":["ledger"]}"#;
    let mut running = Box::pin(handler.handle(ledger, deadline));
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(summary) = running.as_mut().poll(&mut context) {
            return summary;
        }
        world.pass(5);
    }
}

#[test]
fn shards_that_share_a_row_never_meet_and_are_never_late() {
    for shards in [1, 2, 10, 100] {
        let world = World::with(5, shards, 200);
        let handler = Handler::new(config(), world.clone(), world.clone());
        for _ in 0..10 {
            for _ in 0..6 {
                (0..shards).for_each(|shard| world.commit_usage(shard, vec![row(1)]));
                world.pass(10_000);
            }
            run(&world, &handler).unwrap();
            let age = world.own("CursorAge Ledger").unwrap();
            assert!(age < PROMISED_SECONDS, "{shards} shards: {age} s");
        }
        let (transactions, conflicts) = world.transactions();
        // A transaction has room for 99 cursors beside the row.
        assert_eq!(
            (transactions, conflicts),
            (10 * shards.div_ceil(99) as u64, 0)
        );
        world.assert_ledger_exact();
    }
}

#[test]
fn a_second_publisher_meets_the_first_and_neither_tick_fails() {
    let mut met = 0;
    for seed in 0..20 {
        let world = World::with(seed, 5, 200);
        for _ in 0..4 {
            for _ in 0..3 {
                (0..5).for_each(|shard| world.commit_usage(shard, (0..150).map(row).collect()));
            }
            for ended in interleave(&world, vec![tick(&world), tick(&world)], 0) {
                ended.unwrap();
            }
            world.pass(60_000);
        }
        drain(&world);
        world.assert_ledger_exact();
        met += world.transactions().1;
    }
    assert!(met > 20, "{met} transactions met another");
}

/// Calls, transactions and milliseconds of a tick for the ledger alone.
fn tick_of(shards: usize, rows: impl Fn(usize) -> Vec<UsageRow>) -> (u64, u64, i64) {
    let world = World::with(6, shards, 200);
    for _ in 0..2 {
        (0..shards).for_each(|shard| world.commit_usage(shard, rows(shard)));
    }
    let handler = Handler::new(config(), world.clone(), world.clone());
    let begun = world.now_ms();
    run(&world, &handler).unwrap();
    let took = world.now_ms() - begun;
    assert!(world.true_age(Sink::Ledger) == 0.0);
    world.assert_ledger_exact();
    let (calls, transactions) = (world.calls().0, world.transactions().0);
    eprintln!("{shards} shards: {calls} calls, {transactions} transactions, {took} ms");
    (calls, transactions, took)
}

#[test]
fn a_thousand_shards_are_folded_in_one_tick() {
    // The same five rows: 95 cursors a transaction, or what is read at once, 99 chains, in two.
    let (calls, transactions, took) = tick_of(1_000, |_| (0..5).map(row).collect());
    assert!(transactions <= 22, "{transactions} transactions");
    assert!(took <= 7_000, "{took} ms");
    // Cursor and page, twice, and a few of the tick's own.
    assert!(calls <= 4_000 + transactions + 10, "{calls} calls");
    // No row in common: three chains a transaction.
    let (_, transactions, took) = tick_of(1_000, |shard| {
        (0..30).map(|agent| row(shard * 100 + agent)).collect()
    });
    assert!(transactions <= 345, "{transactions} transactions");
    assert!(took <= 14_000, "{took} ms");
}

#[test]
fn a_tick_without_enough_time_does_not_leave_the_same_shards_each_time() {
    let world = World::with(7, 300, 200);
    // 300 ms a transaction: 140 a tick, and it takes 185.
    world.set_transaction_steps(60);
    let handler = Handler::new(config(), world.clone(), world.clone());
    for _ in 0..6 {
        (0..300).for_each(|shard| {
            world.commit_usage(
                shard,
                (0..60).map(|agent| row(shard * 60 + agent)).collect(),
            );
        });
        run(&world, &handler).unwrap();
        world.pass(60_000 - world.now_ms().rem_euclid(60_000));
    }
    assert!(
        world.true_age(Sink::Ledger) > 0.0,
        "a tick has time for all of them"
    );
    assert!(world.own("CursorAge Ledger").unwrap() > 0.0);
    assert_eq!(world.chains_begun(Sink::Ledger), 300);
}

#[test]
fn a_chain_whose_usage_is_refused_for_good_holds_up_no_other() {
    let world = World::with(8, 10, 200);
    let handler = Handler::new(config(), world.clone(), world.clone());
    for shard in 0..10 {
        world.commit_usage(shard, vec![row(1)]);
    }
    world.refuse_usage_of(Some(3));
    let error = run(&world, &handler).unwrap_err().to_string();
    assert!(
        error.contains("chain events/shard-3 was not folded"),
        "{error}"
    );
    assert_eq!(world.chains_begun(Sink::Ledger), 9);
    world.refuse_usage_of(None);
    run(&world, &handler).unwrap();
    world.assert_ledger_exact();
}

#[test]
fn agents_without_end_fill_a_day_to_its_ceiling_and_no_token_is_lost() {
    const CEILING: u32 = 40;
    let world = World::with(9, 3, 200);
    for minute in 0..10 {
        for shard in 0..3 {
            let first = (minute * 3 + shard) * 30;
            world.commit_usage(shard, (first..first + 30).map(row).collect());
        }
        // Another process each time, and every third time two at once.
        let publishers = if minute % 3 == 0 { 2 } else { 1 };
        let tick = || {
            let deadline = Deadline::from_context((world.now_ms() + TIMEOUT).cast_unsigned());
            let world = world.clone();
            let handler = Handler::new(with_ceiling(CEILING), world.clone(), world);
            Box::pin(async move { handler.handle(super::TICK, deadline).await }) as super::Running
        };
        for ended in interleave(&world, (0..publishers).map(|_| tick()).collect(), 0) {
            ended.unwrap();
        }
        world.pass(60_000);
    }
    let (rows, requests, tokens) = world.ledger_totals();
    // Two publishers may each admit a page of rows more; then one row is Other.
    assert!((41..=41 + 90).contains(&rows), "{rows} rows");
    assert_eq!((requests, tokens), (900, 900 * 17));
    assert!(world.own("LedgerRowsRefused").unwrap() > 0.0);
}
