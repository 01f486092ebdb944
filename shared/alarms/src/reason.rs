//! CloudWatch's sentence about an evaluation, and `reasonData`.

use jiff::{Timestamp, tz::TimeZone};
use picket_shared::alarm::State;
use serde_json::{Value, json};

use crate::{Comparison, Datapoint, Definition, MissingData, Window, evidence::Evidence};

/// CloudWatch lists at most this many datapoints in a sentence.
const MOST_LISTED: usize = 5;

/// Returns the sentence, such as "Threshold Crossed: 2 out of the last 3 datapoints [7.0 (20/11/26 10:00:00), …] were
/// greater than the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition)."
pub(crate) fn sentence(definition: &Definition, state: State, evidence: &Evidence) -> String {
    if evidence.real.is_empty() {
        return without_data(definition, state);
    }
    let breaches = |datapoint: &&Datapoint| {
        definition
            .comparison
            .breaches(datapoint.value, definition.threshold)
    };
    let alarm = state == State::Alarm;
    let mut relevant: Vec<&Datapoint> = evidence
        .real
        .iter()
        .filter(|datapoint| breaches(datapoint) == alarm)
        .collect();
    if relevant.is_empty() {
        relevant = evidence.real.iter().collect();
    }
    relevant.reverse();
    let crossed = breaches(&relevant[0]);
    let listed: Vec<String> = relevant
        .iter()
        .take(MOST_LISTED)
        .map(|datapoint| listed(datapoint))
        .collect();
    let verb = if relevant.len() == 1 { "was" } else { "were" };
    let minimum = minimum(definition, crossed);
    format!(
        "Threshold Crossed: {} out of the last {} datapoints [{}] {verb} {}{} the threshold ({}) (minimum {minimum} datapoint{} for {} transition).",
        relevant.len(),
        definition.evaluation_periods,
        listed.join(", "),
        if crossed { "" } else { "not " },
        words(definition.comparison),
        number(definition.threshold),
        if minimum == 1 { "" } else { "s" },
        if crossed {
            "OK -> ALARM"
        } else {
            "ALARM -> OK"
        },
    )
}

/// Returns the number of datapoints that the change of state needs.
fn minimum(definition: &Definition, crossed: bool) -> u32 {
    if crossed {
        definition.datapoints_to_alarm
    } else {
        definition.evaluation_periods - definition.datapoints_to_alarm + 1
    }
}

fn without_data(definition: &Definition, state: State) -> String {
    let treated = match definition.missing_data {
        MissingData::Breaching => "Breaching",
        MissingData::NotBreaching => "NonBreaching",
        MissingData::Missing | MissingData::Ignore => {
            return format!(
                "Insufficient Data: {} datapoints were unknown, and the state is {}.",
                definition.evaluation_periods,
                state.as_str()
            );
        }
    };
    let periods = definition.evaluation_periods;
    let (s, verb) = if periods == 1 {
        ("", "was")
    } else {
        ("s", "were")
    };
    format!(
        "Threshold Crossed: no datapoints were received for {periods} period{s} and {periods} missing datapoint{s} {verb} treated as [{treated}]."
    )
}

/// `reasonData`, as in EventBridge's alarm events.
pub(crate) fn data(
    definition: &Definition,
    window: &Window,
    evidence: &Evidence,
    now: Timestamp,
) -> Value {
    let start = evidence
        .real
        .first()
        .map_or_else(|| window.newest(), |datapoint| datapoint.at);
    let evaluated: Vec<Value> = evidence
        .real
        .iter()
        .rev()
        .map(|datapoint| {
            let mut entry = json!({"timestamp": timestamp(datapoint.at), "value": datapoint.value});
            if let Some(samples) = datapoint.samples {
                entry["sampleCount"] = json!(samples);
            }
            entry
        })
        .collect();
    let mut data = json!({
        "version": "1.0",
        "queryDate": timestamp(now),
        "startDate": timestamp(start),
        "period": definition.period,
        "recentDatapoints": evidence.real.iter().map(|datapoint| datapoint.value).collect::<Vec<_>>(),
        "threshold": definition.threshold,
        "evaluatedDatapoints": evaluated,
    });
    if let crate::definition::Watches::Metric(input) = &definition.watches {
        data["statistic"] = json!(input.statistic.to_string());
    }
    data
}

/// Formats a time as CloudWatch does in JSON: milliseconds, and an offset without a colon.
pub(crate) fn timestamp(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%S%.3f%z")
        .to_string()
}

fn listed(datapoint: &Datapoint) -> String {
    let at = datapoint
        .at
        .to_zoned(TimeZone::UTC)
        .strftime("%d/%m/%y %H:%M:%S");
    format!("{} ({at})", number(datapoint.value))
}

/// Formats a number as Java prints a double: never without a fraction.
fn number(value: f64) -> String {
    format!("{value:?}")
}

fn words(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::GreaterThan => "greater than",
        Comparison::GreaterThanOrEqualTo => "greater than or equal to",
        Comparison::LessThan => "less than",
        Comparison::LessThanOrEqualTo => "less than or equal to",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{definition::tests::sum_alarm, evaluate};

    fn evaluated(definition: &Definition, values: &[f64]) -> crate::Evaluation {
        let now: Timestamp = "2026-11-20T10:00:10Z".parse().unwrap();
        let window = Window::of(definition, now);
        let datapoints: Vec<Datapoint> = window
            .starts
            .iter()
            .rev()
            .zip(values.iter().rev())
            .map(|(&at, &value)| Datapoint {
                at,
                value,
                samples: Some(2.0),
            })
            .collect();
        evaluate(definition, State::Ok, &datapoints, now)
    }

    #[test]
    fn sentences_are_cloudwatchs() {
        let rows: [(Definition, &[f64], &str); 5] = [
            (
                sum_alarm(3, 2),
                &[7.0, 0.0, 6.5],
                "Threshold Crossed: 2 out of the last 3 datapoints [6.5 (20/11/26 09:59:00), 7.0 (20/11/26 09:57:00)] were greater than the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition).",
            ),
            (
                sum_alarm(1, 1),
                &[0.0],
                "Threshold Crossed: 1 out of the last 1 datapoints [0.0 (20/11/26 09:59:00)] was not greater than the threshold (5.0) (minimum 1 datapoint for ALARM -> OK transition).",
            ),
            (
                Definition {
                    missing_data: MissingData::Breaching,
                    ..sum_alarm(3, 2)
                },
                &[],
                "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].",
            ),
            (
                Definition {
                    missing_data: MissingData::NotBreaching,
                    ..sum_alarm(1, 1)
                },
                &[],
                "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
            ),
            (
                sum_alarm(3, 2),
                &[],
                "Insufficient Data: 3 datapoints were unknown, and the state is INSUFFICIENT_DATA.",
            ),
        ];
        for (definition, values, sentence) in rows {
            assert_eq!(evaluated(&definition, values).reason, sentence);
        }
    }

    #[test]
    fn reason_data_carry_what_was_evaluated() {
        let data = evaluated(&sum_alarm(2, 1), &[7.0, 1.0]).reason_data;
        let expected = json!({
            "version": "1.0", "queryDate": "2026-11-20T10:00:10.000+0000", "startDate": "2026-11-20T09:58:00.000+0000",
            "period": 60, "recentDatapoints": [7.0, 1.0], "threshold": 5.0, "statistic": "Sum",
            "evaluatedDatapoints": [
                {"timestamp": "2026-11-20T09:59:00.000+0000", "value": 1.0, "sampleCount": 2.0},
                {"timestamp": "2026-11-20T09:58:00.000+0000", "value": 7.0, "sampleCount": 2.0},
            ],
        });
        assert_eq!(data, expected);
    }
}
