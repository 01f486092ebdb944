mod bedrock;
mod certificates;
mod databases;
mod pages;
mod postgres;
mod secrets;
mod tables;

use aws_config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use picket_rules::probes::{self, Probe};
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, net::TcpListener, sync::Notify};
use wiremock::{Mock, MockServer, Request as Asked, ResponseTemplate, matchers::any};

use super::*;
use crate::{
    config::{ActiveProbe, Authentication},
    targets::Targets,
};

/// The password in the fake Parameter Store.
pub(super) const PASSWORD: &str = "hunter2-is-the-password";

pub(super) fn sdk(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("AKIDTEST", "secret", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .retry_config(RetryConfig::disabled())
        .http_client(picket_aws::connector())
        .build()
}

/// Parameter Store with the password, and with `roots` where there are any.
pub(super) async fn parameter_store(roots: Option<String>) -> MockServer {
    let server = MockServer::start().await;
    let answer = move |asked: &Asked| {
        let asked: Value = serde_json::from_slice(&asked.body).unwrap();
        let value = match asked["Name"].as_str().unwrap() {
            "/picket/probes/roots" => roots.clone().unwrap(),
            "/picket/probes/orders" => PASSWORD.to_owned(),
            other => panic!("{other} was asked for"),
        };
        let body = json!({"Parameter": {"Name": asked["Name"], "Value": value}});
        ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/x-amz-json-1.1")
    };
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// A configuration without probes; `roots` is the parameter with additional root certificates.
pub(super) fn config(roots: Option<String>) -> Config {
    Config {
        environment: "dev".into(),
        stack: "picket-dev".into(),
        quarantine_bucket: "quarantine".into(),
        probes: Vec::new(),
        secrets: Secrets {
            prefix: "/picket/probes".into(),
            authentication: Authentication::Password,
            roots,
        },
    }
}

/// The adapters with that Parameter Store, trusting `roots` where they are given.
pub(super) async fn adapters(roots: Option<String>) -> (Adapters, MockServer) {
    let config = config(roots.is_some().then(|| "/picket/probes/roots".to_owned()));
    let store = parameter_store(roots).await;
    (Adapters::new(&sdk(&store.uri()), &config), store)
}

/// A probe that asks this, of a target with this address.
pub(super) fn active(check: &str, metric: &str, target: &str) -> ActiveProbe {
    let text = format!(
        "Workload: shop\nProbes:\n  - Name: p\n    Every: 1m\n    Timeout: 10s\n    {check}\n    Metrics: [{{ {metric}, MetricNamespace: N, MetricName: M }}]\n"
    );
    let probes =
        probes::parse("probes.yaml", &text).unwrap_or_else(|problems| panic!("{problems}"));
    let probe: Probe = probes.probes.into_iter().next().unwrap();
    let targets: Targets = format!("orders={target}").parse().unwrap();
    ActiveProbe {
        id: "shop/p".to_owned(),
        endpoint: targets.endpoint(&probe).unwrap().unwrap(),
        probe,
    }
}

/// A server that takes a connection, reads, and never says a word; and word of the first byte that it got.
pub(super) async fn hanging() -> (String, &'static Notify) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let reached: &'static Notify = Box::leak(Box::default());
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 1]).await;
            reached.notify_one();
            held.push(stream);
        }
    });
    (address, reached)
}

/// An address where nobody listens.
pub(super) async fn refusing() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}
