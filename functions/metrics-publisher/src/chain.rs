//! The next slices of a chain for a cursor, whatever happened to the chain.

use picket_aws::Fault;
use picket_shared::{
    chain::{ChainId, Slice},
    position::Position,
};

use crate::ports::ReadSlices;

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
/// A chain whose items all died of age begins again at the start, behind the cursor: the first item's end then lies past the
/// mark, which it cannot in the chain that the cursor knows.
pub async fn read_next(
    ports: &impl ReadSlices,
    chain: &ChainId,
    mark: &Position,
    limit: u16,
) -> Result<(Vec<Slice>, Joint), Fault> {
    let slices = ports.read_slices(chain, mark, limit).await?;
    let start = Position::start();
    if slices.first().is_some_and(|first| first.before == *mark) || *mark == start {
        let joint = joint(&slices, mark);
        return Ok((slices, joint));
    }
    if began_again(&ports.read_slices(chain, &start, 1).await?, mark) {
        return Ok((ports.read_slices(chain, &start, limit).await?, Joint::Whole));
    }
    let joint = joint(&slices, mark);
    Ok((slices, joint))
}

fn joint(slices: &[Slice], mark: &Position) -> Joint {
    match slices.first() {
        Some(first) if first.before != *mark => Joint::Gap,
        _ => Joint::Whole,
    }
}

fn began_again(slices: &[Slice], mark: &Position) -> bool {
    slices
        .first()
        .is_some_and(|first| first.before == Position::start() && first.after > *mark)
}
