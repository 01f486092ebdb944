//! The positions of a reader in the chains, and their stored form.

use std::collections::BTreeMap;

use picket_aws::Fault;
use picket_shared::{chain::ChainId, position::Position};
use prost::Message;

/// The position in each chain: slices before it are read.
pub type Marks = BTreeMap<ChainId, Position>;

/// A chain and a position in it.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct WireMark {
    #[prost(string, tag = "1")]
    chain: String,
    #[prost(string, tag = "2")]
    mark: String,
}

pub(crate) fn marks_to_wire(marks: &Marks) -> Vec<WireMark> {
    let mark = |(chain, mark): (&ChainId, &Position)| WireMark {
        chain: chain.to_string(),
        mark: mark.to_string(),
    };
    marks.iter().map(mark).collect()
}

pub(crate) fn marks_from_wire(what: &str, marks: &[WireMark]) -> Result<Marks, Fault> {
    let mark = |wire: &WireMark| Some((wire.chain.parse().ok()?, wire.mark.parse().ok()?));
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
