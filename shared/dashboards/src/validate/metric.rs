//! Metric widgets.

use std::collections::BTreeSet;

use picket_alarms::Statistic;
use serde_json::{Map, Value};

use super::{Log, is_alarm, is_number, is_time};
use crate::source::Period;

/// Rows of a metric widget.
const MOST_ROWS: usize = 500;
/// Dimensions of a metric.
const MOST_DIMENSIONS: usize = 30;

const FIELDS: [&str; 17] = [
    "accountId",
    "annotations",
    "legend",
    "liveData",
    "metrics",
    "period",
    "region",
    "setPeriodToTimeRange",
    "singleValueFullPrecision",
    "sparkline",
    "stacked",
    "stat",
    "table",
    "timezone",
    "title",
    "view",
    "yAxis",
];
const VIEWS: [&str; 6] = ["timeSeries", "singleValue", "gauge", "bar", "pie", "table"];
const OPTIONS: [&str; 10] = [
    "accountId",
    "color",
    "expression",
    "id",
    "label",
    "period",
    "region",
    "stat",
    "visible",
    "yAxis",
];

impl Log {
    pub(super) fn metric(&mut self, properties: &Map<String, Value>, what: &str) {
        self.only(properties, &FIELDS, what);
        self.text(properties, "region", what);
        self.one_of(properties, "view", &VIEWS, what);
        self.statistic(properties, what);
        self.period(properties, what);
        self.axes(properties, what);
        let annotations = properties.get("annotations").and_then(Value::as_object);
        if let Some(annotations) = annotations {
            self.annotations(annotations, what);
        }
        let of_alarm = annotations.is_some_and(|annotations| annotations.contains_key("alarms"));
        match properties.get("metrics").and_then(Value::as_array) {
            Some(rows) => {
                let is_legal = (1..=MOST_ROWS).contains(&rows.len());
                self.unless(
                    is_legal,
                    format!("{what} has {} rows of metrics", rows.len()),
                );
                self.rows(rows, what);
            }
            None => self.unless(of_alarm, format!("{what} has neither metrics nor an alarm")),
        }
    }

    fn statistic(&mut self, fields: &Map<String, Value>, what: &str) {
        if let Some(statistic) = fields.get("stat") {
            let name = with_numbers(statistic.as_str().unwrap_or_default());
            self.unless(
                name.parse::<Statistic>().is_ok(),
                format!("{what}: {statistic} is no statistic"),
            );
        }
    }

    fn period(&mut self, fields: &Map<String, Value>, what: &str) {
        if let Some(period) = fields.get("period") {
            let seconds = period
                .as_u64()
                .and_then(|seconds| u32::try_from(seconds).ok());
            let is_legal = seconds.is_some_and(|seconds| Period::try_from(seconds).is_ok());
            self.unless(is_legal, format!("{what}: {period} is no period"));
        }
    }

    fn axes(&mut self, properties: &Map<String, Value>, what: &str) {
        let axes = properties.get("yAxis").and_then(Value::as_object);
        for (side, axis) in axes.into_iter().flatten() {
            self.unless(
                side == "left" || side == "right",
                format!("{what} has no axis {side:?}"),
            );
            if let Some(axis) = self.object(axis, &format!("{what}: the axis {side}")) {
                self.only(axis, &["label", "max", "min", "showUnits"], what);
                for bound in ["min", "max"].iter().filter_map(|name| axis.get(*name)) {
                    self.unless(
                        is_number(bound),
                        format!("{what}: the bound {bound} is no number"),
                    );
                }
            }
        }
        if properties.get("view").is_some_and(|view| view == "gauge") {
            let left = axes
                .and_then(|axes| axes.get("left"))
                .unwrap_or(&Value::Null);
            let is_bounded = ["min", "max"].iter().all(|name| is_number(&left[name]));
            self.unless(
                is_bounded,
                format!("{what}: a gauge needs min and max of its left axis"),
            );
        }
    }

    fn annotations(&mut self, annotations: &Map<String, Value>, what: &str) {
        self.only(annotations, &["alarms", "horizontal", "vertical"], what);
        for (kind, value) in annotations {
            let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
            self.unless(!list.is_empty(), format!("{what}: {kind} must be a list"));
            match kind.as_str() {
                "alarms" => {
                    let is_one = list.len() == 1 && list[0].as_str().is_some_and(is_alarm);
                    let is_alone = annotations.len() == 1;
                    self.unless(
                        is_one && is_alone,
                        format!("{what}: one alarm, and no other annotation"),
                    );
                }
                kind => {
                    // A band is a list of two.
                    let lines = list.iter().flat_map(|line| match line {
                        Value::Array(band) => band.as_slice(),
                        line => std::slice::from_ref(line),
                    });
                    for line in lines {
                        self.line(line, kind, what);
                    }
                }
            }
        }
    }

    fn line(&mut self, line: &Value, kind: &str, what: &str) {
        let Some(line) = self.object(line, &format!("{what}: an annotation")) else {
            return;
        };
        let value = line.get("value").unwrap_or(&Value::Null);
        let (is_legal, fills): (bool, &[&str]) = if kind == "horizontal" {
            self.only(
                line,
                &["color", "fill", "label", "value", "visible", "yAxis"],
                what,
            );
            (is_number(value), &["above", "below", "none"])
        } else {
            self.only(line, &["color", "fill", "label", "value", "visible"], what);
            (
                value.as_str().is_some_and(is_time),
                &["before", "after", "none"],
            )
        };
        self.unless(
            is_legal,
            format!("{what}: the value {value} of a {kind} annotation"),
        );
        self.one_of(line, "fill", fills, what);
        self.one_of(line, "yAxis", &["left", "right"], what);
        self.colour(line, what);
    }

    fn colour(&mut self, fields: &Map<String, Value>, what: &str) {
        if let Some(colour) = fields.get("color") {
            let digits = colour
                .as_str()
                .and_then(|text| text.strip_prefix('#'))
                .unwrap_or_default();
            let is_hex = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            self.unless(is_hex, format!("{what}: the colour {colour}"));
        }
    }

    fn rows(&mut self, rows: &[Value], what: &str) {
        let (mut ids, mut above) = (BTreeSet::new(), Vec::new());
        for (index, row) in rows.iter().enumerate() {
            let what = format!("{what}, row {index}");
            let Some(row) = row.as_array() else {
                self.add(format!("{what} must be a list"));
                continue;
            };
            let (options, names) = match row.split_last() {
                Some((Value::Object(options), names)) => (Some(options), names),
                _ => (None, row.as_slice()),
            };
            if let Some(options) = options {
                self.options(options, &what);
                let id = options.get("id").and_then(Value::as_str);
                self.unless(
                    id.is_none_or(|id| ids.insert(id)),
                    format!("{what}: its id is there twice"),
                );
            }
            let is_expression = options.is_some_and(|options| options.contains_key("expression"));
            if !is_expression {
                above = self.names(names, &above, &what);
            } else if !names.is_empty() {
                self.add(format!("{what}: an expression is alone in its row"));
            }
        }
    }

    /// Namespace, name, and names and values of dimensions. `.` is what the row above has there.
    fn names(&mut self, names: &[Value], above: &[String], what: &str) -> Vec<String> {
        let is_shape = names.len() >= 2
            && names.len().is_multiple_of(2)
            && names.len() <= 2 + 2 * MOST_DIMENSIONS;
        self.unless(is_shape, format!("{what}: {} parts", names.len()));
        let mut row = Vec::new();
        for name in names {
            match name.as_str() {
                Some("...") => self.add(format!("{what}: write each part in place of \"...\"")),
                Some(".") => match above.get(row.len()) {
                    Some(part) => row.push(part.clone()),
                    None => self.add(format!("{what}: nothing is above \".\"")),
                },
                Some(part) if !part.is_empty() => row.push(part.to_owned()),
                _ => self.add(format!("{what}: {name} is no name")),
            }
        }
        row
    }

    fn options(&mut self, options: &Map<String, Value>, what: &str) {
        self.only(options, &OPTIONS, what);
        self.statistic(options, what);
        self.period(options, what);
        self.colour(options, what);
        self.one_of(options, "yAxis", &["left", "right"], what);
        if let Some(id) = options.get("id") {
            let text = id.as_str().unwrap_or_default();
            let is_id = text.starts_with(|first: char| first.is_ascii_lowercase())
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            self.unless(
                is_id,
                format!("{what}: the id {id} must begin with a small letter"),
            );
        }
        let is_shown = options.get("visible").is_none_or(Value::is_boolean);
        self.unless(is_shown, format!("{what}: visible must be true or false"));
    }
}

/// A text whose placeholders are numbers, as in a percentile rank up to a parameter.
fn with_numbers(text: &str) -> String {
    let mut parts = text.split("${");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| match part.split_once('}') {
        Some((_, rest)) => format!("{text}1{rest}"),
        None => format!("{text}${{{part}"),
    })
}
