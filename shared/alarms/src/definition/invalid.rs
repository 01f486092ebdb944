//! Why properties are not an alarm that can be evaluated here.

use crate::{InvalidStatistic, expression::InvalidExpression, insights::InvalidQuery};

/// The reason why properties are not an alarm that can be evaluated here.
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
        /// The reason.
        reason: &'static str,
    },
    /// An unknown statistic.
    #[error("the alarm {alarm} cannot be evaluated")]
    Statistic {
        /// The alarm.
        alarm: String,
        /// The reason.
        #[source]
        source: InvalidStatistic,
    },
    /// An expression that cannot be read.
    #[error("the alarm {alarm} cannot be evaluated")]
    Expression {
        /// The alarm.
        alarm: String,
        /// The reason.
        #[source]
        source: InvalidExpression,
    },
    /// A Metrics Insights query that cannot be read.
    #[error("the alarm {alarm} cannot be evaluated")]
    Insights {
        /// The alarm.
        alarm: String,
        /// The reason.
        #[source]
        source: InvalidQuery,
    },
}
