//! A metric alarm, read from its properties.

mod invalid;
mod math;
mod reader;

use std::collections::BTreeMap;

use serde_json::Value;
use strum::{EnumString, IntoStaticStr};

pub use invalid::InvalidDefinition;

use crate::{Datapoint, Statistic, Window, expression::Expression};

/// A metric alarm: what it watches, and when that is too much.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// ARNs notified of ALARM.
    pub alarm_actions: Vec<String>,
    /// ARNs notified of OK.
    pub ok_actions: Vec<String>,
    /// ARNs notified of `INSUFFICIENT_DATA`.
    pub insufficient_data_actions: Vec<String>,
    /// The metric or expression that it evaluates.
    pub(crate) watches: Watches,
    /// Seconds of a period.
    pub period: u32,
    /// N of "M of N".
    pub evaluation_periods: u32,
    /// M of "M of N"; N where the alarm does not set M.
    pub datapoints_to_alarm: u32,
    /// The comparison with the threshold.
    pub comparison: Comparison,
    /// The threshold.
    pub threshold: f64,
    /// The treatment of missing datapoints.
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

/// A comparison of values with a threshold, spelled as CloudWatch does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
pub enum Comparison {
    /// value > threshold
    #[strum(serialize = "GreaterThanThreshold")]
    GreaterThan,
    /// value ≥ threshold
    #[strum(serialize = "GreaterThanOrEqualToThreshold")]
    GreaterThanOrEqualTo,
    /// value < threshold
    #[strum(serialize = "LessThanThreshold")]
    LessThan,
    /// value ≤ threshold
    #[strum(serialize = "LessThanOrEqualToThreshold")]
    LessThanOrEqualTo,
}

/// The treatment of missing datapoints, spelled as CloudWatch does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "camelCase")]
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

    /// Returns CloudWatch's name of the comparison.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl MissingData {
    /// Returns CloudWatch's name of the treatment.
    pub fn as_str(self) -> &'static str {
        self.into()
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

    /// Returns the series to evaluate, from its inputs' by id. An input without a series counts as one without
    /// datapoints.
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
pub(crate) mod tests;
