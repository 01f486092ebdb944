//! A model of Bedrock: its requests, latency, throttles and errors.

use jiff::Timestamp;
use picket_rules::playbooks::Playbook;
use picket_shared::alarm::Alarm;

use super::part::{Known, known};
use crate::{
    actions::{
        one_target::{Names, Unclear},
        series::{most, sum},
        window::WINDOW_MINUTES,
    },
    reads::{MetricQuery, ReadMetrics},
};

pub(super) const PREFIX: &str = "model/";

/// The dimension of a model's metrics.
const MODEL_ID: &str = "ModelId";

/// A model's id, or an inference profile's id or ARN.
const MODELS: Names = Names {
    dimension: MODEL_ID,
    besides: ".:/_-",
    // The longest value of a dimension:
    // <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html>.
    longest: 1024,
};

/// What was read about a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFacts {
    /// Its metrics.
    pub metrics: Known<ModelMetrics>,
}

/// A model's metrics of the last minutes, of all its callers in the account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ModelMetrics {
    /// Requests that the model answered.
    pub invocations: u64,
    /// The p95 of the latency in the slowest minute, in milliseconds.
    pub p95_ms: u64,
    /// Throttled requests.
    pub throttles: u64,
    /// Requests that failed on the side of Bedrock.
    pub server_errors: u64,
    /// Requests that failed by what the caller sent.
    pub client_errors: u64,
}

/// The metrics of [`ModelMetrics`], in its order. Their one dimension is the model:
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html>.
const METRICS: [(&str, &str); 5] = [
    ("Invocations", "Sum"),
    ("InvocationLatency", "p95"),
    ("InvocationThrottles", "Sum"),
    ("InvocationServerErrors", "Sum"),
    ("InvocationClientErrors", "Sum"),
];

/// `model/ID`.
pub(super) fn target(playbook: &Playbook, alarm: &Alarm) -> Result<String, Unclear> {
    let id = MODELS.one(playbook, alarm)?;
    Ok(format!("{PREFIX}{id}"))
}

/// Reads the metrics, of the minutes from `from` to `now`.
pub(super) async fn read(
    id: &str,
    ports: &impl ReadMetrics,
    from: Timestamp,
    now: Timestamp,
) -> ModelFacts {
    let queries = METRICS.map(|(name, statistic)| MetricQuery {
        namespace: "AWS/Bedrock",
        name,
        dimensions: vec![(MODEL_ID, id.to_owned())],
        statistic,
    });
    let values = known(ports.metrics(&queries, from, now).await);
    ModelFacts {
        metrics: values.map(|values| {
            let of = |number: usize| values.get(number).map(Vec::as_slice).unwrap_or_default();
            ModelMetrics {
                invocations: sum(of(0)),
                p95_ms: most(of(1)),
                throttles: sum(of(2)),
                server_errors: sum(of(3)),
                client_errors: sum(of(4)),
            }
        }),
    }
}

impl ModelFacts {
    /// What an operator reads.
    pub(super) fn sentences(&self) -> Vec<String> {
        vec![match &self.metrics {
            Err(sentence) => sentence.clone(),
            Ok(metrics) if *metrics == ModelMetrics::default() => {
                format!("Bedrock has no request to the model in the last {WINDOW_MINUTES} minutes.")
            }
            Ok(metrics) => format!(
                "In the last {WINDOW_MINUTES} minutes {} requests to the model of all callers in the account; p95 of the \
                 latency {} ms in the slowest minute; {} throttled, {} failed on the side of Bedrock, {} by what was sent.",
                metrics.invocations,
                metrics.p95_ms,
                metrics.throttles,
                metrics.server_errors,
                metrics.client_errors
            ),
        }]
    }
}
