//! AWS as a local server with prepared responses, which records its requests.

use std::sync::Mutex;

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

/// One answer.
pub(crate) struct StubResponse(ResponseTemplate);

impl StubResponse {
    pub(crate) fn ok(body: impl Into<String>) -> Self {
        Self(ResponseTemplate::new(200).set_body_raw(body.into(), "application/x-amz-json-1.0"))
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self::ok(body.to_string())
    }

    pub(crate) fn error(status: u16, code: &str) -> Self {
        let body = json!({"__type": format!("com.amazonaws#{code}"), "message": "as configured"});
        Self::error_with(status, &body)
    }

    pub(crate) fn error_with(status: u16, body: &Value) -> Self {
        Self(
            ResponseTemplate::new(status)
                .set_body_raw(body.to_string(), "application/x-amz-json-1.0"),
        )
    }
}

/// The answers in turn; the last is given again.
struct InTurn(Mutex<Vec<ResponseTemplate>>);

impl Respond for InTurn {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let mut answers = self.0.lock().unwrap();
        if answers.len() > 1 {
            answers.remove(0)
        } else {
            answers[0].clone()
        }
    }
}

pub(crate) struct Server(MockServer);

impl Server {
    pub(crate) async fn answering(answers: impl IntoIterator<Item = StubResponse>) -> Self {
        let server = MockServer::start().await;
        let answers = answers.into_iter().map(|answer| answer.0).collect();
        Mock::given(any())
            .respond_with(InTurn(Mutex::new(answers)))
            .mount(&server)
            .await;
        Self(server)
    }

    pub(crate) fn config(&self, http: SharedHttpClient) -> SdkConfig {
        Self::config_at(&self.0.uri(), http)
    }

    pub(crate) fn config_at(endpoint: &str, http: SharedHttpClient) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(
                aws_credential_types::provider::SharedCredentialsProvider::new(
                    Credentials::from_keys("AKIDTEST", "secret", None),
                ),
            )
            .endpoint_url(endpoint)
            .retry_config(RetryConfig::disabled())
            .http_client(http)
            .build()
    }

    /// The request bodies, as JSON.
    pub(crate) async fn bodies(&self) -> Vec<Value> {
        let requests = self.0.received_requests().await.unwrap();
        requests
            .iter()
            .map(|request| serde_json::from_slice(&request.body).unwrap())
            .collect()
    }

    /// The request bodies, as text.
    pub(crate) async fn texts(&self) -> Vec<String> {
        let requests = self.0.received_requests().await.unwrap();
        requests
            .iter()
            .map(|request| String::from_utf8(request.body.clone()).unwrap())
            .collect()
    }

    /// The operations of the requests, where the protocol names them in a header.
    pub(crate) async fn operations(&self) -> Vec<String> {
        let requests = self.0.received_requests().await.unwrap();
        requests
            .iter()
            .filter_map(|request| request.headers.get("x-amz-target")?.to_str().ok())
            .filter_map(|target| Some(target.split_once('.')?.1.to_owned()))
            .collect()
    }
}
