//! Publishes what the chains hold: the usage ledger exactly once, CloudWatch once or counted, Prometheus as cumulative values.
//!
//! **In**: a tick a minute from the schedule ([`event`]). **Out**: ledger rows, CloudWatch metrics, and a heartbeat record into
//! the stream, which comes back as a metric when the whole line works.
//!
//! Each sink has a cursor of its own in each chain. The ledger's moves in one transaction with what it adds ([`fold`]).
//! CloudWatch has no transaction and adds what it gets twice: the publisher claims, puts, advances ([`claim`]), and counts as
//! `PublishAmbiguous` what it sends again because it cannot know. Slices of all shards are merged ([`minutes`]) and packed
//! into legal requests ([`pack`]), after rates and ratios are made of them ([`derived`]) and no more series are let in than
//! there may be ([`admission`]). Prometheus has one cursor for all chains, and is off unless a receiver is configured
//! ([`prometheus`]).
//!
//! It goes by the rules that are compiled in or that an operator put in their place, looks at everything that may be put in place of
//! something ([`own::Vitals::overrides`]), and counts the rules that match nothing.
//!
//! Before the sinks, it commits what rules' `DefaultValue` says of the minutes in which nothing matched to a chain of its own
//! (`defaults`).
//!
//! A datapoint that CloudWatch refuses alone is kept in the quarantine bucket ([`refusal`]).
//!
//! The same program, given targets, is the probe runner ([`probe`]).
//!
//! **What can go wrong**: an event that is not a tick, and parts of a tick ([`error`]). One part's failure does not stop the
//! others, and the next tick does what this one left.

mod accepted;
pub mod adapters;
pub mod admission;
mod admission_desk;
mod blob;
pub mod ceiling_warning;
pub mod chain;
pub mod claim;
pub mod config;
mod cursors;
pub mod damaged;
pub mod datum;
pub mod day_rows;
mod defaults;
pub mod derived;
pub mod error;
pub mod event;
pub mod fold;
pub mod handler;
mod incident_desk;
pub mod incidents;
mod ledger_sink;
mod matched;
mod matched_desk;
mod metric_sink;
pub mod minutes;
pub mod own;
pub mod pack;
pub mod ports;
pub mod probe;
pub mod prometheus;
mod prometheus_sink;
pub mod refusal;
mod run;
#[cfg(test)]
mod simulation;
mod warning_desk;
mod watch;

pub use event::read;
