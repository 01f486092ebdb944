//! The Grafana dashboards of workloads, drawn from the line's Prometheus: for those who have no Grafana.
//!
//! The files are those that Grafana reads, and are read at each request. The page lays the panels out, and here each
//! query of a panel is asked, with the variables and the legends as Grafana documents them.

mod board;
mod series;
mod text;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use anyhow::Result;
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::Timestamp;
use picket_shared::clock::{Clock, SystemClock};
use serde::Serialize;
use serde_json::Value;

use crate::prometheus::{Queries, Range};

/// Points of a line: about as many as a panel of a third of the page has pixels.
const POINTS: i64 = 300;
/// The least minutes that are shown: the longest look back of the panels' rates.
const LEAST_MINUTES: i64 = 5;
/// The most minutes that are shown: a week.
const MOST_MINUTES: i64 = 7 * 24 * 60;
/// What the name of a variable begins with in an address, as in Grafana's own.
const VARIABLE: &str = "var-";

/// Where the dashboards and their data are.
#[derive(Debug, Clone)]
pub struct Source {
    /// The checkout.
    pub root: PathBuf,
    /// The line's Prometheus, where it has one.
    pub prometheus: Option<Queries>,
    /// The line's start: there are no data before.
    pub since: Timestamp,
}

/// What the page asks for first.
#[derive(Debug, Serialize)]
struct Listed {
    /// The address of the Prometheus.
    prometheus: Option<String>,
    dashboards: Vec<Name>,
}

#[derive(Debug, Serialize)]
struct Name {
    uid: String,
    title: String,
}

/// A dashboard with its data.
#[derive(Debug, Serialize)]
struct Drawn {
    /// The file.
    dashboard: Value,
    /// Seconds since 1970.
    start: i64,
    end: i64,
    step: i64,
    /// The values of the variables.
    variables: BTreeMap<String, String>,
    /// The series of each panel, in the order of the file's.
    panels: Vec<series::DrawnPanel>,
    /// Marks over the lines.
    marks: Vec<series::Mark>,
}

/// Its routes: the dashboards, and one with its data.
pub fn router(source: Source) -> Router {
    Router::new()
        .route("/grafana", get(list))
        .route("/grafana/{uid}", get(dashboard))
        .with_state(Arc::new(source))
}

async fn list(State(source): State<Arc<Source>>) -> Response {
    let boards = match board::read(&source.root) {
        Ok(boards) => boards,
        Err(error) => return failed(&error),
    };
    let address = |queries: &Queries| queries.address().to_owned();
    let dashboards = boards.into_iter().map(|(uid, body)| Name {
        title: body["title"].as_str().unwrap_or_default().to_owned(),
        uid,
    });
    Json(Listed {
        prometheus: source.prometheus.as_ref().map(address),
        dashboards: dashboards.collect(),
    })
    .into_response()
}

async fn dashboard(
    State(source): State<Arc<Source>>,
    Path(uid): Path<String>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    let Some(prometheus) = &source.prometheus else {
        return (StatusCode::NOT_FOUND, "the line writes to no Prometheus").into_response();
    };
    let boards = match board::read(&source.root) {
        Ok(boards) => boards,
        Err(error) => return failed(&error),
    };
    let Some((_, body)) = boards.into_iter().find(|(own, _)| *own == uid) else {
        return (StatusCode::NOT_FOUND, "no such dashboard").into_response();
    };
    let minutes = asked.get("minutes").and_then(|text| text.parse().ok());
    let range = range(minutes, source.since, SystemClock.now());
    let variables = board::variables(&body, |name| asked.get(&format!("{VARIABLE}{name}")));
    match drawn(prometheus, body, range, variables).await {
        Ok(drawn) => Json(drawn).into_response(),
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> Response {
    tracing::warn!("a dashboard cannot be drawn: {error:#}");
    (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response()
}

/// What is shown: so many minutes up to now, or the time since the start.
fn range(minutes: Option<i64>, since: Timestamp, now: Timestamp) -> Range {
    let passed = now.duration_since(since).as_mins() + 1;
    let minutes = minutes.unwrap_or(passed).clamp(LEAST_MINUTES, MOST_MINUTES);
    let end = now.as_second();
    let seconds = minutes * 60;
    Range {
        start: end - seconds,
        end,
        step: (seconds / POINTS).max(1),
    }
}

async fn drawn(
    prometheus: &Queries,
    body: Value,
    range: Range,
    variables: BTreeMap<String, String>,
) -> Result<Drawn> {
    let context = text::Variables::of(&variables, range.step);
    let mut panels = Vec::new();
    for panel in body["panels"].as_array().into_iter().flatten() {
        panels.push(series::panel(prometheus, panel, range, &context).await);
    }
    let marks = series::marks(prometheus, &body["annotations"], range).await?;
    Ok(Drawn {
        dashboard: body,
        start: range.start,
        end: range.end,
        step: range.step,
        variables,
        panels,
        marks,
    })
}

#[cfg(test)]
mod tests;
