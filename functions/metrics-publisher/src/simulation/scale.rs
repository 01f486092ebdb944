//! Much at once: hours of backlog, hundreds of shards.

use std::task::{Context, Poll, Waker};

use picket_aws::ledger::Sink;
use picket_shared::{
    deadline::Deadline,
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
    sketch::Sketch,
};

use super::{TIMEOUT, World, config, drain, tick};
use crate::{
    chains::marks::Marks,
    handler::{Handler, Summary},
    prometheus::{
        cumulative::{Ceilings, Cumulative},
        snapshot::{Snapshot, parts},
    },
};

/// One tick whose every step takes so many milliseconds; a call takes two.
fn slowly(world: &World, step: i64) -> Summary {
    let mut running = tick(world);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(summary) = running.as_mut().poll(&mut context) {
            return summary.unwrap();
        }
        world.pass(step);
    }
}

#[test]
fn six_hours_are_caught_up_in_order_within_the_schedules_time_and_the_age_is_published() {
    let world = World::with(17, 3, 200);
    for _ in 0..6 * 360 {
        world.commit_some();
        world.pass(10_000);
    }
    world.pass(120_000);
    let mut ages = Vec::new();
    while ages.last() != Some(&0.0) {
        let begun = world.now_ms();
        slowly(&world, 250);
        let took = world.now_ms() - begun;
        assert!(took < TIMEOUT, "{took} ms");
        world.assert_sent_in_order();
        for (sink, name) in [
            (Sink::CloudWatch, "CursorAge CloudWatch"),
            (Sink::Ledger, "CursorAge Ledger"),
        ] {
            let (reported, is) = (world.own(name).unwrap(), world.true_age(sink));
            // A slice, ten seconds, more than is true, since the last one that was taken is what is known; and what the
            // report itself takes.
            assert!(
                reported >= is - 2.0 && reported <= is + 12.0,
                "{name} {reported}, truly {is}"
            );
        }
        ages.push(world.own("CursorAge CloudWatch").unwrap());
        world.pass(60_000 - took);
    }
    assert!((2..=10).contains(&ages.len()), "{ages:?}");
    assert!(ages.is_sorted_by(|a, b| a > b), "{ages:?}");
    drain(&world);
    world.assert_ledger_exact();
    assert_eq!((world.never_sent(), world.sent_twice()), (0, 0));
}

#[test]
fn after_a_full_page_without_time_for_another_the_age_is_that_of_its_end() {
    let world = World::with(19, 1, 200);
    for _ in 0..400 {
        world.commit_heartbeat();
        world.pass(10_000);
    }
    world.pass(300_000);
    // One request, and it takes most of what a tick has.
    world.set_put_time(45_000);
    let summary = slowly(&world, 1);
    assert_eq!(summary.published_slices, 200);
    let (reported, is) = (
        world.own("CursorAge CloudWatch").unwrap(),
        world.true_age(Sink::CloudWatch),
    );
    // The last slice that was taken is ten seconds older than the first that was not; the report's own request takes 45
    // s.
    assert!(
        (is - 46.0..=is + 11.0).contains(&reported),
        "{reported}, truly {is}"
    );
}

#[test]
fn hundreds_of_shards_are_served_in_one_tick_without_a_burst() {
    const SHARDS: u64 = 300;
    let world = World::with(18, 300, 200);
    for _ in 0..6 {
        world.commit_some();
    }
    world.pass(180_000 + 30 * 60_000);
    let begun = world.now_ms();
    // Five milliseconds a step, ten a call: DynamoDB's usual.
    slowly(&world, 5);
    let (calls, at_once) = world.calls();
    assert_eq!(world.never_sent(), 0);
    // Sixteen of each sink.
    assert!(at_once <= 48, "{at_once} calls at once");
    // CloudWatch: cursor, slices, claim, advance, and the slices once more to see that there are no more. The ledger:
    // cursor, slices, and slices once more; a transaction for each 99 rows of a slice, of which there are 250 at most.
    // Prometheus: the slices, and once more.
    assert!(calls <= SHARDS * 22, "{calls} calls");
    let took = world.now_ms() - begun;
    // The transactions one after another, five steps each.
    let transactions = i64::try_from(world.transactions().0).unwrap();
    assert!(took <= 5_000 + transactions * 25, "{took} ms");
    eprintln!("{SHARDS} shards: {calls} calls, {at_once} at once at most, {took} ms at ten a call");
}

/// Calls of a tick for the ledger and CloudWatch, once a process knows its cursors: six slices a minute and shard.
fn calls_of_a_tick(shards: usize) -> f64 {
    const TICKS: u32 = 5;
    let world = World::with(44, shards, 200);
    let handler = Handler::new(config(), world.clone(), world.clone());
    let mut before = 0;
    for minute in 0..TICKS + 5 {
        if minute == 5 {
            before = world.calls().0;
        }
        for _ in 0..6 {
            world.commit_heartbeats();
            world.pass(10_000);
        }
        let deadline = Deadline::from_context((world.now_ms() + TIMEOUT).cast_unsigned());
        let sinks = br#"{"picket":{"kind":"tick","version":1},"sinks":["ledger","cloudwatch"]}"#;
        let mut running = std::pin::pin!(handler.handle(sinks, deadline));
        let mut context = Context::from_waker(Waker::noop());
        while running.as_mut().poll(&mut context).is_pending() {
            world.pass(1);
        }
    }
    let calls = u32::try_from(world.calls().0 - before).unwrap();
    f64::from(calls) / f64::from(TICKS)
}

#[test]
fn a_tick_reads_each_chain_once_a_sink_and_writes_its_cursor_twice() {
    for shards in [1, 10, 100] {
        let calls = calls_of_a_tick(shards);
        eprintln!("{shards} shards: {calls} calls a tick");
        // A page for each sink, claim and advance; a transaction for 99 chains, and a few of the tick's own.
        let most = f64::from(u32::try_from(4 * shards + shards.div_ceil(99) + 8).unwrap());
        assert!(calls <= most, "{calls} calls, not {most}");
    }
}

/// The cost of keeping Prometheus' values: writes and kilobytes a minute, if every series changes every minute.
fn writes_a_minute(series: u32) -> (f64, f64) {
    const MINUTES: u32 = 45;
    let world = World::new(43);
    let handler = Handler::new(config(), world.clone(), world.clone());
    for _ in 0..MINUTES {
        let minute = world.now_ms() / 60_000;
        let of = |i: u32| SeriesMinute {
            key: SeriesKey {
                namespace: "Picket/Test".into(),
                name: "Requests".into(),
                unit: "Count".into(),
                dimensions: vec![("AgentId".into(), format!("agent-{}", i * 7_919 % 104_729))],
            },
            minute,
            aggregate: Aggregate::Sum(Statistics::of(f64::from(i))),
        };
        world.commit_series(0, (0..series).map(of).collect());
        world.pass(60_000 - world.now_ms() % 60_000);
        let deadline = Deadline::from_context((world.now_ms() + TIMEOUT).cast_unsigned());
        let prometheus = br#"{"picket":{"kind":"tick","version":1},"sinks":["prometheus"]}"#;
        let mut running = std::pin::pin!(handler.handle(prometheus, deadline));
        let mut context = Context::from_waker(Waker::noop());
        while running.as_mut().poll(&mut context).is_pending() {
            world.pass(1);
        }
    }
    let (writes, kilobytes) = world.blob_writes();
    let a_minute = |count: u64| f64::from(u32::try_from(count).unwrap()) / f64::from(MINUTES);
    let figures = (a_minute(writes), a_minute(kilobytes));
    eprintln!(
        "{series} series: {:.2} writes and {:.1} KB a minute",
        figures.0, figures.1
    );
    figures
}

#[test]
fn series_that_change_every_minute_cost_a_write_a_minute_together() {
    let (writes, kilobytes) = writes_a_minute(300);
    assert!(writes < 1.5, "{writes} writes a minute");
    assert!(kilobytes < 3.0, "{kilobytes} KB a minute");
}

#[test]
#[ignore = "a minute in a debug build; docs/benchmarks.md has its figures"]
fn ten_thousand_series_do_too() {
    let (writes, kilobytes) = writes_a_minute(10_000);
    assert!(writes < 1.5, "{writes} writes a minute");
    assert!(kilobytes < 40.0, "{kilobytes} KB a minute");
}

/// Megabytes of this process: resident now, and at most since the last call.
fn megabytes() -> (usize, usize) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kilobytes = line.split_whitespace().nth(1).unwrap();
        kilobytes.parse::<usize>().unwrap() / 1_024
    };
    let figures = (of("VmRSS"), of("VmHWM"));
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    figures
}

#[test]
#[ignore = "of a process of its own: its figures are in docs/benchmarks.md"]
fn what_prometheus_values_weigh() {
    const AGENTS: u32 = 200_000;
    let unbounded = Ceilings {
        metric: usize::MAX,
        all: usize::MAX,
    };
    for (what, mut values) in [
        ("under the ceilings", Cumulative::default()),
        ("without ceilings", Cumulative::with(unbounded)),
    ] {
        let (empty, _) = megabytes();
        for agent in 0..AGENTS {
            for name in ["Requests", "InputTokens", "APILatency"] {
                let aggregate = if name == "APILatency" {
                    Aggregate::Distribution(Sketch::of(17.0).unwrap())
                } else {
                    Aggregate::Sum(Statistics::of(1.0))
                };
                let unit = if name == "APILatency" {
                    "Milliseconds"
                } else {
                    "Count"
                };
                let session =
                    u128::from(agent).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
                let dimensions = [
                    ("AgentId", format!("session-{session:032x}")),
                    (
                        "ModelId",
                        "anthropic.claude-sonnet-4-5-20250929-v1:0".to_owned(),
                    ),
                    ("Environment", "dev".to_owned()),
                ];
                let minute = SeriesMinute {
                    key: SeriesKey {
                        namespace: "BedrockUsage".into(),
                        name: name.into(),
                        unit: unit.into(),
                        dimensions: dimensions
                            .map(|(name, value)| (name.to_owned(), value))
                            .to_vec(),
                    },
                    minute: 0,
                    aggregate,
                };
                values.add(&minute, "picket-dev", 0).unwrap();
            }
        }
        let (held, _) = megabytes();
        let items = parts(&Marks::new(), &values, 0)
            .map(|part| part.len())
            .collect::<Vec<_>>();
        let (_, storing) = megabytes();
        let mut read = Snapshot::default();
        for part in parts(&Marks::new(), &values, 0) {
            read.take(&part, 0).unwrap();
        }
        let (_, reading) = megabytes();
        eprintln!(
            "{what}: {} of {} series: {} MB, {} bytes each; stored as {} items of {} KB in all, at most {} MB more while storing; with a second copy read back {} MB more at most",
            values.len(),
            3 * AGENTS,
            held - empty,
            ((held - empty) << 20) / values.len(),
            items.len(),
            items.iter().sum::<usize>() >> 10,
            storing - held,
            reading - held,
        );
        assert_eq!(read.values.len(), values.len());
    }
}
