//! The part of metric math that the templates' alarms use: numbers, ids, `+ - * /`, comparisons, `IF`, `FILL`, `MAX`
//! and `MIN` of a list. Everything else is refused when it is read.
//!
//! As in CloudWatch, an operation has a value where both sides have one, and a division by zero has none.

mod parser;

use std::{collections::BTreeMap, str::FromStr};

/// A series' value for each period, oldest first.
pub type Series = Vec<Option<f64>>;

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
    /// `IF(condition, then, otherwise)`; without the third there is no value where the condition is 0.
    If(Box<Expression>, Box<Expression>, Option<Box<Expression>>),
    /// `FILL(series, with)`.
    Fill(Box<Expression>, Filler),
    /// `MAX([a, b])` or `MIN([a, b])`: the larger or smaller in each period.
    Extreme(Extreme, Vec<Expression>),
}

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

/// The value that `FILL` inserts.
#[derive(Debug, Clone, PartialEq)]
pub enum Filler {
    /// A number.
    Number(f64),
    /// The value before.
    Repeat,
}

/// Which of several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extreme {
    /// The largest.
    Max,
    /// The smallest.
    Min,
}

/// The reason why a text is no expression that can be evaluated here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the expression {expression:?} cannot be read from character {at} on: known are numbers, ids, + - * /, comparisons, IF, FILL, MAX([…]) and MIN([…])"
)]
pub struct InvalidExpression {
    expression: String,
    at: usize,
}

impl FromStr for Expression {
    type Err = InvalidExpression;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parser::parse(text).map_err(|at| InvalidExpression {
            expression: text.to_owned(),
            at,
        })
    }
}

impl Operator {
    fn apply(self, a: f64, b: f64) -> Option<f64> {
        let truth = |yes: bool| if yes { 1.0 } else { 0.0 };
        let value = match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Greater => truth(a > b),
            Self::GreaterOrEqual => truth(a >= b),
            Self::Less => truth(a < b),
            Self::LessOrEqual => truth(a <= b),
            Self::Equal => truth(a.total_cmp(&b).is_eq()),
            Self::NotEqual => truth(a.total_cmp(&b).is_ne()),
        };
        value.is_finite().then_some(value)
    }
}

impl Expression {
    /// The ids it names.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Number(_) => Vec::new(),
            Self::Name(name) => vec![name],
            Self::Negative(a) | Self::Fill(a, _) => a.names(),
            Self::Binary(_, a, b) => [a.names(), b.names()].concat(),
            Self::If(a, b, c) => [
                a.names(),
                b.names(),
                c.as_ref().map_or_else(Vec::new, |c| c.names()),
            ]
            .concat(),
            Self::Extreme(_, list) => list.iter().flat_map(Self::names).collect(),
        }
    }

    /// Its value in each of `periods` periods. A name that is not known has no values.
    pub fn evaluate(&self, known: &BTreeMap<&str, Series>, periods: usize) -> Series {
        let of = |expression: &Self| expression.evaluate(known, periods);
        match self {
            Self::Number(number) => vec![Some(*number); periods],
            Self::Name(name) => known
                .get(name.as_str())
                .cloned()
                .unwrap_or_else(|| vec![None; periods]),
            Self::Negative(a) => of(a)
                .into_iter()
                .map(|value| value.map(|value| -value))
                .collect(),
            Self::Binary(operator, a, b) => of(a)
                .into_iter()
                .zip(of(b))
                .map(|(a, b)| operator.apply(a?, b?))
                .collect(),
            Self::If(condition, then, otherwise) => {
                let otherwise = otherwise
                    .as_ref()
                    .map_or_else(|| vec![None; periods], |otherwise| of(otherwise));
                of(condition)
                    .into_iter()
                    .zip(of(then).into_iter().zip(otherwise))
                    .map(
                        |(condition, (then, otherwise))| {
                            if condition? == 0.0 { otherwise } else { then }
                        },
                    )
                    .collect()
            }
            Self::Fill(series, filler) => fill(of(series), filler),
            Self::Extreme(extreme, list) => of_list(*extreme, list.iter().map(of), periods),
        }
    }
}

/// A series without any datapoint stays empty: there is nothing that could be filled.
fn fill(series: Series, filler: &Filler) -> Series {
    if series.iter().all(Option::is_none) {
        return series;
    }
    let mut last = None;
    series
        .into_iter()
        .map(|value| {
            last = value.or(last);
            match filler {
                Filler::Number(number) => value.or(Some(*number)),
                Filler::Repeat => last,
            }
        })
        .collect()
}

fn of_list(extreme: Extreme, list: impl Iterator<Item = Series>, periods: usize) -> Series {
    let pick = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => Some(if extreme == Extreme::Max {
            a.max(b)
        } else {
            a.min(b)
        }),
        (a, b) => a.or(b),
    };
    list.fold(vec![None; periods], |sum, series| {
        sum.into_iter()
            .zip(series)
            .map(|(a, b)| pick(a, b))
            .collect()
    })
}

#[cfg(test)]
mod tests;
