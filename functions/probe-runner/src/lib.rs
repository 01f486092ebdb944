//! The probe runner: queries sources that send no events, and publishes the answers as metrics.
//!
//! A function of its own, because a probe may need a VPC to reach a database, and that VPC must not be between the
//! metrics publisher and CloudWatch.
//!
//! **Input**: a tick a minute from the schedule, with its minute ([`event`]). **Output**: the metrics in the workloads'
//! `probes.yaml`, and `ProbeFailed` ([`report`]). The minute alone determines which probes are due ([`plan`]). They run
//! concurrently, each with a deadline of its own ([`run`]), and do not affect each other.
//!
//! **Errors**: an event that is not a tick, and metrics that CloudWatch does not accept. A failed probe does not fail
//! the invocation: its values are missing, and `ProbeFailed` counts it by reason ([`failure`]).

pub mod adapters;
mod bedrock;
pub mod config;
pub mod database;
pub mod error;
pub mod event;
pub mod failure;
pub mod handler;
pub mod outcome;
pub mod plan;
pub mod ports;
pub mod report;
pub mod run;
pub mod table;
pub mod targets;
#[cfg(test)]
mod testing;
pub mod web;
