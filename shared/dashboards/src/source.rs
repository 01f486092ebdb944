//! The source of a dashboard.
//!
//! ```yaml
//! Resource: UsageDashboard
//! Name: usage
//! Title: Usage
//! Runbook: workloads/usage/runbook.md
//! Namespace: Usage
//! Dimensions: { Environment: '${Environment}' }
//! Rows:
//!   - Widgets:
//!       - Graph:
//!           Title: Requests a minute
//!           Unit: Count
//!           Statistic: Sum
//!           Period: 60
//!           Series:
//!             - { Metric: Requests, Label: requests }
//!             - { Alarm: ErrorsAlarm, Label: errors, Colour: critical }
//!       - Alarms: { Title: Alarms, Alarms: all }
//! ```

mod colour;
mod series;
mod values;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::InvalidDashboard;

pub use colour::Colour;
pub use series::{Axis, Look, Selection, Series, Subject};
pub use values::{AxisUnit, Number, Period, StatisticName};

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Dashboard {
    /// The logical id of the resource in the workload's template.
    pub resource: String,
    /// Its name, after the stack's.
    pub name: String,
    /// The heading.
    pub title: String,
    /// Markdown below the heading.
    pub about: Option<String>,
    /// The runbook, by its path from the root.
    pub runbook: String,
    /// The time that is shown at first, as in ISO 8601.
    #[serde(default = "three_hours")]
    pub range: String,
    /// The namespace of metrics that name none.
    pub namespace: Option<String>,
    /// The dimensions of metrics that name neither these nor a namespace.
    #[serde(default)]
    pub dimensions: BTreeMap<String, String>,
    /// From top to bottom.
    pub rows: Vec<Row>,
}

fn three_hours() -> String {
    "PT3H".to_owned()
}

/// Widgets side by side. Those without a width share what is left of the 24 columns.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Row {
    /// Units of the grid.
    #[serde(default = "six")]
    pub height: u16,
    /// From left to right.
    pub widgets: Vec<Widget>,
}

const fn six() -> u16 {
    6
}

/// A widget.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub enum Widget {
    /// Lines over time.
    Graph(Graph),
    /// The newest values as numbers.
    Number(NumberWidget),
    /// The newest value between two bounds.
    Gauge(Gauge),
    /// Markdown.
    Text(Text),
    /// The result of a query of logs.
    Log(Log),
    /// The states of alarms.
    Alarms(Alarms),
}

/// Lines over time.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Graph {
    /// The title.
    pub title: String,
    /// The unit of the left axis.
    pub unit: AxisUnit,
    /// The unit of the right axis, where a series is on it.
    pub right_unit: Option<AxisUnit>,
    /// The statistic of series that name none.
    pub statistic: StatisticName,
    /// The period of series that name none.
    pub period: Period,
    /// Whether the lines are stacked.
    #[serde(default)]
    pub stacked: bool,
    /// The lines.
    pub series: Vec<Series>,
    /// Lines of values to reach.
    #[serde(default)]
    pub targets: Vec<Target>,
    /// Points in time, such as a deployment.
    #[serde(default)]
    pub marks: Vec<Mark>,
    /// Columns.
    pub width: Option<u8>,
}

/// The newest values as numbers, each with its line in small.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct NumberWidget {
    /// The title.
    pub title: String,
    /// The unit of all.
    pub unit: AxisUnit,
    /// The statistic of series that name none.
    pub statistic: StatisticName,
    /// The period of series that name none.
    pub period: Period,
    /// The numbers.
    pub series: Vec<Series>,
    /// Columns.
    pub width: Option<u8>,
}

/// The newest value between two bounds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Gauge {
    /// The title.
    pub title: String,
    /// The unit.
    pub unit: AxisUnit,
    /// The statistic of series that name none.
    pub statistic: StatisticName,
    /// The period of series that name none.
    pub period: Period,
    /// The values.
    pub series: Vec<Series>,
    /// The lower bound.
    pub minimum: Number,
    /// The upper bound.
    pub maximum: Number,
    /// Columns.
    pub width: Option<u8>,
}

/// Markdown.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Text {
    /// The text.
    pub markdown: String,
    /// Columns.
    pub width: Option<u8>,
}

/// The result of a query of logs, as a table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Log {
    /// The title.
    pub title: String,
    /// The log groups, by name.
    pub log_groups: Vec<String>,
    /// The query, without its source.
    pub query: String,
    /// Columns.
    pub width: Option<u8>,
}

/// The states of alarms.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Alarms {
    /// The title.
    pub title: String,
    /// The alarms.
    pub alarms: AlarmList,
    /// Columns.
    pub width: Option<u8>,
}

/// Alarms of the template.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum AlarmList {
    /// All that exist where the dashboard does.
    All(All),
    /// By logical id.
    Named(Vec<String>),
}

/// The word `all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum All {
    /// `all`
    All,
}

/// A value to reach.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Target {
    /// The value.
    pub value: Number,
    /// What it is.
    pub label: String,
    /// Its axis.
    #[serde(default)]
    pub axis: Axis,
    /// What its colour means: a value to reach, or the threshold of an alarm that has another condition.
    #[serde(default = "good")]
    pub colour: Colour,
}

const fn good() -> Colour {
    Colour::Good
}

/// A point in time. CloudWatch has no source of such: the time is fixed, or a parameter of the template.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Mark {
    /// ISO 8601, or `${Parameter}`.
    pub at: String,
    /// What happened.
    pub label: String,
}

impl Dashboard {
    /// Reads a source. `file` is for messages alone.
    pub fn read(file: &str, text: &str) -> Result<Self, InvalidDashboard> {
        serde_saphyr::from_str(text)
            .map_err(|error| InvalidDashboard::Source(format!("{file}: {error}")))
    }
}

impl Widget {
    /// Its title; of a text, its beginning.
    pub fn title(&self) -> &str {
        match self {
            Self::Graph(graph) => &graph.title,
            Self::Number(number) => &number.title,
            Self::Gauge(gauge) => &gauge.title,
            Self::Text(text) => text.markdown.lines().next().unwrap_or_default(),
            Self::Log(log) => &log.title,
            Self::Alarms(alarms) => &alarms.title,
        }
    }

    /// Its columns, where it names them.
    pub fn width(&self) -> Option<u8> {
        match self {
            Self::Graph(graph) => graph.width,
            Self::Number(number) => number.width,
            Self::Gauge(gauge) => gauge.width,
            Self::Text(text) => text.width,
            Self::Log(log) => log.width,
            Self::Alarms(alarms) => alarms.width,
        }
    }
}
