//! An alarm as the journal shows it.

use picket_alarms::Comparison;

use super::Alarm;
use crate::journal::{AlarmState, chart_name};

impl Alarm {
    pub(super) fn seen(&self) -> AlarmState {
        let definition = &self.definition;
        let first = definition.inputs().first();
        let metric = first.map_or_else(String::new, |input| {
            chart_name(&input.namespace, &input.metric_name, &input.dimensions)
        });
        let of_metric = first.map_or_else(String::new, |input| input.statistic.to_string());
        let watches = format!(
            "{of_metric} of {metric} {} {}, {} of {} × {} s",
            sign(definition.comparison),
            self.threshold,
            definition.datapoints_to_alarm,
            definition.evaluation_periods,
            definition.period
        );
        let is_math = !definition.expressions().is_empty();
        AlarmState {
            name: definition.name.clone(),
            watches,
            metric,
            statistic: if is_math { String::new() } else { of_metric },
            period: definition.period,
            threshold: self.threshold,
            state: self.state,
            reason: self.reason.clone(),
        }
    }
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::GreaterThan | Comparison::GreaterThanUpper => ">",
        Comparison::GreaterThanOrEqualTo => "≥",
        Comparison::LessThan | Comparison::LessThanLower => "<",
        Comparison::LessThanOrEqualTo => "≤",
        Comparison::Outside => "outside",
    }
}
