use std::time::Duration;

use aws_config::{BehaviorVersion, Region, timeout::TimeoutConfig};
use aws_sdk_cloudwatch::config::{Credentials, SharedCredentialsProvider};
use jiff::Timestamp;
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use super::*;

async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn aws(server: &MockServer) -> Adapters {
    aws_at(&server.uri())
}

fn aws_at(endpoint: &str) -> Adapters {
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
        // The size of a request is that before compression.
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
    Adapters::new(&sdk, &config)
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
