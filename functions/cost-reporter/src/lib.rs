//! The cost reporter: every morning, the cost of the day before.
//!
//! - Input: the schedule's own event, `{"picket": {"kind": "daily-report", "version": 1}}`, with an optional `"date"`.
//! - Output: one fleet message `cost-report` on the info topic: the day by service from Cost Explorer with the day
//!   before beside it, and the token cost by agent and model from the usage ledger. Every amount is a decimal,
//!   unrounded.
//! - Failures: if Cost Explorer or the ledger does not answer, the report is published without it, with a
//!   caveat; if neither answers, or the message cannot be published, the invocation fails and Lambda retries it.
//!
//! [`report`] is the same core without AWS, for recorded answers.

pub mod adapters;
mod ai;
mod amount;
mod analysis;
pub mod answer;
mod collect;
mod compose;
pub mod config;
mod csv;
mod day;
pub mod error;
pub mod handler;
pub mod input;
pub mod metrics;
pub mod ports;
pub mod reads;
mod report;

pub use analysis::{CreditBalance, DEFAULT_FLOOR, Money, Reported, Settings};
pub use answer::{Answer, Recording};
pub use input::read;
pub use reads::Reads;
pub use report::{About, BudgetState, DayReport, NoSuchDay, day_report, report};
