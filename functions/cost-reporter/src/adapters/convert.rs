//! The SDK's answers in the form of recorded ones.

use aws_sdk_costexplorer::{
    operation::{
        get_anomalies::GetAnomaliesOutput, get_cost_and_usage::GetCostAndUsageOutput,
        get_cost_forecast::GetCostForecastOutput,
    },
    types,
};
use rust_decimal::Decimal;

use crate::answer::{
    Anomaly, AnomalyImpact, AnomalyPage, AnomalyPeriod, Answer, ForecastAnswer, ForecastResult,
    Group, GroupDefinition, MetricValue, ResultByTime, RootCause, RootCauseImpact, TimePeriod,
};

/// A page of costs.
pub(super) fn costs(output: GetCostAndUsageOutput) -> Answer {
    let definition = |group: types::GroupDefinition| {
        Some(GroupDefinition {
            kind: group.r#type.map(|kind| kind.as_str().to_owned()),
            key: group.key?,
        })
    };
    Answer {
        next_page_token: output.next_page_token,
        group_definitions: all(output.group_definitions)
            .filter_map(definition)
            .collect(),
        results_by_time: all(output.results_by_time).filter_map(result).collect(),
    }
}

fn result(result: types::ResultByTime) -> Option<ResultByTime> {
    let period = result.time_period?;
    Some(ResultByTime {
        time_period: TimePeriod {
            start: period.start,
            end: period.end,
        },
        total: metrics(result.total),
        groups: all(result.groups).map(group).collect(),
        estimated: result.estimated,
    })
}

fn group(group: types::Group) -> Group {
    Group {
        keys: group.keys.unwrap_or_default(),
        metrics: metrics(group.metrics),
    }
}

fn metrics<M>(metrics: Option<std::collections::HashMap<String, types::MetricValue>>) -> M
where
    M: FromIterator<(String, MetricValue)>,
{
    metrics
        .unwrap_or_default()
        .into_iter()
        .map(|(name, metric)| (name, value(metric)))
        .collect()
}

fn all<T>(items: Option<Vec<T>>) -> impl Iterator<Item = T> {
    items.into_iter().flatten()
}

fn value(value: types::MetricValue) -> MetricValue {
    MetricValue {
        // An absent amount is not zero: the core reports that it is not a number.
        amount: value.amount.unwrap_or_default(),
        unit: value.unit.unwrap_or_default(),
    }
}

/// A forecast.
pub(super) fn forecast(output: GetCostForecastOutput) -> ForecastAnswer {
    let result = |result: types::ForecastResult| {
        let period = result.time_period?;
        Some(ForecastResult {
            time_period: TimePeriod {
                start: period.start,
                end: period.end,
            },
            mean_value: result.mean_value,
            prediction_interval_lower_bound: result.prediction_interval_lower_bound,
            prediction_interval_upper_bound: result.prediction_interval_upper_bound,
        })
    };
    ForecastAnswer {
        total: output.total.map(value),
        forecast_results_by_time: all(output.forecast_results_by_time)
            .filter_map(result)
            .collect(),
    }
}

/// A page of anomalies. One whose impact is no number is left out.
pub(super) fn anomalies(output: GetAnomaliesOutput) -> AnomalyPage {
    AnomalyPage {
        anomalies: output.anomalies.into_iter().filter_map(anomaly).collect(),
        next_page_token: output.next_page_token,
    }
}

fn anomaly(anomaly: types::Anomaly) -> Option<Anomaly> {
    let impact = anomaly.impact?;
    Some(Anomaly {
        anomaly_id: anomaly.anomaly_id,
        period: AnomalyPeriod {
            anomaly_start_date: anomaly.anomaly_start_date,
            anomaly_end_date: anomaly.anomaly_end_date,
        },
        dimension_value: anomaly.dimension_value,
        root_causes: all(anomaly.root_causes).map(root_cause).collect(),
        impact: AnomalyImpact {
            total_impact: decimal(impact.total_impact)?,
        },
    })
}

fn root_cause(cause: types::RootCause) -> RootCause {
    let contribution = cause.impact.and_then(|impact| decimal(impact.contribution));
    RootCause {
        service: cause.service,
        region: cause.region,
        linked_account: cause.linked_account,
        usage_type: cause.usage_type,
        impact: contribution.map(|contribution| RootCauseImpact { contribution }),
    }
}

/// The shortest decimal that reads as the same float: AWS answers anomalies in floats. They are in no total.
fn decimal(amount: f64) -> Option<Decimal> {
    let text = amount.to_string();
    Decimal::from_str_exact(&text)
        .or_else(|_| text.parse())
        .ok()
}
