//! A validator of dashboard bodies, by AWS's description of them (CloudWatch API reference, "Dashboard Body Structure and
//! Syntax"). `PutDashboard` alone is the judge, and has no dry run.
//!
//! Stricter than AWS where AWS is silent: fields that are not described, `...` in a row of metrics, an id that is there
//! twice, widgets that overlap or leave the grid, and kinds of widgets that no dashboard here has are problems too.

mod metric;

use serde_json::{Map, Value};

use crate::pretty::is_number;

/// Widgets of a dashboard.
const MOST_WIDGETS: usize = 500;
/// Variables of a dashboard.
const MOST_VARIABLES: usize = 25;
/// Alarms of an alarm widget.
const MOST_ALARMS: usize = 100;
/// Columns of the grid.
const COLUMNS: u64 = 24;
/// Units of height of a widget.
const HIGHEST: u64 = 1_000;

/// Everything that is wrong with a body.
pub fn problems(body: &Value) -> Vec<String> {
    let mut log = Log::default();
    let Some(fields) = log.object(body, "the body") else {
        return log.0;
    };
    let known = ["start", "end", "periodOverride", "variables", "widgets"];
    log.only(fields, &known, "the body");
    if fields.contains_key("end") && !fields.contains_key("start") {
        log.add("`end` needs `start`");
    }
    if let Some(start) = fields.get("start") {
        let is_time = start
            .as_str()
            .is_some_and(|text| is_relative(text) || is_time(text));
        log.unless(
            is_time,
            format!("`start` is {start}, and neither -PT3H nor a time"),
        );
    }
    log.one_of(fields, "periodOverride", &["auto", "inherit"], "the body");
    let variables = fields
        .get("variables")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    log.unless(
        variables <= MOST_VARIABLES,
        format!("{variables} variables"),
    );
    let Some(widgets) = fields.get("widgets").and_then(Value::as_array) else {
        log.add("`widgets` must be a list");
        return log.0;
    };
    log.unless(
        widgets.len() <= MOST_WIDGETS,
        format!("{} widgets", widgets.len()),
    );
    let mut places = Vec::new();
    for (index, widget) in widgets.iter().enumerate() {
        places.extend(log.widget(widget, index));
    }
    for (index, one) in places.iter().enumerate() {
        if let Some(other) = places[..index].iter().find(|other| one.overlaps(other)) {
            log.add(format!(
                "the widgets {} and {} overlap",
                other.index, one.index
            ));
        }
    }
    log.0
}

/// Where a widget is.
struct Place {
    index: usize,
    x: (u64, u64),
    y: (u64, u64),
}

impl Place {
    fn overlaps(&self, other: &Self) -> bool {
        let meet = |a: (u64, u64), b: (u64, u64)| a.0 < b.1 && b.0 < a.1;
        meet(self.x, other.x) && meet(self.y, other.y)
    }
}

/// Problems found so far.
#[derive(Default)]
struct Log(Vec<String>);

impl Log {
    fn add(&mut self, problem: impl Into<String>) {
        self.0.push(problem.into());
    }

    fn unless(&mut self, holds: bool, problem: String) {
        if !holds {
            self.0.push(problem);
        }
    }

    fn object<'v>(&mut self, value: &'v Value, what: &str) -> Option<&'v Map<String, Value>> {
        let object = value.as_object();
        self.unless(object.is_some(), format!("{what} must be an object"));
        object
    }

    fn only(&mut self, fields: &Map<String, Value>, known: &[&str], what: &str) {
        for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
            self.add(format!("{what} has no field {name:?}"));
        }
    }

    /// A field that may be absent.
    fn one_of(&mut self, fields: &Map<String, Value>, name: &str, values: &[&str], what: &str) {
        let value = fields.get(name);
        let is_known = value.is_none_or(|value| values.iter().any(|known| value == known));
        self.unless(
            is_known,
            format!("{what}: {name} is {}", value.unwrap_or(&Value::Null)),
        );
    }

    /// A text that must be there.
    fn text(&mut self, fields: &Map<String, Value>, name: &str, what: &str) {
        let is_text = fields
            .get(name)
            .and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty());
        self.unless(is_text, format!("{what} needs the text {name:?}"));
    }

    fn widget(&mut self, widget: &Value, index: usize) -> Option<Place> {
        let what = format!("widget {index}");
        let fields = self.object(widget, &what)?;
        self.only(
            fields,
            &["type", "x", "y", "width", "height", "properties"],
            &what,
        );
        let properties = fields.get("properties").unwrap_or(&Value::Null);
        let properties = self.object(properties, &format!("{what}: properties"))?;
        match fields.get("type").and_then(Value::as_str) {
            Some("metric") => self.metric(properties, &what),
            Some("text") => {
                self.only(properties, &["markdown", "background"], &what);
                self.text(properties, "markdown", &what);
                self.one_of(properties, "background", &["transparent", "solid"], &what);
            }
            Some("log") => {
                let known = ["region", "query", "title", "view", "stacked", "accountId"];
                self.only(properties, &known, &what);
                self.text(properties, "region", &what);
                self.text(properties, "query", &what);
                self.one_of(
                    properties,
                    "view",
                    &["table", "timeSeries", "bar", "pie"],
                    &what,
                );
            }
            Some("alarm") => self.alarms(properties, &what),
            other => self.add(format!(
                "{what} is of the type {other:?}, which no dashboard here has"
            )),
        }
        self.place(fields, index, &what)
    }

    fn alarms(&mut self, properties: &Map<String, Value>, what: &str) {
        self.only(properties, &["alarms", "title", "sortBy", "states"], what);
        let arns = properties.get("alarms").and_then(Value::as_array);
        let arns: Vec<&str> = arns
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let is_legal = (1..=MOST_ALARMS).contains(&arns.len());
        self.unless(
            is_legal,
            format!(
                "{what} has {} alarms, and 1 to {MOST_ALARMS} are allowed",
                arns.len()
            ),
        );
        for arn in arns.iter().filter(|arn| !is_alarm(arn)) {
            self.add(format!("{what}: {arn} is no ARN of an alarm"));
        }
    }

    fn place(&mut self, fields: &Map<String, Value>, index: usize, what: &str) -> Option<Place> {
        let mut number = |name: &str, least: u64, most: u64| {
            let value = fields.get(name).and_then(Value::as_u64);
            let value = value.filter(|value| (least..=most).contains(value));
            self.unless(
                value.is_some(),
                format!("{what}: {name} must be {least} to {most}"),
            );
            value
        };
        let (x, y) = (number("x", 0, COLUMNS - 1), number("y", 0, u64::MAX));
        let (width, height) = (number("width", 1, COLUMNS), number("height", 1, HIGHEST));
        let (x, y) = ((x?, x? + width?), (y?, y?.saturating_add(height?)));
        self.unless(
            x.1 <= COLUMNS,
            format!("{what} leaves the grid of {COLUMNS} columns"),
        );
        Some(Place { index, x, y })
    }
}

fn is_alarm(arn: &str) -> bool {
    arn.starts_with("arn:") && arn.contains(":cloudwatch:") && arn.contains(":alarm:")
}

/// `-PT3H`
fn is_relative(text: &str) -> bool {
    let span = text.strip_prefix('-').filter(|text| text.starts_with('P'));
    span.is_some_and(|text| text.parse::<jiff::Span>().is_ok())
}

/// A time, or a placeholder for one.
fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok() || (text.starts_with("${") && text.ends_with('}'))
}

#[cfg(test)]
mod tests;
