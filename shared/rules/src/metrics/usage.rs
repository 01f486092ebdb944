//! The usage rule of a workload: the fields of its model requests, and the metric of their cost.

use super::{Dimensions, LineColumn, MetricName, Namespace};
use crate::filter::{Field, Lookups, Pattern};

/// The fields of a model request. Fields that an event lacks count nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageRule {
    /// Which events are requests to a model.
    pub pattern: Pattern,
    /// As in [`MetricRule`](super::MetricRule).
    pub timestamp: Option<Field>,
    /// As in [`MetricRule`](super::MetricRule).
    pub event_id: Option<Field>,
    /// The agent that makes the request.
    pub agent: Option<Field>,
    /// The model's id, inference profile or ARN.
    pub model: Field,
    /// The incident the request was made for.
    pub incident: Option<Field>,
    /// The region of the model, for prices that differ.
    pub region: Option<Field>,
    /// The service tier, where it has prices of its own: a value of Bedrock's `serviceTier`, or
    /// `optimized`.
    pub service_tier: Option<Field>,
    /// Whether the request was part of a batch: `true`, or the text "true".
    pub batch: Option<Field>,
    /// Tokens by kind.
    pub tokens: TokenFields,
    /// A metric of the dollars, where wanted. It is a view: the ledger keeps tokens and is exact.
    pub cost: Option<CostMetric>,
}

/// The fields of the tokens of each kind. The kinds are separate: input does not contain the cached ones.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenFields {
    /// Read at the full price.
    pub input: Field,
    /// Generated.
    pub output: Option<Field>,
    /// Read from the prompt cache.
    pub cache_read: Option<Field>,
    /// Written to the prompt cache for five minutes.
    pub cache_write_5m: Option<Field>,
    /// Written to the prompt cache for an hour.
    pub cache_write_1h: Option<Field>,
}

/// A metric of what requests cost, in dollars, by the price in force. Unpriced requests add nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct CostMetric {
    /// `MetricNamespace`.
    pub namespace: Namespace,
    /// `MetricName`.
    pub name: MetricName,
    /// `Dimensions` and `DimensionSets`.
    pub dimensions: Dimensions,
    /// `MaximumSeries`.
    pub maximum_series: u32,
    pub(super) at: LineColumn,
}

impl UsageRule {
    pub(super) fn enter(&mut self, lookups: &mut Lookups) {
        self.pattern.enter(lookups);
        let tokens = &mut self.tokens;
        for field in [&mut self.model, &mut tokens.input] {
            field.enter(lookups);
        }
        for field in [
            &mut self.timestamp,
            &mut self.event_id,
            &mut self.agent,
            &mut self.incident,
            &mut self.region,
            &mut self.service_tier,
            &mut self.batch,
            &mut tokens.output,
            &mut tokens.cache_read,
            &mut tokens.cache_write_5m,
            &mut tokens.cache_write_1h,
        ]
        .into_iter()
        .flatten()
        {
            field.enter(lookups);
        }
        if let Some(cost) = &mut self.cost {
            cost.dimensions.enter(lookups);
        }
    }
}
