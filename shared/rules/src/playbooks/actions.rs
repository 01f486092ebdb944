//! The bounds of the actions, a file each.

mod automation;
mod diagnose;
mod log_retention;
mod mapping;
mod parameter;
mod redrive;
mod reserved_concurrency;
mod roll_back;
mod service;
mod shards;
mod stop_function;
mod table_throughput;

pub use automation::{Document, RunAutomation, Source};
pub use diagnose::{Diagnose, Resource};
pub use log_retention::SetLogRetention;
pub use mapping::{PauseMapping, RaiseParallelization};
pub use parameter::SetParameter;
pub use redrive::RedriveQueue;
pub use reserved_concurrency::{Growth, RaiseReservedConcurrency};
pub use roll_back::RollBackAlias;
pub use service::{RaiseTaskCount, RedeployService};
pub use shards::RaiseShards;
pub use stop_function::StopFunction;
pub use table_throughput::{OnDemand, RaiseTableThroughput, ThroughputStep};
