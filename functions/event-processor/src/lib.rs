//! Turns Kinesis records into metric and usage totals, each record counted once.
//!
//! - **What arrives**: a Kinesis event ([`event`]), read once and borrowed ([`body`]). Each record's [`payload`] is
//!   JSON, text, gzip, a CloudWatch Logs subscription's envelope or a KPL aggregate; requests to a model come in four
//!   spellings. The function's own heartbeat comes the same way.
//! - **What leaves**: one slice after another in the shard's chain ([`plan`]): series by minute and the usage ledger's
//!   delta ([`counting`]), and one object a slice in the quarantine bucket ([`quarantine`]) for what cannot be read.
//!   The response names the lowest sequence number not committed, or none.
//! - **What can go wrong**: a transient error gives the rest of the batch back; an event that is not Kinesis', a
//!   missing table or bucket, or a missing permission fails the invocation with an error that names the remedy
//!   ([`error`]). Lambda keeps the records in either case. A record that kills the process is left undecoded at its
//!   third attempt, and of the copies of a record that was put back one counts ([`handler`]).
//!
//! Rules and prices are compiled in; an operator may put others in their place in S3, which are in force from the next
//! invocation on.
//!
//! [`ingest`] runs the same core without AWS.

pub mod adapters;
pub mod body;
pub mod config;
pub mod counting;
pub mod deduplication;
pub mod error;
pub mod event;
pub mod event_time;
pub mod handler;
pub mod ingest;
pub mod payload;
pub mod plan;
pub mod ports;
pub mod quarantine;
pub mod rules;

pub use event::read;
