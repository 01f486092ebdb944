//! The next slices of a chain for a cursor, whatever happened to the chain.

use picket_aws::Fault;
use picket_shared::{
    chain::{ChainId, DamagedSlice, Slice, StoredSlice},
    position::Position,
};

use crate::{
    chains::damaged,
    context::Run,
    ports::{KeepSlice, Ports, ReadSliceBelow, ReadSlices},
};

/// How the slices that were read join the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joint {
    /// They begin at the cursor, or there is none.
    Whole,
    /// They begin later: what lay between died of age before it was read.
    Gap,
}

/// Reads what comes next for a cursor at `mark`, `limit` slices at most.
///
/// In the place of a damaged slice comes one that adds nothing, once its bytes are in the quarantine bucket: every sink passes over it
/// as over any other, and goes on with what is left.
pub(crate) async fn read_next<P: Ports, C>(
    run: &Run<'_, P, C>,
    chain: &ChainId,
    mark: &Position,
    limit: u16,
) -> Result<(Vec<Slice>, Joint), Fault> {
    let (stored, joint) = read_stored(run.ports, chain, mark, limit).await?;
    let mut slices = Vec::with_capacity(stored.len());
    for slice in stored {
        let slice = match slice {
            Ok(slice) => slice,
            Err(damaged) => match pass_over(run, &damaged).await {
                Ok(slice) => slice,
                Err(fault) if slices.is_empty() => return Err(fault),
                // What comes before it first.
                Err(_) => break,
            },
        };
        slices.push(slice);
    }
    Ok((slices, joint))
}

async fn pass_over<P: KeepSlice, C>(
    run: &Run<'_, P, C>,
    damaged: &DamagedSlice,
) -> Result<Slice, Fault> {
    run.ports.keep_slice(damaged).await?;
    run.passed_over.note(damaged);
    tracing::error!(
        chain = %damaged.chain,
        before = %damaged.before,
        after = %damaged.after,
        committed_at = %damaged.committed_at,
        reason = damaged.reason,
        object = damaged::key(damaged),
        "a slice cannot be read; its bytes are in quarantine, and the sinks go on behind it"
    );
    Ok(damaged.without_body())
}

/// A chain may go on behind the cursor: DynamoDB deletes what is out of date in no order, and a mark that is the end of an older slice
/// is where the next one starts. That slice ends past the cursor, which none does in the chain that the cursor knows.
async fn read_stored<P: ReadSlices + ReadSliceBelow>(
    ports: &P,
    chain: &ChainId,
    mark: &Position,
    limit: u16,
) -> Result<(Vec<StoredSlice>, Joint), Fault> {
    let slices = ports.read_slices(chain, mark, limit).await?;
    let first = slices.first().map(before);
    if first == Some(mark) || *mark == Position::start() {
        let joint = joint(first, mark);
        return Ok((slices, joint));
    }
    let below = ports.read_slice_below(chain, mark).await?;
    if let Some(below) = below.filter(|below| after(below) > mark) {
        let slices = ports.read_slices(chain, before(&below), limit).await?;
        return Ok((slices, Joint::Whole));
    }
    let joint = joint(first, mark);
    Ok((slices, joint))
}

fn joint(first: Option<&Position>, mark: &Position) -> Joint {
    match first {
        Some(first) if first != mark => Joint::Gap,
        _ => Joint::Whole,
    }
}

fn before(slice: &StoredSlice) -> &Position {
    match slice {
        Ok(slice) => &slice.before,
        Err(damaged) => &damaged.before,
    }
}

fn after(slice: &StoredSlice) -> &Position {
    match slice {
        Ok(slice) => &slice.after,
        Err(damaged) => &damaged.after,
    }
}
