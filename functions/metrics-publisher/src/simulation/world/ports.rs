//! The world as a tick sees it. Each call may be stopped before and after its effect.

mod cloudwatch;
mod receiver;
mod tables;

use std::{future::Future, pin::Pin, task, time::Duration};

use jiff::{Timestamp, civil::Date};
use picket_aws::{
    Fault,
    chain::Commit,
    ledger::{Cursor, CursorMove, MOST_ACTIONS, Move, Sink, row_id},
    overrides::{ConditionalRead, Found, Object as Override, ReadResults},
    state::{BlobKey, Stored},
};
use picket_cloudwatch::{
    datum::DatumValues,
    pack::Request,
    ports::{PutError, PutMetrics, QuarantineDatum},
    rejected::QuarantinedDatum,
};
use picket_shared::{
    chain::{ChainId, DamagedSlice, Slice, StoredSlice},
    clock::Clock,
    fleet::{FleetMessage, Heartbeat},
    position::Position,
    usage::UsageRow,
};

use super::{ILLEGAL, OWN_OF_A_SLICE, State, World, add};
use crate::{
    chains::damaged,
    ports::{
        CommitSlice, FaultPoint, FoldUsage, ListChains, MoveCursor, Point, Publish,
        QuarantineSlice, ReadCursor, ReadOverrides, ReadSliceBelow, ReadSlices, ReadState,
        ReadUsage, Register, SamplesError, SendHeartbeat, WriteSamples, WriteState,
    },
    remote_write::{TimeSeries, WriteRequest},
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
}

impl SendHeartbeat for World {
    async fn send_heartbeat(&self, heartbeat: &Heartbeat, _: &str) -> Result<(), Fault> {
        assert_eq!(heartbeat.stack, "picket-dev");
        self.call(|state| {
            if state.happens(state.trouble.heartbeat) {
                return Err(Fault::transient("the stream did not answer"));
            }
            state.heartbeats += 1;
            Ok(())
        })
        .await
    }
}

impl ReadOverrides for World {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        self.call(|state| {
            let rules = state.rules.clone();
            let answer = |read: &ConditionalRead| match &rules {
                Some((object, _)) if *object != read.object => Found::Nothing,
                Some((_, text)) if read.known.as_ref() == Some(text) => Found::Same,
                Some((object, text)) => Found::New(Override {
                    file: format!("s3://overrides/{object}"),
                    etag: text.clone(),
                    text: text.clone(),
                }),
                None => Found::Nothing,
            };
            reads.iter().map(|read| Ok(answer(read))).collect()
        })
        .await
    }
}

impl Publish for World {
    async fn publish(&self, message: &FleetMessage, _: &str) -> Result<(), Fault> {
        self.call(|state| {
            if state.happens(state.trouble.topic) {
                return Err(Fault::transient("the topic did not answer"));
            }
            state.messages.push(message.clone());
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
        let until = self.now_ms() + i64::try_from(duration.as_millis()).unwrap();
        while self.now_ms() < until {
            self.pass(50);
            Pause(self, false).await;
        }
    }
}
