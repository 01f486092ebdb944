//! What is read of the alarm's resource, part by part.

use jiff::Timestamp;

use super::{
    function::{self, FunctionFacts},
    ports::Reads,
    stream::{self, StreamFacts},
    table::{self, TableFacts},
};
use crate::{
    actions::{
        raise_shards, raise_table_throughput,
        window::{WINDOW_MINUTES, before},
    },
    model::{Candidate, Home},
};

/// The facts, by the kind of the resource.
#[derive(Debug, Clone, PartialEq)]
pub enum Facts {
    /// A function, what feeds it and what it logged.
    Function(Box<FunctionFacts>),
    /// A stream.
    Stream(StreamFacts),
    /// A table and its indexes.
    Table(TableFacts),
}

/// Reads the parts. It never fails: what cannot be read is said.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &impl Reads,
    now: Timestamp,
) -> Facts {
    let target = candidate.target.as_str();
    let from = before(now, WINDOW_MINUTES);
    if target.starts_with("stream/") {
        return Facts::Stream(stream::read(raise_shards::name(target), ports, from, now).await);
    }
    if target.starts_with("table/") {
        let name = raise_table_throughput::name(target);
        return Facts::Table(table::read(name, ports, from, now).await);
    }
    Facts::Function(Box::new(
        function::read(candidate, home, ports, from, now).await,
    ))
}
