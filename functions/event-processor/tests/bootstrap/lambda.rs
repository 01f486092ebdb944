//! A stand-in of Lambda's runtime API, and of the services behind the program.

use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use wiremock::{
    Mock, MockServer, Request, Respond, ResponseTemplate,
    matchers::{method, path, path_regex},
};

use crate::PATIENCE;

/// Stores a posted response, and accepts it.
struct Posted(UnboundedSender<(String, Value)>);

impl Respond for Posted {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let body = serde_json::from_slice(&request.body).unwrap();
        self.0.send((request.url.path().to_owned(), body)).unwrap();
        ResponseTemplate::new(202)
    }
}

/// DynamoDB by its operations' names.
pub(crate) struct Table(pub(crate) fn(&str) -> ResponseTemplate);

impl Respond for Table {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        (self.0)(operation(request))
    }
}

/// The requests to DynamoDB.
pub(crate) fn operation(request: &Request) -> &str {
    let target = request.headers["x-amz-target"].to_str().unwrap();
    target.trim_start_matches("DynamoDB_20120810.")
}

/// A runtime API with one invocation, an S3 that takes everything, and this table. What the program answers comes out.
pub(crate) async fn server(
    body: Vec<u8>,
    table: impl Respond + 'static,
) -> (MockServer, UnboundedReceiver<(String, Value)>) {
    let server = MockServer::start().await;
    let next = || Mock::given(method("GET")).and(path("/2018-06-01/runtime/invocation/next"));
    let invocation = ResponseTemplate::new(200)
        .set_body_raw(body, "application/json")
        .insert_header("lambda-runtime-aws-request-id", "one")
        .insert_header("lambda-runtime-deadline-ms", "4102444800000")
        .insert_header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:123456789012:function:f",
        )
        .insert_header(
            "lambda-runtime-trace-id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
        );
    next()
        .respond_with(invocation)
        .up_to_n_times(1)
        .mount(&server)
        .await;
    next()
        .respond_with(ResponseTemplate::new(200).set_delay(PATIENCE))
        .mount(&server)
        .await;
    let (sender, receiver) = unbounded_channel();
    Mock::given(method("POST"))
        .and(path_regex("^/2018-06-01/runtime/"))
        .respond_with(Posted(sender))
        .mount(&server)
        .await;
    Mock::given(method("PUT"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/"))
        .respond_with(table)
        .mount(&server)
        .await;
    (server, receiver)
}
