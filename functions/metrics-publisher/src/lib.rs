//! Publishes what the chains hold: the usage ledger exactly once, CloudWatch once or counted, Prometheus as cumulative values.
//!
//! **In**: a tick a minute from the schedule ([`event`]). **Out**: ledger rows, CloudWatch metrics, and a heartbeat record into
//! the stream, which comes back as a metric when the whole line works.
//!
//! Each sink has a cursor of its own in each chain. The ledger's moves in one transaction with what it adds ([`ledger::plan`]).
//! CloudWatch has no transaction and adds what it gets twice: the publisher claims, puts, advances ([`cloudwatch::claim`]), and counts as
//! `PublishAmbiguous` what it sends again because it cannot know. Slices of all shards are merged ([`chains::minutes`]) and packed
//! into legal requests ([`picket_cloudwatch::pack`]), after rates and ratios are made of them ([`cloudwatch::derived`]) and no more series are let in than
//! there may be ([`series_limit::admission`]). Prometheus has one cursor for all chains, and is off unless a receiver is configured
//! ([`prometheus`]).
//!
//! It goes by the rules that are compiled in or that an operator put in their place, looks at everything that may be put in place of
//! something ([`self_metrics::Vitals::overrides`]), and counts the rules that match nothing.
//!
//! Before the sinks, it commits what rules' `DefaultValue` says of the minutes in which nothing matched to a chain of its own
//! ([`chains::default_values`]).
//!
//! A datapoint that CloudWatch refuses alone is kept in the quarantine bucket ([`picket_cloudwatch::rejected`]).
//!
//! **What can go wrong**: an event that is not a tick, and parts of a tick ([`error`]). One part's failure does not stop the
//! others, and the next tick does what this one left.

pub mod adapters;
mod blob;
pub mod chains;
pub mod cloudwatch;
pub mod config;
mod context;
pub mod error;
pub mod event;
pub mod handler;
pub mod ledger;
mod overrides;
pub mod ports;
pub mod prometheus;
pub mod self_metrics;
pub mod series_limit;
#[cfg(test)]
mod simulation;

pub use event::read;
