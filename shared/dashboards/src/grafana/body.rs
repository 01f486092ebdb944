//! The body of a Grafana dashboard.

use serde_json::{Value, json};

use super::source::{Board, Chart, Panel, Query, Row, Threshold};
use crate::source::Colour;

/// The version of the classic schema that the body is written in; newer Grafanas convert it when they read it.
const SCHEMA: u16 = 38;
/// Columns of Grafana's grid.
const COLUMNS: u8 = 24;
/// The names of queries in a panel.
const NAMES: [&str; 6] = ["A", "B", "C", "D", "E", "F"];

/// The data source that a person chooses at the top.
fn source() -> Value {
    json!({"type": "prometheus", "uid": "${datasource}"})
}

impl Board {
    /// The body, as in the file.
    pub fn body(&self) -> Value {
        let mut variables = vec![json!({
            "name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "refresh": 1,
            "hide": 0,
        })];
        variables.extend(self.variables.iter().map(|variable| {
            json!({
                "name": variable.name, "label": variable.label, "type": "textbox", "query": variable.value,
                "current": {"text": variable.value, "value": variable.value}, "hide": 0,
            })
        }));
        json!({
            "uid": self.id,
            "title": self.title,
            "description": self.about,
            "tags": self.tags,
            "schemaVersion": SCHEMA,
            "version": 1,
            "editable": false,
            "refresh": self.refresh.as_str(),
            "time": {"from": format!("now-{}", self.range), "to": "now"},
            "timezone": "browser",
            // One cursor in all panels.
            "graphTooltip": 1,
            "templating": {"list": variables},
            "annotations": {"list": annotations()},
            "links": [],
            "panels": panels(&self.rows),
        })
    }
}

/// The alerts that fire, as marks over the lines.
fn annotations() -> Value {
    json!([
        {
            "builtIn": 1, "datasource": {"type": "grafana", "uid": "-- Grafana --"}, "enable": true, "hide": true,
            "iconColor": "rgba(0, 211, 255, 1)", "name": "Annotations & Alerts", "type": "dashboard",
        },
        {
            "datasource": source(), "enable": true, "expr": "ALERTS{alertstate=\"firing\"}", "iconColor": "red",
            "name": "Firing alerts", "titleFormat": "{{alertname}}",
        },
    ])
}

fn panels(rows: &[Row]) -> Vec<Value> {
    let mut panels = Vec::new();
    let mut y = 0;
    for row in rows {
        let mut x = 0;
        for (panel, width) in row.panels.iter().zip(widths(row)) {
            let place = json!({"x": x, "y": y, "w": width, "h": row.height});
            panels.push(panel_body(panel, &place, panels.len() + 1));
            x += width;
        }
        y += row.height;
    }
    panels
}

/// What panels without a width share, the first of them having what is left over.
fn widths(row: &Row) -> Vec<u8> {
    let named: u8 = row
        .panels
        .iter()
        .filter_map(|panel| panel.chart().width)
        .sum();
    let others = row
        .panels
        .iter()
        .filter(|panel| panel.chart().width.is_none());
    let others = u8::try_from(others.count()).unwrap_or(COLUMNS);
    let left = COLUMNS.saturating_sub(named);
    let share = left.checked_div(others).unwrap_or_default();
    let mut more = left - share * others;
    let width = |panel: &Panel| {
        panel
            .chart()
            .width
            .unwrap_or_else(|| share + std::mem::take(&mut more))
    };
    row.panels.iter().map(width).collect()
}

fn panel_body(panel: &Panel, place: &Value, id: usize) -> Value {
    let chart = panel.chart();
    let queries = chart.queries.iter().zip(NAMES);
    let mut body = json!({
        "id": id,
        "type": panel.kind(),
        "title": chart.title,
        "gridPos": place,
        "datasource": source(),
        "targets": queries.map(|(query, name)| target(panel, query, name)).collect::<Vec<_>>(),
        "fieldConfig": {"defaults": defaults(panel), "overrides": []},
        "options": options(panel),
    });
    if let Some(about) = &chart.about {
        body["description"] = about.as_str().into();
    }
    body
}

fn target(panel: &Panel, query: &Query, name: &str) -> Value {
    let over_time = panel.is_over_time();
    let mut target = json!({
        "refId": name, "datasource": source(), "expr": query.query.trim_end(), "legendFormat": query.legend,
        "instant": !over_time, "range": over_time,
    });
    match panel {
        Panel::Table(_) => target["format"] = "table".into(),
        Panel::Heatmap(_) => target["format"] = "heatmap".into(),
        _ => {}
    }
    target
}

fn defaults(panel: &Panel) -> Value {
    let chart = panel.chart();
    let mut defaults = json!({
        "unit": chart.unit.as_str(),
        "min": chart.minimum,
        "thresholds": {"mode": "absolute", "steps": steps(chart)},
    });
    if let Some(maximum) = chart.maximum {
        defaults["max"] = maximum.into();
    }
    if let Panel::Lines(_) = panel {
        let (fill, stacking) = if chart.stacked {
            (60, "normal")
        } else {
            (10, "none")
        };
        let line = if chart.thresholds.is_empty() {
            "off"
        } else {
            "line"
        };
        defaults["custom"] = json!({
            "drawStyle": "line", "fillOpacity": fill, "stacking": {"mode": stacking, "group": "A"},
            "thresholdsStyle": {"mode": line}, "spanNulls": false,
        });
    }
    if !chart.links.is_empty() {
        let links = chart.links.iter();
        let link = |link: &super::source::Link| json!({"title": link.title, "url": link.url, "targetBlank": true});
        defaults["links"] = links.map(link).collect();
    }
    defaults
}

fn steps(chart: &Chart) -> Vec<Value> {
    let base = json!({"color": colour(chart.below), "value": null});
    let step = |threshold: &Threshold| json!({"color": colour(threshold.colour), "value": number(threshold.value)});
    [base]
        .into_iter()
        .chain(chart.thresholds.iter().map(step))
        .collect()
}

/// A whole number without a fraction.
fn number(value: f64) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "thresholds are small numbers that people write"
    )]
    let whole = value as i64;
    if value.fract() == 0.0 {
        whole.into()
    } else {
        value.into()
    }
}

const fn colour(colour: Colour) -> &'static str {
    match colour {
        Colour::Good => "green",
        Colour::Warning => "orange",
        Colour::Critical => "red",
        Colour::Neutral => "blue",
        Colour::Comparison => "text",
    }
}

fn options(panel: &Panel) -> Value {
    let newest = json!({"calcs": ["lastNotNull"], "fields": "", "values": false});
    match panel {
        Panel::Lines(_) => json!({
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": true},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }),
        Panel::Number(_) | Panel::Bars(_) => {
            json!({"reduceOptions": newest, "orientation": "auto"})
        }
        Panel::Pie(_) => json!({
            "legend": {
                "displayMode": "table", "placement": "right", "showLegend": true, "values": ["percent"],
            },
            "pieType": "pie",
            "reduceOptions": newest,
        }),
        Panel::Table(_) => json!({"showHeader": true}),
        // Prometheus has made the buckets.
        Panel::Heatmap(_) => json!({"calculate": false}),
    }
}
