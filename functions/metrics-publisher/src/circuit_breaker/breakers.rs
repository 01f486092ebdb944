//! The breakers of a process.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use picket_aws::ledger::Sink;

use super::{CircuitBreaker, Outcome};

/// The breakers of a process, each with its trips that no tick has published yet: while CloudWatch is not there, its own
/// trip cannot be published either.
#[derive(Debug, Default)]
pub(crate) struct CircuitBreakers(Mutex<BTreeMap<Sink, SinkBreaker>>);

#[derive(Debug, Default)]
struct SinkBreaker {
    state: CircuitBreaker,
    unpublished_trips: u64,
}

impl CircuitBreakers {
    /// Whether a sink may run.
    pub(crate) fn permits(&self, sink: Sink, now: Timestamp) -> bool {
        let breakers = self.lock();
        breakers
            .get(&sink)
            .is_none_or(|breaker| breaker.state.permits(now))
    }

    /// Records a tick of a sink; `None` where it had nothing to send.
    pub(crate) fn record(&self, sink: Sink, outcome: Option<Outcome>, now: Timestamp) {
        let Some(outcome) = outcome else {
            return;
        };
        let mut breakers = self.lock();
        let breaker = breakers.entry(sink).or_default();
        let (state, tripped) = breaker.state.after(outcome, now);
        breaker.state = state;
        breaker.unpublished_trips += u64::from(tripped);
        if tripped {
            tracing::warn!(
                ?sink,
                "the circuit breaker opened; the sink keeps its place"
            );
        }
    }

    /// Closes all breakers.
    pub(crate) fn reset(&self) {
        for breaker in self.lock().values_mut() {
            breaker.state = CircuitBreaker::default();
        }
    }

    /// The trips that no tick has published.
    pub(crate) fn unpublished_trips(&self) -> BTreeMap<Sink, u64> {
        let breakers = self.lock();
        let trips = breakers
            .iter()
            .map(|(sink, breaker)| (*sink, breaker.unpublished_trips));
        trips.filter(|(_, trips)| *trips > 0).collect()
    }

    /// Records that the trips were published.
    pub(crate) fn trips_published(&self) {
        for breaker in self.lock().values_mut() {
            breaker.unpublished_trips = 0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Sink, SinkBreaker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
