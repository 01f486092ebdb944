//! Writes the chains' values to Prometheus: what they came to is committed first, then sent.

mod memory;
mod sending;

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use jiff::Timestamp;
use picket_aws::{Fault, ledger::Move};
use picket_shared::{
    chain::{ChainId, Slice},
    clock::Clock,
    position::Position,
    series::SeriesMinute,
};

pub(crate) use memory::Memory;

use crate::{
    chain::read_next,
    datum::Reason,
    error::Problem,
    ports::Ports,
    prometheus::{
        labels::{Kind, Labels},
        samples::{Batch, advance, batches, due, gauge},
        timeline::steps,
        wire::WriteRequest,
    },
    run::{MOST_AT_ONCE, Run},
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

/// Writes what there is, as far as time and the tick's bound allow. `memory` is what the process knows from the last time.
pub(crate) async fn write_all<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chains: &[ChainId],
    memory: &mut Option<Memory>,
) -> Written {
    let mut written = Written::default();
    if let Err(fault) = writing(run, chains, memory, &mut written).await {
        written.fail("the chains were not written to Prometheus", fault);
    }
    written
}

async fn writing<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chains: &[ChainId],
    memory: &mut Option<Memory>,
    written: &mut Written,
) -> Result<(), Fault> {
    if !run.has_time() {
        return Ok(());
    }
    // Taken, so that after a fault, or a kill, the tables say again what is known.
    let mut known = Memory::recall(run, memory.take()).await?;
    let mut then = Then::More;
    while then == Then::More && run.has_time() {
        then = round(run, chains, &mut known, written).await?;
    }
    if then != Then::Overtaken {
        *memory = Some(known);
    }
    Ok(())
}

async fn round<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chains: &[ChainId],
    known: &mut Memory,
    written: &mut Written,
) -> Result<Then, Fault> {
    let read = read_all(run, chains, known, written).await;
    let count: usize = read.iter().map(|(_, slices)| slices.len()).sum();
    let now = run.clock.now();
    let steps = steps(
        read.iter().flat_map(|(_, slices)| slices),
        now,
        known.head.last,
    );
    let (mut samples, dropped) = advance(&mut known.values, &steps, run.stack);
    let stamp = |last: i64| now.as_millisecond().max(last.saturating_add(1));
    let last = stamp(steps.last().map_or(known.head.last, |step| step.at));
    for (labels, points) in due(&known.values, &known.sent, last) {
        samples.entry(labels).or_insert(points);
    }
    if samples.is_empty() && count == 0 {
        written.waiting = None;
        return Ok(Then::Done);
    }
    if known.commit(run, marks(&read), last, count).await? == Move::Collided {
        return Ok(Then::Overtaken);
    }
    written.slices += count;
    for (reason, count) in dropped {
        *written.dropped.entry(reason).or_default() += count;
    }
    let newest = read.iter().filter_map(|(_, slices)| slices.last());
    written.waiting = newest.map(|slice| slice.committed_at).min();
    let sent = send_all(run, batches(samples), last, known, written).await;
    Ok(if sent && count > 0 {
        Then::More
    } else {
        Then::Done
    })
}

/// What every chain has next, some chains at once. A chain that cannot be read keeps its place.
async fn read_all<'a, P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chains: &'a [ChainId],
    known: &Memory,
    written: &mut Written,
) -> Vec<(&'a ChainId, Vec<Slice>)> {
    let limit = run.limit(chains.len(), 0);
    let mut reads = stream::iter(chains)
        .map(|chain| async move {
            let mark = known.head.marks.get(chain).cloned();
            let mark = mark.unwrap_or_else(Position::start);
            (chain, read_next(run, chain, &mark, limit).await)
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

fn marks(read: &[(&ChainId, Vec<Slice>)]) -> Vec<(ChainId, Position)> {
    let mark = |(chain, slices): &(&ChainId, Vec<Slice>)| {
        Some(((*chain).clone(), slices.last()?.after.clone()))
    };
    read.iter().filter_map(mark).collect()
}

/// Whether all went out. What did not is due at once, so that the next tick sends it.
async fn send_all<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    batches: Vec<Batch>,
    last: i64,
    known: &mut Memory,
    written: &mut Written,
) -> bool {
    let mut failed = false;
    for batch in batches {
        if failed {
            known.forget(&batch.series);
            continue;
        }
        match sending::send(run, &batch.request).await {
            Ok(refused) => {
                written.samples += batch.request.samples() as u64 - refused;
                written.refused += refused;
                known
                    .sent
                    .extend(batch.series.into_iter().map(|series| (series, last)));
            }
            Err(fault) => {
                written.fail(
                    "Prometheus has only a part of the samples, and the next tick's repair it",
                    fault,
                );
                known.forget(&batch.series);
                failed = true;
                written.is_down = true;
            }
        }
    }
    !failed
}

/// Sends series as they are: what the publisher says of itself.
pub(crate) async fn write_gauges<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    series: &[SeriesMinute],
) -> Result<(), Fault> {
    let at = run.clock.now().as_millisecond();
    let gauges = series.iter().map(|series| {
        let labels = Labels::of(&series.key, Kind::Gauge, run.stack);
        gauge(&labels, series.aggregate.statistics().sum, at)
    });
    let request = WriteRequest {
        timeseries: gauges.collect(),
    };
    sending::send(run, &request).await.map(|_| ())
}

impl Written {
    fn fail(&mut self, part: &str, fault: Fault) {
        let part = part.to_owned();
        self.problems.push(Problem { part, fault });
    }
}
