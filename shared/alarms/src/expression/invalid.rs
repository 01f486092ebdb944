//! Why a text is no expression that can be evaluated.

use super::{DEEPEST, LONGEST, Type};

/// The reason why a text is no expression that can be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidExpression {
    /// It cannot be read.
    #[error("the expression {expression:?} cannot be read from character {at} on")]
    Syntax {
        /// The text.
        expression: String,
        /// The character up to which it could be read.
        at: usize,
    },
    /// A function that metric math does not have.
    #[error("{0} is not a function of metric math")]
    Function(String),
    /// `SEARCH` returns any number of series.
    #[error("SEARCH cannot be used in an alarm")]
    Search,
    /// Arguments that a function does not take.
    #[error("{function} takes {expected}")]
    Arguments {
        /// The function.
        function: &'static str,
        /// Its arguments, in words.
        expected: &'static str,
    },
    /// Operands that AWS does not document for an operator.
    #[error("{operator} of {left} and {right} is not documented by AWS")]
    Operands {
        /// The operator.
        operator: &'static str,
        /// The type on the left.
        left: Type,
        /// The type on the right.
        right: Type,
    },
    /// A name that nothing has.
    #[error("nothing has the id {0}")]
    Name(String),
    /// Too many characters.
    #[error("an expression has at most {LONGEST} characters")]
    TooLong,
    /// Nested more deeply than is evaluated here.
    #[error("an expression is nested at most {DEEPEST} levels deep here")]
    TooDeep,
}
