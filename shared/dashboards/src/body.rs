//! The body that `PutDashboard` takes, made of a source and the template that it belongs to.

mod alarm;
mod chart;
mod conditions;
mod layout;
mod placeholders;
mod row;

use serde_json::{Value, json};

use crate::{
    InvalidDashboard,
    pretty::pretty,
    source::{AlarmList, Alarms, Dashboard, Log, Widget},
    validate,
};
use alarm::Watched;
use chart::Context;
use layout::Place;

/// A region that CloudFormation fills in.
const REGION: &str = "${AWS::Region}";

/// A body, with placeholders as in `Fn::Sub`.
#[derive(Debug, Clone, PartialEq)]
pub struct Body(Value);

impl Body {
    /// The body; a parameter that is a number is a text here.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The text, which is JSON once the placeholders are filled in.
    pub fn text(&self) -> String {
        pretty(&self.0)
    }
}

/// Makes the body. `template` is that of the workload, functions in their long form.
pub fn body(dashboard: &Dashboard, template: &Value) -> Result<Body, InvalidDashboard> {
    let resource = &template["Resources"][&dashboard.resource];
    if resource["Type"] != "AWS::CloudWatch::Dashboard" {
        return Err(InvalidDashboard::NoResource(dashboard.resource.clone()));
    }
    let context = Context {
        dashboard,
        template,
        condition: resource["Condition"].as_str(),
    };
    let header = heading(dashboard);
    let mut widgets = vec![header.0];
    let mut y = header.1;
    for row in &dashboard.rows {
        for (place, widget) in layout::places(row, y)?.iter().zip(&row.widgets) {
            widgets.push(made(widget, *place, &context)?);
        }
        y += row.height;
    }
    // Each graph has the period that its source names: with `auto` the console would change it with the range, and an
    // alarm's threshold on a sum would mean nothing.
    let body = json!({
        "start": format!("-{}", dashboard.range),
        "periodOverride": "inherit",
        "widgets": widgets,
    });
    if let Some(problem) = validate::problems(&body).into_iter().next() {
        return Err(InvalidDashboard::Body(problem));
    }
    placeholders::check(&body, template)?;
    Ok(Body(body))
}

/// The heading with the link to the runbook, and its height.
fn heading(dashboard: &Dashboard) -> (Value, u16) {
    let Dashboard {
        title,
        about,
        runbook,
        ..
    } = dashboard;
    let about_line = about.as_ref().map_or_else(String::new, |about| {
        format!(
            "{about}

"
        )
    });
    let markdown = format!(
        "# {title}\n{about_line}Stack `${{StackName}}` | [Runbook](${{RunbookBaseUrl}}{runbook})"
    );
    let height = if about.is_some() { 3 } else { 2 };
    let place = Place {
        x: 0,
        y: 0,
        width: 24,
        height,
    };
    (place.widget("text", &json!({"markdown": markdown})), height)
}

fn made(widget: &Widget, place: Place, context: &Context<'_>) -> Result<Value, InvalidDashboard> {
    Ok(match widget {
        Widget::Graph(graph) => place.widget("metric", &chart::graph(graph, context)?),
        Widget::Number(number) => place.widget("metric", &chart::number(number, context)?),
        Widget::Gauge(gauge) => place.widget("metric", &chart::gauge(gauge, context)?),
        Widget::Text(text) => place.widget("text", &json!({"markdown": text.markdown})),
        Widget::Log(log) => place.widget("log", &log_query(log)),
        Widget::Alarms(alarms) => place.widget("alarm", &states(alarms, context)?),
    })
}

fn log_query(log: &Log) -> Value {
    let source = |group: &String| format!("SOURCE '{group}' | ");
    let source = log
        .log_groups
        .iter()
        .map(source)
        .collect::<Vec<_>>()
        .concat();
    json!({
        "title": log.title,
        "region": REGION,
        "query": format!("{source}{}", log.query.trim_end()),
        "view": "table",
    })
}

fn states(alarms: &Alarms, context: &Context<'_>) -> Result<Value, InvalidDashboard> {
    let watched = match &alarms.alarms {
        AlarmList::All(_) => Watched::all(context.template)
            .filter(|alarm| alarm.exists_with(context.condition))
            .collect(),
        AlarmList::Named(ids) => {
            let existing = |id: &String| Watched::existing(context.template, id, context.condition);
            ids.iter().map(existing).collect::<Result<Vec<_>, _>>()?
        }
    };
    let arns = watched
        .iter()
        .map(Watched::arn)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({"title": alarms.title, "alarms": arns}))
}

#[cfg(test)]
mod tests;
