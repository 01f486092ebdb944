//! The metrics publisher: reads the chains, and updates the usage ledger exactly once, CloudWatch once or counted, and
//! Prometheus with cumulative values.
//!
//! **Input**: a tick a minute from the schedule ([`event`]). **Output**: ledger rows, CloudWatch metrics, and a
//! heartbeat record into the stream, which becomes a metric when the whole line works.
//!
//! Each sink has a cursor of its own in each chain. The ledger's cursor moves in one transaction with the rows it adds
//! ([`ledger::plan`]). CloudWatch has no transaction and counts what it receives twice: the publisher claims slices,
//! puts them, and moves the cursor ([`cloudwatch::claim`]); slices that it sends again after a lost answer are counted
//! as `PublishAmbiguous`. Slices of all shards are merged ([`chains::minutes`]), rates and ratios are derived
//! ([`cloudwatch::derived`]), series past the limits become `Other` ([`series_limit::admission`]), and datapoints are
//! packed into legal requests ([`picket_cloudwatch::pack`]). Prometheus has one cursor for all chains, and is off
//! unless a receiver is configured ([`prometheus`]).
//!
//! The publisher uses the compiled-in rules or an operator's overrides, validates every override
//! ([`self_metrics::SelfMetrics::overrides`]), and counts rules without a match. Before the sinks run, it commits the
//! default values of minutes without a match to a chain of its own ([`chains::default_values`]). Datapoints that
//! CloudWatch rejects are stored in the quarantine bucket ([`picket_cloudwatch::rejected`]). A sink that failed
//! repeatedly is left alone for a minute (`circuit_breaker`).
//!
//! **Errors**: an event that is not a tick, and parts of a tick that failed ([`error`]). The failure of one part does
//! not stop the others, and the next tick does the remaining work.

pub mod adapters;
pub mod chains;
mod circuit_breaker;
pub mod cloudwatch;
pub mod config;
pub mod error;
pub mod event;
pub mod handler;
pub mod ledger;
pub mod ports;
pub mod prometheus;
pub mod remote_write;
pub mod self_metrics;
pub mod series_limit;
#[cfg(test)]
mod simulation;

pub use event::read;
