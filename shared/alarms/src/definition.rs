//! A metric alarm, read from its properties.

mod checks;
mod derived;
mod invalid;
mod math;
mod metric;
mod reader;
mod watched;

use serde_json::Value;
use strum::{EnumString, IntoStaticStr};

pub use invalid::InvalidDefinition;
pub use watched::{Bounds, Inputs, Watched};

use crate::{
    Alignment, Statistic,
    expression::{Argument, Expression, Function},
    insights,
};

/// A metric alarm: what it watches, and when that is too much.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// Whether actions are taken at all.
    pub actions_enabled: bool,
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
    pub threshold: Threshold,
    /// The treatment of missing datapoints.
    pub missing_data: MissingData,
    /// A percentile of too few values leaves the state as it is.
    pub ignores_low_samples: bool,
    /// Where the periods begin.
    pub alignment: Alignment,
    /// The time after creation during which it is not evaluated.
    pub warm_up: Option<WarmUp>,
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
    pub(crate) formula: Formula,
}

/// An expression of an alarm.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Formula {
    Math(Expression),
    Insights(insights::Query),
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
    /// The account that has the metric, where it is another one.
    pub account: Option<String>,
}

/// The threshold.
#[derive(Debug, Clone, PartialEq)]
pub enum Threshold {
    /// A number.
    Value(f64),
    /// An anomaly band, by the id of its expression. AWS's model is not published: the band is supplied as the series
    /// `lower` and `upper`.
    Band(String),
}

/// `WarmUpConfiguration`: until it is over the state is `INSUFFICIENT_DATA`, and no action is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarmUp {
    /// Minutes, from 1 to 2,880.
    pub minutes: u32,
    /// Whether it lasts as long even where data arrive earlier; otherwise it ends when they fill the evaluation
    /// periods.
    pub whole: bool,
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
    /// Above the band.
    #[strum(serialize = "GreaterThanUpperThreshold")]
    GreaterThanUpper,
    /// Below the band.
    #[strum(serialize = "LessThanLowerThreshold")]
    LessThanLower,
    /// Outside the band.
    #[strum(serialize = "LessThanLowerOrGreaterThanUpperThreshold")]
    Outside,
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
    /// Whether a value is outside its bounds.
    pub fn breaches(self, value: f64, bounds: Bounds) -> bool {
        let Bounds { lower, upper } = bounds;
        match self {
            Self::GreaterThan | Self::GreaterThanUpper => value > upper,
            Self::GreaterThanOrEqualTo => value >= upper,
            Self::LessThan | Self::LessThanLower => value < lower,
            Self::LessThanOrEqualTo => value <= lower,
            Self::Outside => value < lower || value > upper,
        }
    }

    /// Returns CloudWatch's name of the comparison.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether it compares with an anomaly band.
    pub fn is_of_band(self) -> bool {
        matches!(
            self,
            Self::GreaterThanUpper | Self::LessThanLower | Self::Outside
        )
    }
}

impl Threshold {
    /// Returns the number; `None` for a band.
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(*value),
            Self::Band(_) => None,
        }
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

    /// Its expressions, metric math and Metrics Insights queries: id and text, each after those that it names.
    pub fn expressions(&self) -> Vec<(&str, &str)> {
        let named = self.named().iter();
        named
            .map(|named| (named.id.as_str(), named.text.as_str()))
            .collect()
    }

    /// The id of the metric or expression that is compared with the threshold.
    pub fn returned(&self) -> &str {
        match &self.watches {
            Watches::Metric(input) => &input.id,
            Watches::Math { returned, .. } => returned,
        }
    }

    /// The Metrics Insights queries it needs, by id.
    pub fn queries(&self) -> Vec<(&str, &insights::Query)> {
        self.named()
            .iter()
            .filter_map(|named| match &named.formula {
                Formula::Insights(query) => Some((named.id.as_str(), query)),
                Formula::Math(_) => None,
            })
            .collect()
    }

    /// The calls of functions that only AWS can compute.
    pub(crate) fn live_calls(&self) -> Vec<(Function, &[Argument])> {
        let calls = self.maths().flat_map(Expression::calls);
        calls
            .filter(|(function, _)| function.is_live_only())
            .collect()
    }

    /// Replaces the statistic of each metric.
    pub(crate) fn map_statistics(&mut self, map: impl Fn(Statistic) -> Statistic) {
        let inputs = match &mut self.watches {
            Watches::Metric(input) => std::slice::from_mut(input),
            Watches::Math { inputs, .. } => inputs,
        };
        for input in inputs {
            input.statistic = map(input.statistic);
        }
    }

    /// The names of the series that only AWS can compute and that are supplied: a band's `lower` and `upper`, and calls
    /// such as `SERVICE_QUOTA(m1)`.
    pub fn supplied(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .live_calls()
            .into_iter()
            .flat_map(|(function, arguments)| watched::supplied(function, arguments))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    pub(crate) fn named(&self) -> &[Named] {
        match &self.watches {
            Watches::Metric(_) => &[],
            Watches::Math { expressions, .. } => expressions,
        }
    }

    pub(crate) fn maths(&self) -> impl Iterator<Item = &Expression> {
        self.named()
            .iter()
            .filter_map(|named| match &named.formula {
                Formula::Math(expression) => Some(expression),
                Formula::Insights(_) => None,
            })
    }
}

#[cfg(test)]
pub(crate) mod tests;
