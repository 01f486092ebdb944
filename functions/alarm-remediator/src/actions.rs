//! The actions of playbooks. Each is a folder with its target, facts, decision and findings; `target`, `facts`,
//! `decide`, `finding` and `refusal` choose among them. What an action decides on is a write of one setting, which the
//! remediator makes, verifies and reverts.
//!
//! A new action is a new folder here, a variant in each enum of these files, its bounds in `picket_rules::playbooks`,
//! and, where it needs them, a setting, facts and their ports.

mod decide;
pub mod diagnose;
mod facts;
mod finding;
pub mod function;
pub mod mapping;
pub mod one_target;
pub mod pause_mapping;
mod ports;
pub mod raise_parallelization;
pub mod raise_shards;
pub mod raise_table_throughput;
pub mod raise_task_count;
pub mod redeploy_service;
pub mod redrive_queue;
mod refusal;
pub mod reserved_concurrency;
pub mod roll_back_alias;
pub mod run_automation;
pub(crate) mod series;
pub mod service;
pub mod set_log_retention;
pub mod set_parameter;
pub mod stop_function;
mod target;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod window;

pub(crate) use decide::decide;
pub use facts::Facts;
pub(crate) use facts::read_facts;
pub use finding::Finding;
pub use ports::ActionPorts;
pub use refusal::Refusal;
pub(crate) use target::target;
