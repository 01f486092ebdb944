//! The queries of `GetMetricData` whose answers have an alarm's series.

use serde::Serialize;
use twox_hash::XxHash3_64;

use super::resolution::reads_whole_periods;
use crate::{
    Definition, Input, Statistic,
    expression::{Argument, Expression, Function, supplied_name},
    insights,
};

/// A query, in the form of `aws cloudwatch get-metric-data --metric-data-queries`. The id is derived from what it asks
/// for, so that alarms on the same metric share it, and an answer is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Query {
    /// `s`, or `x` for an expression, and a hash.
    pub id: String,
    /// What a person calls it. A Metrics Insights query has none: CloudWatch then labels each of its series with the
    /// values of its group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The metric; `None` for an expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_stat: Option<MetricStat>,
    /// The expression over other queries' ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// Seconds, of an expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<u32>,
    /// The account that has the metric, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
}

/// A metric and its statistic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricStat {
    /// The metric.
    pub metric: Metric,
    /// Seconds.
    pub period: u32,
    /// The statistic.
    pub stat: String,
    /// The unit, where the alarm names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metric {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    #[serde(rename = "MetricName")]
    pub name: String,
    /// Its dimensions.
    pub dimensions: Vec<Dimension>,
}

/// A dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dimension {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Query {
    /// Whether it is a Metrics Insights query, of which a request can have only one (API reference, `GetMetricData`).
    pub fn is_insights(&self) -> bool {
        self.expression.as_deref().is_some_and(insights::Query::is)
    }
}

/// What a series is to an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The statistic of the alarm.
    Value,
    /// The sum of an average.
    Sum,
    /// The number of values.
    Count,
    /// The series of a Metrics Insights query, one for each group.
    Groups,
}

/// A series that an alarm needs.
pub(super) struct Needed {
    /// The input's id, or the name of a supplied series.
    pub(super) name: String,
    pub(super) part: Part,
    /// The query, after those that its expression names.
    pub(super) queries: Vec<Query>,
}

impl Needed {
    pub(super) fn id(&self) -> &str {
        self.queries.last().map_or("", |query| &query.id)
    }
}

/// The queries of an alarm's series in data of a period, those that an expression names before it. `None` where a function
/// that only AWS can compute is called with more than a metric.
pub fn queries(definition: &Definition, seconds: u32) -> Option<Vec<Query>> {
    let needed = needed(definition, seconds)?;
    let mut all: Vec<Query> = Vec::new();
    for query in needed.into_iter().flat_map(|needed| needed.queries) {
        if !all.iter().any(|known| known.id == query.id) {
            all.push(query);
        }
    }
    Some(all)
}

pub(super) fn needed(definition: &Definition, seconds: u32) -> Option<Vec<Needed>> {
    let mut all = Vec::new();
    for (id, query) in definition.queries() {
        let expressions = definition.expressions();
        let text = expressions.iter().find(|(other, _)| *other == id);
        let text = query.unlimited(text.map_or("", |(_, text)| text));
        all.push(Needed {
            name: id.to_owned(),
            part: Part::Groups,
            queries: vec![expression(None, text, definition.period)],
        });
    }
    for input in definition.inputs() {
        let mut add = |part: Part, stat: String| {
            all.push(Needed {
                name: input.id.clone(),
                part,
                queries: vec![metric(input, &stat, seconds)],
            });
        };
        if input.statistic == Statistic::Average && seconds < definition.period {
            add(Part::Sum, Statistic::Sum.to_string());
            add(Part::Count, Statistic::SampleCount.to_string());
        } else {
            add(Part::Value, input.statistic.to_string());
            if definition.ignores_low_samples {
                add(Part::Count, Statistic::SampleCount.to_string());
            }
        }
    }
    debug_assert!(reads_whole_periods(definition) || definition.supplied().is_empty());
    for (function, arguments) in definition.live_calls() {
        all.extend(live(definition, function, arguments)?);
    }
    Some(all)
}

fn metric(input: &Input, stat: &str, seconds: u32) -> Query {
    let mut dimensions: Vec<Dimension> = input
        .dimensions
        .iter()
        .map(|(name, value)| Dimension {
            name: name.clone(),
            value: value.clone(),
        })
        .collect();
    dimensions.sort_by(|a, b| a.name.cmp(&b.name));
    let named = dimensions
        .iter()
        .map(|one| format!(" {}={}", one.name, one.value));
    let label = format!(
        "{stat} of {} {}{} each {seconds} s",
        input.namespace,
        input.metric_name,
        named.collect::<String>()
    );
    let account = input.account.as_deref().unwrap_or_default();
    let unit = input.unit.as_deref().unwrap_or_default();
    Query {
        id: id('s', &format!("{label}\n{account}\n{unit}")),
        label: Some(label),
        metric_stat: Some(MetricStat {
            metric: Metric {
                namespace: input.namespace.clone(),
                name: input.metric_name.clone(),
                dimensions,
            },
            period: seconds,
            stat: stat.to_owned(),
            unit: input.unit.clone(),
        }),
        expression: None,
        period: None,
        account_id: input.account.clone(),
    }
}

/// The series of a function that only AWS can compute: of a band its limits, which are the first and the last of the
/// array (user guide, table of functions: `LAST` of a band is the upper limit).
fn live(
    definition: &Definition,
    function: Function,
    arguments: &[Argument],
) -> Option<Vec<Needed>> {
    let input = match arguments.first()? {
        Argument::Value(Expression::Name(name)) => {
            let mut inputs = definition.inputs().iter();
            Some(inputs.find(|input| input.id == *name)?)
        }
        Argument::Value(_) => return None,
        Argument::Word(_) | Argument::Text(_) => None,
    };
    let of = input.map(|input| metric(input, &input.statistic.to_string(), definition.period));
    let mut own = arguments.to_vec();
    if let Some(of) = &of {
        own[0] = Argument::Value(Expression::Name(of.id.clone()));
    }
    let call = supplied_name(function, &own);
    let series = |name: String, text: String| Needed {
        queries: of
            .iter()
            .cloned()
            .chain([expression(Some(name.clone()), &text, definition.period)])
            .collect(),
        name,
        part: Part::Value,
    };
    Some(match function {
        Function::AnomalyDetectionBand => [("lower", "FIRST"), ("upper", "LAST")]
            .map(|(name, end)| series(name.to_owned(), format!("{end}({call})")))
            .into(),
        _ => vec![series(supplied_name(function, arguments), call)],
    })
}

fn expression(label: Option<String>, text: &str, period: u32) -> Query {
    Query {
        id: id('x', &format!("{text}\n{period}")),
        label,
        metric_stat: None,
        expression: Some(text.to_owned()),
        period: Some(period),
        account_id: None,
    }
}

fn id(kind: char, text: &str) -> String {
    format!("{kind}{:016x}", XxHash3_64::oneshot(text.as_bytes()))
}
