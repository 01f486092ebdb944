//! Expectations of the daily health check: `workloads/*/health.yaml`, which names metrics of CloudWatch and the values
//! that they are expected to have.
//!
//! What differs from stack to stack, such as the name of a function, is a target: the file names it as `${function}`, and
//! the stack's parameters define it. A check whose target a stack leaves empty is left out there. `${environment}` and
//! `${stack}` are those of the stack.
//!
//! ```yaml
//! Workload: user-journey
//! Checks:
//!   - Name: Lambda error rate
//!     Expect: "< 5"
//!     Unit: "%"
//!     Metric: { Namespace: AWS/Lambda, MetricName: Errors, Statistic: Sum, Dimensions: { FunctionName: "${function}" } }
//!     Of: { Namespace: AWS/Lambda, MetricName: Invocations, Statistic: Sum, Dimensions: { FunctionName: "${function}" } }
//! ```

mod names;
mod read;

use std::sync::LazyLock;

use crate::{Problems, metrics::MetricName, probes::Name};

pub use names::{
    ActiveDays, ActiveHours, Comparison, DimensionValue, Expectation, Period, Statistic,
};

/// Checks of a file: a message names each of them in a line, and Slack shows fifty blocks.
pub const MOST_CHECKS: usize = 30;
/// Minutes that are checked: a day.
pub const WINDOW_MINUTES: u32 = 1_440;

/// One file: a workload's expectations.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// The path as it was given, for messages.
    pub file: String,
    /// The workload: the folder's name.
    pub workload: Name,
    /// In the order of the file.
    pub checks: Vec<Check>,
}

/// An expectation.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Its name in the message, unique in the file.
    pub name: String,
    /// The values that are expected.
    pub expect: Expectation,
    /// The unit in the message.
    pub unit: String,
    /// The length of the periods, each of which is compared; a day by default.
    pub period: Period,
    /// The hours whose periods are compared; all by default.
    pub hours: Option<ActiveHours>,
    /// The days whose periods are compared; all by default.
    pub days: Option<ActiveDays>,
    /// The metric.
    pub metric: Query,
    /// `Of`: the metric of which it is a part. The value is then a percentage.
    pub of: Option<Query>,
    /// `Rest`: the percentage is that of the rest: of failures, the rate of success.
    pub rest: bool,
    /// `ZeroWhile`: metrics that have data while the source of the metric works. A period in which one of them has, and
    /// the metric has none, has the value zero.
    pub zero_while: Vec<Query>,
}

/// A metric of CloudWatch with a statistic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// `Namespace`, also one of AWS's own.
    pub namespace: String,
    /// `MetricName`.
    pub name: MetricName,
    /// `Statistic`.
    pub statistic: Statistic,
    /// `Dimensions`, in the order of the file.
    pub dimensions: Vec<(String, DimensionValue)>,
}

impl Check {
    /// Returns its queries, the metric's own first.
    pub fn queries(&self) -> impl Iterator<Item = &Query> {
        [&self.metric]
            .into_iter()
            .chain(&self.of)
            .chain(&self.zero_while)
    }

    /// Returns the targets that it needs.
    pub fn targets(&self) -> impl Iterator<Item = &Name> {
        let values = self.queries().flat_map(|query| &query.dimensions);
        values.filter_map(|(_, value)| match value {
            DimensionValue::Target(name) => Some(name),
            _ => None,
        })
    }
}

/// Reads a file: the checked expectations, or everything that is wrong with it. `file` is for messages alone.
pub fn parse(file: &str, text: &str) -> Result<Health, Problems> {
    read::file(file, text)
}

/// The expectations that are compiled in: every `workloads/*/health.yaml` by its path from the root, and its text.
pub const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/health.rs"));

/// The built-in expectations, parsed. The functions' build scripts check the very same texts.
pub fn built_in() -> &'static [Health] {
    static HEALTH: LazyLock<Vec<Health>> = LazyLock::new(|| {
        let parse = |(file, text): &(&str, &str)| {
            parse(file, text).expect("the functions' build scripts check the very same text")
        };
        BUILT_IN.iter().map(parse).collect()
    });
    &HEALTH
}
