//! The chart of an alarm's metric, as a widget that CloudWatch renders.
//!
//! The message is a claim: its region becomes part of a host that a signed request goes to, and its names part of the
//! widget. A message with a field that CloudWatch would not have written has no chart.
//!
//! The widget's format:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Metric-Widget-Structure.html>.

mod legal;

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::{Alarm, Comparison, Expression, Metric, State, Watches};
use serde_json::{Map, Value, json};

pub(crate) use legal::is_region;

/// A chart of an alarm's metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// The account that the metrics are in.
    pub account: String,
    /// The region that they are in.
    pub region: String,
    /// The title of the chart.
    pub metric: String,
    /// The widget, as `GetMetricWidgetImage` takes it: JSON.
    pub widget: String,
    /// The alternative text.
    pub alt: String,
}

/// Pixels: as wide as Slack shows an image on a desktop without shrinking its letters.
const WIDTH: u32 = 700;
/// See [`WIDTH`]; a phone shows it whole.
const HEIGHT: u32 = 260;
/// The minimum time before a change that is shown.
const BEFORE: SignedDuration = SignedDuration::from_hours(1);
/// Periods before the change: a datapoint every dozen pixels, whatever the period.
const PERIODS: i64 = 60;
/// The datapoint that moved the alarm is a period old when the alarm moves; a little room beside it makes it readable.
const AFTER: SignedDuration = SignedDuration::from_mins(5);
/// Seconds of a period, where the alarm does not say.
const PERIOD: u32 = 300;

/// The chart of an alarm's metric, expression or band. `None` for a composite, which has none, and for an alarm that
/// does not say where its metrics are.
pub fn of(alarm: &Alarm) -> Option<Chart> {
    let (series, comparison, period) = match &alarm.watches {
        Watches::Metric(metric, comparison) => {
            (vec![metric_series(metric, true)], comparison, metric.period)
        }
        Watches::Expression {
            expressions,
            metrics,
            comparison,
            threshold_metric_id: band,
        } => {
            let first = metrics.first().and_then(|metric| metric.period);
            let period = expressions.iter().find_map(|each| each.period).or(first);
            let series = math_series(expressions, metrics, band.as_deref());
            (series, comparison, period)
        }
        Watches::Composite { .. } | Watches::Unknown => return None,
    };
    if alarm.arn.is_empty() || !is_region(&alarm.region) || !legal::is_drawable(alarm) {
        return None;
    }
    let period = period.unwrap_or(PERIOD);
    let (start, end) = window(alarm.changed_at, period);
    let widget = json!({
        "view": "timeSeries", "stacked": false, "width": WIDTH, "height": HEIGHT, "timezone": "+0000",
        "start": start.to_string(), "end": end.to_string(), "period": period,
        "metrics": series, "annotations": annotations(alarm, comparison),
    });
    Some(Chart {
        account: alarm.account.clone(),
        region: alarm.region.clone(),
        metric: alarm.name.clone(),
        widget: widget.to_string(),
        alt: format!("Chart of {} around {}", alarm.name, alarm.changed_at),
    })
}

/// The hours around a change, on whole seconds.
fn window(changed_at: Timestamp, period: u32) -> (Timestamp, Timestamp) {
    let at = Timestamp::from_second(changed_at.as_second()).unwrap_or(changed_at);
    let before = SignedDuration::from_secs(i64::from(period) * PERIODS).max(BEFORE);
    let start = at.checked_sub(before).unwrap_or(at);
    (start, at.checked_add(AFTER).unwrap_or(at))
}

/// `["Shop", "Duration", "Service", "orders", {"stat": "p99", "period": 60}]`
fn metric_series(metric: &Metric, visible: bool) -> Value {
    let names = [&metric.namespace, &metric.name].map(String::as_str);
    let dimensions = metric
        .dimensions
        .iter()
        .flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    let mut options = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        options.extend(value.map(|value| (name.to_owned(), value)));
    };
    put("id", metric.id.as_deref().map(Value::from));
    put("stat", metric.statistic.as_deref().map(Value::from));
    put("period", metric.period.map(Value::from));
    put("visible", (!visible).then_some(false.into()));
    names
        .into_iter()
        .chain(dimensions)
        .map(Value::from)
        .chain([Value::Object(options)])
        .collect()
}

/// The series of a metric-math alarm. The judged expression is visible and its inputs are not; a band is visible with
/// the series that is compared with it.
fn math_series(expressions: &[Expression], metrics: &[Metric], band: Option<&str>) -> Vec<Value> {
    let is_band = |expression: &Expression| band == Some(&expression.id);
    let judged = expressions.iter().position(|each| !is_band(each));
    let drawn = expressions.iter().enumerate().map(|(place, expression)| {
        let mut options = json!({"expression": expression.expression});
        if !expression.id.is_empty() {
            options["id"] = expression.id.as_str().into();
        }
        if let Some(label) = &expression.label {
            options["label"] = label.as_str().into();
        }
        if let Some(period) = expression.period {
            options["period"] = period.into();
        }
        if judged != Some(place) && !is_band(expression) {
            options["visible"] = false.into();
        }
        json!([options])
    });
    let fed = metrics
        .iter()
        .map(|metric| metric_series(metric, judged.is_none()));
    drawn.chain(fed).collect()
}

/// The threshold, shaded on the side that is a breach, and the moment of the change.
fn annotations(alarm: &Alarm, comparison: &Comparison) -> Value {
    let operator = comparison.operator.as_deref().unwrap_or_default();
    let fill = if operator.starts_with("Greater") {
        "above"
    } else if operator.starts_with("Less") {
        "below"
    } else {
        "none"
    };
    let color = match alarm.state {
        State::Alarm => "#d62728",
        State::Ok => "#2ca02c",
        State::InsufficientData => "#7f7f7f",
    };
    let vertical = json!([{"label": alarm.state.as_str(), "value": alarm.changed_at.to_string(), "color": color}]);
    match comparison.threshold.filter(|value| value.is_finite()) {
        Some(threshold) => json!({
            "horizontal": [{"label": "threshold", "value": threshold, "color": "#d62728", "fill": fill}],
            "vertical": vertical,
        }),
        None => json!({ "vertical": vertical }),
    }
}

#[cfg(test)]
mod tests;
