//! `GetCostForecast`: the generated account's own days to come, ten percent either way.

use jiff::ToSpan;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Period,
    month::{SERVICES, amount},
};

/// A request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Request {
    time_period: Period,
}

/// The forecast of a period.
pub(super) fn answer(request: &Request) -> Result<Value, String> {
    let Period { start, end } = request.time_period;
    if start >= end {
        return Err(format!("Start {start} is not before End {end}"));
    }
    let days = start.series(1.day()).take_while(|day| *day < end);
    let mean: Decimal = days
        .flat_map(|day| {
            SERVICES
                .iter()
                .filter_map(move |service| amount(service, day))
        })
        .sum();
    let part = |percent: i64| (mean * Decimal::new(percent, 2)).to_string();
    Ok(json!({
        "Total": {"Amount": mean.to_string(), "Unit": "USD"},
        "ForecastResultsByTime": [{
            "TimePeriod": {"Start": start.to_string(), "End": end.to_string()},
            "MeanValue": mean.to_string(),
            "PredictionIntervalLowerBound": part(90),
            "PredictionIntervalUpperBound": part(110),
        }],
    }))
}
