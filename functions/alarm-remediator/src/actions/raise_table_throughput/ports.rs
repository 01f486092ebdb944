//! The ports of this action, one verb each; the function's role allows the same calls.

use std::future::Future;

use picket_aws::Fault;

/// A table (`DescribeTable`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Whether requests are billed instead of capacity.
    pub on_demand: bool,
    /// Whether the table and all its indexes are `ACTIVE`.
    pub active: bool,
    /// How many replicas it has in other regions.
    pub replicas: usize,
    /// The table itself, and then its global secondary indexes.
    pub parts: Vec<Part>,
}

/// The throughput of a table or of one of its indexes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// The index; `None` is the table.
    pub index: Option<String>,
    /// Provisioned capacity units; 0 in on-demand mode.
    pub capacity: Units,
    /// The maximum of an on-demand table; 0 is none.
    pub ceiling: Units,
    /// Decreases of capacity since midnight UTC.
    pub decreases_today: u64,
}

/// Units of throughput a second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Units {
    /// Read units.
    pub read: u64,
    /// Write units.
    pub write: u64,
}

/// Reads a table (`dynamodb:DescribeTable`).
pub trait ReadTable: Send + Sync {
    /// The table; `None` where it does not exist.
    fn table(&self, table: &str) -> impl Future<Output = Result<Option<Table>, Fault>> + Send;
}

/// Reads whether Application Auto Scaling manages a table's capacity (`cloudwatch:DescribeAlarms`).
///
/// A target tracking policy creates alarms named `TargetTracking-table/NAME-AlarmHigh-…`, or
/// `TargetTracking-table/NAME/index/INDEX-AlarmHigh-…`. Scheduled scaling alone has none, and is not seen.
pub trait ReadAutoScaling: Send + Sync {
    /// Whether the table, or this index of it, has such an alarm.
    fn auto_scaled(
        &self,
        table: &str,
        index: Option<&str>,
    ) -> impl Future<Output = Result<bool, Fault>> + Send;
}

/// The ports that read the facts.
pub trait ReadPorts: ReadTable + ReadAutoScaling {}

impl<T: ReadTable + ReadAutoScaling> ReadPorts for T {}
