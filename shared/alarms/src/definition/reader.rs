//! From properties to a definition, every refusal with the alarm's name.

use serde_json::Value;

use super::{
    Comparison, Definition, Formula, InvalidDefinition, MissingData, Threshold, WarmUp, Watches,
};
use crate::{
    Alignment, Statistic,
    expression::{Expression, Function},
    properties::{Dimension, Properties},
};

pub(super) struct Reader {
    pub(super) alarm: String,
    pub(super) properties: Properties,
}

impl Reader {
    pub(super) fn new(properties: &Value) -> Result<Self, InvalidDefinition> {
        let properties: Properties = serde_json::from_value(properties.clone())
            .map_err(|error| InvalidDefinition::Shape(error.to_string()))?;
        Ok(Self {
            alarm: properties.alarm_name.clone(),
            properties,
        })
    }

    pub(super) fn read(self) -> Result<Definition, InvalidDefinition> {
        if self.properties.evaluation_criteria.is_some()
            || self.properties.evaluation_interval.is_some()
        {
            return Err(self.wrong("EvaluationCriteria", "PromQL", "cannot be evaluated here"));
        }
        let (watches, period) = self.watches()?;
        let evaluation_periods = self.evaluation_periods()?;
        let comparison = self.comparison()?;
        let definition = Definition {
            threshold: self.threshold(&watches, comparison)?,
            missing_data: self.missing_data(&watches)?,
            watches,
            period,
            evaluation_periods,
            datapoints_to_alarm: self.datapoints_to_alarm(evaluation_periods)?,
            comparison,
            ignores_low_samples: self.ignores_low_samples()?,
            alignment: self.alignment()?,
            warm_up: self
                .properties
                .warm_up_configuration
                .as_ref()
                .map(|warm_up| WarmUp {
                    minutes: warm_up.minutes,
                    whole: warm_up.whole,
                }),
            name: self.alarm.clone(),
            description: self.properties.alarm_description.clone(),
            actions_enabled: self.properties.actions_enabled.unwrap_or(true),
            alarm_actions: self.properties.alarm_actions.clone(),
            ok_actions: self.properties.ok_actions.clone(),
            insufficient_data_actions: self.properties.insufficient_data_actions.clone(),
        };
        self.check(&definition)?;
        Ok(definition)
    }

    fn evaluation_periods(&self) -> Result<u32, InvalidDefinition> {
        match self.needs("EvaluationPeriods", self.properties.evaluation_periods)? {
            0 => Err(self.wrong("EvaluationPeriods", "0", "must be at least 1")),
            periods => Ok(periods),
        }
    }

    fn datapoints_to_alarm(&self, periods: u32) -> Result<u32, InvalidDefinition> {
        let datapoints = self.properties.datapoints_to_alarm.unwrap_or(periods);
        if datapoints == 0 || datapoints > periods {
            return Err(self.wrong(
                "DatapointsToAlarm",
                &datapoints.to_string(),
                "must be from 1 to EvaluationPeriods",
            ));
        }
        Ok(datapoints)
    }

    fn ignores_low_samples(&self) -> Result<bool, InvalidDefinition> {
        match self
            .properties
            .evaluate_low_sample_count_percentile
            .as_deref()
        {
            None | Some("" | "evaluate") => Ok(false),
            Some("ignore") => Ok(true),
            Some(other) => {
                Err(self.wrong("EvaluateLowSampleCountPercentile", other, "is not known"))
            }
        }
    }

    fn alignment(&self) -> Result<Alignment, InvalidDefinition> {
        let Some(window) = &self.properties.evaluation_window else {
            return Ok(Alignment::Sliding);
        };
        match (&window.sliding_window, &window.wall_clock_window) {
            (Some(_), None) => Ok(Alignment::Sliding),
            (None, Some(clock)) => {
                Alignment::wall_clock(clock.timezone.as_deref()).map_err(|error| {
                    self.wrong(
                        "EvaluationWindow",
                        &error.to_string(),
                        "cannot be evaluated",
                    )
                })
            }
            _ => Err(self.wrong(
                "EvaluationWindow",
                "both or none",
                "must be one of SlidingWindow and WallClockWindow",
            )),
        }
    }

    pub(super) fn statistic(&self, text: &str) -> Result<Statistic, InvalidDefinition> {
        text.parse().map_err(|source| InvalidDefinition::Statistic {
            alarm: self.alarm.clone(),
            source,
        })
    }

    pub(super) fn period(&self, period: u32) -> Result<u32, InvalidDefinition> {
        let legal = matches!(period, 10 | 20 | 30) || (period > 0 && period.is_multiple_of(60));
        if legal {
            return Ok(period);
        }
        Err(self.wrong(
            "Period",
            &period.to_string(),
            "must be 10, 20, 30 or a multiple of 60",
        ))
    }

    fn comparison(&self) -> Result<Comparison, InvalidDefinition> {
        let text = self.needs(
            "ComparisonOperator",
            self.properties.comparison_operator.as_deref(),
        )?;
        text.parse()
            .map_err(|_| self.wrong("ComparisonOperator", text, "cannot be evaluated here"))
    }

    fn threshold(
        &self,
        watches: &Watches,
        comparison: Comparison,
    ) -> Result<Threshold, InvalidDefinition> {
        let Some(id) = &self.properties.threshold_metric_id else {
            if comparison.is_of_band() {
                return Err(self.wrong(
                    "ComparisonOperator",
                    comparison.as_str(),
                    "needs ThresholdMetricId",
                ));
            }
            return Ok(Threshold::Value(
                self.needs("Threshold", self.properties.threshold)?,
            ));
        };
        if self.properties.threshold.is_some() {
            return Err(self.wrong("Threshold", "set", "cannot stand beside ThresholdMetricId"));
        }
        if !comparison.is_of_band() {
            return Err(self.wrong(
                "ComparisonOperator",
                comparison.as_str(),
                "is not one of an anomaly band",
            ));
        }
        if !is_band(watches, id) {
            return Err(self.wrong(
                "ThresholdMetricId",
                id,
                "must be the id of an ANOMALY_DETECTION_BAND",
            ));
        }
        Ok(Threshold::Band(id.clone()))
    }

    /// `missing` is the default, and `ignore` for metrics of DynamoDB (user guide, "Configuring how CloudWatch alarms
    /// treat missing data"). The API reference still says that those ignore whatever is set.
    fn missing_data(&self, watches: &Watches) -> Result<MissingData, InvalidDefinition> {
        let inputs = match watches {
            Watches::Metric(input) => std::slice::from_ref(input),
            Watches::Math { inputs, .. } => inputs,
        };
        let default = if inputs.iter().any(|input| input.namespace == "AWS/DynamoDB") {
            "ignore"
        } else {
            "missing"
        };
        let text = self
            .properties
            .treat_missing_data
            .as_deref()
            .unwrap_or(default);
        text.parse()
            .map_err(|_| self.wrong("TreatMissingData", text, "is not known"))
    }

    pub(super) fn needs<T>(
        &self,
        property: &'static str,
        value: Option<T>,
    ) -> Result<T, InvalidDefinition> {
        value.ok_or_else(|| InvalidDefinition::Lacks {
            alarm: self.alarm.clone(),
            property,
        })
    }

    pub(super) fn wrong(
        &self,
        property: &'static str,
        value: &str,
        reason: &'static str,
    ) -> InvalidDefinition {
        InvalidDefinition::Value {
            alarm: self.alarm.clone(),
            property,
            value: value.to_owned(),
            reason,
        }
    }
}

fn is_band(watches: &Watches, id: &str) -> bool {
    let Watches::Math { expressions, .. } = watches else {
        return false;
    };
    expressions.iter().any(|named| {
        let band = matches!(
            named.formula,
            Formula::Math(Expression::Call(Function::AnomalyDetectionBand, _))
        );
        named.id == id && band
    })
}

pub(super) fn pairs(dimensions: &[Dimension]) -> Vec<(String, String)> {
    dimensions
        .iter()
        .map(|dimension| (dimension.name.clone(), dimension.value.clone()))
        .collect()
}
