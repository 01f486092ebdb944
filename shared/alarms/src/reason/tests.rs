use serde_json::json;

use super::*;
use crate::{Datapoint, Window, definition::tests::sum_alarm, evaluate};

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
    evaluate(definition, State::Ok, &datapoints.into(), now)
}

#[test]
fn sentences_are_cloudwatchs() {
    let rows: [(Definition, &[f64], &str); 7] = [
        (
            Definition {
                missing_data: MissingData::NotBreaching,
                ..sum_alarm(20, 1)
            },
            &[613.0],
            "Threshold Crossed: 1 out of the last 20 datapoints [613.0 (20/11/26 09:59:00)] was greater than the threshold (5.0) and 19 missing datapoints were treated as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition).",
        ),
        (
            sum_alarm(1, 1),
            &[],
            "Insufficient Data: 1 datapoint was unknown.",
        ),
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
            "Insufficient Data: 3 datapoints were unknown.",
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
