//! The positions of a reader in the chains, and their stored form.

use std::collections::BTreeMap;

use picket_aws::Fault;
use picket_shared::{chain::ChainId, position::Position};
use prost::Message;

/// The position in each chain: slices before it are read.
pub type Marks = BTreeMap<ChainId, Position>;

/// A chain and a position in it.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct StoredMark {
    #[prost(string, tag = "1")]
    chain: String,
    #[prost(string, tag = "2")]
    mark: String,
}

pub(crate) fn marks_to_stored(marks: &Marks) -> Vec<StoredMark> {
    let mark = |(chain, mark): (&ChainId, &Position)| StoredMark {
        chain: chain.to_string(),
        mark: mark.to_string(),
    };
    marks.iter().map(mark).collect()
}

pub(crate) fn marks_from_stored(what: &str, marks: &[StoredMark]) -> Result<Marks, Fault> {
    let mark = |stored: &StoredMark| Some((stored.chain.parse().ok()?, stored.mark.parse().ok()?));
    marks
        .iter()
        .map(mark)
        .collect::<Option<Marks>>()
        .ok_or_else(|| {
            Fault::permanent(format!(
                "{what} names no chain; delete it, and it is made anew"
            ))
        })
}
