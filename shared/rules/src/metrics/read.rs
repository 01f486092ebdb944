//! Reading the file.

use std::str::FromStr;

use super::{
    CostMetric, DEFAULT_MAXIMUM_SERIES, DimensionName, Dimensions, MetricKind, MetricRule,
    MetricRules, MetricValue, TokenFields, Transformation, Unit, UsageRule, one_source,
};
use crate::{
    Invalid, Problems,
    filter::{Field, Pattern},
    invalid::sized,
    yaml::{At, Fields, Log, Node, list, parse},
};

/// CloudWatch Logs lets a metric filter have three dimensions (`MetricTransformation`).
const MOST_DIMENSIONS: usize = 3;
/// What CloudWatch's free tier of attention could bear: a ceiling above which a rule is a mistake ($3,000 a month).
const MOST_SERIES: u32 = 10_000;

pub(super) fn file(file: &str, text: &str) -> Result<MetricRules, Problems> {
    let mut log = Log::new(file);
    let rules = Node::read(text, &mut log).and_then(|node| whole(file, &node, &mut log));
    let rules = log.finish(rules)?;
    match one_source(std::slice::from_ref(&rules)) {
        problems if problems.is_empty() => Ok(rules),
        problems => Err(Problems(problems)),
    }
}

fn whole(file: &str, node: &Node, log: &mut Log) -> Option<MetricRules> {
    let mut fields = Fields::of(node, "the file", log)?;
    let workload = fields.parse_required::<Workload>("Workload", log);
    let rules: Vec<_> = fields
        .list("Rules", log)
        .iter()
        .map(|node| rule(node, log))
        .collect();
    let usage = fields.optional("Usage").map(|node| usage(node, log));
    fields.finish(log);
    Some(MetricRules {
        file: file.to_owned(),
        workload: workload?.0,
        rules: rules.into_iter().collect::<Option<_>>()?,
        usage: usage.map_or(Some(None), |usage| usage.map(Some))?,
    })
}

/// A workload's name: that of its folder.
struct Workload(String);

impl FromStr for Workload {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // A nested stack's name, of which CloudFormation makes longer ones.
        sized(text, 64)?;
        match text
            .chars()
            .find(|letter| !matches!(letter, 'a'..='z' | '0'..='9' | '-'))
        {
            Some(letter) => Err(Invalid(format!(
                "{letter:?} is not a lower-case letter, a digit or `-`"
            ))),
            None => Ok(Self(text.to_owned())),
        }
    }
}

fn rule(node: &Node, log: &mut Log) -> Option<MetricRule> {
    let mut fields = Fields::of(node, "a rule", log)?;
    let name = fields.parse::<String>("FilterName", log);
    // Read so that a metric filter can be pasted: which log groups reach the stream is for their subscription filters to say.
    let _ = fields.parse::<String>("LogGroupName", log);
    let pattern = fields.parse_required::<Pattern>("FilterPattern", log);
    let timestamp = field(
        fields.optional("Timestamp"),
        "Timestamp",
        pattern.as_ref(),
        log,
    );
    let event_id = field(fields.optional("EventId"), "EventId", pattern.as_ref(), log);
    let transformations: Vec<_> = fields
        .list_required("MetricTransformations", log)
        .iter()
        .map(|node| transformation(node, pattern.as_ref(), log))
        .collect();
    fields.finish(log);
    let transformations = transformations.into_iter().collect::<Option<Vec<_>>>()?;
    same_where_the_same(&transformations, log);
    Some(MetricRule {
        name,
        pattern: pattern?,
        timestamp,
        event_id,
        transformations,
    })
}

/// Two transformations of one rule may feed one metric, but then it must be one metric: same unit, kind and dimensions.
fn same_where_the_same(transformations: &[Transformation], log: &mut Log) {
    for (index, metric) in transformations.iter().enumerate() {
        let first = transformations[..index]
            .iter()
            .find(|first| (&first.namespace, &first.name) == (&metric.namespace, &metric.name));
        let shape = |metric: &Transformation| {
            (
                metric.unit,
                metric.kind,
                metric.dimensions.clone(),
                metric.maximum_series,
            )
        };
        if first.is_some_and(|first| shape(first) != shape(metric)) {
            let (line, column) = metric.at;
            log.at(
                At { line, column },
                format!("the metric {:?} stands here twice with another unit, kind, dimensions or ceiling", metric.name.as_str()),
            );
        }
    }
}

fn transformation(node: &Node, pattern: Option<&Pattern>, log: &mut Log) -> Option<Transformation> {
    let mut fields = Fields::of(node, "a metric transformation", log)?;
    let namespace = fields.parse_required("MetricNamespace", log);
    let name = fields.parse_required("MetricName", log);
    let value = fields
        .required("MetricValue", log)
        .and_then(|node| metric_value(node, pattern, log));
    let default = fields.parse::<Finite>("DefaultValue", log);
    let unit = fields.parse("Unit", log).unwrap_or(Unit::NONE);
    let kind = fields.parse("Kind", log).unwrap_or_default();
    let dimensions = dimensions(&mut fields, pattern, log);
    let maximum_series = maximum_series(&mut fields, log);
    fields.finish(log);
    if default.is_some()
        && dimensions
            .as_ref()
            .is_some_and(|dimensions| !dimensions.declared.is_empty())
    {
        log.at(
            node.at,
            "`DefaultValue` cannot stand beside `Dimensions`, in CloudWatch neither",
        );
    }
    Some(Transformation {
        namespace: namespace?,
        name: name?,
        value: value?,
        default_value: default.map(|value| value.0),
        unit,
        kind,
        dimensions: dimensions?,
        maximum_series,
        at: (node.at.line, node.at.column),
    })
}

fn metric_value(node: &Node, pattern: Option<&Pattern>, log: &mut Log) -> Option<MetricValue> {
    if node.text().is_some_and(|text| text.starts_with('$')) {
        return field(Some(node), "MetricValue", pattern, log).map(MetricValue::Field);
    }
    parse::<Finite>(node, "MetricValue", log).map(|value| MetricValue::Constant(value.0))
}

fn dimensions(
    fields: &mut Fields<'_>,
    pattern: Option<&Pattern>,
    log: &mut Log,
) -> Option<Dimensions> {
    let node = fields.optional("Dimensions");
    let declared: Option<Vec<_>> = node
        .map_or(&[][..], |node| list(node, "Dimensions", log))
        .iter()
        .map(|node| dimension(node, pattern, log))
        .collect::<Vec<_>>()
        .into_iter()
        .collect();
    let sets = fields.optional("DimensionSets");
    let declared: Vec<(DimensionName, Field)> = declared?;
    if let Some(node) = node.filter(|_| declared.len() > MOST_DIMENSIONS) {
        log.at(
            node.at,
            format!(
                "`Dimensions` has {}, and CloudWatch allows {MOST_DIMENSIONS}",
                declared.len()
            ),
        );
    }
    for (index, (name, _)) in declared.iter().enumerate() {
        if let Some(node) =
            node.filter(|_| declared[..index].iter().any(|(other, _)| other == name))
        {
            log.at(
                node.at,
                format!("the dimension {:?} is declared twice", name.as_str()),
            );
        }
    }
    let sets = match sets {
        None => vec![(0..declared.len()).collect()],
        Some(node) => dimension_sets(node, &declared, log),
    };
    Some(Dimensions { declared, sets })
}

fn dimension(
    node: &Node,
    pattern: Option<&Pattern>,
    log: &mut Log,
) -> Option<(DimensionName, Field)> {
    let mut fields = Fields::of(node, "a dimension", log)?;
    let name = fields.parse_required("Key", log);
    let value = fields
        .required("Value", log)
        .and_then(|node| field(Some(node), "Value", pattern, log));
    fields.finish(log);
    Some((name?, value?))
}

fn dimension_sets(
    node: &Node,
    declared: &[(DimensionName, Field)],
    log: &mut Log,
) -> Vec<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = Vec::new();
    for set in list(node, "DimensionSets", log) {
        let mut indices = Vec::new();
        for key in list(set, "a set of DimensionSets", log) {
            match declared
                .iter()
                .position(|(name, _)| Some(name.as_str()) == key.text())
            {
                Some(index) if !indices.contains(&index) => indices.push(index),
                Some(_) => log.at(key.at, "this dimension stands in its set twice"),
                None => log.at(key.at, "this is not one of the `Dimensions`"),
            }
        }
        indices.sort_unstable();
        if sets.contains(&indices) {
            log.at(set.at, "this set stands in `DimensionSets` twice");
        }
        sets.push(indices);
    }
    if sets.is_empty() {
        log.at(node.at, "`DimensionSets` is empty, so nothing would be counted: write `[[]]` for the total alone");
    }
    sets
}

fn maximum_series(fields: &mut Fields<'_>, log: &mut Log) -> u32 {
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

fn usage(node: &Node, log: &mut Log) -> Option<UsageRule> {
    let mut fields = Fields::of(node, "`Usage`", log)?;
    let pattern = fields.parse_required::<Pattern>("FilterPattern", log);
    let mut read = |name: &'static str, log: &mut Log| {
        field(fields.optional(name), name, pattern.as_ref(), log)
    };
    let [timestamp, event_id, agent, incident, region, batch] = [
        "Timestamp",
        "EventId",
        "Agent",
        "Incident",
        "Region",
        "Batch",
    ]
    .map(|name| read(name, log));
    let [output, cache_read, cache_write_5m, cache_write_1h] = [
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
        .map(|node| cost_metric(node, pattern.as_ref(), log));
    fields.finish(log);
    Some(UsageRule {
        tokens: TokenFields {
            input: input?,
            output,
            cache_read,
            cache_write_5m,
            cache_write_1h,
        },
        model: model?,
        cost: cost.map_or(Some(None), |cost| cost.map(Some))?,
        pattern: pattern?,
        timestamp,
        event_id,
        agent,
        incident,
        region,
        batch,
    })
}

fn cost_metric(node: &Node, pattern: Option<&Pattern>, log: &mut Log) -> Option<CostMetric> {
    let mut fields = Fields::of(node, "`CostMetric`", log)?;
    let namespace = fields.parse_required("MetricNamespace", log);
    let name = fields.parse_required("MetricName", log);
    let dimensions = dimensions(&mut fields, pattern, log);
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

/// A selector beside a pattern. Nothing is said of it where the pattern itself is wrong.
fn field(
    node: Option<&Node>,
    name: &str,
    pattern: Option<&Pattern>,
    log: &mut Log,
) -> Option<Field> {
    let (node, pattern) = (node?, pattern?);
    let text = parse::<String>(node, name, log)?;
    pattern
        .field(&text)
        .map_err(|error| log.at(node.at, format!("`{name}`: {error}")))
        .ok()
}

/// A finite number.
struct Finite(f64);

impl FromStr for Finite {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        crate::filter::number(text).map(Self).ok_or_else(|| {
            Invalid(format!(
                "{text:?} is neither a finite number nor a selector such as `$.field`"
            ))
        })
    }
}

impl FromStr for MetricKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "sum" => Ok(Self::Sum),
            "distribution" => Ok(Self::Distribution),
            _ => Err(Invalid(format!(
                "{text:?} is neither `sum` nor `distribution`"
            ))),
        }
    }
}
