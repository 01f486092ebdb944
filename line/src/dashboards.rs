//! The workloads' dashboards, drawn from the emulator's metrics, so that they can be looked at before AWS.
//!
//! The bodies are those of the templates. Of metric math, what alarms may use is computed here; of searches, what the
//! sources of dashboards are made of. Queries of logs are named and not run.

mod bodies;
mod points;
mod row;

use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::{SignedDuration, Timestamp};
use picket_shared::clock::{Clock, SystemClock};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::aws::Clients;

pub use bodies::{Board, read};

/// The minutes that are shown: as long as the demo's story, twice.
const MINUTES: u32 = 30;
/// The most minutes that are shown: a week, which is longer than anything that a play puts.
const MOST_MINUTES: u32 = 7 * 24 * 60;

/// The dashboards of a line, once its emulator runs.
pub type Source = Arc<OnceLock<Boards>>;

/// Dashboards, and where their metrics are.
#[derive(Debug, Clone)]
pub struct Boards {
    /// Clients of the emulator.
    pub clients: Clients,
    /// In the order of their names.
    pub boards: Vec<Board>,
}

/// What a request asks for.
#[derive(Debug, Deserialize)]
struct Asked {
    /// The minutes up to now that are shown, [`MINUTES`] if there are none and [`MOST_MINUTES`] at most.
    minutes: Option<u32>,
}

impl Asked {
    fn range(&self) -> SignedDuration {
        let minutes = self.minutes.unwrap_or(MINUTES).clamp(1, MOST_MINUTES);
        SignedDuration::from_mins(minutes.into())
    }
}

/// A dashboard with its data.
#[derive(Debug, Serialize)]
struct Drawn {
    name: String,
    widgets: Vec<DrawnWidget>,
}

/// A widget: that of the body, and its lines.
#[derive(Debug, Serialize)]
struct DrawnWidget {
    #[serde(flatten)]
    widget: Value,
    /// Seconds since 1970.
    start: i64,
    end: i64,
    series: Vec<points::DrawnSeries>,
}

/// Its routes: the names of the dashboards, and one with its data.
pub fn router(source: Source) -> Router {
    Router::new()
        .route("/dashboards", get(names))
        .route("/dashboards/{name}", get(dashboard))
        .with_state(source)
}

async fn names(State(source): State<Source>) -> Json<Vec<String>> {
    let boards = source.get().map(|source| source.boards.as_slice());
    let names = boards
        .unwrap_or_default()
        .iter()
        .map(|board| board.name.clone());
    Json(names.collect())
}

async fn dashboard(
    State(source): State<Source>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let found = source.get().and_then(|source| {
        let board = source.boards.iter().find(|board| board.name == name)?;
        Some((&source.clients, board))
    });
    let Some((clients, board)) = found else {
        return (StatusCode::NOT_FOUND, "no such dashboard").into_response();
    };
    match drawn(clients, board, asked.range(), SystemClock.now()).await {
        Ok(drawn) => Json(drawn).into_response(),
        Err(error) => {
            tracing::warn!("the dashboard {name} cannot be drawn: {error:#}");
            (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response()
        }
    }
}

async fn drawn(
    clients: &Clients,
    board: &Board,
    range: SignedDuration,
    now: Timestamp,
) -> Result<Drawn> {
    let mut widgets = Vec::new();
    for widget in board.body["widgets"].as_array().into_iter().flatten() {
        let rows = row::rows(&widget["properties"]);
        let longest = rows.iter().map(|row| row.period).max().unwrap_or(60);
        // Whole periods, the one of now included.
        let (start, end) = ((now - range).as_second(), now.as_second());
        let range = points::Range {
            start: start - start.rem_euclid(longest),
            end,
        };
        let series = points::series(clients, &rows, range)
            .await
            .with_context(|| format!("the widget {}", widget["properties"]["title"]))?;
        let widget = widget.clone();
        widgets.push(DrawnWidget {
            widget,
            start: range.start,
            end,
            series,
        });
    }
    Ok(Drawn {
        name: board.name.clone(),
        widgets,
    })
}

#[cfg(test)]
mod tests;
