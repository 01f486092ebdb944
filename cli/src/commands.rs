//! One file a command: `run` reads and prints, the rest is pure.

pub(crate) mod chain;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod explain;
pub(crate) mod filter;
pub(crate) mod ingest;
pub(crate) mod quarantine;
pub(crate) mod replay;
pub(crate) mod report;
pub(crate) mod series;
pub(crate) mod silence;
