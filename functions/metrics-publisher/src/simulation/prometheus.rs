//! Prometheus in the same world: its values are the sums of the committed ones, in order, whichever process dies.

use std::time::Duration;

use picket_shared::{
    deadline::Deadline,
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
};

use super::{Trouble, World, alone, drain};
use crate::handler::Handler;

/// In every slice, once.
const EVENTS: &str = "picket_events_total";

/// The last value is the number of slices, and no value is below an earlier one.
pub(super) fn assert_exact(world: &World) {
    let samples = world.samples(EVENTS);
    let slices = u32::try_from(world.slices()).unwrap();
    let last = samples.last().map_or(0.0, |(_, value)| *value);
    assert!(
        (last - f64::from(slices)).abs() < f64::EPSILON,
        "{last} of {slices}"
    );
    assert!(
        samples.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1),
        "{samples:?}"
    );
}

#[test]
fn every_tick_adds_what_was_committed_since_and_a_new_series_begins_at_zero() {
    let world = World::new(20);
    for _ in 0..3 {
        world.commit_some();
        world.pass(60_000);
        alone(&world).unwrap();
        assert_exact(&world);
    }
    let values: Vec<f64> = world
        .samples(EVENTS)
        .iter()
        .map(|(_, value)| *value)
        .collect();
    assert_eq!(values, [0.0, 3.0, 6.0, 9.0]);
    assert_eq!(world.out_of_order(), 0);
}

#[test]
fn one_process_goes_on_from_memory_and_a_new_one_comes_to_the_same() {
    let world = World::new(21);
    let handler = Handler::new(super::config(), world.clone(), world.clone());
    for _ in 0..4 {
        world.commit_some();
        world.pass(60_000);
        let deadline = picket_shared::deadline::Deadline::from_context(
            world.now_ms().cast_unsigned() + 50_000,
        );
        let mut running = Box::pin(handler.handle(super::TICK, deadline));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        while running.as_mut().poll(&mut context).is_pending() {
            world.pass(5);
        }
        assert_exact(&world);
    }
    world.commit_some();
    world.pass(60_000);
    alone(&world).unwrap();
    assert_exact(&world);
}

#[test]
fn samples_that_were_not_taken_are_sent_with_the_next_tick() {
    let world = World::new(22);
    world.commit_some();
    world.pass(60_000);
    world.set_trouble(Trouble {
        samples_throttled: 1_000,
        ..Trouble::default()
    });
    // The others' tick succeeds: the receiver alone is down.
    alone(&world).unwrap();
    assert_eq!(world.own("SamplesFailed"), Some(1.0));
    assert_eq!(world.never_sent(), 3, "a minute that is not settled");
    assert!(world.samples(EVENTS).is_empty());
    drain(&world);
    assert_exact(&world);
    assert_eq!(world.own("SamplesFailed"), Some(0.0));
}

#[test]
fn a_receiver_is_left_alone_as_long_as_it_asks_and_asked_again_in_the_same_tick() {
    let world = World::new(26);
    world.commit_some();
    world.pass(60_000);
    world.set_retry_after(Duration::from_secs(10));
    world.set_trouble(Trouble {
        samples_throttled: 1_000,
        ..Trouble::default()
    });
    let begun = world.now_ms();
    alone(&world).unwrap();
    // At first, after ten seconds, and after ten more; the third pause would leave too little of the fifty.
    assert_eq!(world.sample_requests(), 4);
    assert!(world.now_ms() - begun >= 30_000);
    assert!(world.now_ms() - begun < super::TIMEOUT);
    drain(&world);
    assert_exact(&world);
}

#[test]
fn a_receiver_that_asks_for_more_than_there_is_waits_for_the_next_tick_and_is_sent_nothing_else() {
    let world = World::new(27);
    world.commit_some();
    world.pass(60_000);
    world.set_retry_after(Duration::from_mins(2));
    world.set_trouble(Trouble {
        samples_throttled: 1_000,
        ..Trouble::default()
    });
    let begun = world.now_ms();
    alone(&world).unwrap();
    assert_eq!(world.sample_requests(), 1, "and no gauges behind it");
    assert!(world.now_ms() - begun < 5_000);
    assert_eq!(world.own("SamplesFailed"), Some(1.0));
    drain(&world);
    assert_exact(&world);
}

#[test]
fn a_quiet_series_is_told_again_before_it_is_taken_for_gone() {
    let world = World::new(23);
    world.commit_some();
    drain(&world);
    for _ in 0..20 {
        world.pass(60_000);
        alone(&world).unwrap();
    }
    let stamps: Vec<i64> = world.samples(EVENTS).iter().map(|(at, _)| *at).collect();
    let gap = stamps
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .max()
        .unwrap();
    assert!(gap < 300_000, "{gap} ms");
}

#[test]
fn stored_values_are_few_and_where_they_are_lost_the_counters_begin_anew() {
    let world = World::new(24);
    for _ in 0..40 {
        world.commit_some();
        world.pass(60_000);
        alone(&world).unwrap();
    }
    // The head, the places, the values; CloudWatch's list of admitted series; when each rule matched; and the digest of
    // the day's usage.
    assert_eq!(world.blobs(), 6);
    assert_exact(&world);
    world.lose_snapshots();
    world.commit_some();
    world.pass(60_000);
    alone(&world).unwrap();
    let last = world.samples(EVENTS).last().unwrap().1;
    assert!((last - 3.0).abs() < f64::EPSILON, "{last}");
}

#[test]
fn it_is_off_without_a_receiver() {
    let world = World::new(25);
    world.commit_some();
    world.pass(60_000);
    let config = crate::config::Config {
        prometheus: None,
        ..super::config()
    };
    let deadline =
        picket_shared::deadline::Deadline::from_context(world.now_ms().cast_unsigned() + 50_000);
    let handler = Handler::new(config, world.clone(), world.clone());
    let running = Box::pin(async move { handler.handle(super::TICK, deadline).await });
    super::interleave(&world, vec![running], 0)
        .remove(0)
        .unwrap();
    assert!(world.samples(EVENTS).is_empty());
    assert_eq!(world.own("SamplesRefused"), None);
}

/// Slices of so many shards, the first committing every ten seconds and the others each `every` seconds, for twenty
/// minutes in which nobody publishes; then ticks until all is written. How many slices were committed up to each time,
/// and the samples.
fn backlog(shards: usize, every: i64) -> [Vec<(i64, f64)>; 2] {
    let world = World::with(6, shards, 200);
    let handler = Handler::new(super::config(), world.clone(), world.clone());
    let events = |minute| SeriesMinute {
        key: SeriesKey {
            namespace: "Picket".into(),
            name: "Events".into(),
            unit: "Count".into(),
            dimensions: vec![("Stack".into(), "picket-dev".into())],
        },
        minute,
        aggregate: Aggregate::Sum(Statistics::of(1.0)),
    };
    let (mut committed, mut count) = (Vec::new(), 0.0);
    for round in 0..120 {
        for shard in 0..shards {
            if shard == 0 || round * 10 % every == 0 {
                world.commit_series(shard, vec![events(world.now_ms() / 60_000)]);
                count += 1.0;
            }
        }
        committed.push((world.now_ms(), count));
        world.pass(10_000);
    }
    for _ in 0..3 {
        tick_of(&world, &handler);
        world.pass(60_000);
    }
    assert_eq!(world.out_of_order(), 0);
    [committed, world.samples(EVENTS)]
}

#[test]
fn a_backlog_of_many_shards_lies_where_it_happened() {
    for (shards, every) in [(100, 10), (3, 10), (100, 60), (30, 600)] {
        let [committed, samples] = backlog(shards, every);
        let total = committed.last().unwrap().1;
        assert!((samples.last().unwrap().1 - total).abs() < f64::EPSILON);
        // At the end of each minute, what was committed in it and before is there, less a step's worth.
        let up_to = |points: &[(i64, f64)], at: i64| {
            let before = points.iter().take_while(|(stamp, _)| *stamp <= at);
            before.last().map_or(0.0, |(_, value)| *value)
        };
        let begun = committed[0].0;
        for minute in 2..20 {
            let at = begun + minute * 60_000;
            let (least, most) = (up_to(&committed, at - 60_000), up_to(&committed, at));
            let value = up_to(&samples, at);
            assert!(
                (least..=most).contains(&value),
                "{shards} shards each {every} s, minute {minute}: {value} of {least} to {most}; {samples:?}"
            );
        }
    }
}

/// A tick of a process that lives on.
fn tick_of(world: &World, handler: &Handler<World, World>) {
    let deadline = Deadline::from_context((world.now_ms() + super::TIMEOUT).cast_unsigned());
    let mut running = Box::pin(handler.handle(super::TICK, deadline));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    while running.as_mut().poll(&mut context).is_pending() {
        world.pass(1);
    }
}

#[test]
fn a_quiet_series_survives_one_tick_that_fails() {
    let world = World::new(23);
    let handler = Handler::new(super::config(), world.clone(), world.clone());
    world.commit_some();
    let begun = world.now_ms();
    for tick in 1..60 {
        // Every fifth tick reaches no receiver.
        world.set_trouble(Trouble {
            samples_throttled: if tick % 5 == 4 { 1_000 } else { 0 },
            ..Trouble::default()
        });
        world.pass(begun + tick * 60_000 - world.now_ms());
        tick_of(&world, &handler);
    }
    let samples = world.samples(EVENTS);
    let gaps = samples.windows(2).map(|pair| pair[1].0 - pair[0].0);
    let longest = gaps.max().unwrap();
    assert!(longest < 300_000, "{longest} ms");
    assert!(
        samples.len() < 30,
        "every third tick is enough: {}",
        samples.len()
    );
}

/// The result of Prometheus' `increase`: a value below the one before it is a counter that was reset.
fn increase(samples: &[(i64, f64)]) -> f64 {
    let grown = samples.windows(2).map(|pair| {
        let [(_, before), (_, after)] = [pair[0], pair[1]];
        if after < before {
            after
        } else {
            after - before
        }
    });
    samples.first().map_or(0.0, |(_, first)| *first) + grown.sum::<f64>()
}

/// A series with a request a minute, except for some time after the second, and another one that goes on; the receiver
/// is down in some minutes. Returns the number of its requests, and its samples.
fn quiet_for(pause: i64, is_down: impl Fn(i64) -> bool) -> (f64, Vec<(i64, f64)>) {
    let world = World::new(27);
    let mut handler = Handler::new(super::config(), world.clone(), world.clone());
    let of = |agent: &str| SeriesMinute {
        key: SeriesKey {
            namespace: "Picket/Test".into(),
            name: "Requests".into(),
            unit: "Count".into(),
            dimensions: vec![("AgentId".into(), agent.into())],
        },
        minute: world.now_ms() / 60_000,
        aggregate: Aggregate::Sum(Statistics::of(1.0)),
    };
    let mut quiet = 0.0;
    let begun = world.now_ms();
    while world.now_ms() < begun + pause + 60 * 60_000 {
        let since = world.now_ms() - begun;
        let mut series = vec![of("busy")];
        if !(120_000..pause).contains(&since) {
            series.push(of("quiet"));
            quiet += 1.0;
        }
        world.commit_series(0, series);
        world.set_trouble(Trouble {
            samples_throttled: if is_down(since - pause) { 1_000 } else { 0 },
            ..Trouble::default()
        });
        tick_of(&world, &handler);
        if since % (40 * 60_000) < 60_000 {
            // A process that knows nothing comes to the same.
            handler = Handler::new(super::config(), world.clone(), world.clone());
        }
        world.pass(60_000 - world.now_ms() % 60_000);
    }
    assert_eq!(world.out_of_order(), 0);
    (quiet, world.samples("picket_test_requests_total quiet"))
}

#[test]
fn a_series_that_comes_back_after_hours_begins_anew_and_loses_nothing_of_its_increase() {
    const HOUR: i64 = 3_600_000;
    // Before it is idle, while it is idle and kept, and after it restarted.
    for (hours, anew) in [
        (5 * HOUR, false),
        (6 * HOUR + 60_000, false),
        (7 * HOUR, true),
    ] {
        let (quiet, samples) = quiet_for(hours, |_| false);
        assert!(
            (increase(&samples) - quiet).abs() < 1e-9,
            "{hours}: {samples:?}"
        );
        let falls = |pair: &&[(i64, f64)]| pair[1].1 < pair[0].1;
        let fell = samples.windows(2).filter(falls).count();
        assert_eq!(fell, usize::from(anew), "{hours}");
    }
}

#[test]
fn a_series_that_comes_back_loses_nothing_whichever_requests_are_lost() {
    const HOUR: i64 = 3_600_000;
    const MINUTE: i64 = 60_000;
    // The first requests after it returned; all since it was idle; all between; those in which it restarts; every other
    // one.
    type IsDown = fn(i64) -> bool;
    let down: [(&str, IsDown); 5] = [
        ("first", |since| (0..4 * MINUTE).contains(&since)),
        ("all", |since| (-2 * HOUR..10 * MINUTE).contains(&since)),
        ("between", |since| (-2 * HOUR..0).contains(&since)),
        ("restart", |since| (-HOUR..-HOUR / 2).contains(&since)),
        ("every other", |since| since / MINUTE % 2 == 0),
    ];
    for hours in [
        6 * HOUR + 10 * MINUTE,
        6 * HOUR + 25 * MINUTE,
        7 * HOUR,
        9 * HOUR,
    ] {
        for (name, down) in down {
            let (quiet, samples) = quiet_for(hours, down);
            assert!(
                (increase(&samples) - quiet).abs() < 1e-9,
                "{name} after {hours}: {} of {quiet}: {samples:?}",
                increase(&samples)
            );
        }
    }
}
