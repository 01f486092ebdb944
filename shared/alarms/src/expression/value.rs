//! Values, and the evaluation of operators.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Expression, Operator};

/// A series' value for each period, oldest first.
pub type Series = Vec<Option<f64>>;

/// The result of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number; `None` where it does not exist, such as the largest of no values.
    Scalar(Option<f64>),
    /// A series.
    Series(Series),
    /// Several series.
    Array(Vec<Series>),
}

/// Everything that an expression can refer to.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The periods' starts, oldest first.
    pub starts: &'a [Timestamp],
    /// Seconds of a period.
    pub period: u32,
    /// Values by id.
    pub known: &'a BTreeMap<String, Value>,
    /// The ids of metrics, in the order of the request.
    pub metrics: &'a [String],
    /// Whether `FILL` fills a series without any datapoint. AWS does not say.
    pub fills_empty: bool,
}

impl Context<'_> {
    pub(super) fn nothing(&self) -> Series {
        vec![None; self.starts.len()]
    }

    /// A series from a scalar or series; of an array the first.
    pub(super) fn series(&self, value: Value) -> Series {
        match value {
            Value::Scalar(number) => vec![number; self.starts.len()],
            Value::Series(series) => series,
            Value::Array(list) => list.into_iter().next().unwrap_or_else(|| self.nothing()),
        }
    }
}

impl Value {
    /// Returns the series of an array, or the one series.
    pub fn into_list(self) -> Vec<Series> {
        match self {
            Self::Scalar(_) => Vec::new(),
            Self::Series(series) => vec![series],
            Self::Array(list) => list,
        }
    }

    pub(super) fn scalar(&self) -> Option<f64> {
        match self {
            Self::Scalar(number) => *number,
            Self::Series(_) | Self::Array(_) => None,
        }
    }

    /// Applies a function of a series to each series.
    pub(super) fn each(self, mut of: impl FnMut(Series) -> Series) -> Self {
        match self {
            Self::Scalar(number) => Self::Scalar(number),
            Self::Series(series) => Self::Series(of(series)),
            Self::Array(list) => Self::Array(list.into_iter().map(of).collect()),
        }
    }
}

impl Expression {
    /// Returns its value. Evaluation never fails: what cannot be computed has no value.
    pub fn evaluate(&self, context: &Context<'_>) -> Value {
        match self {
            Self::Number(number) => Value::Scalar(Some(*number)),
            Self::Name(name) => context
                .known
                .get(name)
                .cloned()
                .unwrap_or_else(|| Value::Series(context.nothing())),
            Self::Negative(a) => match a.evaluate(context) {
                Value::Scalar(number) => Value::Scalar(number.map(|number| -number)),
                value => value.each(|series| {
                    series
                        .into_iter()
                        .map(|value| value.map(|value| -value))
                        .collect()
                }),
            },
            Self::Binary(operator, a, b) => {
                binary(*operator, a.evaluate(context), b.evaluate(context))
            }
            Self::Array(list) => Value::Array(
                list.iter()
                    .flat_map(|one| one.evaluate(context).into_list())
                    .collect(),
            ),
            Self::Call(function, arguments) => {
                super::functions::call(*function, arguments, context)
            }
        }
    }
}

/// Of two series, a value that one of them lacks is 0; where both lack it there is nothing (user guide: "missing values
/// in a time series are treated as 0", and an expression that returns nothing is missing data). Two arrays are combined
/// series by series; AWS does not say what happens to the rest of the longer one, which is left out here.
fn binary(operator: Operator, a: Value, b: Value) -> Value {
    use Value::{Array, Scalar, Series};
    let zip = |a: super::Series, b: &super::Series| -> super::Series {
        a.into_iter()
            .zip(b)
            .map(|pair| match pair {
                (None, None) => None,
                (a, b) => operator.apply(a.unwrap_or(0.0), b.unwrap_or(0.0)),
            })
            .collect()
    };
    match (a, b) {
        (Scalar(a), Scalar(b)) => Scalar(a.zip(b).and_then(|(a, b)| operator.apply(a, b))),
        (a, Scalar(b)) => {
            a.each(|series| series.into_iter().map(|a| operator.apply(a?, b?)).collect())
        }
        (Scalar(a), b) => {
            b.each(|series| series.into_iter().map(|b| operator.apply(a?, b?)).collect())
        }
        (Array(a), Array(b)) => Array(a.into_iter().zip(&b).map(|(a, b)| zip(a, b)).collect()),
        (a, Series(b)) => a.each(|a| zip(a, &b)),
        (Series(a), b) => b.each(|b| zip(a.clone(), &b)),
    }
}
