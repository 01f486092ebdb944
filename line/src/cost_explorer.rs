//! Cost Explorer and AWS Budgets, as far as the cost reporter reads them: a generated account whose month is the same in every run.
//!
//! Like the real one, Cost Explorer is sparse (a service without cost on a day is absent), gives amounts as text with up to ten
//! decimals, answers in pages, and calls the newest days estimates.

mod budgets;
mod filter;
mod forecast;
mod month;

use std::collections::BTreeMap;

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use month::{SERVICES, amount};

/// Groups on a page. AWS does not document its own; with these, four weeks of services have several pages.
const PAGE: usize = 120;

/// A day stays an estimate this long.
const SETTLES_AFTER_DAYS: i64 = 2;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    time_period: Period,
    granularity: String,
    metrics: Vec<String>,
    #[serde(default)]
    group_by: Vec<GroupBy>,
    #[serde(default)]
    filter: Option<Value>,
    next_page_token: Option<String>,
}

/// What a request groups by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GroupBy {
    r#type: String,
    key: String,
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
    let answered = match operation {
        "GetCostAndUsage" => read(&body).and_then(|request| answer(&request, today)),
        "GetCostForecast" => read(&body).and_then(|request| forecast::answer(&request)),
        "DescribeBudgets" => read(&body).and_then(|request| budgets::answer(&request, today)),
        // The generated account is quiet.
        "GetAnomalies" => Ok(json!({"Anomalies": []})),
        _ => {
            return refuse(
                "UnknownOperationException",
                &format!("the stand-in knows no {operation:?}"),
            );
        }
    };
    match answered {
        Ok(answer) => Json(answer).into_response(),
        Err(sentence) => refuse("ValidationException", &sentence),
    }
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
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
    let known =
        |group: &GroupBy| group.r#type == "TAG" || filter::DIMENSIONS.contains(&group.key.as_str());
    if request.granularity != "DAILY" || !request.group_by.iter().all(known) {
        let dimensions = filter::DIMENSIONS.join(", ");
        return Err(format!(
            "the stand-in answers DAILY, grouped by a tag or by {dimensions}"
        ));
    }
    let from: usize = match &request.next_page_token {
        None => 0,
        Some(token) => token
            .parse()
            .map_err(|_| format!("{token:?} is not a page of ours"))?,
    };
    let lines = daily_costs(request)?;
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
        if let (Some(last), Some((keys, amount))) = (results.last_mut(), &line.cost) {
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
                groups.push(json!({"Keys": keys, "Metrics": metrics}));
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

struct DailyCost {
    day: Date,
    cost: Option<(Vec<String>, rust_decimal::Decimal)>,
}

/// Every group and day in order; a day on which nothing cost anything still has one.
fn daily_costs(request: &Request) -> Result<Vec<DailyCost>, String> {
    let Period { start, end } = request.time_period;
    let mut lines = vec![];
    for day in start.series(1.day()).take_while(|day| *day < end) {
        let mut groups = BTreeMap::<Vec<String>, rust_decimal::Decimal>::new();
        for service in &SERVICES {
            let Some(amount) = amount(service, day) else {
                continue;
            };
            if !filter::takes(request.filter.as_ref(), service)? {
                continue;
            }
            let keys = request
                .group_by
                .iter()
                .map(|group| match group.r#type.as_str() {
                    "TAG" => format!("{}$", group.key),
                    _ => filter::value(service, &group.key).to_owned(),
                });
            *groups.entry(keys.collect()).or_default() += amount;
        }
        if groups.is_empty() {
            lines.push(DailyCost { day, cost: None });
        }
        let cost = |cost| DailyCost {
            day,
            cost: Some(cost),
        };
        lines.extend(groups.into_iter().map(cost));
    }
    Ok(lines)
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
