use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use prost::Message;
use serde_json::json;
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path},
};

use super::*;
use crate::remote_write::{Label, Sample, TimeSeries};

fn request() -> WriteRequest {
    let label = Label {
        name: "__name__".into(),
        value: "up".into(),
    };
    WriteRequest {
        timeseries: vec![TimeSeries {
            labels: vec![label],
            samples: vec![Sample {
                value: 1.0,
                timestamp: 7,
            }],
        }],
    }
}

/// A receiver that answers with these, and a parameter store with a secret.
async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/api/v1/write"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let parameter = json!({"Parameter": {"Value": "user:secret"}});
    Mock::given(path("/"))
        .respond_with(ResponseTemplate::new(200).set_body_json(parameter))
        .mount(&server)
        .await;
    server
}

fn remote_write(server: &MockServer, authorization: Authorization) -> RemoteWrite {
    let credentials = Credentials::new("AKIDTEST", "secret", None, None, "test");
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(server.uri())
        .http_client(picket_aws::connector())
        .build();
    let endpoint = format!("{}/api/v1/write", server.uri()).parse().unwrap();
    RemoteWrite::new(
        &sdk,
        &Receiver {
            endpoint,
            authorization,
        },
    )
}

async fn received(server: &MockServer) -> Vec<Request> {
    let all = server.received_requests().await.unwrap();
    let is_write = |request: &Request| request.url.path() == "/api/v1/write";
    all.into_iter().filter(is_write).collect()
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.get(name).unwrap().to_str().unwrap()
}

#[tokio::test]
async fn a_request_is_protobuf_in_a_snappy_block() {
    let server = server(ResponseTemplate::new(204)).await;
    let remote_write = remote_write(&server, Authorization::None);
    remote_write.write(&request()).await.unwrap();
    let asked = &received(&server).await[0];
    for (name, value) in HEADERS {
        assert_eq!(header(asked, name), value);
    }
    assert!(asked.headers.get("authorization").is_none());
    let body = snap::raw::Decoder::new()
        .decompress_vec(&asked.body)
        .unwrap();
    assert_eq!(WriteRequest::decode(body.as_slice()).unwrap(), request());
}

#[tokio::test]
async fn who_we_are_is_proved_as_configured_and_a_secret_is_read_once() {
    let server = server(ResponseTemplate::new(200)).await;
    let cases = [
        (
            Authorization::SigV4,
            "AWS4-HMAC-SHA256 Credential=AKIDTEST/",
        ),
        (Authorization::Basic("/p".into()), "Basic dXNlcjpzZWNyZXQ="),
        (Authorization::Bearer("/p".into()), "Bearer user:secret"),
    ];
    for (authorization, expected) in cases {
        let remote_write = remote_write(&server, authorization);
        remote_write.write(&request()).await.unwrap();
        remote_write.write(&request()).await.unwrap();
        let asked = received(&server).await;
        let authorization = header(asked.last().unwrap(), "authorization");
        assert!(authorization.starts_with(expected), "{authorization}");
    }
    let all = server.received_requests().await.unwrap();
    assert_eq!(all.len(), 6 + 2, "six writes, and each secret once");
}

#[test]
fn a_signature_is_of_the_service_the_region_and_the_headers() {
    let credentials = Credentials::new("AKIDTEST", "secret", None, None, "test");
    let endpoint: Url =
        "https://aps-workspaces.us-west-2.amazonaws.com/workspaces/ws-1/api/v1/remote_write"
            .parse()
            .unwrap();
    let sdk = SdkConfig::builder().build();
    let now = Timestamp::from_second(1_700_000_000).unwrap();
    let region = region(&endpoint, &sdk);
    let signed = signature(&endpoint, b"body", &credentials.into(), &region, now).unwrap();
    let authorization = signed["authorization"].to_str().unwrap();
    for part in [
        "Credential=AKIDTEST/20231114/us-west-2/aps/aws4_request",
        "SignedHeaders=content-encoding;content-type;host;x-amz-date;x-prometheus-remote-write-version",
    ] {
        assert!(authorization.contains(part), "{authorization}");
    }
    assert_eq!(signed["x-amz-date"], "20231114T221320Z");
}

#[tokio::test]
async fn an_answer_is_final_transient_or_a_persons_to_correct() {
    let cases = [
        (400, "final"),
        (422, "final"),
        (429, "transient"),
        (500, "transient"),
        (503, "transient"),
        (401, "permanent"),
        (404, "permanent"),
        (302, "permanent"),
    ];
    for (status, expected) in cases {
        let server = server(ResponseTemplate::new(status).set_body_string("out of order")).await;
        let remote_write = remote_write(&server, Authorization::Bearer("/p".into()));
        let (what, fault) = match remote_write.write(&request()).await.unwrap_err() {
            SamplesError::Final(fault) => ("final", fault),
            SamplesError::Later(fault, _) => ("later", fault),
            SamplesError::Failed(fault) if fault.is_transient() => ("transient", fault),
            SamplesError::Failed(fault) => ("permanent", fault),
        };
        assert_eq!(what, expected, "{status}");
        assert!(fault.to_string().contains("out of order"), "{fault}");
    }
}

#[tokio::test]
async fn the_pause_is_read_from_429_and_503() {
    for status in [429, 503] {
        let answer = ResponseTemplate::new(status).insert_header("retry-after", "30");
        let server = server(answer).await;
        let remote_write = remote_write(&server, Authorization::None);
        let answer = remote_write.write(&request()).await;
        assert!(
            matches!(&answer, Err(SamplesError::Later(fault, pause)) if fault.is_transient() && pause.as_secs() == 30),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn a_secret_that_is_no_longer_taken_is_read_again() {
    let server = server(ResponseTemplate::new(401)).await;
    let remote_write = remote_write(&server, Authorization::Bearer("/p".into()));
    for _ in 0..2 {
        remote_write.write(&request()).await.unwrap_err();
    }
    let all = server.received_requests().await.unwrap();
    assert_eq!(
        all.iter().filter(|asked| asked.url.path() == "/").count(),
        2
    );
}

#[tokio::test]
async fn nobody_there_is_a_transient_error_that_does_not_name_the_address() {
    let server = server(ResponseTemplate::new(200)).await;
    let mut remote_write = remote_write(&server, Authorization::None);
    remote_write.endpoint = "http://127.0.0.1:1/secret-path".parse().unwrap();
    let Err(SamplesError::Failed(fault)) = remote_write.write(&request()).await else {
        panic!("nobody answers");
    };
    assert!(fault.is_transient());
    let text = picket_shared::report::ErrorChain(&fault).to_string();
    assert!(!text.contains("secret-path"), "{text}");
}
