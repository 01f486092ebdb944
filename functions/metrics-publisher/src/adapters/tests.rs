use std::time::Duration;

use aws_config::{BehaviorVersion, Region, timeout::TimeoutConfig};
use aws_sdk_cloudwatch::config::{Credentials, SharedCredentialsProvider};
use jiff::Timestamp;
use picket_shared::{series::Statistics, sketch::Sketch};
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use super::*;
use crate::datum::{Datum, Values};

async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn aws(server: &MockServer) -> Aws {
    aws_at(&server.uri())
}

fn aws_at(endpoint: &str) -> Aws {
    let credentials = Credentials::new("AKIDTEST", "secret", None, None, "test");
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .http_client(picket_aws::connector())
        .timeout_config(
            TimeoutConfig::builder()
                .operation_attempt_timeout(Duration::from_secs(1))
                .build(),
        )
        // The size of a request is told before compression.
        .disable_request_compression(true)
        .build();
    let config = Config {
        environment: "dev".into(),
        stack: "picket-dev".into(),
        chain_table: "chain".into(),
        ledger_table: "ledger".into(),
        stream: "events".into(),
        quarantine_bucket: "quarantine".into(),
        warning_topic: "arn:aws:sns:eu-west-1:111122223333:warning".into(),
        settle: Duration::ZERO,
        maximum_series: 1_000,
        maximum_ledger_rows: 2_000,
        prometheus: None,
        override_bucket: None,
    };
    Aws::new(&sdk, &config)
}

fn datum(name: &str, values: Values) -> Datum {
    Datum {
        name: name.into(),
        unit: "Count".into(),
        dimensions: vec![("Environment".into(), "dev".into())],
        at: Timestamp::from_second(1_700_000_040).unwrap(),
        values,
    }
}

fn request(data: Vec<Datum>) -> Request {
    Request {
        namespace: "Picket/Test".into(),
        data,
    }
}

fn one() -> Request {
    request(vec![datum("M", Values::Statistics(Statistics::of(1.0)))])
}

fn distribution(values: u32) -> Values {
    let mut sketch = Sketch::of(0.5).unwrap();
    (1..values).for_each(|value| assert!(sketch.add(f64::from(value) / 3.0)));
    Values::Distribution(sketch.values())
}

/// CBOR of `{"__type": code}`.
fn error(status: u16, code: &str) -> ResponseTemplate {
    let length = u8::try_from(code.len()).unwrap();
    let body = [b"\xa1\x66__type\x78".as_slice(), &[length], code.as_bytes()].concat();
    ResponseTemplate::new(status)
        .insert_header("smithy-protocol", "rpc-v2-cbor")
        .set_body_raw(body, "application/cbor")
}

fn success() -> ResponseTemplate {
    ResponseTemplate::new(200)
        .insert_header("smithy-protocol", "rpc-v2-cbor")
        .set_body_raw(b"\xa0".as_slice(), "application/cbor")
}

#[tokio::test]
async fn what_cloudwatch_counted_of_a_failed_request_is_told_apart_and_nothing_is_sent_twice() {
    let cases = [
        (error(400, "InvalidParameterValueException"), "illegal"),
        (ResponseTemplate::new(413), "illegal"),
        (error(400, "Throttling"), "refused for now"),
        (error(403, "AccessDenied"), "refused"),
        (error(500, "InternalServiceFault"), "lost"),
        (ResponseTemplate::new(503), "lost"),
    ];
    for (answer, expected) in cases {
        let server = server(answer).await;
        let what = match aws(&server).put_metrics(&one()).await.unwrap_err() {
            PutFault::Illegal(_) => "illegal",
            PutFault::Refused(fault) if fault.is_transient() => "refused for now",
            PutFault::Refused(_) => "refused",
            PutFault::Lost(_) => "lost",
        };
        assert_eq!(what, expected);
        assert_eq!(
            server.received_requests().await.unwrap().len(),
            1,
            "{expected}"
        );
    }
}

#[tokio::test]
async fn nobody_there_is_no_lost_answer_and_a_time_out_is() {
    let answer = aws_at("http://127.0.0.1:1").put_metrics(&one()).await;
    assert!(
        matches!(&answer, Err(PutFault::Refused(fault)) if fault.is_transient()),
        "{answer:?}"
    );
    // The listener's queue takes the connection, and nobody ever answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let answer = aws_at(&endpoint).put_metrics(&one()).await;
    assert!(matches!(answer, Err(PutFault::Lost(_))), "{answer:?}");
}

#[tokio::test]
async fn a_request_names_its_namespace_metric_dimensions_and_values() {
    let server = server(success()).await;
    aws(&server).put_metrics(&one()).await.unwrap();
    let asked = &server.received_requests().await.unwrap()[0];
    assert!(asked.url.path().ends_with("/operation/PutMetricData"));
    for part in [
        "Picket/Test",
        "Environment",
        "StatisticValues",
        "SampleCount",
        "Count",
    ] {
        let found = asked
            .body
            .windows(part.len())
            .any(|bytes| bytes == part.as_bytes());
        assert!(found, "{part}");
    }
}

#[tokio::test]
async fn a_requests_size_is_known_to_the_byte() {
    let long = Datum {
        dimensions: (0..30)
            .map(|i| (format!("{i:0>255}"), "v".repeat(1_024)))
            .collect(),
        ..datum(&"M".repeat(255), distribution(150))
    };
    let many = |values: &dyn Fn() -> Values| {
        (0..1_000)
            .map(|i| datum(&format!("Metric{i}"), values()))
            .collect()
    };
    let cases: Vec<Vec<Datum>> = vec![
        vec![datum("M", Values::Statistics(Statistics::of(1.0)))],
        vec![long],
        many(&|| Values::Statistics(Statistics::of(0.1))),
        many(&|| distribution(30)),
        vec![Datum {
            dimensions: vec![],
            ..datum(&"M".repeat(24), distribution(23))
        }],
    ];
    for data in cases {
        let server = server(success()).await;
        let request = request(data);
        aws(&server).put_metrics(&request).await.unwrap();
        let sent = server.received_requests().await.unwrap()[0].body.len();
        assert_eq!(sent, request.bytes());
    }
}

#[tokio::test]
async fn a_heartbeat_is_one_fleet_message_in_the_stream() {
    let answer = json!({"ShardId": "shardId-000000000000", "SequenceNumber": "1"});
    let server = server(ResponseTemplate::new(200).set_body_json(answer)).await;
    let heartbeat = Heartbeat {
        stack: "picket-dev".into(),
        sent_at: Timestamp::from_second(1_700_000_040).unwrap(),
    };
    let aws = aws(&server);
    aws.send_heartbeat(&heartbeat, "heartbeat-28333334")
        .await
        .unwrap();
    let asked: serde_json::Value =
        serde_json::from_slice(&server.received_requests().await.unwrap()[0].body).unwrap();
    assert_eq!(asked["StreamName"], "events");
    assert_eq!(asked["PartitionKey"], "heartbeat-28333334");
    let message = FleetMessage::Heartbeat(heartbeat).to_json();
    let data = Blob::new(message).into_inner();
    assert_eq!(asked["Data"], aws_smithy_types::base64::encode(data));
}

#[tokio::test]
async fn a_refused_datapoint_is_an_object_in_the_bucket() {
    let server = server(ResponseTemplate::new(200)).await;
    let object = Object {
        key: "datums/2026-11-20/0.json".into(),
        body: "{}".into(),
    };
    aws(&server).keep_datum(&object).await.unwrap();
    let asked = &server.received_requests().await.unwrap()[0];
    assert_eq!(asked.method.as_str(), "PUT");
    assert!(
        asked.url.path().ends_with("/datums/2026-11-20/0.json"),
        "{}",
        asked.url
    );
    assert!(asked.url.as_str().contains("quarantine"), "{}", asked.url);
}

#[tokio::test]
async fn a_stream_that_is_not_there_is_named() {
    let answer = ResponseTemplate::new(400)
        .set_body_json(json!({"__type": "ResourceNotFoundException", "message": "no such stream"}));
    let server = server(answer).await;
    let heartbeat = Heartbeat {
        stack: "picket-dev".into(),
        sent_at: Timestamp::UNIX_EPOCH,
    };
    let fault = aws(&server)
        .send_heartbeat(&heartbeat, "k")
        .await
        .unwrap_err();
    assert_eq!(
        fault.to_string(),
        "the event stream events does not exist; deploy the stack or correct STREAM_NAME"
    );
}
