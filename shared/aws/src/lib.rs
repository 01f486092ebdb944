//! Clients on one connector, and the adapters that several functions use.
//!
//! - [`config()`]: what every AWS client is built from; [`web`]: the client for everything that is not AWS;
//! - [`fault`]: what went wrong, by what the caller does about it;
//! - [`chain`] and [`ledger`]: the two tables of totals;
//! - [`state`]: the state of a sink besides its cursor;
//! - [`overrides`]: an operator's overrides in S3 of rules, prices, routes and playbooks;
//! - [`stream`]: the producer that the CLI and the local line use;
//! - [`remediations`]: what people read of the remediator's audit rows;
//! - [`fleet`]: messages to our topics; [`secret`]: what Parameter Store keeps for us.

pub mod blob;
pub mod chain;
pub mod conditional;
mod connector;
pub mod fault;
pub mod fleet;
mod item;
pub mod ledger;
pub mod overrides;
pub mod problem;
pub mod remediations;
pub mod secret;
pub mod silences;
pub mod state;
pub mod stream;
#[cfg(test)]
mod testing;
pub mod timing;
pub mod web;

pub use connector::{config, connector};
pub use fault::Fault;
