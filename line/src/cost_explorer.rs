//! Cost Explorer, as far as `GetCostAndUsage` goes: a generated account whose month is the same in every run.
//!
//! Like the real one it is sparse (a service without cost on a day is absent), gives amounts as text with up to ten
//! decimals, answers in pages, and calls the newest days estimates.

mod month;

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use jiff::{ToSpan, civil::Date};
use serde::Deserialize;
use serde_json::{Value, json};

pub use month::{SERVICES, amount};

/// Groups on a page. Real pages hold hundreds; this makes even a day and its neighbours turn one.
const PAGE: usize = 8;

/// A day stays an estimate this long.
const SETTLES_AFTER_DAYS: i64 = 2;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    time_period: Period,
    granularity: String,
    metrics: Vec<String>,
    #[serde(default)]
    group_by: Vec<Value>,
    next_page_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Period {
    start: Date,
    end: Date,
}

/// Its one route: `POST /` in AWS JSON 1.1. `today` decides what is still an estimate.
pub fn router(today: Date) -> Router {
    Router::new().route("/", post(take)).with_state(today)
}

async fn take(State(today): State<Date>, headers: HeaderMap, body: axum::body::Bytes) -> Response {
    let target = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default();
    if operation != "GetCostAndUsage" {
        return refuse(
            "UnknownOperationException",
            &format!("the stand-in knows no {operation:?}"),
        );
    }
    match serde_json::from_slice(&body) {
        Ok(request) => match answer(&request, today) {
            Ok(answer) => Json(answer).into_response(),
            Err(sentence) => refuse("ValidationException", &sentence),
        },
        Err(error) => refuse("ValidationException", &error.to_string()),
    }
}

fn refuse(kind: &str, sentence: &str) -> Response {
    (
        StatusCode::BAD_REQUEST,
        Json(json!({"__type": kind, "message": sentence})),
    )
        .into_response()
}

fn answer(request: &Request, today: Date) -> Result<Value, String> {
    let Period { start, end } = request.time_period;
    if start >= end {
        return Err(format!(
            "Start date (and hour) should be before end date (and hour): {start}, {end}"
        ));
    }
    let by = |key: &str| json!({"Type": "DIMENSION", "Key": key});
    if request.granularity != "DAILY" || request.group_by != ["SERVICE", "RECORD_TYPE"].map(by) {
        return Err("the stand-in answers DAILY, grouped by SERVICE and RECORD_TYPE".to_owned());
    }
    let from: usize = match &request.next_page_token {
        None => 0,
        Some(token) => token
            .parse()
            .map_err(|_| format!("{token:?} is not a page of ours"))?,
    };
    let lines = daily_costs(start, end);
    let page = lines.iter().skip(from).take(PAGE);
    let next = (from + PAGE < lines.len()).then(|| (from + PAGE).to_string());
    let mut results: Vec<Value> = vec![];
    for line in page {
        let day = line.day.to_string();
        if results
            .last()
            .is_none_or(|last| last["TimePeriod"]["Start"] != day)
        {
            results.push(result(line.day, today));
        }
        if let (Some(last), Some((service, amount))) = (results.last_mut(), &line.cost) {
            let metrics: serde_json::Map<_, _> = request
                .metrics
                .iter()
                .map(|metric| {
                    (
                        metric.clone(),
                        json!({"Amount": amount.to_string(), "Unit": "USD"}),
                    )
                })
                .collect();
            if let Some(groups) = last["Groups"].as_array_mut() {
                groups.push(json!({"Keys": [service, record_type(service)], "Metrics": metrics}));
            }
        }
    }
    Ok(json!({
        "GroupDefinitions": request.group_by,
        "ResultsByTime": results,
        "NextPageToken": next,
        "DimensionValueAttributes": [],
    }))
}

fn record_type(service: &str) -> &'static str {
    if service == "Tax" { "Tax" } else { "Usage" }
}

struct DailyCost {
    day: Date,
    cost: Option<(&'static str, rust_decimal::Decimal)>,
}

/// Every service and day in order; a day on which nothing cost anything still has one.
fn daily_costs(start: Date, end: Date) -> Vec<DailyCost> {
    let mut lines = vec![];
    for day in start.series(1.day()).take_while(|day| *day < end) {
        let costs: Vec<_> = SERVICES
            .iter()
            .filter_map(|service| Some((service.name, amount(service, day)?)))
            .collect();
        if costs.is_empty() {
            lines.push(DailyCost { day, cost: None });
        }
        lines.extend(costs.into_iter().map(|cost| DailyCost {
            day,
            cost: Some(cost),
        }));
    }
    lines
}

fn result(day: Date, today: Date) -> Value {
    let age = today.duration_since(day).as_hours() / 24;
    json!({
        "TimePeriod": {"Start": day.to_string(), "End": day.tomorrow().unwrap_or(day).to_string()},
        "Total": {},
        "Groups": [],
        "Estimated": age < SETTLES_AFTER_DAYS,
    })
}

#[cfg(test)]
mod tests;
