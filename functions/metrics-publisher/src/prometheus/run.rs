//! Writes the chains' values to Prometheus: the positions are committed first, then the samples are sent.

mod sending;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use picket_aws::{
    Fault,
    ledger::{Move, Sink},
    problem::Problem,
};
use picket_cloudwatch::datum::Reason;
use picket_shared::{
    chain::{ChainId, Slice},
    clock::Clock,
    position::Position,
    series::SeriesMinute,
};

pub(crate) use state::State;

use crate::{
    chains::{
        context::{MOST_AT_ONCE, TickContext},
        memory::{KeptBytes, keep_series},
        read::read_next,
    },
    circuit_breaker::Outcome,
    ports::Ports,
    prometheus::{
        labels::{Labels, PrometheusType},
        samples::{Advance, Batch, advance, batches, due, gauge},
        timeline::steps,
    },
    remote_write::WriteRequest,
    self_metrics::waiting::Waiting,
};

/// The result of writing.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) slices: usize,
    pub(crate) samples: u64,
    /// Samples that the receiver rejected.
    pub(crate) refused: u64,
    pub(crate) dropped: BTreeMap<Reason, u64>,
    /// The remaining slices of each chain.
    pub(crate) waiting: BTreeMap<ChainId, Waiting>,
    pub(crate) problems: Vec<Problem>,
    /// Whether the receiver failed: nothing more is sent to it in this tick.
    pub(crate) is_down: bool,
    /// Whether nothing was tried, since the receiver's circuit breaker is open.
    pub(crate) is_skipped: bool,
}

/// The step after a round.
#[derive(Debug, PartialEq, Eq)]
enum Then {
    /// Another round: there may be more slices.
    More,
    /// Everything is sent.
    Done,
    /// Another publisher has moved the head.
    Overtaken,
}

/// Writes all chains, within the time and the maximum number of slices of the tick. `state` is that of the process's
/// last tick.
pub(crate) async fn write_all<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chains: &[ChainId],
    state: &mut Option<State>,
) -> Written {
    let mut written = Written {
        waiting: chains
            .iter()
            .map(|chain| (chain.clone(), Waiting::Unread))
            .collect(),
        ..Written::default()
    };
    if let Err(fault) = writing(context, chains, state, &mut written).await {
        written.fail("the chains were not written to Prometheus", fault);
    }
    written
}

async fn writing<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chains: &[ChainId],
    state: &mut Option<State>,
    written: &mut Written,
) -> Result<(), Fault> {
    if !context.has_time() {
        return Ok(());
    }
    // Taken, so that the state is read from the table again after an error.
    let mut known = State::load(context, state.take()).await?;
    let mut then = Then::More;
    let mut chains: Vec<&ChainId> = chains.iter().collect();
    while then == Then::More && context.has_time() {
        then = round(context, &mut chains, &mut known, written).await?;
    }
    if then != Then::Overtaken {
        *state = Some(known);
    }
    Ok(())
}

/// Writes one round over the chains, and puts those first that it had no memory for.
async fn round<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chains: &mut Vec<&ChainId>,
    known: &mut State,
    written: &mut Written,
) -> Result<Then, Fault> {
    let limit = context.limit(chains.len(), 0);
    let (mut read, unread) = read_all(context, chains, limit, known, written).await;
    let is_complete = unread.is_empty();
    chains.sort_by_key(|chain| !unread.contains(chain));
    let first = |(_, slices): &(_, Vec<Slice>)| Some(slices.first()?.committed_at);
    let first: Vec<Option<Timestamp>> = read.iter().map(first).collect();
    let now = context.clock.now();
    let is_last = cut(&mut read, limit.into(), now) && is_complete;
    let count: usize = read.iter().map(|(_, slices)| slices.len()).sum();
    let steps = steps(
        read.iter().flat_map(|(_, slices)| slices),
        now,
        known.head.last,
    );
    let Advance {
        mut samples,
        dropped,
        refused,
    } = advance(&mut known.values, &steps, context.stack);
    let last = steps.last().map_or(known.head.last, |step| step.at);
    // Repeated samples have the round's time, since later ones must have a later time.
    let last = if is_last {
        now.as_millisecond().max(last.saturating_add(1))
    } else {
        last
    };
    for (labels, points) in due(&known.values, &known.sent, last) {
        samples.entry(labels).or_insert(points);
    }
    if samples.is_empty() && count == 0 {
        written.record_waiting(&read, &first);
        return Ok(Then::Done);
    }
    if known.commit(context, marks(&read), last, count).await? == Move::Collided {
        return Ok(Then::Overtaken);
    }
    written.slices += count;
    if refused > 0 {
        tracing::warn!(
            datapoints = refused,
            series = known.values.len(),
            "a ceiling of Prometheus' series is reached; the rest are counted as Other"
        );
    }
    for (reason, count) in dropped {
        *written.dropped.entry(reason).or_default() += count;
    }
    written.record_waiting(&read, &first);
    let sent = send_all(context, batches(samples), known, written).await;
    Ok(if sent && count > 0 {
        Then::More
    } else {
        Then::Done
    })
}

/// Reads the next slices of every chain, several chains concurrently, and keeps their series. A chain that cannot be
/// read keeps its position. Returns the chains as well that were not read, since enough of others is kept: then the
/// samples of their slices have a later time than they would have.
async fn read_all<'a, P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chains: &[&'a ChainId],
    limit: u16,
    known: &State,
    written: &mut Written,
) -> (Vec<(&'a ChainId, Vec<Slice>)>, BTreeSet<&'a ChainId>) {
    let kept = &KeptBytes::of(Sink::Prometheus);
    let mut reads = stream::iter(chains)
        .map(|&chain| async move {
            let _permit = context.decoding.permit(Sink::Prometheus).await;
            if kept.is_full() {
                return (chain, None);
            }
            let mark = known.head.marks.get(chain).cloned();
            let mark = mark.unwrap_or_else(Position::start);
            let read = read_next(context, chain, &mark, limit).await;
            let read = read.map(|(mut slices, _)| {
                kept.add(keep_series(&mut slices));
                slices
            });
            (chain, Some(read))
        })
        .buffer_unordered(MOST_AT_ONCE);
    let mut all = Vec::new();
    let mut unread = BTreeSet::new();
    while let Some((chain, read)) = reads.next().await {
        match read {
            None => {
                unread.insert(chain);
            }
            Some(Ok(slices)) => all.push((chain, slices)),
            Some(Err(fault)) => {
                written.fail(
                    &format!("chain {chain} was not written to Prometheus"),
                    fault,
                );
            }
        }
    }
    (all, unread)
}

/// Leaves slices to later rounds where there is a backlog, so that the steps of all chains are in the order of time: a
/// round has the slices up to the minute to which every chain was read. Returns whether no slice is left.
fn cut(read: &mut [(&ChainId, Vec<Slice>)], limit: usize, now: Timestamp) -> bool {
    /// Slices younger than this are the usual work of a tick, in one round.
    const RECENT: SignedDuration = SignedDuration::from_mins(2);
    let is_recent = |slice: &Slice| now.duration_since(slice.committed_at) <= RECENT;
    let is_whole = |slices: &[Slice]| slices.len() < limit && slices.first().is_none_or(is_recent);
    if read.iter().all(|(_, slices)| is_whole(slices)) {
        return true;
    }
    let minute = |slice: &Slice| slice.committed_at.as_second().div_euclid(60);
    let ends = read.iter().filter_map(|(_, slices)| slices.last());
    let Some(first_end) = ends.map(minute).min() else {
        return true;
    };
    for (_, slices) in read {
        let kept = slices
            .iter()
            .take_while(|slice| minute(slice) <= first_end)
            .count();
        slices.truncate(kept);
    }
    false
}

fn marks(read: &[(&ChainId, Vec<Slice>)]) -> Vec<(ChainId, Position)> {
    let mark = |(chain, slices): &(&ChainId, Vec<Slice>)| {
        Some(((*chain).clone(), slices.last()?.after.clone()))
    };
    read.iter().filter_map(mark).collect()
}

/// Sends samples. Returns whether all were sent; the others are due at once in the next tick.
async fn send_all<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    batches: impl Iterator<Item = Batch>,
    known: &mut State,
    written: &mut Written,
) -> bool {
    let mut failed = false;
    for batch in batches {
        if failed {
            known.forget(&batch);
            continue;
        }
        let request = batch.request();
        match sending::send(context, &request).await {
            Ok(refused) => {
                written.samples += request.samples() as u64 - refused;
                written.refused += refused;
                let sent = batch.series().map(|(labels, at)| (labels.clone(), at));
                known.sent.extend(sent);
                if refused == 0 {
                    known.accept_zeros(&batch);
                }
            }
            Err(fault) => {
                written.fail(
                    "Prometheus has only a part of the samples, and the next tick's repair it",
                    fault,
                );
                known.forget(&batch);
                failed = true;
                written.is_down = true;
            }
        }
    }
    !failed
}

/// Sends the self-metrics as gauges.
pub(crate) async fn write_gauges<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    series: &[SeriesMinute],
) -> Result<(), Fault> {
    let at = context.clock.now().as_millisecond();
    let gauges = series.iter().map(|series| {
        let labels = Labels::of(&series.key, PrometheusType::Gauge, context.stack);
        gauge(&labels, series.aggregate.statistics().sum, at)
    });
    let request = WriteRequest {
        timeseries: gauges.collect(),
    };
    sending::send(context, &request).await.map(|_| ())
}

impl Written {
    /// The result where the sink does not run: no chain was read.
    pub(crate) fn skipped(chains: &[ChainId], reason: Fault) -> Self {
        let unread = |chain: &ChainId| (chain.clone(), Waiting::Unread);
        let mut written = Self {
            waiting: chains.iter().map(unread).collect(),
            is_down: true,
            is_skipped: true,
            ..Self::default()
        };
        written.fail("the chains were not written to Prometheus", reason);
        written
    }

    /// Whether the receiver accepted the samples, or refused them for good; `None` where none were sent.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        if self.is_down {
            return (!self.is_skipped).then_some(Outcome::Failure);
        }
        (self.samples + self.refused > 0).then_some(Outcome::Success)
    }

    /// Records what is left of the chains of a round, whose slices were `first` before some were left to later rounds.
    /// There may be more slices after those of the round, at most as old as the last one.
    fn record_waiting(&mut self, read: &[(&ChainId, Vec<Slice>)], first: &[Option<Timestamp>]) {
        for ((chain, slices), first) in read.iter().zip(first) {
            let last = slices.last().map(|slice| slice.committed_at);
            let waiting = Waiting::Since(last.or(*first));
            self.waiting.insert((*chain).clone(), waiting);
        }
    }

    fn fail(&mut self, part: &str, fault: Fault) {
        let part = part.to_owned();
        self.problems.push(Problem { part, fault });
    }
}
