//! What an alarm costs a month, at the list price of us-east-1 (<https://aws.amazon.com/cloudwatch/pricing/>, "Alarms").
//!
//! The free tier is not deducted: ten alarm metrics of standard resolution an account.

use rust_decimal::Decimal;

use crate::{Definition, Threshold, cases::Subject};

/// Dollars of a metric that an alarm of standard resolution watches ("per alarm metric").
const STANDARD: Decimal = Decimal::from_parts(10, 0, 0, false, 2);

/// Dollars of a metric that an alarm of high resolution watches: a period of less than a minute.
const HIGH_RESOLUTION: Decimal = Decimal::from_parts(30, 0, 0, false, 2);

/// Dollars of a composite alarm.
const COMPOSITE: Decimal = Decimal::from_parts(50, 0, 0, false, 2);

/// An anomaly band adds its two limits to the metric: three metrics.
const LIMITS_OF_A_BAND: usize = 2;

/// The price of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// Dollars a month.
    Monthly(Decimal),
    /// Dollars a month for each metric that its Metrics Insights query analyses, whose number only the account knows.
    PerAnalysedMetric(Decimal),
    /// The price is not known: no metric is named.
    Unknown,
}

impl Price {
    /// The price of an alarm.
    pub fn of(subject: &Subject) -> Self {
        match subject {
            Subject::Composite(_) => Self::Monthly(COMPOSITE),
            Subject::Metric(definition) => Self::of_metrics(definition),
        }
    }

    fn of_metrics(definition: &Definition) -> Self {
        let each = if definition.period < 60 {
            HIGH_RESOLUTION
        } else {
            STANDARD
        };
        let limits = match definition.threshold {
            Threshold::Band(_) => LIMITS_OF_A_BAND,
            Threshold::Value(_) => 0,
        };
        match definition.inputs().len() {
            _ if !definition.queries().is_empty() => Self::PerAnalysedMetric(each),
            0 => Self::Unknown,
            metrics => Self::Monthly(each * Decimal::from(metrics + limits)),
        }
    }

    /// Dollars a month, where they are known.
    pub fn monthly(self) -> Option<Decimal> {
        match self {
            Self::Monthly(dollars) => Some(dollars),
            Self::PerAnalysedMetric(_) | Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::composite::Composite;

    fn alarm(period: u32, queries: &Value, more: &Value) -> Price {
        let mut properties = json!({
            "AlarmName": "a", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1,
            "Metrics": queries,
        });
        if queries.is_null() {
            properties.as_object_mut().unwrap().remove("Metrics");
            properties["Namespace"] = json!("N");
            properties["MetricName"] = json!("M");
            properties["Statistic"] = json!("Sum");
            properties["Period"] = json!(period);
        }
        for (name, value) in more.as_object().unwrap() {
            properties[name] = value.clone();
        }
        properties
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        let definition = Definition::from_properties(&properties).unwrap();
        Price::of(&Subject::Metric(Box::new(definition)))
    }

    fn dollars(text: &str) -> Price {
        Price::Monthly(text.parse().unwrap())
    }

    #[test]
    fn an_alarm_costs_what_it_watches() {
        let stat = |id: &str| {
            json!({"Id": id, "ReturnData": false, "MetricStat": {"Metric": {"Namespace": "N", "MetricName": id},
                   "Period": 60, "Stat": "Sum"}})
        };
        let sum = json!([stat("a"), stat("b"), {"Id": "e", "Expression": "a + b"}]);
        let band = json!([{"Id": "m", "ReturnData": true, "MetricStat": {"Metric": {"Namespace": "N", "MetricName": "M"},
                           "Period": 60, "Stat": "Sum"}}, {"Id": "ad", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"}]);
        let of_band = json!({"Threshold": null, "ThresholdMetricId": "ad", "ComparisonOperator": "GreaterThanUpperThreshold"});
        let insights = json!([{"Id": "q", "Expression": "SELECT MAX(M) FROM N", "Period": 60}]);
        assert_eq!(alarm(60, &Value::Null, &json!({})), dollars("0.10"));
        assert_eq!(alarm(10, &Value::Null, &json!({})), dollars("0.30"));
        assert_eq!(alarm(60, &sum, &json!({})), dollars("0.20"));
        assert_eq!(alarm(60, &band, &of_band), dollars("0.30"));
        assert_eq!(
            alarm(60, &insights, &json!({})),
            Price::PerAnalysedMetric("0.10".parse().unwrap())
        );
        let rule = json!({"AlarmName": "c", "AlarmRule": "ALARM(a)"});
        let composite = Composite::from_properties(&rule).unwrap();
        assert_eq!(
            Price::of(&Subject::Composite(Box::new(composite))),
            dollars("0.50")
        );
    }

    #[test]
    fn an_alarm_that_names_no_metric_has_no_price() {
        let rule =
            json!([{"Id": "r", "Expression": "INSIGHT_RULE_METRIC('rule', 'Sum')", "Period": 60}]);
        assert_eq!(alarm(60, &rule, &json!({})), Price::Unknown);
        assert_eq!(Price::Unknown.monthly(), None);
    }
}
