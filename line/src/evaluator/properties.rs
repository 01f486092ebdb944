use aws_sdk_cloudwatch::types::{
    ComparisonOperator, Dimension, EvaluationWindow, Metric, MetricAlarm, MetricDataQuery,
    StandardUnit, Statistic,
};
use serde_json::{Value, json};

/// An alarm's properties in the spelling of CloudFormation, without `ActionsEnabled`: the line disables the actions of
/// all alarms in the emulator, so that the emulator's own evaluation notifies nobody.
pub fn of(alarm: &MetricAlarm) -> Value {
    let mut properties = json!({
        "AlarmName": alarm.alarm_name(),
        "AlarmDescription": alarm.alarm_description(),
        "AlarmActions": alarm.alarm_actions(),
        "OKActions": alarm.ok_actions(),
        "InsufficientDataActions": alarm.insufficient_data_actions(),
        "Namespace": alarm.namespace(),
        "MetricName": alarm.metric_name(),
        "Dimensions": dimensions(alarm.dimensions()),
        "Statistic": alarm.statistic().map(Statistic::as_str),
        "ExtendedStatistic": alarm.extended_statistic(),
        "Period": alarm.period(),
        "Unit": alarm.unit().map(StandardUnit::as_str),
        "Metrics": alarm.metrics().iter().map(query).collect::<Vec<_>>(),
        "EvaluationPeriods": alarm.evaluation_periods(),
        "DatapointsToAlarm": alarm.datapoints_to_alarm(),
        "Threshold": alarm.threshold(),
        "ThresholdMetricId": alarm.threshold_metric_id(),
        "ComparisonOperator": alarm.comparison_operator().map(ComparisonOperator::as_str),
        "TreatMissingData": alarm.treat_missing_data(),
        "EvaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile(),
        "EvaluationWindow": alarm.evaluation_window().map(window),
        "WarmUpConfiguration": alarm.warm_up_configuration().map(|warm_up| json!({
            "WarmUpPeriodDurationInMinutes": warm_up.warm_up_period_duration_in_minutes(),
            "OnlyStartEvaluatingAfterWarmUpPeriodEnds":
                warm_up.only_start_evaluating_after_warm_up_period_ends().unwrap_or_default(),
        })),
        "EvaluationCriteria": alarm.evaluation_criteria().map(|criteria| format!("{criteria:?}")),
        "EvaluationInterval": alarm.evaluation_interval(),
    });
    if let Some(properties) = properties.as_object_mut() {
        properties.retain(|_, value| !value.is_null() && *value != json!([]));
        let has = |name: &str| properties.contains_key(name);
        let defaults = match (has("Metrics"), has("ExtendedStatistic")) {
            (true, _) => OF_ONE_METRIC,
            (false, true) => &["Statistic"],
            (false, false) => &[],
        };
        properties.retain(|name, _| !defaults.contains(&name.as_str()));
    }
    properties
}

/// The properties of an alarm on one metric. The emulator returns defaults of them for an alarm on metric math too, as
/// it returns `Statistic` beside `ExtendedStatistic`; `PutMetricAlarm` accepts neither.
const OF_ONE_METRIC: &[&str] = &[
    "MetricName",
    "Namespace",
    "Dimensions",
    "Period",
    "Unit",
    "Statistic",
    "ExtendedStatistic",
];

/// An unknown window keeps its name, and the definition refuses it.
fn window(window: &EvaluationWindow) -> Value {
    match window {
        EvaluationWindow::SlidingWindow(_) => json!({"SlidingWindow": {}}),
        EvaluationWindow::WallClockWindow(clock) => {
            json!({"WallClockWindow": {"Timezone": clock.timezone()}})
        }
        other => json!({format!("{other:?}"): {}}),
    }
}

fn query(query: &MetricDataQuery) -> Value {
    let stat = query.metric_stat().map(|stat| {
        json!({
            "Metric": stat.metric().map(metric),
            "Period": stat.period(),
            "Stat": stat.stat(),
            "Unit": stat.unit().map(StandardUnit::as_str),
        })
    });
    json!({
        "Id": query.id(),
        "Expression": query.expression(),
        "Label": query.label(),
        "MetricStat": stat,
        "ReturnData": query.return_data(),
        "Period": query.period(),
        "AccountId": query.account_id(),
    })
}

fn metric(metric: &Metric) -> Value {
    json!({
        "Namespace": metric.namespace(),
        "MetricName": metric.metric_name(),
        "Dimensions": dimensions(metric.dimensions()),
    })
}

fn dimensions(dimensions: &[Dimension]) -> Value {
    dimensions
        .iter()
        .map(|dimension| json!({"Name": dimension.name(), "Value": dimension.value()}))
        .collect()
}

#[cfg(test)]
mod tests {
    use picket_alarms::Definition;

    use super::*;

    #[test]
    fn a_described_alarm_is_a_definition() {
        let alarm = MetricAlarm::builder()
            .alarm_name("errors")
            .namespace("App")
            .metric_name("Errors")
            .dimensions(
                Dimension::builder()
                    .name("Environment")
                    .value("dev")
                    .build(),
            )
            .statistic(Statistic::Sum)
            .period(60)
            .evaluation_periods(3)
            .datapoints_to_alarm(2)
            .threshold(5.0)
            .comparison_operator(ComparisonOperator::GreaterThanOrEqualToThreshold)
            .treat_missing_data("notBreaching")
            .ok_actions("arn:topic")
            .build();
        let definition = Definition::from_properties(&of(&alarm)).unwrap();
        assert_eq!((definition.period, definition.datapoints_to_alarm), (60, 2));
        assert_eq!(definition.ok_actions, ["arn:topic"]);
        assert_eq!(
            definition.inputs()[0].dimensions,
            [("Environment".to_owned(), "dev".to_owned())]
        );
    }
}
