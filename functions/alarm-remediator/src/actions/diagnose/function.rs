//! A function: its newest deployment, errors, throttles and duration, what feeds it, and what it logged.

mod facts;
mod log;
mod metrics;
mod report;

pub(super) use facts::read;
pub use facts::{FunctionFacts, Upstream};
pub use metrics::FunctionMetrics;
