use std::collections::BTreeMap;

use aws_sdk_cloudwatch::config::{BehaviorVersion, Credentials, Region};
use jiff::civil::date;
use picket_alarms::inventory::Inventory;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use super::*;
use crate::commands::alarms::backtest::alarms::choose;

fn period(days: i64) -> Period {
    let to: Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
    Period {
        from: to - SignedDuration::from_hours(days * 24),
        to,
        first: date(2026, 11, 20),
        last: date(2026, 11, 20),
    }
}

fn metric(name: &str) -> Value {
    json!({"AlarmName": name, "Namespace": "Shop", "MetricName": name, "Statistic": "Sum", "Period": 60,
           "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold"})
}

fn band(name: &str) -> Value {
    json!({"AlarmName": name, "EvaluationPeriods": 1, "ThresholdMetricId": "ad",
           "ComparisonOperator": "GreaterThanUpperThreshold", "Metrics": [
        {"Id": "m", "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": "A"}, "Period": 60, "Stat": "Sum"}},
        {"Id": "ad", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"}]})
}

fn chosen(alarms: &[Value], days: i64) -> Chosen {
    let mut inventory = Inventory::default();
    let answer = json!({"MetricAlarms": alarms, "CompositeAlarms": []}).to_string();
    let files = |_: &std::path::Path| Err(String::new());
    inventory
        .add("a.json", &answer, &BTreeMap::new(), &files)
        .unwrap();
    choose(inventory, &[], SignedDuration::from_hours(days * 24)).unwrap()
}

#[test]
fn a_request_asks_for_no_more_than_fits_and_keeps_an_expression_with_its_metric() {
    // 21,601 datapoints each: four fit into 100,800.
    let metrics: Vec<Value> = ["A", "B", "C", "D", "E", "F"].map(metric).to_vec();
    let all = chosen(&metrics, 15);
    let sizes = |chosen: &Chosen, days: i64| -> Vec<usize> {
        let requests = requests(chosen, SignedDuration::from_hours(days * 24));
        requests.iter().map(Vec::len).collect()
    };
    assert_eq!(sizes(&all, 15), [4, 2]);
    assert_eq!(sizes(&all, 1), [6]);
    // The band needs the metric of the first request in its own.
    let banded = chosen(&[metrics[..4].to_vec(), vec![band("band")]].concat(), 15);
    assert_eq!(sizes(&banded, 15), [4, 3]);
    assert_eq!(sizes(&banded, 1), [6]);
    let many: Vec<Value> = (0..501)
        .map(|number| metric(&format!("M{number}")))
        .collect();
    assert_eq!(sizes(&chosen(&many, 1), 0), [500, 1]);
}

/// A Metrics Insights query: one of a request, and no older than two weeks.
fn insights(name: &str) -> Value {
    json!({"AlarmName": name, "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
           "Metrics": [{"Id": "q", "Expression": format!("SELECT MAX({name}) FROM Shop GROUP BY Host"), "Period": 60}]})
}

#[test]
fn a_metrics_insights_query_has_a_request_of_its_own() {
    let all = chosen(
        &[
            insights("A"),
            metric("B"),
            insights("C"),
            metric("D"),
            insights("A"),
        ],
        1,
    );
    let requests = requests(&all, SignedDuration::from_hours(24));
    let sizes: Vec<(usize, bool)> = requests
        .iter()
        .map(|request| (request.len(), request[0].is_insights()))
        .collect();
    assert_eq!(sizes, [(2, false), (1, true), (1, true)]);
}

/// CBOR (RFC 8949): a head of a major type with a number.
fn head(major: u8, number: usize) -> Vec<u8> {
    match u8::try_from(number) {
        Ok(small @ 0..=23) => vec![major * 32 + small],
        Ok(byte) => vec![major * 32 + 24, byte],
        Err(_) => unreachable!("the test has short texts"),
    }
}

fn text(text: &str) -> Vec<u8> {
    [head(3, text.len()), text.as_bytes().to_vec()].concat()
}

fn number(value: f64) -> Vec<u8> {
    [vec![0xfb], value.to_be_bytes().to_vec()].concat()
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    [head(4, items.len()), items.concat()].concat()
}

fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let pairs = pairs
        .iter()
        .map(|(key, value)| [text(key), value.clone()].concat());
    [head(5, pairs.len()), pairs.collect::<Vec<_>>().concat()].concat()
}

fn client(server: &MockServer) -> Client {
    let config = aws_sdk_cloudwatch::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("AKIDTEST", "secret", None, None, "test"))
        .endpoint_url(server.uri())
        .http_client(picket_aws::connector())
        .build();
    Client::from_conf(config)
}

/// A page with one datapoint.
fn page(id: &str, at: u32, status: &str, next: Option<&str>) -> ResponseTemplate {
    let time = [vec![0xc1], number(f64::from(at))].concat();
    let result = map(&[
        ("Id", text(id)),
        ("Label", text("label")),
        ("Timestamps", list(&[time])),
        ("Values", list(&[number(1.5)])),
        ("StatusCode", text(status)),
    ]);
    let mut answer = vec![("MetricDataResults", list(&[result]))];
    answer.extend(next.map(|token| ("NextToken", text(token))));
    ResponseTemplate::new(200)
        .insert_header("smithy-protocol", "rpc-v2-cbor")
        .set_body_raw(map(&answer), "application/cbor")
}

#[tokio::test]
async fn a_query_is_asked_about_two_weeks_and_may_have_no_result() {
    let chosen = chosen(&[insights("A")], 30);
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200)
        .insert_header("smithy-protocol", "rpc-v2-cbor")
        .set_body_raw(map(&[("MetricDataResults", list(&[]))]), "application/cbor");
    Mock::given(any())
        .respond_with(answer)
        .expect(1)
        .mount(&server)
        .await;
    let period = period(30);
    let read = answers(&client(&server), &chosen, &period).await.unwrap();
    assert_eq!((read.range(), read.incomplete().len()), (None, 0));
    let requests = server.received_requests().await.unwrap();
    let start = number(f64::from(
        u32::try_from(period.to.as_second() - 14 * 86_400).unwrap(),
    ));
    let body = &requests[0].body;
    assert!(
        body.windows(start.len()).any(|bytes| bytes == start),
        "{body:?}"
    );
}

#[tokio::test]
async fn all_pages_of_cloudwatchs_answer_are_read() {
    let chosen = chosen(&[metric("A")], 1);
    let id = chosen.queries()[0].id.clone();
    let server = MockServer::start().await;
    let pages = [
        page(&id, 1_795_000_000, "PartialData", Some("more")),
        page(&id, 1_795_000_060, "Complete", None),
    ];
    let has_token = |request: &Request| {
        let body = String::from_utf8_lossy(&request.body);
        usize::from(body.contains("NextToken"))
    };
    Mock::given(any())
        .respond_with(move |request: &Request| pages[has_token(request)].clone())
        .expect(2)
        .mount(&server)
        .await;
    let read = answers(&client(&server), &chosen, &period(1))
        .await
        .unwrap();
    assert!(read.incomplete().is_empty());
    let (first, last) = read.range().unwrap();
    assert_eq!(
        (first.as_second(), last.as_second()),
        (1_795_000_000, 1_795_000_060)
    );
}
