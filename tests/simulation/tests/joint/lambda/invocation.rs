//! An invocation in its sandbox.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use crate::world::Life;

/// How an invocation ended.
#[derive(Debug, PartialEq)]
pub(crate) enum Ended<T> {
    Answered(T),
    /// The process died at a call.
    Killed,
    /// The process died of what it read.
    Panicked,
}

/// An invocation in its sandbox, until one of them ends.
pub(crate) struct Invocation<T> {
    work: Pin<Box<dyn Future<Output = T>>>,
    life: Arc<Life>,
}

impl<T> Invocation<T> {
    pub(crate) fn new(life: &Arc<Life>, work: impl Future<Output = T> + 'static) -> Self {
        Self {
            work: Box::pin(work),
            life: Arc::clone(life),
        }
    }
}

impl<T> Future for Invocation<T> {
    type Output = Ended<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Ended<T>> {
        let polled = catch_unwind(AssertUnwindSafe(|| self.work.as_mut().poll(context)));
        let Ok(polled) = polled else {
            self.life.end();
            return Poll::Ready(Ended::Panicked);
        };
        if self.life.is_dead() {
            return Poll::Ready(Ended::Killed);
        }
        polled.map(Ended::Answered)
    }
}
