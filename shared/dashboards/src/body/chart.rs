//! Widgets that draw metrics.

use std::collections::BTreeMap;

use picket_alarms::expression::{Expression, InvalidExpression};
use picket_rules::metrics::Unit;
use serde_json::{Map, Value, json};

use super::{
    REGION,
    alarm::Watched,
    placeholders,
    row::{Defaults, Row, Shown, rows},
};
use crate::{
    InvalidDashboard,
    pretty::number_of,
    source::{
        Axis, AxisUnit, Dashboard, Gauge, Graph, Mark, Number, NumberWidget, Period, Selection,
        Series, StatisticName, Subject, Target,
    },
};

/// What widgets are made in.
pub(super) struct Context<'a> {
    pub(super) dashboard: &'a Dashboard,
    pub(super) template: &'a Value,
    /// The condition of the dashboard.
    pub(super) condition: Option<&'a str>,
}

/// Metrics of a widget.
struct Chart<'a> {
    title: &'a str,
    statistic: &'a StatisticName,
    period: Period,
    series: &'a [Series],
    context: &'a Context<'a>,
}

/// Rows of `metrics`, and horizontal annotations.
struct Drawn {
    rows: Value,
    lines: Vec<Value>,
}

pub(super) fn graph(graph: &Graph, context: &Context<'_>) -> Result<Value, InvalidDashboard> {
    let chart = Chart {
        title: &graph.title,
        statistic: &graph.statistic,
        period: graph.period,
        series: &graph.series,
        context,
    };
    let drawn = chart.drawn()?;
    let mut axes = json!({"left": axis(graph.unit)});
    if let Some(unit) = graph.right_unit {
        axes["right"] = axis(unit);
    }
    let mut properties = chart.properties("timeSeries");
    properties.insert("stacked".to_owned(), json!(graph.stacked));
    properties.insert("yAxis".to_owned(), axes);
    properties.insert("metrics".to_owned(), drawn.rows);
    let mut lines = drawn.lines;
    lines.extend(graph.targets.iter().map(target));
    annotate(&mut properties, lines, &graph.marks);
    Ok(Value::Object(properties))
}

/// An axis from zero on. A number without a unit has no label: its title says what it counts.
fn axis(unit: AxisUnit) -> Value {
    let mut axis = json!({"showUnits": false, "min": 0});
    if unit != AxisUnit::Unit(Unit::NONE) {
        axis["label"] = json!(unit.to_string());
    }
    axis
}

pub(super) fn number(
    number: &NumberWidget,
    context: &Context<'_>,
) -> Result<Value, InvalidDashboard> {
    let chart = Chart {
        title: &number.title,
        statistic: &number.statistic,
        period: number.period,
        series: &number.series,
        context,
    };
    let mut properties = chart.properties("singleValue");
    properties.insert("sparkline".to_owned(), json!(true));
    properties.insert("metrics".to_owned(), chart.drawn()?.rows);
    Ok(Value::Object(properties))
}

pub(super) fn gauge(gauge: &Gauge, context: &Context<'_>) -> Result<Value, InvalidDashboard> {
    let chart = Chart {
        title: &gauge.title,
        statistic: &gauge.statistic,
        period: gauge.period,
        series: &gauge.series,
        context,
    };
    let drawn = chart.drawn()?;
    let mut properties = chart.properties("gauge");
    let bounds = json!({"min": json_number(&gauge.minimum), "max": json_number(&gauge.maximum)});
    properties.insert("yAxis".to_owned(), json!({"left": bounds}));
    properties.insert("metrics".to_owned(), drawn.rows);
    annotate(&mut properties, drawn.lines, &[]);
    Ok(Value::Object(properties))
}

impl Chart<'_> {
    fn properties(&self, view: &str) -> Map<String, Value> {
        let properties = [
            ("title", json!(self.title)),
            ("view", json!(view)),
            ("region", json!(REGION)),
            ("stat", json!(self.statistic.as_str())),
            ("period", json!(self.period.seconds())),
        ];
        properties
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect()
    }

    fn drawn(&self) -> Result<Drawn, InvalidDashboard> {
        let (mut all, mut lines) = (Vec::new(), Vec::new());
        for series in self.series {
            let look = &series.look;
            let row = |shown, period: Option<Period>, colour| Row {
                shown,
                period: period.map(Period::seconds),
                id: look.id.clone(),
                label: look.label.clone(),
                colour,
                axis: look.axis,
                is_hidden: look.hidden,
            };
            match &series.subject {
                Subject::Metric { name, selection } => {
                    let shown = self.metric(name, selection)?;
                    all.push(row(shown, selection.period, Some(look.colour)));
                }
                Subject::Search {
                    name,
                    by,
                    containing,
                    selection,
                } => {
                    let label = look.label.clone().or_else(|| Some(values_of(by)));
                    let shown = self.search(name, by, containing.as_deref(), selection)?;
                    all.push(Row {
                        label,
                        ..row(shown, selection.period, None)
                    });
                }
                Subject::Expression(text) => {
                    all.push(row(
                        Shown::Expression(text.clone()),
                        None,
                        Some(look.colour),
                    ));
                }
                Subject::Alarm(id) => {
                    let context = self.context;
                    let alarm = Watched::existing(context.template, id, context.condition)?;
                    all.extend(alarm.rows(look)?);
                    lines.extend(alarm.line(look.axis)?);
                }
            }
        }
        check_names(&all).map_err(|reason| self.refused(reason))?;
        let defaults = Defaults {
            statistic: self.statistic.as_str(),
            period: self.period.seconds(),
        };
        let rows = rows(&all, &defaults).map_err(|reason| self.refused(reason))?;
        Ok(Drawn { rows, lines })
    }

    fn metric(&self, name: &str, selection: &Selection) -> Result<Shown, InvalidDashboard> {
        let (namespace, dimensions) = self.place(selection)?;
        let statistic = selection.statistic.as_ref().unwrap_or(self.statistic);
        Ok(Shown::Metric {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            dimensions: dimensions.into_iter().collect(),
            statistic: statistic.as_str().to_owned(),
        })
    }

    /// `SEARCH('{namespace,dimension,…} MetricName="name" dimension="value" word', 'statistic', period)`.
    fn search(
        &self,
        name: &str,
        by: &[String],
        containing: Option<&str>,
        selection: &Selection,
    ) -> Result<Shown, InvalidDashboard> {
        let (namespace, dimensions) = self.place(selection)?;
        let names = dimensions.keys().chain(by).map(String::as_str);
        let schema: Vec<&str> = [namespace].into_iter().chain(names).collect();
        let value = |(name, value): (&String, &String)| format!(" {name}=\"{value}\"");
        let word = containing.map(|word| format!(" {word}"));
        let values: String = dimensions.iter().map(value).chain(word).collect();
        let statistic = selection
            .statistic
            .as_ref()
            .unwrap_or(self.statistic)
            .as_str();
        let period = selection.period.unwrap_or(self.period).seconds();
        Ok(Shown::Expression(format!(
            "SEARCH('{{{}}} MetricName=\"{name}\"{values}', '{statistic}', {period})",
            schema.join(",")
        )))
    }

    /// The dashboard's dimensions are of its own namespace.
    fn place<'a>(
        &'a self,
        selection: &'a Selection,
    ) -> Result<(&'a str, BTreeMap<String, String>), InvalidDashboard> {
        let dashboard = self.context.dashboard;
        let namespace = selection
            .namespace
            .as_ref()
            .or(dashboard.namespace.as_ref());
        let namespace =
            namespace.ok_or_else(|| self.refused("a metric has no namespace".to_owned()))?;
        let dimensions = match (&selection.dimensions, &selection.namespace) {
            (Some(dimensions), _) => dimensions.clone(),
            (None, None) => dashboard.dimensions.clone(),
            (None, Some(_)) => BTreeMap::new(),
        };
        Ok((namespace, dimensions))
    }

    fn refused(&self, reason: String) -> InvalidDashboard {
        InvalidDashboard::Widget {
            widget: self.title.to_owned(),
            reason,
        }
    }
}

/// `${PROP('Dim.AgentId')}`, escaped for `Fn::Sub`.
fn values_of(dimensions: &[String]) -> String {
    let value = |name: &String| format!("${{!PROP('Dim.{name}')}}");
    dimensions.iter().map(value).collect::<Vec<_>>().join(" ")
}

/// An expression names ids of the same widget.
fn check_names(rows: &[Row]) -> Result<(), String> {
    for row in rows {
        let Shown::Expression(text) = &row.shown else {
            continue;
        };
        match placeholders::with_numbers(text).parse::<Expression>() {
            Err(InvalidExpression::Search) => {}
            Err(error) => return Err(error.to_string()),
            Ok(expression) => {
                let unknown = |name: &&str| !rows.iter().any(|row| row.id.as_deref() == Some(name));
                if let Some(name) = expression.names().into_iter().find(unknown) {
                    return Err(format!(
                        "{text:?} names {name}, which no series has as its id"
                    ));
                }
            }
        }
    }
    Ok(())
}

fn target(target: &Target) -> Value {
    let mut line = json!({
        "label": target.label,
        "value": json_number(&target.value),
        "color": target.colour.shades()[0],
    });
    if target.axis == Axis::Right {
        line["yAxis"] = json!("right");
    }
    line
}

fn annotate(properties: &mut Map<String, Value>, lines: Vec<Value>, marks: &[Mark]) {
    let mut annotations = Map::new();
    if !lines.is_empty() {
        annotations.insert("horizontal".to_owned(), Value::Array(lines));
    }
    if !marks.is_empty() {
        let mark = |mark: &Mark| json!({"label": mark.label, "value": mark.at});
        annotations.insert("vertical".to_owned(), marks.iter().map(mark).collect());
    }
    if !annotations.is_empty() {
        properties.insert("annotations".to_owned(), Value::Object(annotations));
    }
}

fn json_number(number: &Number) -> Value {
    match number {
        Number::Value(value) => Value::Number(value.clone()),
        Number::Parameter(parameter) => number_of(parameter.as_str()),
    }
}
