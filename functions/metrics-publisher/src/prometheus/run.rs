//! Writes the chains' values to Prometheus: what they came to is committed first, then sent.

mod sending;
mod state;

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use picket_aws::{Fault, ledger::Move, problem::Problem};
use picket_cloudwatch::datum::Reason;
use picket_shared::{
    chain::{ChainId, Slice},
    clock::Clock,
    position::Position,
    series::SeriesMinute,
};

pub(crate) use state::State;

use crate::{
    chains::read::read_next,
    context::{MOST_AT_ONCE, TickContext},
    ports::Ports,
    prometheus::{
        labels::{Kind, Labels},
        samples::{Advance, Batch, advance, batches, due, gauge},
        timeline::steps,
        wire::WriteRequest,
    },
};

/// What was written.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) slices: usize,
    pub(crate) samples: u64,
    /// Samples that the receiver will never take.
    pub(crate) refused: u64,
    pub(crate) dropped: BTreeMap<Reason, u64>,
    /// When the oldest slice that was left was committed.
    pub(crate) waiting: Option<Timestamp>,
    pub(crate) problems: Vec<Problem>,
    /// The receiver did not take something: in this tick it is left alone.
    pub(crate) is_down: bool,
}

/// What comes after a round.
#[derive(Debug, PartialEq, Eq)]
enum Then {
    /// There may be more.
    More,
    /// All was sent.
    Done,
    /// Somebody else is at it, and knows more than this process.
    Overtaken,
}

/// Writes what there is, as far as time and the tick's bound allow. `state` is what the process knows from the last time.
pub(crate) async fn write_all<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chains: &[ChainId],
    state: &mut Option<State>,
) -> Written {
    let mut written = Written::default();
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
    // Taken, so that after a fault, or a kill, the tables say again what is known.
    let mut known = State::load(context, state.take()).await?;
    let mut then = Then::More;
    while then == Then::More && context.has_time() {
        then = round(context, chains, &mut known, written).await?;
    }
    if then != Then::Overtaken {
        *state = Some(known);
    }
    Ok(())
}

async fn round<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chains: &[ChainId],
    known: &mut State,
    written: &mut Written,
) -> Result<Then, Fault> {
    let limit = context.limit(chains.len(), 0);
    let mut read = read_all(context, chains, limit, known, written).await;
    let now = context.clock.now();
    let is_last = cut(&mut read, limit.into(), now);
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
    // What is sent again is stamped with the round's time, since everything that comes after it must have a later one.
    let last = if is_last {
        now.as_millisecond().max(last.saturating_add(1))
    } else {
        last
    };
    for (labels, points) in due(&known.values, &known.sent, last) {
        samples.entry(labels).or_insert(points);
    }
    if samples.is_empty() && count == 0 {
        written.waiting = None;
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
    let newest = read.iter().filter_map(|(_, slices)| slices.last());
    written.waiting = newest.map(|slice| slice.committed_at).min();
    let sent = send_all(context, batches(samples), known, written).await;
    Ok(if sent && count > 0 {
        Then::More
    } else {
        Then::Done
    })
}

/// What every chain has next, some chains at once. A chain that cannot be read keeps its place.
async fn read_all<'a, P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chains: &'a [ChainId],
    limit: u16,
    known: &State,
    written: &mut Written,
) -> Vec<(&'a ChainId, Vec<Slice>)> {
    let mut reads = stream::iter(chains)
        .map(|chain| async move {
            let mark = known.head.marks.get(chain).cloned();
            let mark = mark.unwrap_or_else(Position::start);
            (chain, read_next(context, chain, &mark, limit).await)
        })
        .buffer_unordered(MOST_AT_ONCE);
    let mut all = Vec::new();
    while let Some((chain, read)) = reads.next().await {
        match read {
            Ok((slices, _)) => all.push((chain, slices)),
            Err(fault) => {
                written.fail(
                    &format!("chain {chain} was not written to Prometheus"),
                    fault,
                );
            }
        }
    }
    all
}

/// Leaves later slices to later rounds where there is a backlog, so that the steps of all chains come in the order of their time:
/// everything up to the minute to which every chain was read. Whether the round is the last, nothing being left.
fn cut(read: &mut [(&ChainId, Vec<Slice>)], limit: usize, now: Timestamp) -> bool {
    /// A tick's usual work is of the last minute or two, and is one round.
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

/// Whether all went out. What did not is due at once, so that the next tick sends it.
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

/// Sends series as they are: what the publisher says of itself.
pub(crate) async fn write_gauges<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    series: &[SeriesMinute],
) -> Result<(), Fault> {
    let at = context.clock.now().as_millisecond();
    let gauges = series.iter().map(|series| {
        let labels = Labels::of(&series.key, Kind::Gauge, context.stack);
        gauge(&labels, series.aggregate.statistics().sum, at)
    });
    let request = WriteRequest {
        timeseries: gauges.collect(),
    };
    sending::send(context, &request).await.map(|_| ())
}

impl Written {
    fn fail(&mut self, part: &str, fault: Fault) {
        let part = part.to_owned();
        self.problems.push(Problem { part, fault });
    }
}
