//! The chains as Prometheus sees them: cumulative values, named by its rules, in samples whose order never breaks.
//!
//! The values at a place in the chains follow from the chains alone, so what is kept is the place ([`head`]), and now and then
//! the values there ([`snapshot`]), from which a new process reads on (`docs/decisions/0010-prometheus.md`).

pub mod cumulative;
pub mod head;
pub mod labels;
pub(crate) mod run;
pub mod samples;
pub mod snapshot;
pub mod timeline;
pub mod wire;
