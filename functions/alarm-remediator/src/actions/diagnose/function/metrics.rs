//! A function's metrics.

use jiff::Timestamp;

use crate::{
    actions::{
        diagnose::part::{Known, known},
        series::{most, sum},
    },
    reads::{MetricQuery, ReadMetrics},
};

/// A function's metrics of the last minutes, and the account's of Bedrock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FunctionMetrics {
    /// Invocations.
    pub invocations: u64,
    /// Failed invocations.
    pub errors: u64,
    /// Throttled invocations.
    pub throttles: u64,
    /// The p95 of the duration in the slowest minute, in milliseconds.
    pub p95_ms: u64,
    /// The most concurrent executions.
    pub concurrent: u64,
    /// The most concurrent executions of all functions of the account.
    pub account_concurrent: u64,
    /// Throttled requests to Bedrock, of all models and callers in the account.
    pub bedrock_throttles: u64,
    /// Requests to Bedrock that failed on its side.
    pub bedrock_errors: u64,
}

/// The metrics of [`FunctionMetrics`], in its order: namespace, name, statistic, and whether they are the function's.
const METRICS: [(&str, &str, &str, bool); 8] = [
    ("AWS/Lambda", "Invocations", "Sum", true),
    ("AWS/Lambda", "Errors", "Sum", true),
    ("AWS/Lambda", "Throttles", "Sum", true),
    ("AWS/Lambda", "Duration", "p95", true),
    ("AWS/Lambda", "ConcurrentExecutions", "Maximum", true),
    // Over all functions: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>.
    ("AWS/Lambda", "ConcurrentExecutions", "Maximum", false),
    // Over all models: <https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring.html>.
    ("AWS/Bedrock", "InvocationThrottles", "Sum", false),
    ("AWS/Bedrock", "InvocationServerErrors", "Sum", false),
];

/// Reads them, of the minutes from `from` to `now`.
pub(super) async fn read(
    function: &str,
    ports: &impl ReadMetrics,
    from: Timestamp,
    now: Timestamp,
) -> Known<FunctionMetrics> {
    let queries = METRICS.map(|(namespace, name, statistic, of_function)| MetricQuery {
        namespace,
        name,
        dimensions: if of_function {
            vec![("FunctionName", function.to_owned())]
        } else {
            Vec::new()
        },
        statistic,
    });
    let values = known(ports.metrics(&queries, from, now).await)?;
    let of = |number: usize| values.get(number).map(Vec::as_slice).unwrap_or_default();
    Ok(FunctionMetrics {
        invocations: sum(of(0)),
        errors: sum(of(1)),
        throttles: sum(of(2)),
        p95_ms: most(of(3)),
        concurrent: most(of(4)),
        account_concurrent: most(of(5)),
        bedrock_throttles: sum(of(6)),
        bedrock_errors: sum(of(7)),
    })
}
