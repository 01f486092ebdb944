//! The types of expressions: what each function and operator takes and returns.

use strum::Display;

use super::{Argument, Expression, Function, InvalidExpression, Operator, Word};

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display)]
pub enum Type {
    /// A number.
    #[strum(serialize = "a scalar")]
    Scalar,
    /// A value or nothing for each period.
    #[strum(serialize = "a time series")]
    Series,
    /// Several series.
    #[strum(serialize = "an array of time series")]
    Array,
}

use Type::{Array, Scalar, Series};

impl Expression {
    /// Returns the type of the result. `known` returns the type of an id.
    pub fn type_of(&self, known: &dyn Fn(&str) -> Option<Type>) -> Result<Type, InvalidExpression> {
        match self {
            Self::Number(_) => Ok(Scalar),
            Self::Name(name) => known(name).ok_or_else(|| InvalidExpression::Name(name.clone())),
            Self::Negative(a) => a.type_of(known),
            Self::Binary(operator, a, b) => binary(*operator, a.type_of(known)?, b.type_of(known)?),
            Self::Array(list) => {
                for one in list {
                    // `SUM([METRICS("4xx"), METRICS("5xx")])` is an example of AWS's: arrays in an array are one array.
                    if one.type_of(known)? == Scalar {
                        return Err(arguments("[…]", "time series"));
                    }
                }
                Ok(Array)
            }
            Self::Call(function, given) => call(*function, given, known),
        }
    }
}

/// AWS documents arithmetic for every pair of types except comparisons of arrays.
fn binary(operator: Operator, left: Type, right: Type) -> Result<Type, InvalidExpression> {
    match (left, right) {
        (Scalar, Scalar) => Ok(Scalar),
        (Array, _) | (_, Array) if operator.is_arithmetic() => Ok(Array),
        (Array, _) | (_, Array) => Err(InvalidExpression::Operands {
            operator: operator.into(),
            left,
            right,
        }),
        _ => Ok(Series),
    }
}

/// An argument's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Is(Type),
    Word(Word),
    Text,
}

fn call(
    function: Function,
    given: &[Argument],
    known: &dyn Fn(&str) -> Option<Type>,
) -> Result<Type, InvalidExpression> {
    let forms: Vec<Form> = given
        .iter()
        .map(|argument| {
            Ok(match argument {
                Argument::Value(value) => Form::Is(value.type_of(known)?),
                Argument::Word(word) => Form::Word(*word),
                Argument::Text(_) => Form::Text,
            })
        })
        .collect::<Result<_, InvalidExpression>>()?;
    result(function, &forms, given).ok_or_else(|| arguments(function.as_str(), expected(function)))
}

/// The result's type, `None` for arguments that the function does not take.
fn result(function: Function, forms: &[Form], given: &[Argument]) -> Option<Type> {
    use Form::{Is, Text, Word as W};
    use Function as F;
    Some(match (function, forms) {
        (
            F::Abs
            | F::Ceil
            | F::Floor
            | F::Log
            | F::Log10
            | F::Diff
            | F::DiffTime
            | F::Rate
            | F::RunningSum,
            [Is(of @ (Series | Array))],
        ) => *of,
        (F::Avg | F::Max | F::Min | F::Sum | F::Stddev | F::DatapointCount, [Is(Series)])
        | (F::MetricCount, [Is(Array)]) => Scalar,
        (F::Period, [Is(Series)]) if matches!(given, [Argument::Value(Expression::Name(_))]) => {
            Scalar
        }
        (
            F::Avg | F::Max | F::Min | F::Sum | F::Stddev | F::DatapointCount | F::First | F::Last,
            [Is(Array)],
        )
        | (F::TimeSeries, [Is(Scalar)])
        | (
            F::Minute
            | F::Hour
            | F::Day
            | F::Date
            | F::Month
            | F::Year
            | F::Epoch
            | F::ServiceQuota,
            [Is(Series)],
        )
        | (F::InsightRuleMetric, [Text, Text])
        | (F::DbPerfInsights, [Text, Text, Text])
        | (F::Lambda, [Text, ..]) => Series,
        (F::Fill, [Is(of @ (Series | Array)), filler]) => match filler {
            Is(Scalar | Series) | W(Word::Repeat | Word::Linear) => *of,
            _ => return None,
        },
        (F::If, [Is(condition), Is(then)]) => branch(*condition, *then, *then)?,
        (F::If, [Is(condition), Is(then), Is(otherwise)]) => branch(*condition, *then, *otherwise)?,
        (
            F::Sort,
            [
                Is(Array),
                W(Word::Avg | Word::Min | Word::Max | Word::Sum),
                W(Word::Asc | Word::Desc),
            ]
            | [
                Is(Array),
                W(Word::Avg | Word::Min | Word::Max | Word::Sum),
                W(Word::Asc | Word::Desc),
                Is(Scalar),
            ],
        )
        | (F::Slice, [Is(Array), Is(Scalar)] | [Is(Array), Is(Scalar), Is(Scalar)])
        | (F::RemoveEmpty, [Is(Array)])
        | (F::Metrics, [] | [Text])
        | (F::AnomalyDetectionBand, [Is(Series)] | [Is(Series), Is(Scalar)]) => Array,
        _ => return None,
    })
}

/// `IF` of an array is not documented.
fn branch(condition: Type, then: Type, otherwise: Type) -> Option<Type> {
    match (condition, then, otherwise) {
        (Array, _, _) | (_, Array, _) | (_, _, Array) => None,
        (Scalar, Scalar, Scalar) => Some(Scalar),
        _ => Some(Series),
    }
}

fn expected(function: Function) -> &'static str {
    use Function as F;
    match function {
        F::If => "a condition, a value and perhaps another value, each a scalar or a time series",
        F::Fill => "a time series or an array, and a scalar, a time series, REPEAT or LINEAR",
        F::Sort => "an array, AVG, MIN, MAX or SUM, ASC or DESC, and perhaps a number",
        F::Slice => "an array and one or two numbers",
        F::First | F::Last | F::RemoveEmpty | F::MetricCount => "an array of time series",
        F::Metrics => "nothing, or a part of an id in quotation marks",
        F::Period => "the id of a metric",
        F::TimeSeries => "a scalar",
        F::AnomalyDetectionBand => "a time series and perhaps a number",
        F::InsightRuleMetric => "two texts in quotation marks",
        F::DbPerfInsights => "three texts in quotation marks",
        F::Lambda => "the function's name in quotation marks, and its arguments",
        F::Minute
        | F::Hour
        | F::Day
        | F::Date
        | F::Month
        | F::Year
        | F::Epoch
        | F::ServiceQuota => "a time series",
        _ => "one time series or array of time series",
    }
}

fn arguments(function: &'static str, expected: &'static str) -> InvalidExpression {
    InvalidExpression::Arguments { function, expected }
}
