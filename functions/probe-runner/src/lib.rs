//! Probes: what sends no events is asked, and its answers become metrics.
//!
//! A function of its own, because a probe may need a VPC to reach a database, and that VPC must not stand between the metrics
//! publisher and CloudWatch.
//!
//! **In**: a tick a minute from the schedule, with the minute it is for ([`event`]). **Out**: the metrics that the workloads'
//! `probes.yaml` name, and `ProbeFailed` ([`report`]). Which probes are due follows from the minute alone ([`plan`]). They
//! run side by side, each with a deadline of its own ([`run`]); what one finds or fails at changes nothing for another.
//!
//! **What can go wrong**: an event that is not a tick, and metrics that CloudWatch does not take. A probe that fails is not a
//! failed invocation but an answer: its values are missing, and `ProbeFailed` says so by reason ([`failure`]).

pub mod adapters;
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
