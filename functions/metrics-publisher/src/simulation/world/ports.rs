//! The world as a tick sees it. Each call may be stopped before and after its effect.

use std::{future::Future, pin::Pin, task, time::Duration};

use jiff::Timestamp;
use picket_aws::{
    Fault,
    ledger::{Cursor, MOST_ROWS_A_FOLD, Move, Sink},
    state::{Place, Stored},
};
use picket_shared::{
    chain::{ChainId, Slice},
    clock::Clock,
    fleet::Heartbeat,
    position::Position,
    usage::UsageRow,
};

use super::{ILLEGAL, OWN_OF_A_SLICE, State, World, add};
use crate::{
    datum::Values,
    pack::Request,
    ports::{
        FaultPoint, FoldUsage, ListChains, MoveCursor, Point, PutFault, PutMetrics, ReadCursor,
        ReadSlices, ReadState, SamplesFault, SendHeartbeat, WriteSamples, WriteState,
    },
    prometheus::wire::{TimeSeries, WriteRequest},
};

/// Gives the others a turn, or the killer: goes on when time passes.
struct Pause<'a>(&'a World, bool);

impl Future for Pause<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> task::Poll<()> {
        if std::mem::replace(&mut self.1, true) {
            task::Poll::Ready(())
        } else {
            self.0.state().wakers.push(context.waker().clone());
            task::Poll::Pending
        }
    }
}

/// A call that began and did not end, by an answer or by a kill.
struct InFlight(World);

impl InFlight {
    fn begin(world: &World) -> Self {
        let mut state = world.state();
        state.calls += 1;
        state.in_flight += 1;
        state.most_in_flight = state.most_in_flight.max(state.in_flight);
        drop(state);
        Self(world.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.state().in_flight -= 1;
    }
}

impl World {
    async fn call<T>(&self, effect: impl FnOnce(&mut State) -> T) -> T {
        let _in_flight = InFlight::begin(self);
        Pause(self, false).await;
        let answer = effect(&mut self.state());
        Pause(self, false).await;
        answer
    }

    async fn write(
        &self,
        sink: Sink,
        chain: &ChainId,
        old: Option<&Cursor>,
        new: &Cursor,
        rows: &[UsageRow],
    ) -> Result<Move, Fault> {
        self.call(|state| {
            if state.happens(state.trouble.conflict) {
                return Err(Fault::passing("conflict"));
            }
            let place = (sink, chain.clone());
            let matches = match (state.cursors.get(&place), old) {
                (None, None) => true,
                (Some(is), Some(was)) => {
                    (&is.mark, is.rows_done, &is.claim) == (&was.mark, was.rows_done, &was.claim)
                }
                _ => false,
            };
            if !matches {
                return Ok(Move::Collided);
            }
            state.cursors.insert(place, new.clone());
            for row in rows {
                add(&mut state.ledger, &row.key, row.usage);
            }
            if state.happens(state.trouble.lost_after_write) {
                return Err(Fault::passing("the answer was lost"));
            }
            Ok(Move::Moved)
        })
        .await
    }
}

impl ListChains for World {
    async fn list_chains(&self) -> Result<Vec<ChainId>, Fault> {
        self.call(|state| Ok(state.chains.keys().cloned().collect()))
            .await
    }
}

impl ReadSlices for World {
    async fn read_slices(
        &self,
        chain: &ChainId,
        from: &Position,
        limit: u16,
    ) -> Result<Vec<Slice>, Fault> {
        self.call(|state| {
            let limit = usize::from(limit).min(state.page);
            let slices = state.chains[chain].iter();
            let next = slices.filter(|slice| slice.before >= *from);
            Ok(next.take(limit).cloned().collect())
        })
        .await
    }
}

impl ReadCursor for World {
    async fn read_cursor(&self, sink: Sink, chain: &ChainId) -> Result<Option<Cursor>, Fault> {
        self.call(|state| Ok(state.cursors.get(&(sink, chain.clone())).cloned()))
            .await
    }
}

impl MoveCursor for World {
    async fn move_cursor(
        &self,
        sink: Sink,
        chain: &ChainId,
        old: Option<&Cursor>,
        new: &Cursor,
    ) -> Result<Move, Fault> {
        self.write(sink, chain, old, new, &[]).await
    }
}

impl FoldUsage for World {
    async fn fold_usage(
        &self,
        chain: &ChainId,
        old: Option<&Cursor>,
        new: &Cursor,
        rows: &[UsageRow],
    ) -> Result<Move, Fault> {
        assert!(rows.len() <= MOST_ROWS_A_FOLD);
        self.write(Sink::Ledger, chain, old, new, rows).await
    }
}

impl PutMetrics for World {
    async fn put_metrics(&self, request: &Request) -> Result<(), PutFault> {
        self.call(|state| {
            let trouble = state.trouble;
            if state.quota == 0 || state.happens(trouble.throttled) {
                return Err(PutFault::Refused(Fault::passing("throttled")));
            }
            if state.happens(trouble.lost_before_put) {
                return Err(PutFault::Lost(Fault::passing("no answer")));
            }
            if request.data.iter().any(|datum| datum.name == ILLEGAL) {
                return Err(PutFault::Illegal(Fault::permanent("illegal")));
            }
            state.quota -= 1;
            count(state, request);
            if state.happens(trouble.lost_after_put) {
                return Err(PutFault::Lost(Fault::passing("the answer was lost")));
            }
            Ok(())
        })
        .await
    }
}

fn count(state: &mut State, request: &Request) {
    for datum in &request.data {
        if datum.name.starts_with(OWN_OF_A_SLICE) {
            *state.sent.get_mut(&datum.name).unwrap() += 1;
        }
        if let Values::Statistics(statistics) = &datum.values {
            if let Some((_, agent)) = datum.dimensions.iter().find(|(name, _)| name == "AgentId") {
                *state.agents.entry(agent.clone()).or_default() += statistics.sum;
            }
            let more = datum
                .dimensions
                .get(1)
                .map(|(_, value)| format!(" {value}"));
            let name = format!("{}{}", datum.name, more.unwrap_or_default());
            state.own.insert(name, statistics.sum);
        }
    }
}

impl ReadState for World {
    async fn read_state(&self, place: &Place) -> Result<Option<Stored>, Fault> {
        self.call(|state| Ok(state.blobs.get(place).cloned())).await
    }
}

impl WriteState for World {
    async fn write_state(
        &self,
        place: &Place,
        old: Option<u64>,
        body: Vec<u8>,
        _: Option<Timestamp>,
    ) -> Result<Move, Fault> {
        self.call(|state| {
            if state.happens(state.trouble.conflict) {
                return Err(Fault::passing("conflict"));
            }
            if state.blobs.get(place).map(|blob| blob.version) != old {
                return Ok(Move::Collided);
            }
            let version = old.unwrap_or(0) + 1;
            state.blobs.insert(place.clone(), Stored { version, body });
            if state.happens(state.trouble.lost_after_write) {
                return Err(Fault::passing("the answer was lost"));
            }
            Ok(Move::Moved)
        })
        .await
    }
}

impl WriteSamples for World {
    async fn write_samples(&self, request: &WriteRequest) -> Result<(), SamplesFault> {
        let receiver = self.state().receiver.clone();
        if let Some(receiver) = receiver {
            return receiver.write(request).await;
        }
        self.call(|state| {
            if state.happens(state.trouble.samples_throttled) {
                return Err(SamplesFault::Failed(Fault::passing("429")));
            }
            let in_order = request
                .timeseries
                .iter()
                .all(|series| sample(state, series));
            if !in_order {
                return Err(SamplesFault::Final(Fault::permanent("out of order")));
            }
            if state.happens(state.trouble.lost_after_samples) {
                return Err(SamplesFault::Failed(Fault::passing("no answer")));
            }
            Ok(())
        })
        .await
    }
}

/// Takes a series' samples, less what comes after newer ones; whether nothing did. The same again is the same.
fn sample(state: &mut State, series: &TimeSeries) -> bool {
    let value = |name: &str| series.labels.iter().find(|label| label.name == name);
    let is_own = |name: &str| !["__name__", "stack"].contains(&name);
    let others = series.labels.iter().filter(|label| is_own(&label.name));
    let others: Vec<&str> = others.map(|label| label.value.as_str()).collect();
    let name = [
        &[value("__name__").unwrap().value.as_str()],
        others.as_slice(),
    ]
    .concat()
    .join(" ");
    let taken = state.samples.entry(name).or_default();
    let mut in_order = true;
    for sample in &series.samples {
        match taken.last() {
            Some(last) if *last == (sample.timestamp, sample.value) => {}
            Some((last, _)) if *last >= sample.timestamp => {
                state.out_of_order += 1;
                in_order = false;
            }
            _ => taken.push((sample.timestamp, sample.value)),
        }
    }
    in_order
}

impl SendHeartbeat for World {
    async fn send_heartbeat(&self, heartbeat: &Heartbeat, _: &str) -> Result<(), Fault> {
        assert_eq!(heartbeat.stack, "picket-dev");
        self.call(|state| {
            if state.happens(state.trouble.heartbeat) {
                return Err(Fault::passing("the stream did not answer"));
            }
            state.heartbeats += 1;
            Ok(())
        })
        .await
    }
}

impl FaultPoint for World {
    fn reach(&self, _: Point) {}
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.state().now()
    }

    async fn sleep(&self, duration: Duration) {
        self.pass(i64::try_from(duration.as_millis()).unwrap());
        Pause(self, false).await;
    }
}
