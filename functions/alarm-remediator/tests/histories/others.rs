//! The ports of the other actions: an account without tables, streams, log groups, and more functions.

use jiff::Timestamp;
use picket_aws::Fault;

use crate::services::Services;
use alarm_remediator::actions::{
    diagnose::{ErrorLines, Function, ReadErrorLines, ReadFunction},
    raise_shards::{ReadShardLimit, ReadStream, ShardLimit, Stream},
    raise_table_throughput::{ReadAutoScaling, ReadTable, Table},
    redrive_queue::{Consumer, Queue, ReadConsumers, ReadQueue},
    run_automation::{Document, ReadDocument},
    service::{ReadService, ReadServiceScaling, Service},
    set_log_retention::{LogGroup, ReadLogGroup},
};

impl ReadTable for Services {
    async fn table(&self, _: &str) -> Result<Option<Table>, Fault> {
        Ok(None)
    }
}

impl ReadAutoScaling for Services {
    async fn auto_scaled(&self, _: &str, _: Option<&str>) -> Result<bool, Fault> {
        Ok(false)
    }
}

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

impl ReadFunction for Services {
    async fn function(&self, _: &str, _: Option<&str>) -> Result<Option<Function>, Fault> {
        Ok(None)
    }
}

impl ReadErrorLines for Services {
    async fn error_lines(&self, _: &str, _: Timestamp) -> Result<ErrorLines, Fault> {
        Ok(ErrorLines::default())
    }
}

impl ReadQueue for Services {
    async fn queue(&self, _: &str) -> Result<Option<Queue>, Fault> {
        Ok(None)
    }
}

impl ReadConsumers for Services {
    async fn consumers(&self, _: &str) -> Result<Vec<Consumer>, Fault> {
        Ok(Vec::new())
    }
}

impl ReadDocument for Services {
    fn is_listed(&self, _: &str) -> bool {
        false
    }

    async fn document(&self, _: &str) -> Result<Option<Document>, Fault> {
        Ok(None)
    }
}

impl ReadService for Services {
    async fn service(&self, _: &str, _: &str) -> Result<Option<Service>, Fault> {
        Ok(None)
    }
}

impl ReadServiceScaling for Services {
    async fn service_is_scaled(&self, _: &str, _: &str) -> Result<bool, Fault> {
        Ok(false)
    }
}
