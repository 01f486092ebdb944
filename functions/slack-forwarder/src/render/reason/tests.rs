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
        Some("7,000.5 > 5,000 for 3 of 3 datapoints of 60 s")
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
