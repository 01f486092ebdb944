//! A metric alarm, read from its properties.

mod reader;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    Datapoint, InvalidStatistic, Statistic, Window,
    expression::{Expression, InvalidExpression},
};

/// A metric alarm: what it watches, and when that is too much.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// ARNs told of ALARM.
    pub alarm_actions: Vec<String>,
    /// ARNs told of OK.
    pub ok_actions: Vec<String>,
    /// ARNs told of `INSUFFICIENT_DATA`.
    pub insufficient_data_actions: Vec<String>,
    /// What it watches.
    pub(crate) watches: Watches,
    /// Seconds of a period.
    pub period: u32,
    /// N of "M of N".
    pub evaluation_periods: u32,
    /// M of "M of N"; N where the alarm does not say.
    pub datapoints_to_alarm: u32,
    /// How a value is held against the threshold.
    pub comparison: Comparison,
    /// The threshold.
    pub threshold: f64,
    /// What a missing datapoint counts as.
    pub missing_data: MissingData,
    /// A percentile of too few values leaves the state as it is.
    pub ignores_low_samples: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Watches {
    Metric(Input),
    Math {
        inputs: Vec<Input>,
        expressions: Vec<Named>,
        returned: String,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) label: Option<String>,
    pub(crate) text: String,
    pub(crate) expression: Expression,
}

/// A metric that an alarm needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its id in an expression; the metric's name where there is none.
    pub id: String,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub metric_name: String,
    /// Names and values.
    pub dimensions: Vec<(String, String)>,
    /// Statistic over a period.
    pub statistic: Statistic,
    /// Unit, where the alarm names one.
    pub unit: Option<String>,
}

/// How a value is held against a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// value > threshold
    GreaterThan,
    /// value ≥ threshold
    GreaterThanOrEqualTo,
    /// value < threshold
    LessThan,
    /// value ≤ threshold
    LessThanOrEqualTo,
}

/// What a missing datapoint counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingData {
    /// Unknown; nothing but unknown is `INSUFFICIENT_DATA`.
    Missing,
    /// Outside the threshold.
    Breaching,
    /// Within.
    NotBreaching,
    /// Nothing: the state stays.
    Ignore,
}

/// Why properties are not an alarm that can be evaluated here.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InvalidDefinition {
    /// Not the shape of an alarm.
    #[error("these are not the properties of an alarm: {0}")]
    Shape(String),
    /// A property is missing.
    #[error("the alarm {alarm} has no {property}")]
    Lacks {
        /// The alarm.
        alarm: String,
        /// The property.
        property: &'static str,
    },
    /// A property has a value that is unknown, or impossible beside the others.
    #[error("the alarm {alarm} has {property} = {value}, which {reason}")]
    Value {
        /// The alarm.
        alarm: String,
        /// The property.
        property: &'static str,
        /// Its value.
        value: String,
        /// Why not.
        reason: &'static str,
    },
    /// An unknown statistic.
    #[error("the alarm {alarm} cannot be evaluated")]
    Statistic {
        /// The alarm.
        alarm: String,
        /// Why.
        #[source]
        source: InvalidStatistic,
    },
    /// An expression that cannot be read.
    #[error("the alarm {alarm} cannot be evaluated")]
    Expression {
        /// The alarm.
        alarm: String,
        /// Why.
        #[source]
        source: InvalidExpression,
    },
}

impl Comparison {
    /// Whether a value is outside the threshold.
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThan => value > threshold,
            Self::GreaterThanOrEqualTo => value >= threshold,
            Self::LessThan => value < threshold,
            Self::LessThanOrEqualTo => value <= threshold,
        }
    }

    /// CloudWatch's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GreaterThan => "GreaterThanThreshold",
            Self::GreaterThanOrEqualTo => "GreaterThanOrEqualToThreshold",
            Self::LessThan => "LessThanThreshold",
            Self::LessThanOrEqualTo => "LessThanOrEqualToThreshold",
        }
    }
}

impl MissingData {
    /// CloudWatch's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Breaching => "breaching",
            Self::NotBreaching => "notBreaching",
            Self::Ignore => "ignore",
        }
    }
}

impl Definition {
    /// Reads an alarm's properties, intrinsic functions resolved.
    pub fn from_properties(properties: &Value) -> Result<Self, InvalidDefinition> {
        reader::Reader::new(properties)?.read()
    }

    /// The metrics it needs.
    pub fn inputs(&self) -> &[Input] {
        match &self.watches {
            Watches::Metric(input) => std::slice::from_ref(input),
            Watches::Math { inputs, .. } => inputs,
        }
    }

    /// The series it looks at, from its inputs' by id. An input without a series counts as one without datapoints.
    pub fn series(
        &self,
        inputs: &BTreeMap<String, Vec<Datapoint>>,
        window: &Window,
    ) -> Vec<Datapoint> {
        let of = |id: &str| inputs.get(id).map_or(&[][..], Vec::as_slice);
        match &self.watches {
            Watches::Metric(input) => of(&input.id).to_vec(),
            Watches::Math {
                inputs,
                expressions,
                returned,
            } => {
                let mut known: BTreeMap<&str, Vec<Option<f64>>> = inputs
                    .iter()
                    .map(|input| (input.id.as_str(), values(&window.place(of(&input.id)))))
                    .collect();
                for named in expressions {
                    let series = named.expression.evaluate(&known, window.starts.len());
                    known.insert(&named.id, series);
                }
                let returned = known.remove(returned.as_str()).unwrap_or_default();
                datapoints(window, &returned)
            }
        }
    }
}

fn values(placed: &[Option<Datapoint>]) -> Vec<Option<f64>> {
    placed
        .iter()
        .map(|datapoint| datapoint.map(|datapoint| datapoint.value))
        .collect()
}

fn datapoints(window: &Window, values: &[Option<f64>]) -> Vec<Datapoint> {
    window
        .starts
        .iter()
        .zip(values)
        .filter_map(|(&at, value)| {
            value.map(|value| Datapoint {
                at,
                value,
                samples: None,
            })
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    /// Sum of Errors over a minute, above 5 in M of N; missing data are missing.
    pub(crate) fn sum_alarm(evaluation_periods: u32, datapoints_to_alarm: u32) -> Definition {
        Definition {
            datapoints_to_alarm,
            evaluation_periods,
            ..Definition::from_properties(&properties()).unwrap()
        }
    }

    pub(crate) fn properties() -> Value {
        json!({
            "AlarmName": "app-errors", "AlarmDescription": "Too many.", "AlarmActions": ["arn:a"], "OKActions": ["arn:o"],
            "Namespace": "App", "MetricName": "Errors", "Dimensions": [{"Name": "Environment", "Value": "dev"}],
            "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 3, "Threshold": 5,
            "ComparisonOperator": "GreaterThanThreshold",
        })
    }

    fn with(property: &str, value: Value) -> Value {
        let mut properties = properties();
        properties[property] = value;
        properties
    }

    #[test]
    fn an_alarm_says_what_it_watches_and_takes_cloudwatchs_defaults() {
        let definition = Definition::from_properties(&properties()).unwrap();
        assert_eq!(
            (definition.datapoints_to_alarm, definition.missing_data),
            (3, MissingData::Missing)
        );
        let [input] = definition.inputs() else {
            panic!("one input")
        };
        assert_eq!(
            (input.namespace.as_str(), input.statistic),
            ("App", Statistic::Sum)
        );
        assert_eq!(
            input.dimensions,
            [("Environment".to_owned(), "dev".to_owned())]
        );
    }

    #[test]
    fn what_cannot_be_evaluated_is_refused_with_its_name() {
        let rows = [
            ("Period", json!(45), "Period = 45"),
            ("Period", json!(null), "has no Period"),
            ("DatapointsToAlarm", json!(4), "DatapointsToAlarm = 4"),
            (
                "ComparisonOperator",
                json!("GreaterThanUpperThreshold"),
                "GreaterThanUpperThreshold",
            ),
            ("ThresholdMetricId", json!("band"), "anomaly band"),
            ("TreatMissingData", json!("maybe"), "maybe"),
            ("Statistic", json!("tm90"), "cannot be evaluated"),
            ("EvaluationPeriods", json!("three"), "not the properties"),
        ];
        for (property, value, problem) in rows {
            let error = Definition::from_properties(&with(property, value))
                .unwrap_err()
                .to_string();
            assert!(error.contains(problem), "{property}: {error}");
        }
    }

    fn math(expression: &str) -> Value {
        let metric = |id: &str| {
            json!({"Id": id, "ReturnData": false, "MetricStat": {"Period": 60, "Stat": "Sum",
                "Metric": {"Namespace": "App", "MetricName": id}}})
        };
        json!({
            "AlarmName": "app-rate", "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
            "Metrics": [
                {"Id": "rate", "Expression": "100 * share", "ReturnData": true},
                {"Id": "share", "Expression": expression, "ReturnData": false},
                metric("errors"), metric("requests"),
            ],
        })
    }

    #[test]
    fn expressions_may_name_one_another_in_any_order() {
        let definition = Definition::from_properties(&math("errors / requests")).unwrap();
        let now = jiff::Timestamp::from_second(600).unwrap();
        let window = Window::of(&definition, now);
        let series = |value| {
            vec![Datapoint {
                at: window.newest(),
                value,
                samples: None,
            }]
        };
        let inputs = [("errors", 2.0), ("requests", 8.0)]
            .map(|(id, value)| (id.to_owned(), series(value)))
            .into();
        let seen = definition.series(&inputs, &window);
        assert_eq!(
            seen.iter()
                .map(|datapoint| datapoint.value)
                .collect::<Vec<_>>(),
            [25.0]
        );
    }

    #[test]
    fn an_expression_that_names_nothing_known_or_itself_is_refused() {
        for expression in ["errors / strangers", "share + 1", "rate"] {
            let error = Definition::from_properties(&math(expression)).unwrap_err();
            assert!(error.to_string().contains("Metrics do not have"), "{error}");
        }
    }
}
