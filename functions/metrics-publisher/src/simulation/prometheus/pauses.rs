//! A series without new values is sent again, and loses nothing where it comes back after hours.

use picket_shared::series::{Aggregate, SeriesKey, SeriesMinute, Statistics};

use super::{EVENTS, tick_of};
use crate::{
    handler::Handler,
    simulation::{Trouble, World, alone, config, drain},
};

#[test]
fn a_quiet_series_is_sent_again_before_it_counts_as_stale() {
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
fn a_quiet_series_survives_one_tick_that_fails() {
    let world = World::new(23);
    let handler = Handler::new(config(), world.clone(), world.clone());
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
    let mut handler = Handler::new(config(), world.clone(), world.clone());
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
            handler = Handler::new(config(), world.clone(), world.clone());
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
