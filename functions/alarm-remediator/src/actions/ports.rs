//! The ports that read the facts of all actions.

use super::{
    diagnose, mapping, raise_shards, raise_table_throughput, redrive_queue, reserved_concurrency,
    roll_back_alias, run_automation, service, set_log_retention,
};
use crate::{
    audit::ReadAudit,
    reads::{ReadMetrics, ReadSetting, ReadTags},
};

/// The ports that read the facts of all actions.
pub trait ActionPorts:
    ReadAudit
    + ReadSetting
    + ReadTags
    + ReadMetrics
    + reserved_concurrency::ReadAccount
    + mapping::ReadMappings
    + roll_back_alias::ReadVersions
    + raise_table_throughput::ReadPorts
    + raise_shards::ReadPorts
    + set_log_retention::ReadLogGroup
    + redrive_queue::ports::ReadPorts
    + service::ReadPorts
    + run_automation::ReadDocument
    + diagnose::ReadPorts
{
}

impl<T> ActionPorts for T where
    T: ReadAudit
        + ReadSetting
        + ReadTags
        + ReadMetrics
        + reserved_concurrency::ReadAccount
        + mapping::ReadMappings
        + roll_back_alias::ReadVersions
        + raise_table_throughput::ReadPorts
        + raise_shards::ReadPorts
        + set_log_retention::ReadLogGroup
        + redrive_queue::ports::ReadPorts
        + service::ReadPorts
        + run_automation::ReadDocument
        + diagnose::ReadPorts
{
}
