//! Writes the chains' values to Prometheus: the positions are committed first, then the samples are sent.

mod reading;
mod sending;
mod state;
mod written;

use jiff::Timestamp;
use picket_aws::{Fault, ledger::Move};
use picket_shared::{
    chain::{ChainId, Slice},
    clock::Clock,
    position::Position,
    series::SeriesMinute,
};

pub(crate) use state::State;
pub(crate) use written::Written;

use reading::{cut, read_all};

use crate::{
    chains::context::TickContext,
    ports::Ports,
    prometheus::{
        labels::{Labels, PrometheusType},
        samples::{Advance, Batch, advance, batches, due, gauge},
        timeline::steps,
    },
    remote_write::WriteRequest,
    self_metrics::waiting::Waiting,
};

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
