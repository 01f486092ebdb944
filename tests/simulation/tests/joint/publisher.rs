//! The publisher's ports.

mod ages;
mod chains;
mod cloudwatch;
mod cursors;
mod ledger;
mod prometheus;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use metrics_publisher::ports::{
    FaultPoint, Point, Publish, ReadOverrides, ReadState, SendHeartbeat, WriteState,
};
use picket_aws::{
    Fault as Error,
    ledger::Move,
    overrides::{ConditionalRead, Found, ReadResults},
    state::{BlobKey, Stored},
};
use picket_cloudwatch::pack::Request;
use picket_shared::{
    clock::Clock,
    fleet::{FleetMessage, Heartbeat},
};
use serde_json::json;

use crate::{
    cloudwatch::count,
    events::{Kind, Wrap},
    tables::Blob,
    world::{Life, World},
};

/// A sandbox of the publisher.
#[derive(Clone)]
pub(crate) struct Publisher {
    pub(crate) world: World,
    pub(crate) life: Arc<Life>,
    /// What this invocation sent to CloudWatch, and CloudWatch counted.
    pub(crate) sent: Arc<Mutex<Vec<Request>>>,
    /// Whether the sender, or who comes next, cannot know that.
    pub(crate) is_in_doubt: Arc<AtomicBool>,
    /// What it said of its backlog that is less than there is.
    pub(crate) untrue: Arc<Mutex<Vec<String>>>,
}

/// The lists of the datapoints of a round of which CloudWatch accepted a part: without one, all of it is sent again.
const ACCEPTED: &str = "accepted/cloudwatch";

impl Publisher {
    pub(crate) fn new(world: World) -> Self {
        Self {
            world,
            life: Arc::default(),
            sent: Arc::default(),
            is_in_doubt: Arc::default(),
            untrue: Arc::default(),
        }
    }

    fn doubt(&self) {
        self.is_in_doubt.store(true, Ordering::Relaxed);
    }

    /// The invocation is over: what it sent may be sent again where nobody can know that it was. One that failed has
    /// said so, and does not know how much waits in the chains that it could not read.
    pub(crate) fn settle(&self, is_dead: bool, is_success: bool) {
        let untrue = std::mem::take(&mut *self.untrue.lock().unwrap());
        for what in untrue.into_iter().filter(|_| is_success) {
            self.world.state().violate(what);
        }
        let sent = std::mem::take(&mut *self.sent.lock().unwrap());
        if self.is_in_doubt.swap(false, Ordering::Relaxed) || is_dead {
            let doubtful = &mut self.world.state().cloudwatch.doubtful;
            for request in &sent {
                count(request, doubtful);
            }
        }
    }
}

impl Publish for Publisher {
    async fn publish(&self, _message: &FleetMessage, _subject: &str) -> Result<(), Error> {
        self.world.call(&self.life, |_, _| Ok(())).await
    }
}

impl ReadState for Publisher {
    async fn read_state(&self, place: &BlobKey) -> Result<Option<Stored>, Error> {
        let key = (place.name.clone(), place.part.clone());
        self.world
            .call(&self.life, |state, _| {
                let blob = state.tables.blobs.get(&key);
                Ok(blob.map(|blob| Stored {
                    version: blob.version,
                    body: blob.body.clone(),
                }))
            })
            .await
    }
}

impl WriteState for Publisher {
    async fn write_state(
        &self,
        place: &BlobKey,
        old: Option<u64>,
        body: Vec<u8>,
        expires_at: Option<Timestamp>,
    ) -> Result<Move, Error> {
        let key = (place.name.clone(), place.part.clone());
        let is_of_accepted = place.name == ACCEPTED;
        let written = self
            .world
            .call(&self.life, |state, now| {
                let bytes = body.len() + key.0.len() + key.1.len() + 50;
                let partition = &key.0;
                state
                    .tables
                    .take_in(partition, bytes, now, &mut state.faults)?;
                if state.tables.blobs.get(&key).map(|blob| blob.version) != old {
                    return Ok(Move::Collided);
                }
                let blob = Blob {
                    version: old.unwrap_or(0) + 1,
                    body,
                    expires_at: expires_at.map(Timestamp::as_second),
                };
                state.tables.blobs.insert(key, blob);
                Ok(Move::Moved)
            })
            .await;
        if is_of_accepted && written.is_err() {
            self.doubt();
        }
        written
    }
}

impl ReadOverrides for Publisher {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        reads.iter().map(|_| Ok(Found::Nothing)).collect()
    }
}

impl SendHeartbeat for Publisher {
    async fn send_heartbeat(&self, heartbeat: &Heartbeat, key: &str) -> Result<(), Error> {
        let event = json!({
            "picket": {"kind": "heartbeat", "version": 1},
            "stack": heartbeat.stack,
            "sent_at": heartbeat.sent_at.to_string(),
        });
        let payload = event.to_string().into_bytes();
        self.world
            .call(&self.life, |state, now| {
                if state.is_ending {
                    return Ok(());
                }
                let to = state.stream.any_open(&mut state.dice);
                let what = (Wrap::Plain, vec![Kind::Heartbeat(payload.clone())], now);
                state
                    .stream
                    .put(to, what, key, payload, now, &mut state.dice);
                Ok(())
            })
            .await
    }
}

impl FaultPoint for Publisher {
    // The world kills at every call.
    fn reach(&self, _point: Point) {}
}

impl Clock for Publisher {
    fn now(&self) -> Timestamp {
        self.world.timestamp()
    }

    async fn sleep(&self, duration: Duration) {
        let pause = i64::try_from(duration.as_micros()).unwrap();
        self.world.pause(pause).await;
    }
}
