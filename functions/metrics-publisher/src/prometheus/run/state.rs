//! The state of the Prometheus sink in a process, and how a new process loads it.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use picket_aws::{
    Fault,
    ledger::{Move, Sink},
    state::BlobKey,
};
use picket_shared::{chain::ChainId, clock::Clock, position::Position};

use crate::{
    chains::{context::TickContext, read::read_next},
    ports::{Point, Ports},
    prometheus::{
        cumulative::Cumulative,
        head::{self, Head},
        labels::Labels,
        samples::Batch,
        snapshot::{Snapshot, parts},
    },
};

/// The life of stored values: as long as the chain's items; they are stored again long before.
const LIFE: SignedDuration = SignedDuration::from_hours(15 * 24);
/// The life of values after newer ones were stored: no process reads them any more.
const GRACE: SignedDuration = SignedDuration::from_hours(1);
/// The number of slices read in one query to load the values.
const MOST_READ: u16 = 200;

/// The values, and their positions in the chains.
#[derive(Debug)]
pub(crate) struct State {
    /// The version of the head; `None` where there is none yet.
    version: Option<u64>,
    pub(super) head: Head,
    pub(super) values: Cumulative,
    /// The time of the last sample of each series, in milliseconds since 1970, as far as this process knows.
    pub(super) sent: BTreeMap<Labels, i64>,
}

impl State {
    /// Loads the state from the table; the known state if the head has not changed.
    pub(super) async fn load<P: Ports, C: Clock>(
        context: &TickContext<'_, P, C>,
        state: Option<Self>,
    ) -> Result<Self, Fault> {
        let stored = context.ports.read_state(&head_place()).await?;
        let version = stored.as_ref().map(|stored| stored.version);
        if let Some(state) = state.filter(|state| state.version == version) {
            return Ok(state);
        }
        let head =
            stored.map_or_else(|| Ok(Head::default()), |stored| Head::decode(&stored.body))?;
        let Snapshot { marks, mut values } = read_snapshot(context, &head).await?;
        for (chain, to) in &head.marks {
            let from = marks.get(chain).cloned().unwrap_or_else(Position::start);
            replay(context, chain, (from, to), &mut values, head.last).await?;
        }
        Ok(Self {
            version,
            head,
            values,
            sent: BTreeMap::new(),
        })
    }

    /// Commits the positions of the values after `count` more slices, with samples up to `last`.
    pub(super) async fn commit<P: Ports, C: Clock>(
        &mut self,
        context: &TickContext<'_, P, C>,
        marks: Vec<(ChainId, Position)>,
        last: i64,
        count: usize,
    ) -> Result<Move, Fault> {
        let mut head = self.head.clone();
        head.marks.extend(marks);
        head.last = last;
        head.since += count as u64;
        if head.needs_snapshot() || self.values.reached {
            match self.store(context, &head).await? {
                Some(stored) => head = stored,
                // Another process might admit other series in place of the last ones. The generation is free after the
                // next head.
                None if self.values.reached => {
                    self.write(context, &self.head).await?;
                    return Ok(Move::Collided);
                }
                None => {}
            }
        }
        context.ports.reach(Point::BeforeValues);
        let moved = self.write(context, &head).await?;
        context.ports.reach(Point::AfterValues);
        if moved == Move::Moved {
            self.version = Some(self.version.unwrap_or(0) + 1);
            let before = std::mem::replace(&mut self.head, head);
            self.stored(context, &before).await;
        }
        Ok(moved)
    }

    async fn write<P: Ports, C: Clock>(
        &self,
        context: &TickContext<'_, P, C>,
        head: &Head,
    ) -> Result<Move, Fault> {
        let body = head.encode();
        context
            .ports
            .write_state(&head_place(), self.version, body, None)
            .await
    }

    /// Stores the values under the next version of the head, and returns that head. `None` where another process stored
    /// them before.
    async fn store<P: Ports, C: Clock>(
        &self,
        context: &TickContext<'_, P, C>,
        head: &Head,
    ) -> Result<Option<Head>, Fault> {
        let expires_at = context.clock.now().saturating_add(LIFE).ok();
        let generation = self.version.unwrap_or(0) + 1;
        let mut count = 0;
        for body in parts(&head.marks, &self.values, head.last) {
            let place = part_place(generation, count);
            let moved = context
                .ports
                .write_state(&place, None, body, expires_at)
                .await?;
            if moved == Move::Collided {
                return Ok(None);
            }
            count += 1;
        }
        Ok(Some(Head {
            snapshot: Some(head::Snapshot {
                generation,
                parts: count,
                at: head.last,
            }),
            since: 0,
            ..head.clone()
        }))
    }

    /// Completes a moved head: if it has a new snapshot, restarts and removes idle series, and removes the old
    /// snapshot.
    async fn stored<P: Ports, C: Clock>(&mut self, context: &TickContext<'_, P, C>, before: &Head) {
        if before.snapshot == self.head.snapshot {
            return;
        }
        self.values.reached = false;
        self.values.settle(self.head.last);
        let values = &self.values;
        self.sent.retain(|labels, _| values.get(labels).is_some());
        self.clear(context, before).await;
    }

    /// Empties a replaced snapshot. If it fails, the snapshot expires.
    async fn clear<P: Ports, C: Clock>(&self, context: &TickContext<'_, P, C>, before: &Head) {
        let (Some(old), Some(new)) = (before.snapshot, self.head.snapshot) else {
            return;
        };
        if old.generation == new.generation {
            return;
        }
        let expires_at = context.clock.now().saturating_add(GRACE).ok();
        for part in 0..old.parts {
            let place = part_place(old.generation, part);
            let emptied = context
                .ports
                .write_state(&place, Some(1), Vec::new(), expires_at)
                .await;
            if let Err(fault) = emptied {
                tracing::debug!(error = %fault, ?place, "replaced values were not emptied");
            }
        }
    }

    /// Records the zeros of an accepted batch.
    pub(super) fn accept_zeros(&mut self, batch: &Batch) {
        for (labels, at) in batch.zeros() {
            self.values.accept_zero(labels, at);
        }
    }

    /// Makes the series of a batch due at once.
    pub(super) fn forget(&mut self, batch: &Batch) {
        for (labels, _) in batch.series() {
            self.sent.remove(labels);
        }
    }
}

fn head_place() -> BlobKey {
    BlobKey::new(Sink::Prometheus.partition(), "head")
}

fn part_place(generation: u64, part: u32) -> BlobKey {
    BlobKey::new(format!("prometheus/{generation}"), format!("{part:05}"))
}

/// Reads the stored values. If they are gone, all start at zero, which is a counter reset to Prometheus.
async fn read_snapshot<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    head: &Head,
) -> Result<Snapshot, Fault> {
    let Some(stored) = head.snapshot else {
        return Ok(Snapshot::default());
    };
    let mut snapshot = Snapshot::default();
    for part in 0..stored.parts {
        let place = part_place(stored.generation, part);
        let Some(found) = context.ports.read_state(&place).await? else {
            tracing::error!(
                ?place,
                "Prometheus' stored values are gone; its counters begin anew"
            );
            return Ok(Snapshot {
                marks: head.marks.clone(),
                values: Cumulative::default(),
            });
        };
        snapshot.take(&found.body, stored.at)?;
    }
    Ok(snapshot)
}

/// Adds the slices of a chain between two positions to the values.
async fn replay<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chain: &ChainId,
    (mut from, to): (Position, &Position),
    values: &mut Cumulative,
    at: i64,
) -> Result<(), Fault> {
    while from != *to {
        let _permit = context.decoding.permit(Sink::Prometheus).await;
        let (slices, _) = read_next(context, chain, &from, MOST_READ).await?;
        let Some(last) = slices.last() else {
            return Ok(());
        };
        from = last.after.clone();
        // A chain that expired and began again has positions past the end.
        for slice in slices.iter().take_while(|slice| slice.after <= *to) {
            for minute in &slice.body.series {
                // Datapoints that cannot be counted were counted as dropped when they were first read.
                let _ = values.add(minute, context.stack, at);
            }
        }
        if from >= *to {
            return Ok(());
        }
    }
    Ok(())
}
