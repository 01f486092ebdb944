//! The rows of a metric widget.

use serde_json::Value;

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) shown: Shown,
    /// Seconds.
    pub(super) period: i64,
    pub(super) id: Option<String>,
    pub(super) label: Option<String>,
    pub(super) colour: Option<String>,
    pub(super) is_right: bool,
    pub(super) is_hidden: bool,
}

/// What it shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shown {
    Metric(Selected),
    /// Every metric of a name with these dimensions, of which some have a value.
    Search {
        selected: Selected,
        by: Vec<String>,
    },
    /// Metric math.
    Math(String),
}

/// A metric with a statistic.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Selected {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) dimensions: Vec<(String, String)>,
    pub(super) statistic: String,
}

/// The rows of a widget, as `shared/dashboards` writes them; others are left out.
pub(super) fn rows(properties: &Value) -> Vec<Row> {
    let rows = properties["metrics"].as_array().into_iter().flatten();
    rows.filter_map(|row| one(row.as_array()?, properties))
        .collect()
}

fn one(row: &[Value], properties: &Value) -> Option<Row> {
    let (options, names) = match row.split_last() {
        Some((options, names)) if options.is_object() => (options, names),
        _ => (&Value::Null, row),
    };
    let option = |name: &str| options[name].as_str().map(str::to_owned);
    let period = options["period"]
        .as_i64()
        .or_else(|| properties["period"].as_i64());
    let statistic = option("stat").or_else(|| Some(properties["stat"].as_str()?.to_owned()));
    let (shown, searched) = match options["expression"].as_str() {
        Some(text) => match search(text) {
            Some((shown, period)) => (shown, Some(period)),
            None => (Shown::Math(text.to_owned()), None),
        },
        None => (
            metric(names, statistic.unwrap_or_else(|| "Average".to_owned()))?,
            None,
        ),
    };
    Some(Row {
        shown,
        period: searched.or(period).unwrap_or(300),
        id: option("id"),
        label: option("label"),
        colour: option("color"),
        is_right: options["yAxis"] == "right",
        is_hidden: options["visible"] == false,
    })
}

fn metric(names: &[Value], statistic: String) -> Option<Shown> {
    let mut names = names.iter().map(|name| Some(name.as_str()?.to_owned()));
    let (namespace, name) = (names.next()??, names.next()??);
    let mut dimensions = Vec::new();
    while let (Some(name), Some(value)) = (names.next(), names.next()) {
        dimensions.push((name?, value?));
    }
    Some(Shown::Metric(Selected {
        namespace,
        name,
        dimensions,
        statistic,
    }))
}

/// `SEARCH('{namespace,dimension,…} MetricName="name" dimension="value"', 'statistic', period)`.
fn search(text: &str) -> Option<(Shown, i64)> {
    let text = text.strip_prefix("SEARCH('{")?.strip_suffix(')')?;
    let (schema, text) = text.split_once("} MetricName=\"")?;
    let (name, text) = text.split_once('"')?;
    let (filters, text) = text.split_once("', '")?;
    let (statistic, period) = text.split_once("', ")?;
    let mut schema = schema.split(',').map(str::to_owned);
    let namespace = schema.next()?;
    let filter = |filter: &str| {
        let (name, value) = filter.split_once("=\"")?;
        Some((name.to_owned(), value.strip_suffix('"')?.to_owned()))
    };
    let dimensions: Vec<(String, String)> = filters
        .split_whitespace()
        .map(filter)
        .collect::<Option<_>>()?;
    let by = schema
        .filter(|name| !dimensions.iter().any(|(known, _)| known == name))
        .collect();
    let selected = Selected {
        namespace,
        name: name.to_owned(),
        dimensions,
        statistic: statistic.to_owned(),
    };
    Some((Shown::Search { selected, by }, period.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_is_a_metric_a_search_or_math_with_what_the_widget_says_for_all() {
        let search = "SEARCH('{App,Environment,Agent} MetricName=\"Cost\" Environment=\"dev\"', 'Maximum', 3600)";
        let properties = json!({"stat": "Sum", "period": 60, "metrics": [
            ["App", "Errors", "Environment", "dev", {"id": "m1", "color": "#d62728", "yAxis": "right"}],
            ["App", "Latency", {"stat": "p99", "period": 300, "visible": false}],
            [{"expression": "m1 * 2", "id": "e1", "label": "twice"}],
            [{"expression": search}],
            ["App"],
        ]});
        let rows = rows(&properties);
        assert_eq!(rows.len(), 4);
        let Shown::Metric(errors) = &rows[0].shown else {
            panic!("a metric")
        };
        assert_eq!((errors.statistic.as_str(), rows[0].period), ("Sum", 60));
        assert_eq!(
            errors.dimensions,
            [("Environment".to_owned(), "dev".to_owned())]
        );
        assert!(rows[0].is_right && rows[0].colour.is_some() && rows[1].is_hidden);
        assert_eq!(rows[1].period, 300);
        assert_eq!(rows[2].shown, Shown::Math("m1 * 2".to_owned()));
        let Shown::Search { selected, by } = &rows[3].shown else {
            panic!("a search")
        };
        assert_eq!(
            (selected.name.as_str(), selected.statistic.as_str()),
            ("Cost", "Maximum")
        );
        assert_eq!(
            (by.as_slice(), rows[3].period),
            (&["Agent".to_owned()][..], 3600)
        );
    }
}
