//! Reads the chains for default values, and commits those of settled minutes.

use futures::{StreamExt, stream};
use jiff::Timestamp;
use picket_aws::{Fault, chain::Commit, ledger::Sink};
use picket_shared::{
    chain::{ChainId, Slice},
    clock::Clock,
};

use super::{Progress, chain_of, place};
use crate::{
    chains::read::read_next,
    context::{MOST_AT_ONCE, Run},
    ports::Ports,
    prometheus::head::Marks,
};

/// Rounds of reading a tick: 16,000 slices. The sinks need the rest of the time, and what is left is read by the next tick.
const MOST_ROUNDS: usize = 8;

/// Decides the minutes that are settled. `chains` are all there are, and `stream` is whose they are.
///
/// Progress is stored last. A process that dies before leaves all of it to the next, which reads the same slices again and collides
/// with the slice that was committed, if one was.
pub(crate) async fn write_defaults<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chains: &[ChainId],
    stream: &str,
) -> Result<(), Fault> {
    let own = chain_of(stream)?;
    let shards: Vec<&ChainId> = chains.iter().filter(|chain| **chain != own).collect();
    let stored = run.ports.read_state(&place()).await?;
    let version = stored.as_ref().map(|stored| stored.version);
    let mut progress = match &stored {
        Some(stored) => Progress::decode(&stored.body)?,
        None => begin(run, &shards).await?,
    };
    if let Some(read_to) = read_all(run, shards, &mut progress).await? {
        let (closed, slice) = progress.close(read_to, run.settle, &own, run.clock.now());
        progress = match slice {
            None => closed,
            // In the registry first, so that no slice is ever in a chain that nobody finds.
            Some(slice) => {
                if !chains.contains(&own) {
                    run.ports.register(&own, slice.committed_at).await?;
                }
                match run.ports.commit_slice(&slice).await? {
                    Commit::Committed => closed.after(&slice),
                    // The same from a process that died, or another's: what it does not decide is decided by the next tick.
                    Commit::Collided => progress.after(&committed(run, &slice).await?),
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
    // Where another publisher was faster, its progress stands, and the next tick goes on from there.
    let body = progress.encode();
    run.ports.write_state(&place(), version, body, None).await?;
    Ok(())
}

/// From where CloudWatch stands: what it was given before has no default value any more.
async fn begin<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    shards: &[&ChainId],
) -> Result<Progress, Fault> {
    let mut reads = stream::iter(shards)
        .map(|&chain| async move { (chain, run.ports.read_cursor(Sink::CloudWatch, chain).await) })
        .buffer_unordered(MOST_AT_ONCE);
    let mut marks = Marks::new();
    while let Some((chain, cursor)) = reads.next().await {
        marks.extend(cursor?.map(|cursor| (chain.clone(), cursor.mark)));
    }
    Ok(Progress::begin(marks, run.clock.now()))
}

/// Reads what the chains have: everything that was committed until the time that is returned, or `None` where there may be more.
async fn read_all<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    mut shards: Vec<&ChainId>,
    progress: &mut Progress,
) -> Result<Option<Timestamp>, Fault> {
    let begun = run.clock.now();
    for _ in 0..MOST_ROUNDS {
        if !run.has_time() {
            return Ok(None);
        }
        shards = read_round(run, shards, progress).await?;
        if shards.is_empty() {
            return Ok(Some(begun));
        }
    }
    Ok(None)
}

/// Reads what each chain has next, some chains at once. The chains that may have more.
async fn read_round<'a, P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    shards: Vec<&'a ChainId>,
    progress: &mut Progress,
) -> Result<Vec<&'a ChainId>, Fault> {
    let limit = run.limit(shards.len(), 0);
    let marks: Vec<_> = shards
        .into_iter()
        .map(|chain| (chain, progress.mark(chain)))
        .collect();
    let mut reads = stream::iter(&marks)
        .map(|(chain, mark)| async move { (*chain, read_next(run, chain, mark, limit).await) })
        .buffer_unordered(MOST_AT_ONCE);
    let mut more = Vec::new();
    while let Some((chain, read)) = reads.next().await {
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

/// The slice that stands where this one was to be committed.
async fn committed<P: Ports, C: Clock>(run: &Run<'_, P, C>, slice: &Slice) -> Result<Slice, Fault> {
    let found = run
        .ports
        .read_slices(&slice.chain, &slice.before, 1)
        .await?;
    // Of one that cannot be read, its positions are known, and they say what is decided.
    let found = found
        .into_iter()
        .map(|found| found.unwrap_or_else(|damaged| damaged.without_body()))
        .find(|found| found.before == slice.before);
    found.ok_or_else(|| Fault::transient("the chain of default values changed while it was read"))
}
