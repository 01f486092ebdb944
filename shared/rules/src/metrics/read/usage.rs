//! The usage rule.

use super::{dimensions, field, transformation::maximum_series};
use crate::{
    filter::Pattern,
    metrics::{CostMetric, TokenFields, UsageRule},
    yaml::{Fields, Log, Node},
};

pub(super) fn read(node: &Node, log: &mut Log) -> Option<UsageRule> {
    let mut fields = Fields::of(node, "`Usage`", log)?;
    let pattern = fields.parse_required::<Pattern>("FilterPattern", log);
    let mut read = |name: &'static str, log: &mut Log| {
        field(fields.optional(name), name, pattern.as_ref(), log)
    };
    let [
        timestamp,
        event_id,
        agent,
        incident,
        region,
        service_tier,
        batch,
    ] = [
        "Timestamp",
        "EventId",
        "Agent",
        "Incident",
        "Region",
        "ServiceTier",
        "Batch",
    ]
    .map(|name| read(name, log));
    let [output, cache_read, written_5m, written_for_an_hour] = [
        "OutputTokens",
        "CacheReadTokens",
        "CacheWrite5mTokens",
        "CacheWrite1hTokens",
    ]
    .map(|name| read(name, log));
    let [model, input] = ["Model", "InputTokens"].map(|name| {
        let node = fields.required(name, log);
        field(node, name, pattern.as_ref(), log)
    });
    let cost = fields
        .optional("CostMetric")
        .and_then(|node| cost_metric(node, pattern.as_ref(), log));
    fields.finish(log);
    Some(UsageRule {
        tokens: TokenFields {
            input: input?,
            output,
            cache_read,
            cache_write_5m: written_5m,
            cache_write_1h: written_for_an_hour,
        },
        model: model?,
        cost,
        pattern: pattern?,
        timestamp,
        event_id,
        agent,
        incident,
        region,
        service_tier,
        batch,
    })
}

fn cost_metric(node: &Node, pattern: Option<&Pattern>, log: &mut Log) -> Option<CostMetric> {
    let mut fields = Fields::of(node, "`CostMetric`", log)?;
    let namespace = fields.parse_required("MetricNamespace", log);
    let name = fields.parse_required("MetricName", log);
    let dimensions = dimensions::read(&mut fields, pattern, log);
    let maximum_series = maximum_series(&mut fields, log);
    fields.finish(log);
    Some(CostMetric {
        namespace: namespace?,
        name: name?,
        dimensions: dimensions?,
        maximum_series,
        at: (node.at.line, node.at.column),
    })
}
