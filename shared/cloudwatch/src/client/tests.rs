use std::time::Duration;

use aws_config::{BehaviorVersion, Region, timeout::TimeoutConfig};
use aws_sdk_cloudwatch::config::{Credentials, SharedCredentialsProvider};
use jiff::Timestamp;
use picket_shared::{series::Statistics, sketch::Sketch};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use super::*;

async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn sdk(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("AKIDTEST", "secret", None, None, "test");
    SdkConfig::builder()
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
        // Sizes are compared before compression.
        .disable_request_compression(true)
        .build()
}

fn client(endpoint: &str) -> MetricsClient {
    MetricsClient::new(&sdk(endpoint))
}

fn datum(name: &str, values: DatumValues) -> Datum {
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
    request(vec![datum(
        "M",
        DatumValues::Statistics(Statistics::of(1.0)),
    )])
}

fn distribution(values: u32) -> DatumValues {
    let mut sketch = Sketch::of(0.5).unwrap();
    (1..values).for_each(|value| assert!(sketch.add(f64::from(value) / 3.0)));
    DatumValues::Distribution(sketch.values())
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
async fn what_cloudwatch_counted_of_a_failed_request_is_distinguished_and_nothing_is_sent_twice() {
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
        let what = match client(&server.uri()).put(&one()).await.unwrap_err() {
            PutError::Illegal(_) => "illegal",
            PutError::Refused(fault) if fault.is_transient() => "refused for now",
            PutError::Refused(_) => "refused",
            PutError::Lost(_) => "lost",
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
    let answer = client("http://127.0.0.1:1").put(&one()).await;
    assert!(
        matches!(&answer, Err(PutError::Refused(fault)) if fault.is_transient()),
        "{answer:?}"
    );
    // The listener's queue takes the connection, and nobody ever answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let answer = client(&endpoint).put(&one()).await;
    assert!(matches!(answer, Err(PutError::Lost(_))), "{answer:?}");
}

#[tokio::test]
async fn a_request_names_its_namespace_metric_dimensions_and_values() {
    let server = server(success()).await;
    client(&server.uri()).put(&one()).await.unwrap();
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
    let many = |values: &dyn Fn() -> DatumValues| {
        (0..1_000)
            .map(|i| datum(&format!("Metric{i}"), values()))
            .collect()
    };
    let cases: Vec<Vec<Datum>> = vec![
        vec![datum("M", DatumValues::Statistics(Statistics::of(1.0)))],
        vec![long],
        many(&|| DatumValues::Statistics(Statistics::of(0.1))),
        many(&|| distribution(30)),
        vec![Datum {
            dimensions: vec![],
            ..datum(&"M".repeat(24), distribution(23))
        }],
    ];
    for data in cases {
        let server = server(success()).await;
        let request = request(data);
        client(&server.uri()).put(&request).await.unwrap();
        let sent = server.received_requests().await.unwrap()[0].body.len();
        assert_eq!(sent, request.bytes());
    }
}
