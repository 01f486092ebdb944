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
    assert!(pages.len() > 1);
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
    let shown: Vec<_> = groups
        .map(|(day, group)| {
            (
                day,
                group["Keys"][0].clone(),
                group["Metrics"]["UnblendedCost"]["Amount"].clone(),
            )
        })
        .collect();
    let all: Vec<_> = daily_costs(&request(start, end, None))
        .unwrap()
        .into_iter()
        .filter_map(|line| {
            let day = line.day.to_string();
            let (keys, amount) = line.cost?;
            Some((day, json!(keys[0]), json!(amount.to_string())))
        })
        .collect();
    assert_eq!(shown, all);
}

#[test]
fn the_month_is_sparse_exact_and_the_same_in_every_run() {
    let lines = daily_costs(&request(date(2026, 11, 1), date(2026, 12, 1), None)).unwrap();
    assert!(lines.len() < SERVICES.len() * 30);
    let total: Decimal = lines
        .iter()
        .filter_map(|line| line.cost.as_ref().map(|(_, amount)| *amount))
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

#[test]
fn a_filter_takes_usage_of_some_services_alone() {
    let mut request = request(date(2026, 11, 1), date(2026, 11, 2), None);
    request.group_by = serde_json::from_value(json!([
        {"Type": "DIMENSION", "Key": "SERVICE"},
        {"Type": "TAG", "Key": "team"},
    ]))
    .unwrap();
    request.filter = Some(json!({"And": [
        {"Dimensions": {"Key": "SERVICE", "Values": ["Tax", "AWS Lambda"]}},
        {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Tax"]}}},
    ]}));
    let answer = answer(&request, date(2026, 11, 20)).unwrap();
    let groups = answer["ResultsByTime"][0]["Groups"].as_array().unwrap();
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0]["Keys"], json!(["AWS Lambda", "team$"]));
}

#[test]
fn budgets_have_what_the_month_cost_so_far_and_a_filter_where_it_is_wanted() {
    let answer = |wanted: bool| {
        let request = json!({"AccountId": "000000000000", "ShowFilterExpression": wanted});
        budgets::answer(
            &serde_json::from_value(request).unwrap(),
            date(2026, 11, 16),
        )
        .unwrap()
    };
    let days = daily_costs(&request(date(2026, 11, 1), date(2026, 11, 16), None)).unwrap();
    let sum: Decimal = days
        .iter()
        .filter_map(|line| Some(line.cost.as_ref()?.1))
        .sum();
    let found = answer(true);
    let budgets = found["Budgets"].as_array().unwrap();
    assert_eq!(
        budgets[0]["CalculatedSpend"]["ActualSpend"]["Amount"],
        json!(sum.to_string())
    );
    assert_eq!(
        budgets[1]["FilterExpression"]["Dimensions"]["Values"],
        json!(["Amazon Bedrock"])
    );
    assert!(answer(false)["Budgets"][1]["FilterExpression"].is_null());
}

#[test]
fn a_forecast_is_the_days_to_come() {
    let period = json!({"TimePeriod": {"Start": "2026-11-29", "End": "2026-12-01"}});
    let answer = forecast::answer(&serde_json::from_value(period).unwrap()).unwrap();
    let days = daily_costs(&request(date(2026, 11, 29), date(2026, 12, 1), None)).unwrap();
    let sum: Decimal = days
        .iter()
        .filter_map(|line| Some(line.cost.as_ref()?.1))
        .sum();
    assert_eq!(answer["Total"]["Amount"], json!(sum.to_string()));
}
