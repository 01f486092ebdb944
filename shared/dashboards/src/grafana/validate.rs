//! A body, held to Grafana's description of its classic JSON model and of its panels
//! (<https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/>,
//! <https://github.com/grafana/grafana/blob/v11.4.0/kinds/dashboard/dashboard_kind.cue>).

use std::collections::BTreeSet;

use serde_json::Value;

/// The fields of a dashboard.
const DASHBOARD: &[&str] = &[
    "id",
    "uid",
    "title",
    "description",
    "tags",
    "timezone",
    "editable",
    "graphTooltip",
    "time",
    "timepicker",
    "templating",
    "annotations",
    "refresh",
    "schemaVersion",
    "version",
    "links",
    "panels",
    "fiscalYearStartMonth",
    "liveNow",
    "weekStart",
    "revision",
    "gnetId",
    "snapshot",
];
/// Those without which it is none here.
const NEEDED: &[&str] = &[
    "uid",
    "title",
    "schemaVersion",
    "panels",
    "time",
    "refresh",
    "templating",
];
/// The fields of a panel.
const PANEL: &[&str] = &[
    "id",
    "type",
    "title",
    "description",
    "gridPos",
    "datasource",
    "targets",
    "fieldConfig",
    "options",
    "links",
    "transparent",
    "repeat",
    "repeatDirection",
    "maxDataPoints",
    "transformations",
    "interval",
    "timeFrom",
    "timeShift",
    "pluginVersion",
    "libraryPanel",
];
/// The fields of a query of Prometheus.
const TARGET: &[&str] = &[
    "refId",
    "datasource",
    "expr",
    "legendFormat",
    "instant",
    "range",
    "format",
    "interval",
    "exemplar",
    "hide",
    "editorMode",
    "intervalFactor",
];
/// The panels that Grafana comes with and that a source can name.
const KINDS: &[&str] = &[
    "timeseries",
    "stat",
    "bargauge",
    "piechart",
    "table",
    "heatmap",
    "gauge",
    "text",
];
/// What the picker of the refresh offers; another is refused where a minimum is configured.
const REFRESHES: &[&str] = &[
    "5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d",
];
/// Columns of the grid.
const COLUMNS: u64 = 24;
/// The length of an id.
const ID: std::ops::RangeInclusive<usize> = 8..=40;

/// What Grafana would not take, or take for something else.
pub fn problems(body: &Value) -> Vec<String> {
    let mut problems = fields("the dashboard", body, DASHBOARD);
    let missing = NEEDED.iter().filter(|name| body[**name].is_null());
    problems.extend(missing.map(|name| format!("the dashboard has no {name}")));
    if !body["uid"]
        .as_str()
        .is_some_and(|id| ID.contains(&id.len()))
    {
        problems.push(format!("an id has 8 to 40 characters: {}", body["uid"]));
    }
    if !body["refresh"]
        .as_str()
        .is_some_and(|refresh| REFRESHES.contains(&refresh))
    {
        problems.push(format!("{} is no refresh interval", body["refresh"]));
    }
    let variables = list(&body["templating"]["list"]).filter_map(|one| one["name"].as_str());
    let variables: BTreeSet<&str> = variables.collect();
    let (mut ids, mut cells) = (BTreeSet::new(), BTreeSet::new());
    for panel in list(&body["panels"]) {
        problems.extend(of_panel(panel, &variables));
        let title = &panel["title"];
        if !panel["id"].as_u64().is_some_and(|id| ids.insert(id)) {
            problems.push(format!("{title}: the id is missing or another panel's"));
        }
        if !is_placed(&panel["gridPos"], &mut cells) {
            problems.push(format!(
                "{title} is outside of the grid, or covers another panel"
            ));
        }
    }
    problems
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn fields(what: &str, value: &Value, known: &[&str]) -> Vec<String> {
    let Some(object) = value.as_object() else {
        return vec![format!("{what} is no object")];
    };
    let unknown = object.keys().filter(|name| !known.contains(&name.as_str()));
    unknown
        .map(|name| format!("{what} has the unknown field {name}"))
        .collect()
}

fn of_panel(panel: &Value, variables: &BTreeSet<&str>) -> Vec<String> {
    let title = panel["title"].as_str().unwrap_or_default();
    let mut problems = fields(title, panel, PANEL);
    if title.is_empty() {
        problems.push("a panel has no title".to_owned());
    }
    if !panel["type"]
        .as_str()
        .is_some_and(|kind| KINDS.contains(&kind))
    {
        problems.push(format!("{title}: {} is no panel", panel["type"]));
    }
    let defaults = &panel["fieldConfig"]["defaults"];
    if !defaults["unit"].is_string() {
        problems.push(format!("{title} has no unit"));
    }
    if !are_steps(&defaults["thresholds"]["steps"]) {
        problems.push(format!("{title}: thresholds begin with null and ascend"));
    }
    let mut names = BTreeSet::new();
    for target in list(&panel["targets"]) {
        problems.extend(fields(title, target, TARGET));
        if !target["refId"]
            .as_str()
            .is_some_and(|name| names.insert(name))
        {
            problems.push(format!("{title}: a query has no name of its own"));
        }
        if target["expr"].as_str().is_none_or(str::is_empty) {
            problems.push(format!("{title}: a query is empty"));
        }
    }
    if names.is_empty() && panel["type"] != "text" {
        problems.push(format!("{title} has no query"));
    }
    let text = panel.to_string();
    let unknown = unknown_variables(&text, variables);
    problems.extend(unknown.map(|name| format!("{title}: ${{{name}}} is no variable")));
    problems
}

/// Names in `${…}` that are neither variables of the dashboard nor Grafana's own, which begin with `__`.
fn unknown_variables<'t>(
    text: &'t str,
    variables: &'t BTreeSet<&str>,
) -> impl Iterator<Item = String> + 't {
    let names = text
        .split("${")
        .skip(1)
        .filter_map(|rest| rest.split_once('}'));
    names
        .map(|(name, _)| name)
        .filter(|name| !name.starts_with("__") && !variables.contains(name))
        .map(str::to_owned)
}

fn are_steps(steps: &Value) -> bool {
    let values: Vec<Option<f64>> = list(steps).map(|step| step["value"].as_f64()).collect();
    let Some((None, rest)) = values.split_first() else {
        return false;
    };
    rest.iter().all(Option::is_some) && rest.is_sorted_by(|a, b| a < b)
}

/// Whether a place is on the grid, and none of its cells was taken.
fn is_placed(place: &Value, cells: &mut BTreeSet<(u64, u64)>) -> bool {
    let of = |name: &str| place[name].as_u64();
    let (Some(x), Some(y), Some(width), Some(height)) = (of("x"), of("y"), of("w"), of("h")) else {
        return false;
    };
    let all = (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y)));
    let taken = all.filter(|cell| !cells.insert(*cell)).count();
    let is_free = taken == 0;
    width > 0 && height > 0 && x + width <= COLUMNS && is_free
}

#[cfg(test)]
mod tests;
