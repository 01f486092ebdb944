//! A run: traffic in all weathers, days in which little happens and items die of age, and calm in which everything must
//! be published.

mod day;
mod seen;
mod traffic;

use crate::{
    chance::Dice,
    events::Traffic,
    kernel::{MINUTE, Runner, SECOND},
    lambda::Fleet,
    oracle, rules,
    schedule::{SMALL_TICK, Schedule, TICK},
    world::World,
};

use day::Day;
use traffic::{produce, traffic};

pub(crate) use seen::{Scale, Seen};

/// An evening of November 2023, so that a day ends in the middle of it.
const START: i64 = 1_700_174_000 * SECOND;

/// One run, from its first record to the comparison.
pub(crate) fn run(seed: u64, scale: Scale) -> Seen {
    let mut dice = Dice(seed ^ 0xbeef);
    let world = World::new(seed, START);
    world.state().stream.first_number = 10_u128.pow(20) - 200;
    // Of every other seed, slices of a few events that begin and end inside records.
    let core = if seed.is_multiple_of(2) {
        rules::core()
    } else {
        rules::core().with_largest_blob(500)
    };
    let day = Day {
        fleet: Fleet::new(world.clone(), core, 1),
        schedule: Schedule::new(world.clone(), TICK),
        world: world.clone(),
        traffic: traffic(seed),
        scale,
    };
    let mut runner = Runner::new(world.kernel.clone());
    day.begin();
    day.rough_hours(&mut runner, &mut dice);
    day.calm_down(&mut runner);
    day.quiet_days(&mut runner);
    day.rough_hours(&mut runner, &mut dice);
    day.calm_down(&mut runner);
    day.end(&mut runner);
    finish(&world, seed)
}

/// Compares, and says what was seen.
fn finish(world: &World, seed: u64) -> Seen {
    let state = &mut *world.state();
    oracle::check(state);
    let chains = state.tables.history.iter();
    let of_shards = chains.filter(|(chain, _)| chain.contains("shardId"));
    let summary = Seen {
        batches: state.batches,
        records: state
            .stream
            .shards
            .iter()
            .map(|shard| shard.log.len())
            .sum(),
        slices: of_shards.map(|(_, slices)| slices.len()).sum(),
        large_slices: state.large_slices,
        ticks: state.ticks,
        requests: state.cloudwatch.requests,
        ambiguous: state.tables.cursors.values().map(|it| it.ambiguous).sum(),
        slices_read: state.slices_read,
        puts_refused: state.puts_refused,
        faults: state.faults.clone(),
    };
    let violations = state.violations.join("\n");
    assert!(
        violations.is_empty(),
        "seed {seed}, {summary}:\n{violations}\n{}",
        summary.faults
    );
    summary
}

/// Half an hour in which nothing goes wrong, and so many sandboxes take turns at three shards; but the publisher does
/// not tick for ten minutes.
pub(crate) fn calm(seed: u64, sandboxes: usize, publishers: usize) -> Seen {
    calm_with_lost_responses(seed, sandboxes, publishers, 0)
}

/// The same, in which the response to one request in `put_lost` to CloudWatch is lost; 0 loses none.
pub(crate) fn calm_with_lost_responses(
    seed: u64,
    sandboxes: usize,
    publishers: usize,
    put_lost: usize,
) -> Seen {
    let world = World::new(seed, START);
    let scale = Scale {
        rough: 30 * MINUTE,
        ..Scale::SMALL
    };
    let day = Day {
        fleet: Fleet::new(world.clone(), rules::core(), sandboxes),
        schedule: Schedule::new(world.clone(), SMALL_TICK),
        world: world.clone(),
        traffic: Traffic {
            has_poison: false,
            ..traffic(0)
        },
        scale,
    };
    let mut runner = Runner::new(world.kernel.clone());
    day.begin();
    let end = world.now() + scale.rough;
    let produced = produce(world.clone(), day.traffic, scale.gap, end);
    world.kernel.spawn(produced);
    world.state().weather.tick_twice = publishers - 1;
    world.state().weather.put_lost = put_lost;
    runner.run_until(end - 20 * MINUTE);
    world.state().weather.tick_missed = 1;
    runner.run_until(end - 10 * MINUTE);
    world.state().weather.tick_missed = 0;
    world.state().weather.put_lost = 0;
    runner.run_until(end);
    day.end(&mut runner);
    world.state().is_calm = true;
    finish(&world, seed)
}
