//! Metric rules: `workloads/*/metrics.yaml`, which define the metrics of events.
//!
//! `FilterPattern` and `MetricTransformations` are those of `AWS::Logs::MetricFilter`, so that a metric filter can be
//! pasted in, as a resource or as an answer of `DescribeMetricFilters`. Ours on top: several transformations a rule, `DimensionSets`, `Kind`, `MaximumSeries`,
//! the event's own `Timestamp` and `EventId` (`@id` is the id that CloudWatch Logs gave it), the workload's one
//! `Source`, `Buckets` for Prometheus, and a `Usage` rule that names the fields of a model's tokens.
//!
//! ```yaml
//! Workload: web-api
//! Rules:
//!   - FilterPattern: '{ $.latency_ms = * }'
//!     Timestamp: $.timestamp
//!     MetricTransformations:
//!       - MetricNamespace: Picket/WebApi
//!         MetricName: LatencyMs
//!         MetricValue: $.latency_ms
//!         Unit: Milliseconds
//!         Kind: distribution
//!         Dimensions: [{ Key: Route, Value: $.route }]
//!         DimensionSets: [[], [Route]]
//! ```

mod buckets;
mod ceiling;
mod names;
mod read;
mod sources;
mod usage;

use std::sync::LazyLock;

use strum::EnumString;

use crate::{
    Invalid, Problems,
    filter::{Field, Lookups, Pattern},
};

pub use buckets::Buckets;
pub use ceiling::{Ceiling, cost};
pub use names::{DimensionName, MetricName, Namespace, Unit, dimension_value};
pub(crate) use sources::fed;
pub use sources::one_source;
pub use usage::{CostMetric, TokenFields, UsageRule};

/// The default of `MaximumSeries`: $30 a month at CloudWatch's $0.30 each.
pub const DEFAULT_MAXIMUM_SERIES: u32 = 100;

/// CloudWatch Logs lets a metric filter have three dimensions (`MetricTransformation`).
pub const MOST_DIMENSIONS: usize = 3;

/// The dimension that the event processor adds to every set; a rule cannot declare it.
pub const ENVIRONMENT: &str = "Environment";

/// One file: a workload's rules.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricRules {
    /// The path as it was given, for messages.
    pub file: String,
    /// The workload: the folder's name.
    pub workload: String,
    /// `Source`: the one source of its metrics and usage; `None` takes whatever matches.
    pub source: Option<Source>,
    /// Its rules, in the order of the file. An event is held against every one.
    pub rules: Vec<MetricRule>,
    /// The usage rule; one a workload.
    pub usage: Option<UsageRule>,
}

/// The source of a workload's model requests. Two that report the same requests would count each twice, so a workload
/// names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString)]
#[strum(serialize_all = "kebab-case", parse_err_ty = Invalid, parse_err_fn = unknown_source)]
pub enum Source {
    /// The application, with events of its own, Converse responses or token-count headers that it puts on the stream.
    Events,
    /// Lines of a subscribed log group. Every publisher of a line can then write requests.
    LogLines,
    /// Amazon Bedrock's model-invocation logs.
    InvocationLogs,
}

fn unknown_source(text: &str) -> Invalid {
    Invalid(format!(
        "{text:?} is not a source: write events, log-lines or invocation-logs"
    ))
}

/// A rule: the events that count, and the metrics that they feed.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricRule {
    /// `FilterName`, where given.
    pub name: Option<String>,
    /// `FilterPattern`.
    pub pattern: Pattern,
    /// The field of the event's own time: ISO 8601, or seconds or milliseconds since 1970. `None` is the time of
    /// arrival.
    pub timestamp: Option<Field>,
    /// The field of the event's id, so that one sent twice by its producer counts once.
    pub event_id: Option<Field>,
    /// The metrics that it feeds.
    pub transformations: Vec<Transformation>,
}

/// One metric that a rule feeds.
#[derive(Debug, Clone, PartialEq)]
pub struct Transformation {
    /// `MetricNamespace`.
    pub namespace: Namespace,
    /// `MetricName`.
    pub name: MetricName,
    /// `MetricValue`.
    pub value: MetricValue,
    /// `DefaultValue`: the value of a minute in which events came and none matched. Only without dimensions.
    /// The metrics publisher adds it, once a minute (docs/decisions/0017).
    pub default_value: Option<f64>,
    /// `Unit`.
    pub unit: Unit,
    /// `Kind`.
    pub kind: MetricKind,
    /// `Buckets`: only of a distribution.
    pub buckets: Option<Buckets>,
    /// `Dimensions` and `DimensionSets`.
    pub dimensions: Dimensions,
    /// `MaximumSeries`: past it, values go to one series named `Other`.
    pub maximum_series: u32,
    at: LineColumn,
}

/// The value that is added to a metric when an event matches.
#[derive(Debug, Clone, PartialEq)]
pub enum MetricValue {
    /// A finite number, mostly 1.
    Constant(f64),
    /// The number in this field. An event without it, or with something else there, adds nothing.
    Field(Field),
}

/// The kind of a metric: how its values are aggregated. The aggregates themselves are
/// `picket_shared::series::Aggregate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, EnumString)]
#[strum(serialize_all = "lowercase", parse_err_ty = Invalid, parse_err_fn = unknown_kind)]
pub enum MetricKind {
    /// Count, sum, minimum and maximum.
    #[default]
    Sum,
    /// The same, and the values, from which CloudWatch computes percentiles.
    Distribution,
}

fn unknown_kind(text: &str) -> Invalid {
    Invalid(format!("{text:?} is neither `sum` nor `distribution`"))
}

/// The dimensions a metric has, and the sets it is added up by: CloudWatch does not add up dimensions itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Dimensions {
    /// `Dimensions`: names and the paths of their values; at most three.
    pub declared: Vec<(DimensionName, Field)>,
    /// `DimensionSets` as indices into `declared`: each is a roll-up of its own. One set of all where the rule has
    /// none. A set one of whose values the event lacks is left out for that event.
    pub sets: Vec<Vec<usize>>,
}

/// Line and column.
type LineColumn = (u64, u64);

impl MetricRules {
    /// Adds every field of the rules to the lookups.
    pub fn enter(&mut self, lookups: &mut Lookups) {
        let (rules, usage) = (&mut self.rules, &mut self.usage);
        for rule in rules {
            rule.pattern.enter(lookups);
            let fields = rule.timestamp.iter_mut().chain(&mut rule.event_id);
            fields.for_each(|field| field.enter(lookups));
            for metric in &mut rule.transformations {
                metric.dimensions.enter(lookups);
                if let MetricValue::Field(field) = &mut metric.value {
                    field.enter(lookups);
                }
            }
        }
        if let Some(usage) = usage {
            usage.enter(lookups);
        }
    }
}

impl MetricRule {
    /// Whether one of its metrics has a `DefaultValue`.
    pub fn has_default(&self) -> bool {
        let metrics = &self.transformations;
        metrics.iter().any(|metric| metric.default_value.is_some())
    }
}

impl MetricRules {
    /// The namespaces of its metrics, and the line and column of each.
    pub fn namespaces(&self) -> impl Iterator<Item = (&str, (u64, u64))> {
        let rules = self.rules.iter().flat_map(|rule| &rule.transformations);
        let rules = rules.map(|metric| (metric.namespace.as_str(), metric.at));
        let cost = self.usage.iter().flat_map(|usage| &usage.cost);
        rules.chain(cost.map(|cost| (cost.namespace.as_str(), cost.at)))
    }
}

impl Dimensions {
    fn enter(&mut self, lookups: &mut Lookups) {
        let fields = self.declared.iter_mut().map(|(_, field)| field);
        fields.for_each(|field| field.enter(lookups));
    }
}

/// Reads a file: the checked rules, or everything that is wrong with it. `file` is for messages alone.
pub fn parse(file: &str, text: &str) -> Result<MetricRules, Problems> {
    read::file(file, text)
}

/// The workloads' rules that are compiled in: every `workloads/*/metrics.yaml` by its path from the root, and its text.
/// Those of a workload outside the checkout are as if they were in it.
pub const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/metrics.rs"));

/// The built-in rules, parsed. The functions' build scripts check the very same texts.
pub fn built_in() -> &'static [MetricRules] {
    static RULES: LazyLock<Vec<MetricRules>> = LazyLock::new(|| {
        let parse = |(file, text): &(&str, &str)| {
            parse(file, text).expect("the functions' build scripts check the very same text")
        };
        BUILT_IN.iter().map(parse).collect()
    });
    &RULES
}
