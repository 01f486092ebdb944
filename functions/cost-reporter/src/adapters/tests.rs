use aws_config::{BehaviorVersion, retry::RetryConfig};
use aws_sdk_costexplorer::config::{Credentials, SharedCredentialsProvider};
use jiff::civil::date;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use super::*;
use crate::report;

async fn server(status: u16, body: Value) -> MockServer {
    let server = MockServer::start().await;
    let answer =
        ResponseTemplate::new(status).set_body_raw(body.to_string(), "application/x-amz-json-1.1");
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn ports(server: &MockServer, region: &'static str) -> Adapters {
    let credentials = Credentials::from_keys("AKIDTEST", "secret", None);
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(server.uri())
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let config = Config {
        environment: "dev".into(),
        stack: "picket-dev".into(),
        ledger_table: "ledger".into(),
        info_topic_arn: "arn:aws:sns:eu-west-1:123456789012:info".into(),
        override_bucket: None,
    };
    Adapters::new(&sdk, &config)
}

async fn request(server: &MockServer) -> (String, String, Value) {
    let request = server.received_requests().await.unwrap().remove(0);
    let header = |name: &str| {
        let value = request.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let body = serde_json::from_slice(&request.body).unwrap();
    (header("x-amz-target"), header("authorization"), body)
}

#[tokio::test]
async fn the_request_is_the_planned_one_and_the_answer_keeps_every_digit() {
    let recording = json!({
        "GroupDefinitions": [{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "DIMENSION", "Key": "RECORD_TYPE"}],
        "ResultsByTime": [{
            "TimePeriod": {"Start": "2026-11-19", "End": "2026-11-20"},
            "Total": {},
            "Groups": [
                {"Keys": ["AWS Lambda", "Usage"], "Metrics": {"UnblendedCost": {"Amount": "0.1234567890", "Unit": "USD"}}},
                {"Keys": ["Amazon S3", "Usage"], "Metrics": {"UnblendedCost": {"Unit": "USD"}}},
            ],
            "Estimated": true,
        }],
        "NextPageToken": "third",
    });
    let server = server(200, recording).await;
    let answer = ports(&server, "eu-central-1")
        .costs(date(2026, 11, 18), date(2026, 11, 20), Some("second"))
        .await
        .unwrap();
    let (target, authorization, body) = request(&server).await;
    assert_eq!(target, "AWSInsightsIndexService.GetCostAndUsage");
    assert!(authorization.contains("/us-east-1/ce/"), "{authorization}");
    assert_eq!(
        body,
        json!({
            "TimePeriod": {"Start": "2026-11-18", "End": "2026-11-20"},
            "Granularity": "DAILY",
            "Metrics": ["UnblendedCost"],
            "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "DIMENSION", "Key": "RECORD_TYPE"}],
            "NextPageToken": "second",
        })
    );
    assert_eq!(answer.next_page_token.as_deref(), Some("third"));
    let report = report(date(2026, 11, 19), &[answer], None).unwrap();
    assert_eq!(report.total.to_string(), "0.1234567890");
    assert!(report.estimated);
    assert_eq!(
        report.caveats[0],
        "incomplete: Amazon S3 on 2026-11-19 is \"\", which is not a decimal number of at most 28 digits"
    );
}

#[tokio::test]
async fn a_refusal_is_a_sentence_for_the_report() {
    let server = server(
        400,
        json!({"__type": "AccessDeniedException", "message": "no"}),
    )
    .await;
    let fault = ports(&server, "eu-central-1")
        .costs(date(2026, 11, 18), date(2026, 11, 20), None)
        .await
        .unwrap_err();
    assert_eq!(
        fault.to_string(),
        "this function may not read the costs of this account in Cost Explorer; allow it in the function's role"
    );
}

#[test]
fn each_partition_has_its_own_cost_explorer() {
    for (region, home) in [
        ("eu-central-1", "us-east-1"),
        ("cn-north-1", "cn-northwest-1"),
    ] {
        assert_eq!(
            home_of_costs(Some(&Region::from_static(region))).as_ref(),
            home
        );
    }
    assert_eq!(home_of_costs(None).as_ref(), "us-east-1");
}
