//! The message that CloudWatch publishes to a topic when an alarm changes its state.

use jiff::Timestamp;
use picket_shared::{alarm::State, sns::LONGEST_SUBJECT};
use serde_json::{Value, json};

use crate::{
    Definition, Evaluation, Threshold,
    definition::{Input, Named, Watches},
    reason::timestamp,
};

/// The account and region of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Its ARN.
    pub arn: String,
    /// The account's id.
    pub account: String,
    /// The region as the console calls it: "EU (Frankfurt)".
    pub region_name: String,
    /// The time when its configuration was last written.
    pub configured_at: Timestamp,
}

/// The body of the SNS message about a change from `previous` to the evaluation's state.
pub fn sns_message(
    definition: &Definition,
    origin: &Origin,
    previous: State,
    evaluation: &Evaluation,
    changed_at: Timestamp,
) -> Value {
    json!({
        "AlarmName": definition.name,
        "AlarmDescription": definition.description,
        "AWSAccountId": origin.account,
        "AlarmConfigurationUpdatedTimestamp": timestamp(origin.configured_at),
        "NewStateValue": evaluation.state.as_str(),
        "NewStateReason": evaluation.reason,
        "StateChangeTime": timestamp(changed_at),
        "Region": origin.region_name,
        "AlarmArn": origin.arn,
        "OldStateValue": previous.as_str(),
        "OKActions": definition.ok_actions,
        "AlarmActions": definition.alarm_actions,
        "InsufficientDataActions": definition.insufficient_data_actions,
        "Trigger": trigger(definition),
    })
}

/// The subject, within SNS's limit.
pub fn subject(definition: &Definition, origin: &Origin, state: State) -> String {
    let subject = format!(
        "{}: \"{}\" in {}",
        state.as_str(),
        definition.name,
        origin.region_name
    );
    if subject.chars().count() <= LONGEST_SUBJECT {
        return subject;
    }
    let mut short: String = subject.chars().take(LONGEST_SUBJECT - 3).collect();
    short.push_str("...");
    short
}

/// Returns the ARNs notified of a state; none where `ActionsEnabled` is false.
pub fn actions(definition: &Definition, state: State) -> &[String] {
    if !definition.actions_enabled {
        return &[];
    }
    match state {
        State::Alarm => &definition.alarm_actions,
        State::Ok => &definition.ok_actions,
        State::InsufficientData => &definition.insufficient_data_actions,
    }
}

fn trigger(definition: &Definition) -> Value {
    let mut trigger = match &definition.watches {
        Watches::Metric(input) => metric(input),
        Watches::Math {
            inputs,
            expressions,
            returned,
        } => {
            let expressions = expressions.iter().map(|named| expression(named, returned));
            let inputs = inputs
                .iter()
                .map(|input| query(input, definition.period, returned));
            json!({"Metrics": expressions.chain(inputs).collect::<Vec<Value>>()})
        }
    };
    trigger["Period"] = json!(definition.period);
    trigger["EvaluationPeriods"] = json!(definition.evaluation_periods);
    trigger["DatapointsToAlarm"] = json!(definition.datapoints_to_alarm);
    trigger["ComparisonOperator"] = json!(definition.comparison.as_str());
    match &definition.threshold {
        Threshold::Value(value) => trigger["Threshold"] = json!(value),
        Threshold::Band(id) => trigger["ThresholdMetricId"] = json!(id),
    }
    trigger["TreatMissingData"] = json!(definition.missing_data.as_str());
    trigger["EvaluateLowSampleCountPercentile"] = json!(if definition.ignores_low_samples {
        "ignore"
    } else {
        ""
    });
    trigger
}

fn expression(named: &Named, returned: &str) -> Value {
    json!({
        "Expression": named.text,
        "Id": named.id,
        "Label": named.label,
        "ReturnData": named.id == returned,
    })
}

fn query(input: &Input, period: u32, returned: &str) -> Value {
    json!({
        "Id": input.id,
        "MetricStat": {
            "Metric": {
                "Dimensions": dimensions(input),
                "MetricName": input.metric_name,
                "Namespace": input.namespace,
            },
            "Period": period,
            "Stat": input.statistic.to_string(),
        },
        "ReturnData": input.id == returned,
    })
}

fn metric(input: &Input) -> Value {
    let mut metric = json!({
        "MetricName": input.metric_name,
        "Namespace": input.namespace,
        "Unit": input.unit,
        "Dimensions": dimensions(input),
    });
    // CloudWatch writes statistics in capitals here, and percentiles under another name.
    let text = input.statistic.to_string();
    if input.statistic.is_extended() {
        metric["StatisticType"] = json!("ExtendedStatistic");
        metric["ExtendedStatistic"] = json!(text);
    } else {
        metric["StatisticType"] = json!("Statistic");
        metric["Statistic"] = json!(text.to_uppercase());
    }
    metric
}

fn dimensions(input: &Input) -> Vec<Value> {
    input
        .dimensions
        .iter()
        .map(|(name, value)| json!({"value": value, "name": name}))
        .collect()
}

#[cfg(test)]
mod tests {
    use picket_shared::alarm::{Watches as Seen, from_sns_message};

    use super::*;
    use crate::{Datapoint, Window, definition::tests::properties, evaluate};

    fn origin() -> Origin {
        Origin {
            arn: "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:app-errors".into(),
            account: "123456789012".into(),
            region_name: "EU (Frankfurt)".into(),
            configured_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_forwarders_model_reads_what_is_published() {
        let definition = Definition::from_properties(&properties()).unwrap();
        let now: Timestamp = "2026-11-20T10:00:10Z".parse().unwrap();
        let starts = Window::of(&definition, now).starts;
        let series: Vec<Datapoint> = starts
            .iter()
            .map(|&at| Datapoint {
                at,
                value: 9.0,
                samples: None,
            })
            .collect();
        let evaluation = evaluate(&definition, State::Ok, &series.into(), now);
        let alarm = from_sns_message(&sns_message(
            &definition,
            &origin(),
            State::Ok,
            &evaluation,
            now,
        ))
        .unwrap();
        assert_eq!(
            (alarm.state, alarm.previous_state),
            (State::Alarm, Some(State::Ok))
        );
        assert_eq!(
            (alarm.changed_at, alarm.region.as_str()),
            (now, "eu-central-1")
        );
        assert_eq!(alarm.description.as_deref(), Some("Too many."));
        let Seen::Metric(metric, comparison) = alarm.watches else {
            panic!("a metric")
        };
        assert_eq!(
            (metric.name.as_str(), metric.statistic.as_deref()),
            ("Errors", Some("Sum"))
        );
        assert_eq!(
            metric.dimensions,
            [("Environment".to_owned(), "dev".to_owned())]
        );
        assert_eq!(
            (comparison.threshold, comparison.datapoints_to_alarm),
            (Some(5.0), Some(3))
        );
    }

    #[test]
    fn each_state_has_its_own_actions_and_a_subject_that_fits() {
        let mut definition = Definition::from_properties(&properties()).unwrap();
        assert_eq!(actions(&definition, State::Alarm), ["arn:a"]);
        assert_eq!(actions(&definition, State::Ok), ["arn:o"]);
        assert!(actions(&definition, State::InsufficientData).is_empty());
        assert_eq!(
            subject(&definition, &origin(), State::Alarm),
            "ALARM: \"app-errors\" in EU (Frankfurt)"
        );
        definition.name = "n".repeat(200);
        assert_eq!(
            subject(&definition, &origin(), State::Alarm)
                .chars()
                .count(),
            LONGEST_SUBJECT
        );
    }
}
