//! The port of this action; the function's role allows the same call.

use std::future::Future;

use picket_aws::Fault;

/// A log group (`DescribeLogGroups`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogGroup {
    /// The days after which events are deleted; `None` is never.
    pub retention_days: Option<u64>,
    /// What it stores, compressed.
    pub stored_bytes: u64,
}

/// Reads a log group (`logs:DescribeLogGroups`).
pub trait ReadLogGroup: Send + Sync {
    /// The group with exactly this name; `None` where it does not exist.
    fn log_group(
        &self,
        group: &str,
    ) -> impl Future<Output = Result<Option<LogGroup>, Fault>> + Send;
}
