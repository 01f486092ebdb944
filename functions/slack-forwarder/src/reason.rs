//! Why an alarm changed, in numbers: read from CloudWatch's sentence and the data beside it.

use picket_shared::alarm::{Alarm, Comparison, Metric, State, Watches};
use serde_json::Value;

use crate::number;

/// The reason in numbers, such as `5,230 > 5,000 for 3 of 3 datapoints of 60 s`; `None` where the message has no numbers, and
/// CloudWatch's sentence has to serve.
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

/// What the sentence says holds; where it does not say, the alarm's operator in ALARM.
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
    let (hits, rest) = match reason.split_once(" out of the last ") {
        Some((before, after)) => (
            last_word(before)?.parse().ok()?,
            after.split(' ').next()?.parse().ok()?,
        ),
        None => {
            let hits = last_word(reason.split_once(" datapoint")?.0)?
                .parse()
                .ok()?;
            (hits, hits)
        }
    };
    Some((hits, rest))
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
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing;

    fn alarm(state: State, reason: &str) -> Alarm {
        let mut alarm = testing::alarm_in("a", "aws", "eu-west-1");
        (alarm.state, alarm.reason) = (state, reason.to_owned());
        alarm
    }

    #[test]
    fn the_sentence_is_read_in_all_its_forms() {
        use State::{Alarm, InsufficientData, Ok};
        for (state, reason, expected) in [
            (
                Alarm,
                "Threshold Crossed: 3 out of the last 3 datapoints [5230.0 (20/11/26 06:02:00), 5100.0 (20/11/26 06:01:00), 5050.5 (20/11/26 06:00:00)] were greater than the threshold (5000.0) (minimum 3 datapoints for OK -> ALARM transition).",
                Some("5,230 > 5,000 for 3 of 3 datapoints of 60 s"),
            ),
            (
                Ok,
                "Threshold Crossed: 1 out of the last 1 datapoints [4900.0 (20/11/26 06:02:00)] was not greater than the threshold (5000.0) (minimum 1 datapoint for ALARM -> OK transition).",
                Some("4,900 ≤ 5,000 for 1 datapoint of 60 s"),
            ),
            (
                Ok,
                "Threshold Crossed: 1 datapoint [1.0 (12/02/19 15:44:00)] was not less than the threshold (5000.0).",
                Some("1 ≥ 5,000 for 1 datapoint of 60 s"),
            ),
            (
                Alarm,
                "Threshold Crossed: 5 out of the last 8 datapoints were less than the threshold (5000.0). The most recent datapoints which crossed the threshold: [0.0 (22/05/20 17:28:00), 0.1 (22/05/20 17:27:00)] (minimum 5 datapoints for OK -> ALARM transition).",
                Some("0 < 5,000 for 5 of 8 datapoints of 60 s"),
            ),
            (
                Alarm,
                "Threshold Crossed: 1 out of the last 1 datapoints [0.43262672424316406 (23/04/20 21:16:00)] was greater than or equal to the threshold (0.4).",
                Some("0.4326 ≥ 5,000 for 1 datapoint of 60 s"),
            ),
            (
                Alarm,
                "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].",
                Some("no data for 3 periods of 60 s, treated as breaching"),
            ),
            (
                InsufficientData,
                "Insufficient Data: 1 datapoint was unknown.",
                None,
            ),
            (InsufficientData, "Unchecked: Initial alarm creation", None),
            (Alarm, "testing", None),
            (Alarm, "", None),
            (Alarm, "[", None),
            (
                Alarm,
                "[NaN (1)] was greater than the threshold (inf)",
                None,
            ),
        ] {
            assert_eq!(
                in_numbers(&alarm(state, reason)).as_deref(),
                expected,
                "{reason}"
            );
        }
    }

    #[test]
    fn the_data_beside_it_serves_where_the_sentence_does_not() {
        let mut alarm = alarm(State::Alarm, "by hand");
        alarm.reason_data = Some(json!({"recentDatapoints": [1.0, 7000.5, null]}));
        assert_eq!(
            in_numbers(&alarm).as_deref(),
            Some("7,001 > 5,000 for 3 of 3 datapoints of 60 s")
        );
    }

    #[test]
    fn a_band_is_shown_with_both_its_bounds() {
        let sentence = "Thresholds Crossed: 1 out of the last 1 datapoints [0.0 (03/10/19 15:58:00)] was less than the lower thresholds [0.020599444741798756] or greater than the upper thresholds [0.3006915352732461] (minimum 1 datapoint for OK -> ALARM transition).";
        let mut alarm = alarm(State::Alarm, sentence);
        let Watches::Metric(metric, mut comparison) = alarm.watches else {
            panic!("a metric");
        };
        comparison.threshold = None;
        alarm.watches = Watches::Metric(metric, comparison);
        assert_eq!(
            in_numbers(&alarm).as_deref(),
            Some("0 outside the band 0.0206 to 0.3007 for 1 datapoint of 60 s")
        );
    }
}
