//! The source of a Grafana dashboard.
//!
//! ```yaml
//! Id: shop-overview
//! Title: 'Shop: overview'
//! About: Requests and errors.
//! Tags: [shop]
//! Refresh: 30s
//! Range: 3h
//! Rows:
//!   - Panels:
//!       - Lines:
//!           Title: Failed requests
//!           Unit: percentunit
//!           Thresholds: [{ Value: 0.05, Colour: critical }]
//!           Queries: [{ Query: job:errors:ratio, Legend: failed }]
//! ```

use serde::Deserialize;

use super::unit::{Refresh, Unit};
use crate::{InvalidDashboard, source::Colour};

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Board {
    /// Its id in Grafana, and the name of its file.
    pub id: String,
    /// The title.
    pub title: String,
    /// What it shows.
    pub about: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// How often it is read again.
    pub refresh: Refresh,
    /// The time that is shown at first, up to now.
    pub range: String,
    /// Texts that a person can change at the top.
    #[serde(default)]
    pub variables: Vec<Variable>,
    /// From top to bottom.
    pub rows: Vec<Row>,
}

/// A text that queries and links read as `${Name}`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What is written before it.
    pub label: String,
    /// Its value at first.
    pub value: String,
}

/// Panels side by side. Those without a width share what is left of the 24 columns.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Row {
    /// Units of the grid.
    #[serde(default = "eight")]
    pub height: u16,
    /// From left to right.
    pub panels: Vec<Panel>,
}

const fn eight() -> u16 {
    8
}

/// A panel, by its kind.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub enum Panel {
    /// Lines over time.
    Lines(Chart),
    /// The newest values as numbers.
    Number(Chart),
    /// The newest values as bars.
    Bars(Chart),
    /// The shares of the newest values.
    Pie(Chart),
    /// The labels of the newest values.
    Table(Chart),
    /// The buckets of a histogram over time.
    Heatmap(Chart),
}

/// What a panel shows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Chart {
    /// The title.
    pub title: String,
    /// What a reader should know, such as the target.
    pub about: Option<String>,
    /// The unit.
    pub unit: Unit,
    /// Columns.
    pub width: Option<u8>,
    /// Whether lines are stacked.
    #[serde(default)]
    pub stacked: bool,
    /// The least value of the axis.
    #[serde(default)]
    pub minimum: i32,
    /// The greatest value of the axis.
    pub maximum: Option<i32>,
    /// What values below the first threshold mean.
    #[serde(default = "good")]
    pub below: Colour,
    /// From what value on another colour holds, upwards.
    #[serde(default)]
    pub thresholds: Vec<Threshold>,
    /// Links of each series.
    #[serde(default)]
    pub links: Vec<Link>,
    /// The queries.
    pub queries: Vec<Query>,
}

const fn good() -> Colour {
    Colour::Good
}

/// A value from which on a colour holds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Threshold {
    /// The value.
    pub value: f64,
    /// What it means.
    pub colour: Colour,
}

/// A link of each series of a panel.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Link {
    /// What is clicked.
    pub title: String,
    /// Where it leads, with variables.
    pub url: String,
}

/// A query.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Query {
    /// In Prometheus's language.
    pub query: String,
    /// The name of its series, with labels in braces.
    pub legend: String,
}

impl Board {
    /// Reads a source. `file` is for messages alone.
    pub fn read(file: &str, text: &str) -> Result<Self, InvalidDashboard> {
        let board: Self = serde_saphyr::from_str(text)
            .map_err(|error| InvalidDashboard::Source(format!("{file}: {error}")))?;
        match problems(&board).into_iter().next() {
            Some(problem) => Err(InvalidDashboard::Source(format!("{file}: {problem}"))),
            None => Ok(board),
        }
    }

    /// All panels.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.rows.iter().flat_map(|row| &row.panels)
    }
}

fn problems(board: &Board) -> Vec<String> {
    let body = board.body();
    super::validate::problems(&body)
}

impl Panel {
    /// What it shows.
    pub const fn chart(&self) -> &Chart {
        match self {
            Self::Lines(chart)
            | Self::Number(chart)
            | Self::Bars(chart)
            | Self::Pie(chart)
            | Self::Table(chart)
            | Self::Heatmap(chart) => chart,
        }
    }

    /// Grafana's id of its kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Lines(_) => "timeseries",
            Self::Number(_) => "stat",
            Self::Bars(_) => "bargauge",
            Self::Pie(_) => "piechart",
            Self::Table(_) => "table",
            Self::Heatmap(_) => "heatmap",
        }
    }

    /// Whether it shows values over time, rather than the newest.
    pub const fn is_over_time(&self) -> bool {
        matches!(self, Self::Lines(_) | Self::Heatmap(_))
    }
}
