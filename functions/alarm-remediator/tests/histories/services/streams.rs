//! Kinesis and CloudWatch Logs: streams and log groups.

use alarm_remediator::actions::{
    raise_shards::{ReadShardLimit, ReadStream, ShardLimit, Stream},
    set_log_retention::{LogGroup, ReadLogGroup},
};
use picket_aws::Fault;

use super::Services;
use crate::{
    kinds::{Kind, number_in},
    resource::Resource,
};

/// The shards of a stream.
pub(super) const fn shards(stream: &Resource) -> u64 {
    match stream.kind {
        Kind::Shards => stream.value,
        // The maximum of the playbook.
        _ => 4,
    }
}

impl ReadStream for Services {
    async fn stream(&self, stream: &str) -> Result<Option<Stream>, Fault> {
        let world = self.call("DescribeStreamSummary").await?;
        let number = number_in(stream).unwrap();
        let resource = &world.resources[number];
        let on_demand = match resource.kind {
            Kind::Shards => false,
            Kind::StreamMode => resource.value == 0,
            _ => return Ok(None),
        };
        Ok(Some(Stream {
            on_demand,
            active: !world.busy(number),
            shards: u32::try_from(shards(resource)).unwrap(),
            consumers: 0,
        }))
    }
}

impl ReadShardLimit for Services {
    async fn shard_limit(&self) -> Result<ShardLimit, Fault> {
        drop(self.call("DescribeLimits").await?);
        Ok(ShardLimit {
            limit: 500,
            open: 100,
            on_demand_limit: 50,
            on_demand: 0,
        })
    }
}

impl ReadLogGroup for Services {
    async fn log_group(&self, group: &str) -> Result<Option<LogGroup>, Fault> {
        let world = self.call("DescribeLogGroups").await?;
        let resource = &world.resources[number_in(group).unwrap()];
        let retention = (resource.value > 0).then_some(resource.value);
        Ok((resource.kind == Kind::Retention).then_some(LogGroup {
            retention_days: retention,
            stored_bytes: 1_000,
        }))
    }
}
