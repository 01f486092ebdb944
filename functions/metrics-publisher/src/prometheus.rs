//! The Prometheus sink: cumulative values under Prometheus' names, in samples that are always in order.
//!
//! The chains alone determine the values at a position in them. The stored state is that position ([`head`]), and
//! occasionally the values there ([`snapshot`]), from which a new process continues
//! (`docs/decisions/0010-prometheus.md`).

pub mod bounds;
pub mod cumulative;
pub mod head;
pub mod labels;
pub(crate) mod run;
pub mod samples;
pub mod snapshot;
pub mod timeline;
pub mod value;
