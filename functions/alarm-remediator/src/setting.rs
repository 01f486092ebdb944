//! The settings of resources that repairs change, and their values. Every repair is a write of one setting, so that
//! reading it again before the write, verifying it and reverting it are the same for all actions.

mod request;
mod value;

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

pub use value::Value;

/// A setting of a resource in the remediator's account and region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Setting {
    /// A function's reserved concurrency: a number, or absent where it has no reservation.
    ReservedConcurrency {
        /// The function's name.
        function: String,
    },
    /// Whether an event source mapping is enabled: a flag.
    MappingEnabled {
        /// The mapping's UUID.
        mapping: String,
    },
    /// The batches of a shard that an event source mapping has processed at one time: a number from 1 to 10.
    MappingParallelization {
        /// The mapping's UUID.
        mapping: String,
    },
    /// The version that an alias points to: a text. Its revision is the alias's `RevisionId`.
    AliasVersion {
        /// The function's name.
        function: String,
        /// The alias.
        alias: String,
    },
    /// A table's capacity mode: the text `PAY_PER_REQUEST`; where the table is provisioned, units, or the capacity of
    /// the table and of its indexes where it has any.
    TableMode {
        /// The table's name.
        table: String,
    },
    /// The provisioned capacity of a table or an index: units.
    TableCapacity {
        /// The table's name.
        table: String,
        /// The index; `None` for the table itself.
        index: Option<String>,
    },
    /// The maximum throughput of an on-demand table or index: units, of which 0 is no maximum, or absent where there is
    /// none.
    TableCeiling {
        /// The table's name.
        table: String,
        /// The index; `None` for the table itself.
        index: Option<String>,
    },
    /// The open shards of a provisioned stream: a number.
    ShardCount {
        /// The stream's name.
        stream: String,
    },
    /// A stream's capacity mode: the text `PROVISIONED` or `ON_DEMAND`.
    StreamMode {
        /// The stream's ARN.
        stream: String,
    },
    /// The value of an SSM parameter of the type String: a text.
    Parameter {
        /// The parameter's name.
        name: String,
    },
    /// The retention of a log group in days: a number, or absent where events never expire.
    LogRetention {
        /// The log group's name.
        group: String,
    },
    /// The tasks that an ECS service shall run: a number.
    TaskCount {
        /// The cluster's name.
        cluster: String,
        /// The service's name.
        service: String,
    },
    /// The newest deployment of an ECS service: its id. A write replaces the tasks.
    ServiceDeployment {
        /// The cluster's name.
        cluster: String,
        /// The service's name.
        service: String,
    },
    /// The last move of the messages of a dead-letter queue to their source: its start in milliseconds since 1970, or
    /// absent where there was none. A write starts a move.
    Redrive {
        /// The ARN of the dead-letter queue.
        queue: String,
        /// The most messages that are moved a second.
        per_second: u32,
    },
    /// The last run of an Automation document: the id of its execution, or absent where there was none. A write runs
    /// the document with these parameters.
    Automation {
        /// The document's name.
        document: String,
        /// The values of its parameters.
        parameters: BTreeMap<String, String>,
    },
}

impl Setting {
    /// Whether a write starts something that ends by itself. Its effect is no value: it is verified by the alarm alone,
    /// and never reverted.
    pub const fn is_run(&self) -> bool {
        match self {
            Self::ServiceDeployment { .. } | Self::Redrive { .. } | Self::Automation { .. } => true,
            Self::ReservedConcurrency { .. }
            | Self::MappingEnabled { .. }
            | Self::MappingParallelization { .. }
            | Self::AliasVersion { .. }
            | Self::TableMode { .. }
            | Self::TableCapacity { .. }
            | Self::TableCeiling { .. }
            | Self::ShardCount { .. }
            | Self::StreamMode { .. }
            | Self::TaskCount { .. }
            | Self::Parameter { .. }
            | Self::LogRetention { .. } => false,
        }
    }
}

/// What was read of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The value.
    pub value: Value,
    /// The revision that a write names, where AWS has one.
    pub revision: Option<String>,
    /// Whether AWS has applied the last change: a resource that is `UPDATING` refuses the next.
    pub settled: bool,
}

impl Reading {
    /// A reading of a setting without revisions, whose changes take effect at once.
    pub const fn settled(value: Value) -> Self {
        Self {
            value,
            revision: None,
            settled: true,
        }
    }
}

/// A write of a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// The setting.
    pub setting: Setting,
    /// The value that the setting must have for the write to be made.
    pub from: Value,
    /// The value that is set.
    pub to: Value,
    /// The revision that the setting must have, where AWS has one. Of a run of a document, the alarm and its change of
    /// state: a run is started once for them.
    pub revision: Option<String>,
}

impl Write {
    /// Whether the other write sets the same setting from the same value to the same value, whatever the revision.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.setting, &self.from, &self.to) == (&other.setting, &other.from, &other.to)
    }

    /// The request that makes the write, as an operator would write it.
    pub fn request(&self) -> String {
        request::request(&self.setting, &self.to, self.revision.as_deref())
    }

    /// The request that puts the value before the write back; `None` for a run, which has no value.
    pub fn revert_request(&self) -> Option<String> {
        (!self.setting.is_run()).then(|| request::request(&self.setting, &self.from, None))
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_table = |f: &mut fmt::Formatter<'_>,
                        what: &str,
                        table: &str,
                        index: Option<&str>| {
            match index {
                None => write!(f, "the {what} of the table {table}"),
                Some(index) => write!(f, "the {what} of the index {index} of the table {table}"),
            }
        };
        match self {
            Self::ReservedConcurrency { function } => {
                write!(f, "the reserved concurrency of {function}")
            }
            Self::MappingEnabled { mapping } => write!(f, "the event source mapping {mapping}"),
            Self::MappingParallelization { mapping } => {
                write!(
                    f,
                    "the parallelization of the event source mapping {mapping}"
                )
            }
            Self::AliasVersion { function, alias } => {
                write!(f, "the version of the alias {alias} of {function}")
            }
            Self::TableMode { table } => write!(f, "the capacity mode of the table {table}"),
            Self::TableCapacity { table, index } => {
                of_table(f, "provisioned capacity", table, index.as_deref())
            }
            Self::TableCeiling { table, index } => {
                of_table(f, "maximum throughput", table, index.as_deref())
            }
            Self::ShardCount { stream } => write!(f, "the shard count of the stream {stream}"),
            Self::StreamMode { stream } => write!(f, "the capacity mode of the stream {stream}"),
            Self::Parameter { name } => write!(f, "the parameter {name}"),
            Self::LogRetention { group } => write!(f, "the retention of the log group {group}"),
            Self::Redrive { queue, .. } => {
                write!(f, "the last move of messages from the queue {queue}")
            }
            Self::TaskCount { cluster, service } => {
                write!(
                    f,
                    "the tasks of the service {service} in the cluster {cluster}"
                )
            }
            Self::ServiceDeployment { cluster, service } => {
                write!(
                    f,
                    "the newest deployment of the service {service} in the cluster {cluster}"
                )
            }
            Self::Automation { document, .. } => {
                write!(f, "the last run of the document {document}")
            }
        }
    }
}
