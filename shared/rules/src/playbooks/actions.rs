//! The bounds of the actions, a file each.

mod diagnose;
mod log_retention;
mod mapping;
mod parameter;
mod reserved_concurrency;
mod roll_back;
mod shards;
mod stop_function;
mod table_throughput;

pub use diagnose::Diagnose;
pub use log_retention::SetLogRetention;
pub use mapping::{PauseMapping, RaiseParallelization};
pub use parameter::SetParameter;
pub use reserved_concurrency::{Growth, RaiseReservedConcurrency};
pub use roll_back::RollBackAlias;
pub use shards::RaiseShards;
pub use stop_function::StopFunction;
pub use table_throughput::{OnDemand, RaiseTableThroughput, ThroughputStep};
