//! Prometheus in the same world: its values are the sums of the committed ones, in order, whichever process dies.

mod backlog;
mod counters;
mod pauses;
mod receiver;

use picket_shared::deadline::Deadline;

use super::{TICK, TIMEOUT, World};
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

/// A tick of a process that lives on.
fn tick_of(world: &World, handler: &Handler<World, World>) {
    let deadline = Deadline::from_context((world.now_ms() + TIMEOUT).cast_unsigned());
    let mut running = Box::pin(handler.handle(TICK, deadline));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    while running.as_mut().poll(&mut context).is_pending() {
        world.pass(1);
    }
}
