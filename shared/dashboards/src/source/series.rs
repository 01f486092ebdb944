//! The lines of a graph, and the numbers of other widgets.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Colour, Period, StatisticName};

/// A series, with its look.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "SeriesText")]
pub struct Series {
    /// What it shows.
    pub subject: Subject,
    /// How.
    pub look: Look,
}

/// What a series shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A metric.
    Metric {
        /// Its name.
        name: String,
        /// The rest of it.
        selection: Selection,
    },
    /// A metric by the values of further dimensions, one line each.
    Search {
        /// Its name.
        name: String,
        /// The further dimensions.
        by: Vec<String>,
        /// A word that a value of these has, such as a model's family.
        containing: Option<String>,
        /// The rest of it.
        selection: Selection,
    },
    /// Metric math on the ids of other series.
    Expression(String),
    /// What an alarm of the template evaluates, with its statistic and period, and a line at its threshold.
    Alarm(String),
}

/// What a metric is beside its name; what is absent is the widget's or the dashboard's.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    /// Namespace.
    pub namespace: Option<String>,
    /// Dimensions.
    pub dimensions: Option<BTreeMap<String, String>>,
    /// Statistic.
    pub statistic: Option<StatisticName>,
    /// Period.
    pub period: Option<Period>,
}

/// How a series looks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Look {
    /// The name in the legend.
    pub label: Option<String>,
    /// What its colour means.
    pub colour: Colour,
    /// Its axis.
    pub axis: Axis,
    /// Its id in expressions.
    pub id: Option<String>,
    /// Whether it is there for expressions alone.
    pub hidden: bool,
}

/// An axis of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Axis {
    /// The left one.
    #[default]
    Left,
    /// The right one.
    Right,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct SeriesText {
    metric: Option<String>,
    search: Option<String>,
    #[serde(default)]
    by: Vec<String>,
    containing: Option<String>,
    expression: Option<String>,
    alarm: Option<String>,
    namespace: Option<String>,
    dimensions: Option<BTreeMap<String, String>>,
    statistic: Option<StatisticName>,
    period: Option<Period>,
    label: Option<String>,
    #[serde(default)]
    colour: Colour,
    #[serde(default)]
    axis: Axis,
    id: Option<String>,
    #[serde(default)]
    hidden: bool,
}

impl TryFrom<SeriesText> for Series {
    type Error = String;

    fn try_from(text: SeriesText) -> Result<Self, String> {
        let selection = Selection {
            namespace: text.namespace,
            dimensions: text.dimensions,
            statistic: text.statistic,
            period: text.period,
        };
        let is_plain = selection == Selection::default();
        let (has_by, by) = (!text.by.is_empty(), text.by);
        let containing = text.containing.map(word).transpose()?;
        if containing.is_some() && !has_by {
            return Err("`Containing` narrows a search, which has `By`".to_owned());
        }
        let subject = match (text.metric, text.search, text.expression, text.alarm) {
            (Some(name), None, None, None) if !has_by => Subject::Metric { name, selection },
            (None, Some(name), None, None) if has_by => Subject::Search {
                name,
                by,
                containing,
                selection,
            },
            (None, Some(name), None, None) => return Err(format!("the search {name} needs `By`")),
            (None, None, Some(text), None) if is_plain && !has_by => Subject::Expression(text),
            (None, None, None, Some(id)) if is_plain && !has_by => Subject::Alarm(id),
            _ => {
                return Err("a series has one of `Metric`, `Search` (with `By`), `Expression` and `Alarm`; \
                            an expression and an alarm have no namespace, dimensions, statistic or period of their own"
                    .to_owned());
            }
        };
        let look = Look {
            label: text.label,
            colour: text.colour,
            axis: text.axis,
            id: text.id,
            hidden: text.hidden,
        };
        Ok(Self { subject, look })
    }
}

/// A search term of CloudWatch without quotation marks, which matches a part of a name: letters and digits alone, since
/// names are split at everything else (user guide, "CloudWatch search expression syntax").
fn word(text: String) -> Result<String, String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(text);
    }
    Err(format!("{text:?} is not one word of letters and digits"))
}
