//! An account for the tests of the facts: what each port returns, and what it was called with.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use picket_aws::Fault;

use crate::{
    actions::{
        mapping::{Mapping, ReadMappings},
        raise_shards::{ReadShardLimit, ReadStream, ShardLimit, Stream},
        raise_table_throughput::{ReadAutoScaling, ReadTable, Table},
        redrive_queue::{Consumer, Queue, ReadConsumers, ReadQueue},
        roll_back_alias::{ReadVersions, Version},
        run_automation::{Document, ReadDocument},
        service::{ReadService, ReadServiceScaling, Service},
        set_log_retention::{LogGroup, ReadLogGroup},
    },
    audit::ReadAudit,
    audit::{Entry, Key},
    reads::{MetricQuery, ReadMetrics, ReadSetting, ReadTags},
    setting::{Reading, Setting},
};

/// Resources of an account. A resource that is not in it does not exist.
#[derive(Default)]
pub(crate) struct Account {
    pub(crate) settings: BTreeMap<Setting, Reading>,
    /// The tags by ARN.
    pub(crate) tags: BTreeMap<String, BTreeMap<String, String>>,
    /// The mappings by their function.
    pub(crate) mappings: Vec<(String, Mapping)>,
    pub(crate) versions: Vec<Version>,
    /// The values by the query, as [`Account::query`] writes it.
    pub(crate) metrics: BTreeMap<String, Vec<f64>>,
    pub(crate) tables: BTreeMap<String, Table>,
    /// The tables and indexes that Application Auto Scaling manages: `orders`, `orders/by-day`.
    pub(crate) auto_scaled: Vec<String>,
    pub(crate) streams: BTreeMap<String, Stream>,
    pub(crate) groups: BTreeMap<String, LogGroup>,
    /// The documents by name, and the ARNs of those that the stack lists.
    pub(crate) documents: BTreeMap<String, Document>,
    pub(crate) listed: Vec<String>,
    /// The services by cluster and name: `prod/checkout`.
    pub(crate) services: BTreeMap<String, Service>,
    pub(crate) queues: BTreeMap<String, Queue>,
    /// The consumers by the ARN of their queue.
    pub(crate) consumers: Vec<(String, Consumer)>,
    /// The queries of metrics, one line each.
    pub(crate) journal: Mutex<Vec<String>>,
}

impl Account {
    /// The queries that were made.
    pub(crate) fn queries(&self) -> Vec<String> {
        self.journal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// `Sum Errors FunctionName=checkout, Resource=checkout:live from 05:45:00 to 06:00:00`.
    fn query(query: &MetricQuery, from: Timestamp, to: Timestamp) -> String {
        let dimensions: Vec<_> = query
            .dimensions
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!(
            "{} {} {} from {} to {}",
            query.statistic,
            query.name,
            dimensions.join(", "),
            from.strftime("%T"),
            to.strftime("%T"),
        )
    }
}

impl ReadSetting for Account {
    async fn setting(&self, setting: &Setting) -> Result<Option<Reading>, Fault> {
        Ok(self.settings.get(setting).cloned())
    }
}

impl ReadTags for Account {
    async fn tags(&self, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
        let missing = || Fault::permanent(format!("{arn} does not exist"));
        self.tags.get(arn).cloned().ok_or_else(missing)
    }
}

impl ReadMetrics for Account {
    async fn metrics(
        &self,
        queries: &[MetricQuery],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Vec<f64>>, Fault> {
        let read = |query: &MetricQuery| {
            let query = Self::query(query, from, to);
            let values = self.metrics.get(&query).cloned().unwrap_or_default();
            let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
            journal.push(query);
            values
        };
        Ok(queries.iter().map(read).collect())
    }
}

impl ReadMappings for Account {
    async fn mappings(&self, function: &str) -> Result<Vec<Mapping>, Fault> {
        let of_function = self.mappings.iter().filter(|(of, _)| of == function);
        Ok(of_function.map(|(_, mapping)| mapping.clone()).collect())
    }
}

impl ReadVersions for Account {
    async fn versions(&self, _: &str) -> Result<Vec<Version>, Fault> {
        Ok(self.versions.clone())
    }
}

impl ReadAudit for Account {
    async fn entries(&self, _: &str, _: Timestamp) -> Result<Vec<(Key, Entry)>, Fault> {
        Ok(Vec::new())
    }
}

impl ReadTable for Account {
    async fn table(&self, table: &str) -> Result<Option<Table>, Fault> {
        Ok(self.tables.get(table).cloned())
    }
}

impl ReadAutoScaling for Account {
    async fn auto_scaled(&self, table: &str, index: Option<&str>) -> Result<bool, Fault> {
        let name = index.map_or_else(|| table.to_owned(), |index| format!("{table}/{index}"));
        Ok(self.auto_scaled.contains(&name))
    }
}

impl ReadStream for Account {
    async fn stream(&self, stream: &str) -> Result<Option<Stream>, Fault> {
        Ok(self.streams.get(stream).copied())
    }
}

impl ReadShardLimit for Account {
    async fn shard_limit(&self) -> Result<ShardLimit, Fault> {
        Ok(ShardLimit {
            limit: 500,
            open: 20,
            on_demand_limit: 50,
            on_demand: 3,
        })
    }
}

impl ReadLogGroup for Account {
    async fn log_group(&self, group: &str) -> Result<Option<LogGroup>, Fault> {
        Ok(self.groups.get(group).copied())
    }
}

impl ReadQueue for Account {
    async fn queue(&self, queue: &str) -> Result<Option<Queue>, Fault> {
        Ok(self.queues.get(queue).cloned())
    }
}

impl ReadConsumers for Account {
    async fn consumers(&self, queue: &str) -> Result<Vec<Consumer>, Fault> {
        let of_queue = self.consumers.iter().filter(|(of, _)| of == queue);
        Ok(of_queue.map(|(_, consumer)| consumer.clone()).collect())
    }
}

impl ReadDocument for Account {
    fn is_listed(&self, arn: &str) -> bool {
        self.listed.iter().any(|listed| listed == arn)
    }

    async fn document(&self, name: &str) -> Result<Option<Document>, Fault> {
        Ok(self.documents.get(name).cloned())
    }
}

impl ReadService for Account {
    async fn service(&self, cluster: &str, service: &str) -> Result<Option<Service>, Fault> {
        Ok(self.services.get(&format!("{cluster}/{service}")).cloned())
    }
}

impl ReadServiceScaling for Account {
    async fn service_is_scaled(&self, cluster: &str, service: &str) -> Result<bool, Fault> {
        Ok(self.auto_scaled.contains(&format!("{cluster}/{service}")))
    }
}
