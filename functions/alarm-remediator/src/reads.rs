//! The reads that actions share, one verb each; the function's role allows the same calls.

use std::{collections::BTreeMap, future::Future};

use jiff::Timestamp;
use picket_aws::Fault;

use crate::setting::{Reading, Setting};

/// Reads settings, each by a call of its own service (`adapters/settings/`).
pub trait ReadSetting: Send + Sync {
    /// The setting; `None` where the resource does not exist.
    fn setting(
        &self,
        setting: &Setting,
    ) -> impl Future<Output = Result<Option<Reading>, Fault>> + Send;
}

/// Reads the tags of a resource, by the service that its ARN names.
pub trait ReadTags: Send + Sync {
    /// The tags of the resource with this ARN.
    fn tags(
        &self,
        arn: &str,
    ) -> impl Future<Output = Result<BTreeMap<String, String>, Fault>> + Send;
}

/// A statistic of a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricQuery {
    /// The namespace.
    pub namespace: &'static str,
    /// The metric's name.
    pub name: &'static str,
    /// Its dimensions; none for the metric over all resources.
    pub dimensions: Vec<(&'static str, String)>,
    /// `Sum`, `Maximum`, `p95`, …
    pub statistic: &'static str,
}

/// Reads metrics (`cloudwatch:GetMetricData`).
pub trait ReadMetrics: Send + Sync {
    /// The values of each query in periods of a minute from `from` to `to`, the oldest first; empty where CloudWatch
    /// has none.
    fn metrics(
        &self,
        queries: &[MetricQuery],
        from: Timestamp,
        to: Timestamp,
    ) -> impl Future<Output = Result<Vec<Vec<f64>>, Fault>> + Send;
}
