//! A row of a widget's `metrics`: a metric or an expression, and how it is drawn.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::source::{Axis, Colour};

/// What a row shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shown {
    Metric {
        namespace: String,
        name: String,
        dimensions: Vec<(String, String)>,
        statistic: String,
    },
    Expression(String),
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) shown: Shown,
    /// `None` is the widget's.
    pub(super) period: Option<u32>,
    pub(super) id: Option<String>,
    pub(super) label: Option<String>,
    /// `None` leaves the choice to CloudWatch, for expressions of several series.
    pub(super) colour: Option<Colour>,
    pub(super) axis: Axis,
    pub(super) is_hidden: bool,
}

/// Statistic and period of the widget.
pub(super) struct Defaults<'a> {
    pub(super) statistic: &'a str,
    pub(super) period: u32,
}

/// The rows as JSON, or the reason why they cannot be: an id that is there twice, or a meaning with more series than
/// it has shades.
pub(super) fn rows(rows: &[Row], defaults: &Defaults<'_>) -> Result<Value, String> {
    let mut ids = BTreeSet::new();
    for id in rows.iter().filter_map(|row| row.id.as_ref()) {
        if !ids.insert(id.as_str()) {
            return Err(format!("the id {id} is there twice"));
        }
    }
    let mut free = (1..)
        .map(|number| format!("e{number}"))
        .filter(|id| !ids.contains(id.as_str()));
    let mut drawn: Vec<Colour> = Vec::new();
    let mut all = Vec::new();
    for row in rows {
        let mut options = Map::new();
        match (&row.shown, &row.id) {
            (_, Some(id)) => _ = options.insert("id".to_owned(), json!(id)),
            (Shown::Expression(_), None) => _ = options.insert("id".to_owned(), json!(free.next())),
            (Shown::Metric { .. }, None) => {}
        }
        if let Some(label) = &row.label {
            options.insert("label".to_owned(), json!(label));
        }
        if row.is_hidden {
            options.insert("visible".to_owned(), json!(false));
        } else if let Some(colour) = row.colour {
            options.insert("color".to_owned(), json!(shade(colour, &drawn)?));
            drawn.push(colour);
        }
        if row.axis == Axis::Right {
            options.insert("yAxis".to_owned(), json!("right"));
        }
        if let Some(period) = row.period.filter(|period| *period != defaults.period) {
            options.insert("period".to_owned(), json!(period));
        }
        all.push(row.json(options, defaults));
    }
    Ok(Value::Array(all))
}

fn shade(colour: Colour, drawn: &[Colour]) -> Result<&'static str, String> {
    let used = drawn.iter().filter(|&&other| other == colour).count();
    let shades = colour.shades();
    shades.get(used).copied().ok_or_else(|| {
        format!(
            "{colour:?} has {} shades, and more series have this meaning",
            shades.len()
        )
    })
}

impl Row {
    fn json(&self, mut options: Map<String, Value>, defaults: &Defaults<'_>) -> Value {
        match &self.shown {
            Shown::Expression(text) => {
                let mut all = Map::from_iter([("expression".to_owned(), json!(text))]);
                all.append(&mut options);
                json!([all])
            }
            Shown::Metric {
                namespace,
                name,
                dimensions,
                statistic,
            } => {
                if statistic != defaults.statistic {
                    options.insert("stat".to_owned(), json!(statistic));
                }
                let mut row = vec![json!(namespace), json!(name)];
                row.extend(
                    dimensions
                        .iter()
                        .flat_map(|(name, value)| [json!(name), json!(value)]),
                );
                if !options.is_empty() {
                    row.push(Value::Object(options));
                }
                Value::Array(row)
            }
        }
    }
}
