//! `CursorAge` where chains cannot be read: never less than the oldest slice has waited.

use picket_aws::ledger::Sink;
use picket_shared::deadline::Deadline;

use super::{TICK, TIMEOUT, World, config, folding::row};
use crate::handler::Handler;

/// A tick of a process that lives on. Returns whether it succeeded.
fn tick_of(world: &World, handler: &Handler<World, World>) -> bool {
    let deadline = Deadline::from_context((world.now_ms() + TIMEOUT).cast_unsigned());
    let mut running = Box::pin(handler.handle(TICK, deadline));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(summary) = running.as_mut().poll(&mut context) {
            return summary.is_ok();
        }
        world.pass(1);
    }
}

#[test]
fn a_chain_that_cannot_be_read_is_not_taken_for_one_without_slices() {
    let world = World::with(3, 3, 200);
    let handler = Handler::new(config(), world.clone(), world.clone());
    let minute = || {
        (0..3).for_each(|shard| world.commit_usage(shard, vec![row(shard)]));
        world.pass(60_000 - world.now_ms().rem_euclid(60_000));
    };
    let ages = || {
        let sinks = ["Ledger", "CloudWatch", "Prometheus"];
        sinks.map(|sink| world.own(&format!("CursorAge {sink}")).unwrap())
    };
    for _ in 0..5 {
        minute();
        assert!(tick_of(&world, &handler));
    }
    world.refuse_reads_of(Some(1));
    for minutes in 1..=10 {
        minute();
        assert!(!tick_of(&world, &handler), "it says so");
        // The first slice that nobody reads was committed right after the last tick.
        let least = 60.0 * f64::from(minutes) - 1.0;
        assert!(
            ages().iter().all(|age| *age >= least),
            "{minutes}: {:?}",
            ages()
        );
        let [ledger, cloudwatch, _] = ages();
        assert!(ledger >= world.true_age(Sink::Ledger));
        assert!(cloudwatch >= world.true_age(Sink::CloudWatch));
    }
    world.refuse_reads_of(None);
    for _ in 0..3 {
        minute();
        assert!(tick_of(&world, &handler));
    }
    assert!(ages().iter().all(|age| *age < 181.0), "{:?}", ages());
}
