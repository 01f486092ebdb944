//! What an alarm watches: the same structure in two spellings.
//! SNS has `Trigger.Metrics[].MetricStat.Metric.{MetricName, Dimensions: [{name, value}]}`,
//! events have `configuration.metrics[].metricStat.metric.{name, dimensions: {…}}`.

use serde_json::Value;

use super::{
    Comparison, Expression, Metric, Watches,
    fields::{count, field, list, number, text},
    spelling,
};

/// A list of metrics and expressions, and how its result is compared.
pub(super) fn of_queries(
    queries: &[Value],
    comparison: Comparison,
    band: Option<String>,
) -> Watches {
    // `sort_by_key` is stable: the returned one first, the others in their order.
    let mut ordered: Vec<&Value> = queries.iter().collect();
    ordered.sort_by_key(|query| !returned(query));
    let expressions: Vec<Expression> = ordered
        .iter()
        .filter_map(|query| expression(query))
        .collect();
    let mut metrics: Vec<Metric> = ordered
        .iter()
        .filter_map(|query| metric_stat(query))
        .collect();
    if expressions.is_empty() {
        return match metrics.len() {
            0 => Watches::Unknown,
            _ => Watches::Metric(metrics.swap_remove(0), comparison),
        };
    }
    let band = band.or_else(|| band_of(&expressions));
    Watches::Expression {
        expressions,
        metrics,
        comparison,
        threshold_metric_id: band,
    }
}

/// One metric, written flat into `Trigger`.
pub(super) fn of_trigger(trigger: &Value, comparison: Comparison) -> Watches {
    match (text(trigger, "namespace"), text(trigger, "metricName")) {
        (Some(namespace), Some(name)) => {
            let statistic =
                text(trigger, "statistic").or_else(|| text(trigger, "extendedStatistic"));
            let metric = Metric {
                id: None,
                account: None,
                namespace,
                name,
                dimensions: dimensions(trigger),
                statistic: statistic.as_deref().map(spelling::statistic),
                period: count(trigger, "period"),
                unit: text(trigger, "unit"),
            };
            Watches::Metric(metric, comparison)
        }
        _ => Watches::Unknown,
    }
}

/// Reads the comparison; `threshold` by default.
pub(super) fn comparison(configuration: &Value, threshold: Option<f64>) -> Comparison {
    Comparison {
        operator: text(configuration, "comparisonOperator"),
        threshold: number(configuration, "threshold").or(threshold),
        evaluation_periods: count(configuration, "evaluationPeriods"),
        datapoints_to_alarm: count(configuration, "datapointsToAlarm"),
        treat_missing_data: text(configuration, "treatMissingData")
            .and_then(|written| spelling::missing_data(&written)),
    }
}

fn returned(query: &Value) -> bool {
    // PutMetricAlarm: an omitted ReturnData means true.
    field(query, "returnData").and_then(Value::as_bool) != Some(false)
}

fn expression(query: &Value) -> Option<Expression> {
    Some(Expression {
        id: text(query, "id").unwrap_or_default(),
        expression: text(query, "expression")?,
        label: text(query, "label"),
        period: count(query, "period"),
    })
}

/// The account of a metric. CloudWatch writes it as text; anything else that stands there is no account of ours.
fn account(query: &Value) -> Option<String> {
    match field(query, "accountId")? {
        Value::Null => None,
        Value::String(_) => text(query, "accountId"),
        // An account id has twelve digits, and a number omits its leading zeros.
        Value::Number(number) => Some(format!("{:0>12}", number.to_string())),
        other => Some(other.to_string()),
    }
}

fn metric_stat(query: &Value) -> Option<Metric> {
    let stat = field(query, "metricStat")?;
    let metric = field(stat, "metric")?;
    Some(Metric {
        id: text(query, "id"),
        account: account(query),
        namespace: text(metric, "namespace")?,
        name: text(metric, "metricName").or_else(|| text(metric, "name"))?,
        dimensions: dimensions(metric),
        statistic: text(stat, "stat").as_deref().map(spelling::statistic),
        period: count(stat, "period"),
        unit: text(stat, "unit"),
    })
}

fn dimensions(metric: &Value) -> Vec<(String, String)> {
    match field(metric, "dimensions") {
        Some(Value::Object(map)) => map
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect(),
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|entry| Some((text(entry, "name")?, text(entry, "value")?)))
            .collect(),
        _ => Vec::new(),
    }
}

fn band_of(expressions: &[Expression]) -> Option<String> {
    expressions
        .iter()
        .find(|each| {
            each.expression
                .trim_start()
                .starts_with("ANOMALY_DETECTION_BAND")
        })
        .map(|each| each.id.clone())
}

/// A composite's rule and the children that put it in its state: `children` are `{arn, state: {value}}` in either
/// spelling.
pub(super) fn composite(rule: String, children: &[Value]) -> Watches {
    let triggering = children
        .iter()
        .filter_map(|child| {
            let state =
                field(child, "state").and_then(|state| super::fields::state(state, "value"));
            Some((text(child, "arn")?, state))
        })
        .collect();
    Watches::Composite { rule, triggering }
}

/// The children that a composite's reason data lists.
pub(super) fn triggering_alarms(reason_data: Option<&Value>) -> &[Value] {
    reason_data.map_or(&[], |data| list(data, "triggeringAlarms"))
}
