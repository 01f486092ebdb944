//! Reads the chains for default values, and commits the default values of settled minutes.

use futures::{StreamExt, stream};
use jiff::Timestamp;
use picket_aws::{Fault, chain::Commit, ledger::Sink};
use picket_shared::{
    chain::{ChainId, Slice},
    clock::Clock,
};

use super::{Progress, chain_of, place};
use crate::{
    chains::{
        context::{MOST_AT_ONCE, TickContext},
        marks::Marks,
        read::read_next,
    },
    ports::Ports,
};

/// The number of reads of each chain in a tick, 16,000 slices: the sinks need the rest of the time, and the next tick
/// continues.
const MOST_ROUNDS: usize = 8;

/// Decides the settled minutes. `chains` are all chains of `stream`.
///
/// Progress is stored last. If a process ends before, the next one reads the same slices again and collides with the
/// slice that was committed, if there is one.
pub(crate) async fn write_defaults<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chains: &[ChainId],
    stream: &str,
) -> Result<(), Fault> {
    let own = chain_of(stream)?;
    let shards: Vec<&ChainId> = chains.iter().filter(|chain| **chain != own).collect();
    let stored = context.ports.read_state(&place()).await?;
    let version = stored.as_ref().map(|stored| stored.version);
    let mut progress = match &stored {
        Some(stored) => Progress::decode(&stored.body)?,
        None => begin(context, &shards).await?,
    };
    if let Some(read_to) = read_all(context, shards, &mut progress).await? {
        let (closed, slice) = progress.close(read_to, context.settle, &own, context.clock.now());
        progress = match slice {
            None => closed,
            // In the registry first, so that no slice is in a chain that is not listed.
            Some(slice) => {
                if !chains.contains(&own) {
                    context.ports.register(&own, slice.committed_at).await?;
                }
                match context.ports.commit_slice(&slice).await? {
                    Commit::Committed => closed.after(&slice),
                    // Committed by a process that ended, or another one: the next tick decides the remaining minutes.
                    Commit::Collided => progress.after(&committed(context, &slice).await?),
                    Commit::TooLarge => {
                        return Err(Fault::permanent(format!(
                            "the default values of {own} up to {} are more than an item of the chain table holds",
                            slice.after
                        )));
                    }
                }
            }
        };
    }
    // If another publisher was faster, its progress is kept, and the next tick continues from there.
    let body = progress.encode();
    context
        .ports
        .write_state(&place(), version, body, None)
        .await?;
    Ok(())
}

/// Starts at CloudWatch's cursors: minutes that were published before get no default value.
async fn begin<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    shards: &[&ChainId],
) -> Result<Progress, Fault> {
    let mut reads = stream::iter(shards)
        .map(|&chain| async move {
            (
                chain,
                context.ports.read_cursor(Sink::CloudWatch, chain).await,
            )
        })
        .buffer_unordered(MOST_AT_ONCE);
    let mut marks = Marks::new();
    while let Some((chain, cursor)) = reads.next().await {
        marks.extend(cursor?.map(|cursor| (chain.clone(), cursor.mark)));
    }
    Ok(Progress::begin(marks, context.clock.now()))
}

/// Reads the chains. Returns the time up to which all committed slices were read, or `None` where there may be more.
async fn read_all<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    mut shards: Vec<&ChainId>,
    progress: &mut Progress,
) -> Result<Option<Timestamp>, Fault> {
    let begun = context.clock.now();
    for _ in 0..MOST_ROUNDS {
        if !context.has_time() {
            return Ok(None);
        }
        shards = read_round(context, shards, progress).await?;
        if shards.is_empty() {
            return Ok(Some(begun));
        }
    }
    Ok(None)
}

/// Reads the next slices of each chain, several chains concurrently. Returns the chains that may have more.
async fn read_round<'a, P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    shards: Vec<&'a ChainId>,
    progress: &mut Progress,
) -> Result<Vec<&'a ChainId>, Fault> {
    let limit = context.limit(shards.len(), 0);
    let marks: Vec<_> = shards
        .into_iter()
        .map(|chain| (chain, progress.mark(chain)))
        .collect();
    let mut reads = stream::iter(&marks)
        .map(|(chain, mark)| async move {
            // The sinks begin later.
            let permit = context.decoding.permit(Sink::CloudWatch).await;
            (*chain, read_next(context, chain, mark, limit).await, permit)
        })
        .buffer_unordered(MOST_AT_ONCE);
    let mut more = Vec::new();
    while let Some((chain, read, _permit)) = reads.next().await {
        let (slices, _) = read?;
        for slice in &slices {
            progress.add(slice);
        }
        if !slices.is_empty() {
            more.push(chain);
        }
    }
    Ok(more)
}

/// The slice at the position at which this one was to be committed.
async fn committed<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    slice: &Slice,
) -> Result<Slice, Fault> {
    let found = context
        .ports
        .read_slices(&slice.chain, &slice.before, 1)
        .await?;
    // The positions of a damaged slice are known, and they determine the decided minutes.
    let found = found
        .into_iter()
        .map(|found| found.unwrap_or_else(|damaged| damaged.without_body()))
        .find(|found| found.before == slice.before);
    found.ok_or_else(|| Fault::transient("the chain of default values changed while it was read"))
}
