use std::time::Duration;

/// A mapping's knobs, by `CreateEventSourceMapping`'s names. `ParallelizationFactor` is 1: one invocation a shard at a
/// time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// `BatchSize`: records an invocation, at most.
    pub batch_size: usize,
    /// `MaximumBatchingWindowInSeconds`: how long a batch that is not full waits.
    pub window: Duration,
    /// `BisectBatchOnFunctionError`.
    pub bisect: bool,
    /// `ReportBatchItemFailures` is among `FunctionResponseTypes`.
    pub report_failures: bool,
    /// `MaximumRetryAttempts`; `None` is -1, without end.
    pub retries: Option<u32>,
    /// `MaximumRecordAgeInSeconds`; `None` is -1, without end.
    pub record_age: Option<Duration>,
}
