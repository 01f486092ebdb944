//! Metric transformations.

use std::str::FromStr;

use super::{dimensions, field};
use crate::{
    Invalid,
    filter::{Pattern, number},
    metrics::{Buckets, DEFAULT_MAXIMUM_SERIES, MetricKind, MetricValue, Transformation, Unit},
    yaml::{At, Fields, Log, Node, parse},
};

/// More is a mistake rather than a wish: $3,000 a month.
const MOST_SERIES: u32 = 10_000;

pub(super) fn read(
    node: &Node,
    pattern: Option<&Pattern>,
    log: &mut Log,
) -> Option<Transformation> {
    let mut fields = Fields::of(node, "a metric transformation", log)?;
    let namespace = fields.parse_required("MetricNamespace", log);
    let name = fields.parse_required("MetricName", log);
    let value = fields
        .required("MetricValue", log)
        .and_then(|node| metric_value(node, pattern, log));
    let default = fields.parse::<Finite>("DefaultValue", log);
    let unit = fields.parse("Unit", log).unwrap_or(Unit::NONE);
    let kind = fields.parse("Kind", log).unwrap_or_default();
    let buckets = Buckets::read(&mut fields, log);
    let dimensions = dimensions::read(&mut fields, pattern, log);
    let maximum_series = maximum_series(&mut fields, log);
    fields.finish(log);
    if default.is_some()
        && dimensions
            .as_ref()
            .is_some_and(|dimensions| !dimensions.declared.is_empty())
    {
        log.at(
            node.at,
            "`DefaultValue` cannot be combined with `Dimensions`, as in CloudWatch",
        );
    }
    if buckets.is_some() && kind != MetricKind::Distribution {
        log.at(node.at, "`Buckets` needs `Kind: distribution`");
    }
    Some(Transformation {
        namespace: namespace?,
        name: name?,
        value: value?,
        default_value: default.map(|value| value.0),
        unit,
        kind,
        buckets,
        dimensions: dimensions?,
        maximum_series,
        at: (node.at.line, node.at.column),
    })
}

/// Two transformations of one rule may feed one metric, but then it must be one metric: same unit, kind and dimensions.
pub(super) fn same_where_the_same(transformations: &[Transformation], log: &mut Log) {
    for (index, metric) in transformations.iter().enumerate() {
        let first = transformations[..index]
            .iter()
            .find(|first| (&first.namespace, &first.name) == (&metric.namespace, &metric.name));
        let shape = |metric: &Transformation| {
            (
                metric.unit,
                metric.kind,
                metric.buckets.clone(),
                metric.dimensions.clone(),
                metric.maximum_series,
            )
        };
        if first.is_some_and(|first| shape(first) != shape(metric)) {
            let (line, column) = metric.at;
            log.at(
                At { line, column },
                format!("the metric {:?} appears here twice with another unit, kind, buckets, dimensions or ceiling", metric.name.as_str()),
            );
        }
    }
}

fn metric_value(node: &Node, pattern: Option<&Pattern>, log: &mut Log) -> Option<MetricValue> {
    if node.text().is_some_and(|text| text.starts_with('$')) {
        return field(Some(node), "MetricValue", pattern, log).map(MetricValue::Field);
    }
    parse::<Finite>(node, "MetricValue", log).map(|value| MetricValue::Constant(value.0))
}

pub(super) fn maximum_series(fields: &mut Fields<'_>, log: &mut Log) -> u32 {
    let Some(node) = fields.optional("MaximumSeries") else {
        return DEFAULT_MAXIMUM_SERIES;
    };
    let value = parse::<u32>(node, "MaximumSeries", log).unwrap_or(DEFAULT_MAXIMUM_SERIES);
    if !(1..=MOST_SERIES).contains(&value) {
        log.at(
            node.at,
            format!("`MaximumSeries` must be 1 to {MOST_SERIES}: each series is $0.30 a month"),
        );
    }
    value
}

/// A finite number.
struct Finite(f64);

impl FromStr for Finite {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        number(text).map(Self).ok_or_else(|| {
            Invalid(format!(
                "{text:?} is neither a finite number nor a selector such as `$.field`"
            ))
        })
    }
}
