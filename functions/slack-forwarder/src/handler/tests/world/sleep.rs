//! A clock that moves on when everybody sleeps: futures that run side by side sleep side by side.

use std::{
    collections::BTreeSet,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use jiff::Timestamp;

use super::World;

/// Polls without a new sleeper after which everybody is taken to be asleep. A future that is awake is polled before.
const QUIET: u32 = 256;

/// Who sleeps until when.
#[derive(Debug, Default)]
pub(crate) struct Sleepers {
    until: BTreeSet<(Timestamp, u64)>,
    started: u64,
    quiet: u32,
}

/// A sleep that ends when the clock has moved on.
pub(super) struct Sleep {
    world: World,
    duration: Duration,
    place: Option<(Timestamp, u64)>,
}

impl Sleep {
    pub(super) fn new(world: World, duration: Duration) -> Self {
        Self {
            world,
            duration,
            place: None,
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let world = self.world.clone();
        let mut inner = world.0.lock().unwrap();
        let now = inner.now;
        let Some(place) = self.place else {
            if self.duration.is_zero() {
                return Poll::Ready(());
            }
            let sleepers = &mut inner.sleepers;
            sleepers.started += 1;
            sleepers.quiet = 0;
            let place = (now.checked_add(self.duration).unwrap(), sleepers.started);
            sleepers.until.insert(place);
            self.place = Some(place);
            context.waker().wake_by_ref();
            return Poll::Pending;
        };
        let sleepers = &mut inner.sleepers;
        sleepers.quiet += 1;
        let is_next = sleepers.until.first() == Some(&place) && sleepers.quiet > QUIET;
        if place.0 > now && !is_next {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        sleepers.quiet = 0;
        inner.now = now.max(place.0);
        Poll::Ready(())
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(place) = &self.place {
            self.world.0.lock().unwrap().sleepers.until.remove(place);
        }
    }
}
