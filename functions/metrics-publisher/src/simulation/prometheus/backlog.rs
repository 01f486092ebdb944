//! A backlog of slices is written with the times at which they were committed.

use picket_shared::series::{Aggregate, SeriesKey, SeriesMinute, Statistics};

use super::{EVENTS, tick_of};
use crate::{
    handler::Handler,
    simulation::{World, config},
};

/// Slices of so many shards, the first committing every ten seconds and the others each `every` seconds, for twenty
/// minutes in which nobody publishes; then ticks until all is written. How many slices were committed up to each time,
/// and the samples.
fn backlog(shards: usize, every: i64) -> [Vec<(i64, f64)>; 2] {
    let world = World::with(6, shards, 200);
    let handler = Handler::new(config(), world.clone(), world.clone());
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
