//! Metric math as alarms may use it (CloudWatch User Guide, "Using math expressions with CloudWatch metrics").
//!
//! A value is a scalar, a series or an array of series. A series has a value or nothing for each period. Where AWS
//! publishes a rule it is stated beside the function; where it publishes none, the doc comment says so.

mod functions;
mod invalid;
mod operators;
mod parser;
mod range;
mod types;
mod value;

use std::str::FromStr;

pub(crate) use functions::{BAND_LOWER, BAND_UPPER};
pub use invalid::InvalidExpression;
pub use operators::{Function, Operator, Word};
pub use types::Type;
pub use value::{Context, Series, Value};

/// The longest expression (API reference, `MetricDataQuery`, `Expression`).
const LONGEST: usize = 2_048;

/// The deepest nesting. The limit is our own: it bounds the stack, and ten metrics need far less.
const DEEPEST: usize = 40;

/// A metric-math expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A constant.
    Number(f64),
    /// Another of the alarm's metrics or expressions.
    Name(String),
    /// −a
    Negative(Box<Expression>),
    /// a op b
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// `[a, b]`: an array of series.
    Array(Vec<Expression>),
    /// A function and its arguments.
    Call(Function, Vec<Argument>),
}

/// An argument of a function.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// An expression.
    Value(Expression),
    /// A keyword, such as `REPEAT`.
    Word(Word),
    /// A quoted text.
    Text(String),
}

impl FromStr for Expression {
    type Err = InvalidExpression;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.chars().count() > LONGEST {
            return Err(InvalidExpression::TooLong);
        }
        parser::parse(text)
    }
}

impl Expression {
    /// The ids it names.
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.visit(&mut |expression| {
            if let Self::Name(name) = expression {
                names.push(name.as_str());
            }
        });
        names
    }

    /// The functions it calls, with their arguments.
    pub fn calls(&self) -> Vec<(Function, &[Argument])> {
        let mut calls = Vec::new();
        self.visit(&mut |expression| {
            if let Self::Call(function, arguments) = expression {
                calls.push((*function, arguments.as_slice()));
            }
        });
        calls
    }

    /// Whether it divides by anything but constants.
    pub fn divides_by_a_series(&self) -> bool {
        let mut divides = false;
        self.visit(&mut |expression| {
            if let Self::Binary(Operator::Divide, _, by) = expression {
                divides |= !by.names().is_empty() || !by.calls().is_empty();
            }
        });
        divides
    }

    /// Whether it uses an operator.
    pub fn uses(&self, operator: Operator) -> bool {
        let mut is_used = false;
        self.visit(&mut |expression| {
            is_used |= matches!(expression, Self::Binary(other, ..) if *other == operator);
        });
        is_used
    }

    fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        match self {
            Self::Number(_) | Self::Name(_) => {}
            Self::Negative(a) => a.visit(see),
            Self::Binary(_, a, b) => {
                a.visit(see);
                b.visit(see);
            }
            Self::Array(list) => list.iter().for_each(|one| one.visit(see)),
            Self::Call(_, arguments) => {
                for argument in arguments {
                    if let Argument::Value(one) = argument {
                        one.visit(see);
                    }
                }
            }
        }
    }

    fn depth(&self) -> usize {
        let deepest = match self {
            Self::Number(_) | Self::Name(_) => 0,
            Self::Negative(a) => a.depth(),
            Self::Binary(_, a, b) => a.depth().max(b.depth()),
            Self::Array(list) => list.iter().map(Self::depth).max().unwrap_or(0),
            Self::Call(_, arguments) => arguments
                .iter()
                .map(|argument| match argument {
                    Argument::Value(one) => one.depth(),
                    Argument::Word(_) | Argument::Text(_) => 0,
                })
                .max()
                .unwrap_or(0),
        };
        deepest + 1
    }
}

/// The name under which a live-only function's series is supplied: its call without spaces, such as
/// `SERVICE_QUOTA(m1)`.
pub fn supplied_name(function: Function, arguments: &[Argument]) -> String {
    let text = |argument: &Argument| match argument {
        Argument::Value(Expression::Name(name)) => name.clone(),
        Argument::Value(Expression::Number(number)) => number.to_string(),
        Argument::Value(_) => "…".to_owned(),
        Argument::Word(word) => <&str>::from(*word).to_owned(),
        Argument::Text(text) => format!("'{text}'"),
    };
    let arguments: Vec<String> = arguments.iter().map(text).collect();
    format!("{}({})", function.as_str(), arguments.join(","))
}

#[cfg(test)]
mod tests;
