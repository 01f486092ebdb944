//! Operators, functions and keywords.

use strum::{EnumString, IntoStaticStr};

/// A keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Word {
    /// Fills with the value before.
    Repeat,
    /// Fills with a straight line between the values around.
    Linear,
    /// Sorts by the mean.
    Avg,
    /// Sorts by the smallest.
    Min,
    /// Sorts by the largest.
    Max,
    /// Sorts by the sum.
    Sum,
    /// Lowest first.
    Asc,
    /// Highest first.
    Desc,
}

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "CloudWatch's names, documented there")]
pub enum Function {
    Abs,
    Ceil,
    Floor,
    Log,
    Log10,
    Diff,
    DiffTime,
    Rate,
    RunningSum,
    Avg,
    Max,
    Min,
    Sum,
    Stddev,
    DatapointCount,
    Fill,
    If,
    First,
    Last,
    Sort,
    Slice,
    RemoveEmpty,
    Metrics,
    MetricCount,
    Period,
    TimeSeries,
    Minute,
    Hour,
    Day,
    Date,
    Month,
    Year,
    Epoch,
    AnomalyDetectionBand,
    ServiceQuota,
    InsightRuleMetric,
    DbPerfInsights,
    Lambda,
}

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
pub enum Operator {
    /// `+`
    #[strum(serialize = "+")]
    Add,
    /// `-`
    #[strum(serialize = "-")]
    Subtract,
    /// `*`
    #[strum(serialize = "*")]
    Multiply,
    /// `/`
    #[strum(serialize = "/")]
    Divide,
    /// `^`
    #[strum(serialize = "^")]
    Power,
    /// `>`
    #[strum(serialize = ">")]
    Greater,
    /// `>=`
    #[strum(serialize = ">=")]
    GreaterOrEqual,
    /// `<`
    #[strum(serialize = "<")]
    Less,
    /// `<=`
    #[strum(serialize = "<=")]
    LessOrEqual,
    /// `==`
    #[strum(serialize = "==")]
    Equal,
    /// `!=`
    #[strum(serialize = "!=")]
    NotEqual,
    /// `AND` or `&&`
    #[strum(serialize = "AND")]
    And,
    /// `OR` or `||`
    #[strum(serialize = "OR")]
    Or,
}

impl Function {
    /// Returns CloudWatch's name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether only AWS can compute it: its series is supplied with the metrics.
    pub fn is_live_only(self) -> bool {
        matches!(
            self,
            Self::AnomalyDetectionBand
                | Self::ServiceQuota
                | Self::InsightRuleMetric
                | Self::DbPerfInsights
                | Self::Lambda
        )
    }
}

impl Operator {
    pub(super) fn is_arithmetic(self) -> bool {
        matches!(
            self,
            Self::Add | Self::Subtract | Self::Multiply | Self::Divide | Self::Power
        )
    }

    /// `None` where the result is no number, such as a division by zero: AWS drops such a datapoint.
    pub(super) fn apply(self, a: f64, b: f64) -> Option<f64> {
        let truth = |yes: bool| if yes { 1.0 } else { 0.0 };
        let value = match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Power => a.powf(b),
            Self::Greater => truth(a > b),
            Self::GreaterOrEqual => truth(a >= b),
            Self::Less => truth(a < b),
            Self::LessOrEqual => truth(a <= b),
            Self::Equal => truth(a - b == 0.0),
            Self::NotEqual => truth(a - b != 0.0),
            Self::And => truth(a != 0.0 && b != 0.0),
            Self::Or => truth(a != 0.0 || b != 0.0),
        };
        value.is_finite().then_some(value)
    }
}
