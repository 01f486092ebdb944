//! The limits of what a widget is made of. Sources: `MetricStat`, `Metric`, `Dimension` and `MetricDataQuery` in the
//! CloudWatch API Reference; "`GetMetricWidgetImage`: Metric Widget Structure and Syntax" there for the array of
//! metrics, in which `.` and `...` repeat fields of the metric before.

use picket_shared::alarm::{Alarm, Expression, Metric, Watches};

/// Metrics and expressions in a widget.
const SERIES: usize = 100;
/// Dimensions of a metric.
const DIMENSIONS: usize = 30;
/// Characters of a namespace, and of the names of metrics and dimensions.
const NAME: usize = 255;
/// Characters of a dimension's value.
const VALUE: usize = 1_024;
/// Characters of an expression.
const EXPRESSION: usize = 2_048;
/// Seconds of a period: a day.
const PERIOD: u32 = 86_400;

/// Whether everything that an alarm watches is within the limits, and in the alarm's own account.
pub(super) fn is_drawable(alarm: &Alarm) -> bool {
    let (metrics, expressions): (&[Metric], &[Expression]) = match &alarm.watches {
        Watches::Metric(metric, _) => (std::slice::from_ref(metric), &[]),
        Watches::Expression {
            metrics,
            expressions,
            ..
        } => (metrics, expressions),
        Watches::Composite { .. } | Watches::Unknown => (&[], &[]),
    };
    // The widget would show a metric of the same name in this account.
    let is_own = |metric: &Metric| {
        let account = metric.account.as_ref();
        account.is_none_or(|account| *account == alarm.account)
    };
    (1..=SERIES).contains(&(metrics.len() + expressions.len()))
        && metrics
            .iter()
            .all(|metric| is_own(metric) && is_metric(metric))
        && expressions.iter().all(is_expression)
}

/// Whether a text has the form of a region, so that it can be part of a host.
pub(crate) fn is_region(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.bytes().all(legal) && text.contains('-') && !text.starts_with('-') && !text.ends_with('-')
}

fn is_metric(metric: &Metric) -> bool {
    let is_dimension =
        |(name, value): &(String, String)| is_text(name, NAME) && is_text(value, VALUE);
    is_text(&metric.namespace, NAME)
        && !metric.namespace.starts_with(':')
        && is_text(&metric.name, NAME)
        && metric.dimensions.len() <= DIMENSIONS
        && metric.dimensions.iter().all(is_dimension)
        && metric.statistic.as_deref().is_none_or(is_statistic)
        && metric.id.as_deref().is_none_or(is_id)
        && metric.period.is_none_or(is_period)
}

fn is_expression(expression: &Expression) -> bool {
    let has_id = expression.id.is_empty() || is_id(&expression.id);
    has_id
        && (1..=EXPRESSION).contains(&expression.expression.chars().count())
        && expression.period.is_none_or(is_period)
}

/// A text of a metric: without controls, and not what stands for the fields of another metric.
fn is_text(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.chars().count())
        && !text.contains(char::is_control)
        && text != "."
        && text != "..."
}

/// `Average`, `SampleCount`, `p99.9`, `TM(10%:90%)`
fn is_statistic(text: &str) -> bool {
    let legal =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'(' | b')' | b':' | b'%');
    (1..=NAME).contains(&text.len()) && text.bytes().all(legal)
}

/// A lower-case letter, then letters, digits and underscores.
fn is_id(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() <= NAME
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(legal)
}

fn is_period(seconds: u32) -> bool {
    (1..=PERIOD).contains(&seconds)
}
