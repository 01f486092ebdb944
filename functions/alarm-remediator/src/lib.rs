//! The alarm remediator: plans a safe repair for an alarm, and carries it out where that is allowed.
//!
//! - Input: a CloudWatch alarm's change of state, by SNS, from EventBridge or as the alarm's direct action; a follow-up
//!   of a change, by EventBridge Scheduler; a person's decision on a plan. Other messages on the topics are logged and
//!   ignored.
//! - Output: for each alarm that a playbook matches, an audit row and one fleet message `remediation` on the info
//!   topic: planned, done, failed, diagnosed or refused, with the numbers and the exact request; and a message for each
//!   later step: verified, escalated, reverted, kept.
//! - The message is a claim: the alarm is read from CloudWatch first ([`confirmation`]), and nothing is done about an
//!   alarm that CloudWatch does not have in ALARM, over the same metric.
//! - Failures: where the alarm, the function, the kill switch, the lease or the audit is unreachable, nothing is done,
//!   and the message reports that. A message that cannot be published fails the invocation; the next try publishes the
//!   message of the audit row, and does nothing twice.
//!
//! [`plan()`] and [`follow_up::follow_up`] decide, purely; what carries their results out decides nothing. Observing is
//! the default. Every repair is a write of one [`setting`]; each action is a folder of [`actions`].

pub mod actions;
pub mod adapters;
pub mod audit;
pub mod change;
pub mod config;
pub mod confirmation;
pub mod error;
pub mod follow_up;
pub mod guards;
pub mod handler;
pub mod input;
pub mod invocation;
pub mod ledger;
mod message;
pub mod model;
pub mod plan;
pub mod playbook;
pub mod ports;
pub mod reads;
pub mod record;
pub mod refusal;
pub mod resources;
mod run;
pub mod setting;
#[cfg(test)]
mod testing;
pub mod triage;

pub use input::read;
pub use model::{Home, Mode, Scope, StoredAlarm, Switch};
pub use plan::{Plan, Situation, plan};
pub use playbook::{NoPlaybook, playbook_for};
