//! How a function runs.

use jiff::{SignedDuration, Timestamp};
use picket_aws::Fault;

use crate::{
    actions::function::WINDOW_MINUTES,
    reads::{MetricQuery, ReadMetrics},
};

/// Metrics of a function, or of one of its aliases, in a window; `None` where CloudWatch has no data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Health {
    /// Invocations.
    pub invocations: Option<u64>,
    /// Invocations that failed.
    pub errors: Option<u64>,
    /// Invocations that were throttled.
    pub throttles: Option<u64>,
}

impl Health {
    /// The invocations that failed; 0 where CloudWatch has no data.
    pub(crate) fn failed(&self) -> u64 {
        self.errors.unwrap_or(0)
    }

    /// The invocations; 0 where CloudWatch has no data.
    pub(crate) fn invoked(&self) -> u64 {
        self.invocations.unwrap_or(0)
    }
}

/// Reads the metrics of a function, or of the alias `qualifier`.
pub(crate) async fn read_health(
    ports: &impl ReadMetrics,
    function: &str,
    qualifier: Option<&str>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Health, Fault> {
    let queries = ["Invocations", "Errors", "Throttles"].map(|name| MetricQuery {
        namespace: "AWS/Lambda",
        name,
        dimensions: dimensions(function, qualifier),
        statistic: "Sum",
    });
    let values = ports.metrics(&queries, from, to).await?;
    let of = |index: usize| values.get(index).and_then(|values| total(values));
    Ok(Health {
        invocations: of(0),
        errors: of(1),
        throttles: of(2),
    })
}

/// The dimensions of a function's metrics, or of an alias's:
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>.
fn dimensions(function: &str, qualifier: Option<&str>) -> Vec<(&'static str, String)> {
    let mut dimensions = vec![("FunctionName", function.to_owned())];
    if let Some(qualifier) = qualifier {
        dimensions.push(("Resource", format!("{function}:{qualifier}")));
    }
    dimensions
}

/// The sum of counts; `None` of no values.
pub(crate) fn total(values: &[f64]) -> Option<u64> {
    (!values.is_empty()).then(|| whole(values.iter().sum()))
}

/// When the window of the metrics begins that ends at `end`.
pub(crate) fn window_start(end: Timestamp) -> Timestamp {
    let window = SignedDuration::from_mins(i64::from(WINDOW_MINUTES));
    end.saturating_sub(window).unwrap_or(Timestamp::MIN)
}

/// The count nearest to a value of CloudWatch.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and takes what is not a number for 0"
)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}
