//! Reads the next slices of a chain for a cursor, across gaps and damaged slices.

use picket_aws::Fault;
use picket_shared::{
    chain::{ChainId, DamagedSlice, Slice, StoredSlice},
    position::Position,
};

use crate::{
    chains::{context::TickContext, damaged},
    ports::{Ports, QuarantineSlice, ReadSliceBelow, ReadSlices},
};

/// Whether slices continue at the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuity {
    /// They begin at the cursor, or there is no slice.
    Contiguous,
    /// They begin later: slices between them and the cursor expired before they were read.
    Gap,
}

/// Reads the next slices for a cursor at `mark`, at most `limit`.
///
/// A damaged slice is replaced by an empty one once its bytes are in the quarantine bucket, so that every sink
/// continues behind it.
pub(crate) async fn read_next<P: Ports, C>(
    context: &TickContext<'_, P, C>,
    chain: &ChainId,
    mark: &Position,
    limit: u16,
) -> Result<(Vec<Slice>, Continuity), Fault> {
    let (stored, continuity) = read_stored(context.ports, chain, mark, limit).await?;
    let mut slices = Vec::with_capacity(stored.len());
    for slice in stored {
        let slice = match slice {
            Ok(slice) => slice,
            Err(damaged) => match skip(context, &damaged).await {
                Ok(slice) => slice,
                Err(fault) if slices.is_empty() => return Err(fault),
                // The slices before it first.
                Err(_) => break,
            },
        };
        slices.push(slice);
    }
    Ok((slices, continuity))
}

async fn skip<P: QuarantineSlice, C>(
    context: &TickContext<'_, P, C>,
    damaged: &DamagedSlice,
) -> Result<Slice, Fault> {
    context.ports.quarantine_slice(damaged).await?;
    context.skipped_slices.record(damaged);
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

/// Reads stored slices. A chain may continue before the cursor: DynamoDB deletes expired items in no order, so that a
/// new slice may start at the end of an older one. Such a slice ends past the cursor, which no slice of an unbroken
/// chain does.
async fn read_stored<P: ReadSlices + ReadSliceBelow>(
    ports: &P,
    chain: &ChainId,
    mark: &Position,
    limit: u16,
) -> Result<(Vec<StoredSlice>, Continuity), Fault> {
    let slices = ports.read_slices(chain, mark, limit).await?;
    let first = slices.first().map(before);
    if first == Some(mark) || *mark == Position::start() {
        let continuity = continuity(first, mark);
        return Ok((slices, continuity));
    }
    let below = ports.read_slice_below(chain, mark).await?;
    if let Some(below) = below.filter(|below| after(below) > mark) {
        let slices = ports.read_slices(chain, before(&below), limit).await?;
        return Ok((slices, Continuity::Contiguous));
    }
    let continuity = continuity(first, mark);
    Ok((slices, continuity))
}

fn continuity(first: Option<&Position>, mark: &Position) -> Continuity {
    match first {
        Some(first) if first != mark => Continuity::Gap,
        _ => Continuity::Contiguous,
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
