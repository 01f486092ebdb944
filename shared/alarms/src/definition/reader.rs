//! From properties to a definition, every refusal with the alarm's name.

use serde_json::Value;

use super::{Comparison, Definition, Input, InvalidDefinition, MissingData, Watches};
use crate::{
    Statistic,
    properties::{Dimension, Properties},
};

pub(super) struct Reader {
    pub(super) alarm: String,
    properties: Properties,
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
        let (watches, period) = self.watches()?;
        let evaluation_periods =
            self.needs("EvaluationPeriods", self.properties.evaluation_periods)?;
        let datapoints_to_alarm = self
            .properties
            .datapoints_to_alarm
            .unwrap_or(evaluation_periods);
        if datapoints_to_alarm == 0 || datapoints_to_alarm > evaluation_periods {
            let value = datapoints_to_alarm.to_string();
            return Err(self.wrong(
                "DatapointsToAlarm",
                &value,
                "must be from 1 to EvaluationPeriods",
            ));
        }
        Ok(Definition {
            watches,
            period,
            evaluation_periods,
            datapoints_to_alarm,
            comparison: self.comparison()?,
            threshold: self.threshold()?,
            missing_data: self.missing_data()?,
            ignores_low_samples: self
                .properties
                .evaluate_low_sample_count_percentile
                .as_deref()
                == Some("ignore"),
            name: self.alarm,
            description: self.properties.alarm_description,
            alarm_actions: self.properties.alarm_actions,
            ok_actions: self.properties.ok_actions,
            insufficient_data_actions: self.properties.insufficient_data_actions,
        })
    }

    fn watches(&self) -> Result<(Watches, u32), InvalidDefinition> {
        let properties = &self.properties;
        if !properties.metrics.is_empty() {
            return self.math(&properties.metrics);
        }
        let metric_name = self.needs("MetricName", properties.metric_name.clone())?;
        let statistic = properties
            .statistic
            .as_ref()
            .or(properties.extended_statistic.as_ref());
        let input = Input {
            id: metric_name.clone(),
            namespace: self.needs("Namespace", properties.namespace.clone())?,
            metric_name,
            dimensions: pairs(&properties.dimensions),
            statistic: self.statistic(self.needs("Statistic", statistic)?)?,
            unit: properties.unit.clone(),
        };
        let period = self.period(self.needs("Period", properties.period)?)?;
        Ok((Watches::Metric(input), period))
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

    fn threshold(&self) -> Result<f64, InvalidDefinition> {
        if let Some(id) = &self.properties.threshold_metric_id {
            return Err(self.wrong(
                "ThresholdMetricId",
                id,
                "is an anomaly band, which cannot be evaluated here",
            ));
        }
        self.needs("Threshold", self.properties.threshold)
    }

    fn missing_data(&self) -> Result<MissingData, InvalidDefinition> {
        // CloudWatch's default.
        let text = self
            .properties
            .treat_missing_data
            .as_deref()
            .unwrap_or("missing");
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

pub(super) fn pairs(dimensions: &[Dimension]) -> Vec<(String, String)> {
    dimensions
        .iter()
        .map(|dimension| (dimension.name.clone(), dimension.value.clone()))
        .collect()
}
