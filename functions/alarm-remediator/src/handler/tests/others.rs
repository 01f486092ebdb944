//! The ports of the other actions: an account without tables, streams, log groups, and more functions.

use jiff::Timestamp;
use picket_aws::Fault;

use super::fleet::Fleet;
use crate::actions::{
    diagnose::{ErrorLines, Function, ReadErrorLines, ReadFunction},
    raise_shards::{ReadShardLimit, ReadStream, ShardLimit, Stream},
    raise_table_throughput::{ReadAutoScaling, ReadTable, Table},
    set_log_retention::{LogGroup, ReadLogGroup},
};

impl ReadTable for &Fleet {
    async fn table(&self, _: &str) -> Result<Option<Table>, Fault> {
        Ok(None)
    }
}

impl ReadAutoScaling for &Fleet {
    async fn auto_scaled(&self, _: &str, _: Option<&str>) -> Result<bool, Fault> {
        Ok(false)
    }
}

impl ReadStream for &Fleet {
    async fn stream(&self, _: &str) -> Result<Option<Stream>, Fault> {
        Ok(None)
    }
}

impl ReadShardLimit for &Fleet {
    async fn shard_limit(&self) -> Result<ShardLimit, Fault> {
        Ok(ShardLimit { limit: 0, open: 0 })
    }
}

impl ReadLogGroup for &Fleet {
    async fn log_group(&self, _: &str) -> Result<Option<LogGroup>, Fault> {
        Ok(None)
    }
}

impl ReadFunction for &Fleet {
    async fn function(&self, _: &str, _: Option<&str>) -> Result<Option<Function>, Fault> {
        Ok(None)
    }
}

impl ReadErrorLines for &Fleet {
    async fn error_lines(&self, _: &str, _: Timestamp) -> Result<ErrorLines, Fault> {
        Ok(ErrorLines::default())
    }
}
