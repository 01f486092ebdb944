//! The ports of this action, one verb each; the function's role allows the same calls.

use std::future::Future;

use jiff::Timestamp;
use picket_aws::Fault;

use crate::{
    actions::{
        mapping::ReadMappings, raise_shards::ReadStream, raise_table_throughput::ReadTable,
        reserved_concurrency::ReadAccount,
    },
    reads::{ReadMetrics, ReadSetting, ReadTags},
};

/// A function (`GetFunctionConfiguration`). Its environment variables are not read: they may be secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// When its code or configuration last changed.
    pub modified_at: Option<Timestamp>,
    /// The version, or `$LATEST`.
    pub version: String,
    /// Its timeout.
    pub timeout_seconds: u64,
    /// Its memory.
    pub memory_mb: u64,
    /// `Active`, or the state that it is in, with the reason.
    pub state: String,
    /// Whether X-Ray traces all that it samples (`Active`), and not only requests whose caller does (`PassThrough`).
    pub is_traced: bool,
    /// The log group that it writes to.
    pub log_group: String,
}

/// Log events that look like errors, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorLines {
    /// The messages.
    pub lines: Vec<String>,
    /// Whether there are more.
    pub more: bool,
}

/// Reads a function (`lambda:GetFunctionConfiguration`).
pub trait ReadFunction: Send + Sync {
    /// The function, by its alias or version where one is given; `None` where it does not exist.
    fn function(
        &self,
        function: &str,
        qualifier: Option<&str>,
    ) -> impl Future<Output = Result<Option<Function>, Fault>> + Send;
}

/// Reads log events that look like errors (`logs:FilterLogEvents`).
pub trait ReadErrorLines: Send + Sync {
    /// The newest such events of a group since `from`, at most a hundred.
    fn error_lines(
        &self,
        group: &str,
        from: Timestamp,
    ) -> impl Future<Output = Result<ErrorLines, Fault>> + Send;
}

/// The ports of this action alone.
pub trait ReadPorts: ReadFunction + ReadErrorLines {}

impl<T: ReadFunction + ReadErrorLines> ReadPorts for T {}

/// All ports that a diagnosis reads by.
pub(crate) trait Reads:
    ReadPorts
    + ReadMappings
    + ReadSetting
    + ReadTags
    + ReadMetrics
    + ReadStream
    + ReadTable
    + ReadAccount
{
}

impl<T> Reads for T where
    T: ReadPorts
        + ReadMappings
        + ReadSetting
        + ReadTags
        + ReadMetrics
        + ReadStream
        + ReadTable
        + ReadAccount
{
}
