//! Why an alarm changed, in numbers: read from CloudWatch's sentence and the data beside it.

use picket_shared::alarm::{Alarm, Comparison, Metric, State, Watches};
use serde_json::Value;

use crate::draft::number;

/// The reason in numbers, such as `5,230 > 5,000 for 3 of 3 datapoints of 60 s`; `None` where the message has no
/// numbers, and CloudWatch's sentence has to serve.
pub(crate) fn in_numbers(alarm: &Alarm) -> Option<String> {
    let comparison = comparison(&alarm.watches)?;
    let period = period(alarm);
    if let Some(missing) = missing_data(alarm, period) {
        return Some(missing);
    }
    let value = latest_value(alarm)?;
    let compared = match threshold(alarm, comparison) {
        Some(threshold) => {
            let operator = operator(alarm, comparison)?;
            let (value, threshold) = number::values(value, threshold);
            format!("{value} {operator} {threshold}")
        }
        None => against_band(alarm, value)?,
    };
    Some(compared + &datapoints(alarm, comparison, period))
}

fn comparison(watches: &Watches) -> Option<&Comparison> {
    match watches {
        Watches::Metric(_, comparison) | Watches::Expression { comparison, .. } => Some(comparison),
        Watches::Composite { .. } | Watches::Unknown => None,
    }
}

fn period(alarm: &Alarm) -> Option<u32> {
    let metric_period = |metric: &Metric| metric.period;
    match &alarm.watches {
        Watches::Metric(metric, _) => metric.period,
        Watches::Expression {
            expressions,
            metrics,
            ..
        } => expressions
            .iter()
            .find_map(|each| each.period)
            .or_else(|| metrics.iter().find_map(metric_period)),
        Watches::Composite { .. } | Watches::Unknown => None,
    }
    .or_else(|| {
        alarm
            .reason_data
            .as_ref()?
            .get("period")?
            .as_u64()?
            .try_into()
            .ok()
    })
}

/// The sentence lists the newest first: `[5230.0 (20/11/26 06:02:00), …]`. The reason data lists it last.
fn latest_value(alarm: &Alarm) -> Option<f64> {
    let listed = between(&alarm.reason, "[", "]")
        .and_then(|list| list.split(" (").next()?.trim().parse().ok());
    listed
        .or_else(|| last_number(alarm, "recentDatapoints"))
        .filter(|value: &f64| value.is_finite())
}

fn threshold(alarm: &Alarm, comparison: &Comparison) -> Option<f64> {
    comparison
        .threshold
        .or_else(|| between(&alarm.reason, "the threshold (", ")")?.parse().ok())
        .filter(|threshold| threshold.is_finite())
}

/// The comparison that the sentence names; otherwise the alarm's operator, in ALARM.
fn operator(alarm: &Alarm, comparison: &Comparison) -> Option<&'static str> {
    let said = [
        ("not greater than or equal to the threshold", "<"),
        ("not less than or equal to the threshold", ">"),
        ("not greater than the threshold", "≤"),
        ("not less than the threshold", "≥"),
        ("greater than or equal to the threshold", "≥"),
        ("less than or equal to the threshold", "≤"),
        ("greater than the threshold", ">"),
        ("less than the threshold", "<"),
    ];
    let in_sentence = said
        .iter()
        .find(|(words, _)| alarm.reason.contains(words))
        .map(|(_, operator)| *operator);
    in_sentence.or_else(|| match comparison.operator.as_deref()? {
        _ if alarm.state != State::Alarm => None,
        "GreaterThanThreshold" => Some(">"),
        "GreaterThanOrEqualToThreshold" => Some("≥"),
        "LessThanThreshold" => Some("<"),
        "LessThanOrEqualToThreshold" => Some("≤"),
        _ => None,
    })
}

fn against_band(alarm: &Alarm, value: f64) -> Option<String> {
    let bound = |name: &str, words: &str| {
        last_number(alarm, name).or_else(|| {
            between(&alarm.reason, words, "]")?
                .split(',')
                .next()?
                .trim()
                .parse()
                .ok()
        })
    };
    let lower = bound("recentLowerThresholds", "lower thresholds [");
    let upper = bound("recentUpperThresholds", "upper thresholds [");
    let band = match (lower, upper) {
        (Some(lower), Some(upper)) => {
            format!("{} to {}", number::value(lower), number::value(upper))
        }
        (None, Some(upper)) => format!("up to {}", number::value(upper)),
        (Some(lower), None) => format!("from {}", number::value(lower)),
        (None, None) => return None,
    };
    let is = if alarm.state == State::Alarm {
        "outside"
    } else {
        "inside"
    };
    Some(format!("{} {is} the band {band}", number::value(value)))
}

/// ` for 3 of 3 datapoints of 60 s`: the sentence's counts, else the alarm's configuration while it is in ALARM.
fn datapoints(alarm: &Alarm, comparison: &Comparison, period: Option<u32>) -> String {
    let counted = counted(&alarm.reason).or_else(|| {
        let of = comparison.evaluation_periods?;
        (alarm.state == State::Alarm).then(|| (comparison.datapoints_to_alarm.unwrap_or(of), of))
    });
    let each = period
        .map(|seconds| format!(" of {seconds} s"))
        .unwrap_or_default();
    match counted {
        Some((1, 1)) => format!(" for 1 datapoint{each}"),
        Some((hits, of)) => format!(" for {hits} of {of} datapoints{each}"),
        None => String::new(),
    }
}

/// `3 out of the last 5 datapoints`, or the older `1 datapoint`.
fn counted(reason: &str) -> Option<(u32, u32)> {
    if let Some((before, after)) = reason.split_once(" out of the last ") {
        let of = after.split(' ').next()?.parse().ok()?;
        return Some((last_word(before)?.parse().ok()?, of));
    }
    let (before, _) = reason.split_once(" datapoint")?;
    let hits = last_word(before)?.parse().ok()?;
    Some((hits, hits))
}

/// `no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching]`.
fn missing_data(alarm: &Alarm, period: Option<u32>) -> Option<String> {
    let (_, rest) = alarm
        .reason
        .split_once("no datapoints were received for ")?;
    let periods: u32 = rest.split(' ').next()?.parse().ok()?;
    let each = period
        .map(|seconds| format!(" of {seconds} s"))
        .unwrap_or_default();
    let plural = if periods == 1 { "period" } else { "periods" };
    let treated = between(rest, "treated as [", "]")
        .map(|as_what| format!(", treated as {}", as_what.to_lowercase()));
    Some(format!(
        "no data for {periods} {plural}{each}{}",
        treated.unwrap_or_default()
    ))
}

fn last_number(alarm: &Alarm, name: &str) -> Option<f64> {
    alarm
        .reason_data
        .as_ref()?
        .get(name)?
        .as_array()?
        .iter()
        .rev()
        .find_map(Value::as_f64)
}

fn last_word(text: &str) -> Option<&str> {
    text.rsplit(' ').next()
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(open)?;
    rest.split_once(close).map(|(inside, _)| inside)
}

#[cfg(test)]
mod tests;
