use jiff::civil::date;
use rust_decimal::Decimal;

use super::*;

fn request(start: Date, end: Date, page: Option<&str>) -> Request {
    serde_json::from_value(json!({
        "TimePeriod": {"Start": start.to_string(), "End": end.to_string()},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "DIMENSION", "Key": "RECORD_TYPE"}],
        "NextPageToken": page,
    }))
    .unwrap()
}

fn pages(start: Date, end: Date) -> Vec<Value> {
    let mut pages: Vec<Value> = vec![];
    loop {
        let token = pages
            .last()
            .map(|page| page["NextPageToken"].as_str().map(ToOwned::to_owned));
        match token {
            Some(None) => return pages,
            token => pages.push(
                answer(
                    &request(start, end, token.flatten().as_deref()),
                    date(2026, 11, 20),
                )
                .unwrap(),
            ),
        }
    }
}

#[test]
fn the_pages_together_are_every_cost_once() {
    let (start, end) = (date(2026, 11, 1), date(2026, 11, 15));
    let pages = pages(start, end);
    assert!(pages.len() > 3);
    let groups = pages
        .iter()
        .flat_map(|page| page["ResultsByTime"].as_array().unwrap())
        .flat_map(|result| {
            let day = result["TimePeriod"]["Start"].as_str().unwrap().to_owned();
            result["Groups"]
                .as_array()
                .unwrap()
                .iter()
                .map(move |group| (day.clone(), group.clone()))
                .collect::<Vec<_>>()
        });
    let told: Vec<_> = groups
        .map(|(day, group)| {
            (
                day,
                group["Keys"][0].clone(),
                group["Metrics"]["UnblendedCost"]["Amount"].clone(),
            )
        })
        .collect();
    let all: Vec<_> = daily_costs(start, end)
        .iter()
        .filter_map(|line| {
            line.cost.map(|(service, amount)| {
                (
                    line.day.to_string(),
                    json!(service),
                    json!(amount.to_string()),
                )
            })
        })
        .collect();
    assert_eq!(told, all);
}

#[test]
fn the_month_is_sparse_exact_and_the_same_in_every_run() {
    let lines = daily_costs(date(2026, 11, 1), date(2026, 12, 1));
    assert!(lines.len() < SERVICES.len() * 30);
    let total: Decimal = lines
        .iter()
        .filter_map(|line| line.cost.map(|(_, amount)| amount))
        .sum();
    assert_eq!(total.to_string(), "2816.6279062209");
}

#[test]
fn new_days_are_estimates_and_old_ones_are_not() {
    let today = date(2026, 11, 20);
    let estimated = |day| result(day, today)["Estimated"].as_bool().unwrap();
    assert!(estimated(date(2026, 11, 19)));
    assert!(!estimated(date(2026, 11, 18)));
}

#[test]
fn a_request_that_makes_no_sense_is_refused() {
    let day = date(2026, 11, 1);
    assert!(answer(&request(day, day, None), day).is_err());
    assert!(answer(&request(day, date(2026, 11, 2), Some("x")), day).is_err());
}
