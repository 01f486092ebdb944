//! The ports of the actions that no history has: an account without streams and log groups.

use alarm_remediator::actions::{
    raise_shards::{ReadShardLimit, ReadStream, ShardLimit, Stream},
    set_log_retention::{LogGroup, ReadLogGroup},
};
use picket_aws::Fault;

use super::Services;

impl ReadStream for Services {
    async fn stream(&self, _: &str) -> Result<Option<Stream>, Fault> {
        Ok(None)
    }
}

impl ReadShardLimit for Services {
    async fn shard_limit(&self) -> Result<ShardLimit, Fault> {
        Ok(ShardLimit {
            limit: 0,
            open: 0,
            on_demand_limit: 0,
            on_demand: 0,
        })
    }
}

impl ReadLogGroup for Services {
    async fn log_group(&self, _: &str) -> Result<Option<LogGroup>, Fault> {
        Ok(None)
    }
}
