//! The ports of the other actions: an account without tables, streams, log groups, and more functions, with one
//! dead-letter queue.

use jiff::Timestamp;
use picket_aws::Fault;

use super::fleet::Fleet;
use crate::actions::{
    diagnose::{ErrorLines, Function, ReadErrorLines, ReadFunction},
    mapping::Mapping,
    raise_shards::{ReadShardLimit, ReadStream, ShardLimit, Stream},
    raise_table_throughput::{ReadAutoScaling, ReadTable, Table},
    redrive_queue::{Consumer, Queue, ReadConsumers, ReadQueue},
    run_automation::{Document, ReadDocument},
    service::{ReadService, ReadServiceScaling, Service},
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
        Ok(ShardLimit {
            limit: 0,
            open: 0,
            on_demand_limit: 0,
            on_demand: 0,
        })
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

impl ReadQueue for &Fleet {
    async fn queue(&self, queue: &str) -> Result<Option<Queue>, Fault> {
        Ok((queue == "orders-dlq").then(|| Queue {
            messages: 7,
            sources: vec!["orders".to_owned()],
        }))
    }
}

impl ReadConsumers for &Fleet {
    async fn consumers(&self, queue: &str) -> Result<Vec<Consumer>, Fault> {
        Ok(vec![Consumer {
            function: "orders-consumer".to_owned(),
            mapping: Mapping {
                uuid: "u-1".to_owned(),
                source: queue.to_owned(),
                enabled: true,
                settled: true,
                parallelization: 1,
                last_result: String::new(),
            },
        }])
    }
}

impl ReadDocument for &Fleet {
    fn is_listed(&self, _: &str) -> bool {
        false
    }

    async fn document(&self, _: &str) -> Result<Option<Document>, Fault> {
        Ok(None)
    }
}

impl ReadService for &Fleet {
    async fn service(&self, _: &str, _: &str) -> Result<Option<Service>, Fault> {
        Ok(None)
    }
}

impl ReadServiceScaling for &Fleet {
    async fn service_is_scaled(&self, _: &str, _: &str) -> Result<bool, Fault> {
        Ok(false)
    }
}
