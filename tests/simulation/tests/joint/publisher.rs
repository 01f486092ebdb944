//! The publisher's ports.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::channel::oneshot;
use jiff::{Timestamp, civil::Date};
use metrics_publisher::{
    ports::{
        CommitSlice, FaultPoint, FoldUsage, ListChains, MoveCursor, Point, Publish,
        QuarantineSlice, ReadCursor, ReadOverrides, ReadSliceBelow, ReadSlices, ReadState,
        ReadUsage, Register, SamplesError, SendHeartbeat, WriteSamples, WriteState,
    },
    remote_write::WriteRequest,
};
use picket_aws::{
    Fault as Error,
    chain::Commit,
    ledger::{Claim, Cursor, CursorMove, Move, Sink},
    overrides::{ConditionalRead, Found, ReadResults},
    state::{BlobKey, Stored},
};
use picket_cloudwatch::{
    pack::Request,
    ports::{PutError, PutMetrics, QuarantineDatum},
    rejected::QuarantinedDatum,
};
use picket_shared::{
    chain::{ChainId, DamagedSlice, Slice, StoredSlice},
    clock::Clock,
    fleet::{FleetMessage, Heartbeat},
    position::Position,
    usage::{TokenCounts, Usage, UsageKey, UsageRow},
};
use serde_json::json;

use crate::{
    cloudwatch::{count, is_legal},
    events::{Kind, Wrap},
    faults::Fault,
    kernel::{MILLISECOND, SECOND},
    processor::Put,
    tables::{Blob, ClaimItem, CursorItem, PAGE, RowKey},
    world::{Life, State, World},
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

    /// The invocation is over: what it sent may be sent again where nobody can know that it was. One that failed has said so, and does
    /// not know how much waits in the chains that it could not read.
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

impl ListChains for Publisher {
    async fn list_chains(&self) -> Result<Vec<ChainId>, Error> {
        self.world
            .call(&self.life, |state, _| {
                let chains = state.tables.registry.keys();
                Ok(chains.map(|chain| chain.parse().unwrap()).collect())
            })
            .await
    }
}

impl ReadSlices for Publisher {
    async fn read_slices(
        &self,
        chain: &ChainId,
        from: &Position,
        limit: u16,
    ) -> Result<Vec<StoredSlice>, Error> {
        self.world
            .call(&self.life, |state, _| {
                let name = chain.to_string();
                let Some(items) = state.tables.chains.get(&name) else {
                    return Ok(Vec::new());
                };
                let mut bytes = 0;
                let next = items.range(from.as_str().to_owned()..);
                let page = next.take(limit.into()).take_while(|(mark, item)| {
                    let is_room = bytes < PAGE;
                    bytes += item.bytes(&name, mark);
                    is_room
                });
                let page: Vec<String> = page.map(|(mark, _)| mark.clone()).collect();
                Ok(page.iter().map(|mark| state.slice(chain, mark)).collect())
            })
            .await
    }
}

impl ReadSliceBelow for Publisher {
    async fn read_slice_below(
        &self,
        chain: &ChainId,
        position: &Position,
    ) -> Result<Option<StoredSlice>, Error> {
        self.world
            .call(
                &self.life,
                |state, _| Ok(state.slice_below(chain, position)),
            )
            .await
    }
}

impl QuarantineSlice for Publisher {
    async fn quarantine_slice(&self, slice: &DamagedSlice) -> Result<(), Error> {
        let what = format!("{} at {}: {}", slice.chain, slice.before, slice.reason);
        self.world.state().violate(what);
        Ok(())
    }
}

impl CommitSlice for Publisher {
    async fn commit_slice(&self, slice: &Slice) -> Result<Commit, Error> {
        let put = Put::of(slice, self.life.begun_at());
        self.world
            .call(&self.life, |state, now| state.put(put, now))
            .await
    }
}

impl Register for Publisher {
    async fn register(&self, chain: &ChainId, now: Timestamp) -> Result<(), Error> {
        self.world
            .call(&self.life, |state, _| {
                state.register(chain, now.as_second());
                Ok(())
            })
            .await
    }
}

fn to_item(cursor: &Cursor) -> CursorItem {
    let claim = cursor.claim.as_ref().map(|claim| ClaimItem {
        up_to: claim.up_to.to_string(),
        until: claim.until.as_millisecond(),
        accepted: claim.accepted.clone(),
        certain: claim.certain,
    });
    CursorItem {
        mark: cursor.mark.to_string(),
        rows_done: cursor.rows_done,
        claim,
        ambiguous: cursor.ambiguous,
    }
}

fn of_item(item: &CursorItem) -> Cursor {
    let claim = item.claim.as_ref().map(|claim| Claim {
        up_to: claim.up_to.parse().unwrap(),
        until: Timestamp::from_millisecond(claim.until).unwrap(),
        accepted: claim.accepted.clone(),
        certain: claim.certain,
    });
    Cursor {
        claim,
        rows_done: item.rows_done,
        ambiguous: item.ambiguous,
        ..Cursor::at(item.mark.parse().unwrap())
    }
}

impl State {
    /// Whether a cursor still is where it was read.
    fn is_at(&self, key: &(&'static str, String), old: Option<&Cursor>) -> bool {
        match (self.tables.cursors.get(key), old) {
            (None, None) => true,
            (Some(item), Some(old)) => item.is_at(&to_item(old)),
            _ => false,
        }
    }
}

impl ReadCursor for Publisher {
    async fn read_cursor(&self, sink: Sink, chain: &ChainId) -> Result<Option<Cursor>, Error> {
        let key = (sink.partition(), chain.to_string());
        self.world
            .call(&self.life, |state, _| {
                Ok(state.tables.cursors.get(&key).map(of_item))
            })
            .await
    }
}

impl MoveCursor for Publisher {
    async fn move_cursor(
        &self,
        sink: Sink,
        chain: &ChainId,
        old: Option<&Cursor>,
        new: &Cursor,
    ) -> Result<Move, Error> {
        let key = (sink.partition(), chain.to_string());
        let moved = self
            .world
            .call(&self.life, |state, now| {
                let faults = &mut state.faults;
                state.tables.use_units(sink.partition(), 1, now, faults)?;
                if !state.is_at(&key, old) {
                    return Ok(Move::Collided);
                }
                state.tables.cursors.insert(key, to_item(new));
                Ok(Move::Moved)
            })
            .await;
        if !matches!(moved, Ok(Move::Moved)) {
            self.doubt();
        }
        moved
    }
}

/// A row's key and what is added to it.
fn addition(row: &UsageRow) -> (RowKey, [u64; 6]) {
    let UsageRow { key, usage } = row;
    let tokens = usage.tokens;
    let key = (
        key.date.to_string(),
        key.agent.clone(),
        key.model.clone(),
        key.incident.clone(),
        key.price.clone(),
        key.batch,
    );
    let counts = [
        usage.requests,
        tokens.input,
        tokens.output,
        tokens.cache_read,
        tokens.cache_write_5m,
        tokens.cache_write_1h,
    ];
    (key, counts)
}

fn row((key, counts): (&RowKey, &[u64; 6])) -> UsageRow {
    let (date, agent, model, incident, price, batch) = key.clone();
    let tokens = TokenCounts {
        input: counts[1],
        output: counts[2],
        cache_read: counts[3],
        cache_write_5m: counts[4],
        cache_write_1h: counts[5],
    };
    UsageRow {
        key: UsageKey {
            date: date.parse().unwrap(),
            agent,
            model,
            incident,
            price,
            batch,
        },
        usage: Usage {
            requests: counts[0],
            tokens,
        },
    }
}

impl FoldUsage for Publisher {
    /// The table goes on with a transaction whose sender dies.
    async fn fold_usage(&self, moves: &[CursorMove], rows: &[UsageRow]) -> Result<Move, Error> {
        if moves.len() + rows.len() > 100 {
            let what = format!("a transaction of {} actions", moves.len() + rows.len());
            self.world.state().violate(what);
        }
        let additions: Vec<_> = rows.iter().map(addition).collect();
        let keys = additions.iter().map(|(key, _)| format!("{key:?}"));
        let items = keys.chain(moves.iter().map(|cursor| cursor.chain.to_string()));
        let items: Vec<String> = items.collect();
        let moves = moves.to_vec();
        self.world.travel(&self.life).await;
        self.world
            .fails(Fault::Throttled, |weather| weather.throttled)?;
        if !self.world.state().tables.lock(&items) {
            self.world.state().faults.count(Fault::TransactionConflict);
            self.world.travel(&self.life).await;
            return Err(Error::transient("TransactionConflict"));
        }
        let (tell, told) = oneshot::channel();
        let world = self.world.clone();
        self.world.kernel.spawn(async move {
            world.pause_between(5 * MILLISECOND, 20 * MILLISECOND).await;
            let now = world.now();
            let state = &mut *world.state();
            state.tables.unlock(&items);
            let outcome = state.fold(&moves, additions, now);
            drop(tell.send(outcome));
        });
        let outcome = told.await.unwrap();
        self.world.travel(&self.life).await;
        self.world
            .fails(Fault::LostAnswer, |weather| weather.lost_answer)?;
        outcome
    }
}

impl State {
    fn fold(
        &mut self,
        moves: &[CursorMove],
        additions: Vec<(RowKey, [u64; 6])>,
        now: i64,
    ) -> Result<Move, Error> {
        for (row, _) in &additions {
            self.tables.use_units(&row.0, 2, now, &mut self.faults)?;
        }
        let key = |cursor: &CursorMove| (Sink::Ledger.partition(), cursor.chain.to_string());
        let is_at = |cursor: &CursorMove| self.is_at(&key(cursor), cursor.from.as_ref());
        if !moves.iter().all(is_at) {
            return Ok(Move::Collided);
        }
        for cursor in moves {
            let item = to_item(&cursor.to);
            self.tables.cursors.insert(key(cursor), item);
        }
        for (key, counts) in additions {
            let row = self.tables.ledger.entry(key).or_default();
            let sums = row.iter_mut().zip(counts);
            sums.for_each(|(has, more)| *has += more);
        }
        Ok(Move::Moved)
    }

    /// How old the oldest slice is that a sink has not done, of those committed before the tick began; in milliseconds.
    pub(crate) fn age_of_waiting(&self, sink: &str, begun_at: i64, now: i64) -> i64 {
        let age = |chain: &String| {
            let cursor = self
                .tables
                .cursors
                .iter()
                .find(|((of, name), _)| *of == sink && name == chain);
            let mark = cursor.map_or("000", |(_, item)| item.mark.as_str());
            let items = self.tables.chains.get(chain)?;
            let (_, item) = items.range(mark.to_owned()..).next()?;
            (item.taken_at < begun_at).then_some(now - item.committed_at)
        };
        let chains = self.tables.registry.keys();
        chains.filter_map(age).max().unwrap_or(0)
    }

    /// What the publisher says of its backlog must not be less than there is: what is, where it is.
    fn check_ages(&self, request: &Request, begun_at: i64, now: i64) -> Vec<String> {
        let mut untrue = Vec::new();
        for datum in &request.data {
            let sink = datum.dimensions.iter().find(|(name, _)| name == "Sink");
            let partition = match sink.map(|(_, sink)| sink.as_str()) {
                Some("Ledger") if datum.name == "CursorAge" => "cursor/ledger",
                Some("CloudWatch") if datum.name == "CursorAge" => "cursor/cloudwatch",
                _ => continue,
            };
            let picket_cloudwatch::datum::DatumValues::Statistics(said) = &datum.values else {
                continue;
            };
            let age = self.age_of_waiting(partition, begun_at, now);
            #[expect(clippy::cast_precision_loss, reason = "ages in milliseconds")]
            let is = age as f64 / 1_000.0;
            // What is younger than a tick is left to the next one unsaid, and the request may be refused some times before it is taken.
            if said.max + 80.0 < is {
                untrue.push(format!(
                    "CursorAge of {partition} was said to be {} s, and a slice waits for {is} s",
                    said.max
                ));
            }
        }
        untrue
    }
}

impl PutMetrics for Publisher {
    async fn put_metrics(&self, request: &Request) -> Result<(), PutError> {
        let world = &self.world;
        world.travel(&self.life).await;
        let now = world.now();
        {
            let state = &mut *world.state();
            if state.dice.once_in(state.weather.put_refused) {
                let pause = state.dice.between(0, 4 * SECOND);
                state.cloudwatch.refuses_until = now + pause;
            }
            if now <= state.cloudwatch.refuses_until {
                state.faults.count(Fault::PutRefused);
                return Err(PutError::Refused(Error::transient("Throttling")));
            }
        }
        if let Err(error) = world.fails(Fault::PutLostBefore, |weather| weather.put_lost) {
            self.doubt();
            return Err(PutError::Lost(error));
        }
        if !is_legal(request, now / SECOND) {
            let what = format!(
                "CloudWatch does not take a request to {}",
                request.namespace
            );
            world.state().violate(what);
            return Err(PutError::Illegal(Error::permanent("illegal")));
        }
        self.sent.lock().unwrap().push(request.clone());
        {
            let state = &mut *world.state();
            state.cloudwatch.requests += 1;
            count(request, &mut state.cloudwatch.has);
            let begun_at = self.life.begun_at() / MILLISECOND;
            let untrue = state.check_ages(request, begun_at, now / MILLISECOND);
            self.untrue.lock().unwrap().extend(untrue);
        }
        world.travel(&self.life).await;
        if let Err(error) = world.fails(Fault::PutLostAfter, |weather| weather.put_lost) {
            self.doubt();
            return Err(PutError::Lost(error));
        }
        Ok(())
    }
}

impl QuarantineDatum for Publisher {
    async fn quarantine_datum(&self, object: &QuarantinedDatum) -> Result<(), Error> {
        self.world
            .call(&self.life, |state, _| {
                state.bucket.insert(object.key.clone(), object.body.clone());
                Ok(())
            })
            .await
    }
}

impl ReadUsage for Publisher {
    async fn read_usage(&self, day: Date, most: usize) -> Result<Option<Vec<UsageRow>>, Error> {
        let day = day.to_string();
        self.world
            .call(&self.life, |state, _| {
                let rows = state.tables.ledger.iter();
                let rows: Vec<UsageRow> = rows.filter(|(key, _)| key.0 == day).map(row).collect();
                Ok((rows.len() <= most).then_some(rows))
            })
            .await
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
        self.world
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
            .await
    }
}

impl WriteSamples for Publisher {
    async fn write_samples(&self, request: &WriteRequest) -> Result<(), SamplesError> {
        let world = &self.world;
        world.travel(&self.life).await;
        let now = world.now();
        {
            let state = &mut *world.state();
            if state.dice.once_in(state.weather.samples_refused) {
                let pause = state.dice.between(0, 4 * SECOND);
                state.receiver.refuses_until = now + pause;
            }
            if now <= state.receiver.refuses_until {
                state.faults.count(Fault::SamplesRefused);
                let error = Error::transient("429");
                return Err(if state.dice.once_in(2) {
                    SamplesError::Later(error, Duration::from_secs(1))
                } else {
                    SamplesError::Failed(error)
                });
            }
            if !state.receiver.take(request, now / MILLISECOND) {
                // Of two publishers at once, the one that is later.
                state.faults.count(Fault::SamplesTooLate);
                return Err(SamplesError::Final(Error::permanent("out of order")));
            }
        }
        world.travel(&self.life).await;
        let lost = world.fails(Fault::SamplesLost, |weather| weather.samples_lost);
        lost.map_err(SamplesError::Failed)
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
