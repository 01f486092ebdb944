//! A stand-in for SNS that takes `Publish` and hands each message on as the event that a subscribed function gets.

use std::collections::BTreeMap;

use anyhow::Result;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use picket_shared::clock::{Clock, SystemClock};
use reqwest::Url;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{pump::lambda_event, server::Server};

/// The stand-in, with what was published and not taken yet.
#[derive(Debug)]
pub struct Topics {
    server: Server,
    published: UnboundedReceiver<Value>,
}

impl Topics {
    /// Starts it on any free port.
    pub async fn start() -> Result<Self> {
        let (sender, published) = unbounded_channel();
        let router = Router::new().route("/", post(take)).with_state(sender);
        let server = Server::start(0, router).await?;
        Ok(Self { server, published })
    }

    /// Its address, without a slash at the end.
    pub fn address(&self) -> &str {
        self.server.address()
    }

    /// The next message, as a function's event; waits for it.
    pub async fn next(&mut self) -> Option<Value> {
        self.published.recv().await
    }
}

/// The query protocol, of which SNS's `Publish` is one action
/// (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
async fn take(State(published): State<UnboundedSender<Value>>, body: Bytes) -> Response {
    let Some(body) = read(&body) else {
        return (StatusCode::BAD_REQUEST, "this takes Publish alone").into_response();
    };
    let answer = format!(
        "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
         <MessageId>{}</MessageId></PublishResult></PublishResponse>",
        body["MessageId"].as_str().unwrap_or_default()
    );
    if published
        .send(lambda_event(&body, "arn:line:subscription"))
        .is_err()
    {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    ([(header::CONTENT_TYPE, "text/xml")], answer).into_response()
}

/// The notification of a request, as SNS delivers it.
fn read(body: &[u8]) -> Option<Value> {
    let mut form = Url::parse("http://localhost/").ok()?;
    form.set_query(Some(str::from_utf8(body).ok()?));
    let fields: BTreeMap<_, _> = form.query_pairs().into_owned().collect();
    if fields.get("Action").map(String::as_str) != Some("Publish") {
        return None;
    }
    let now = SystemClock.now();
    Some(json!({
        "Type": "Notification",
        "MessageId": format!("line-{}", now.as_nanosecond()),
        "TopicArn": fields.get("TopicArn")?,
        "Subject": fields.get("Subject"),
        "Message": fields.get("Message")?,
        "Timestamp": now.to_string(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publication_is_read_and_nothing_else() {
        let read = |text: &str| read(text.as_bytes());
        let body =
            read("Action=Publish&TopicArn=arn%3At&Message=a+%22b%22%26%C3%BC&Version=2010-03-31")
                .unwrap();
        assert_eq!(
            (&body["TopicArn"], &body["Message"]),
            (&json!("arn:t"), &json!("a \"b\"&ü"))
        );
        assert_eq!(body["Subject"], Value::Null);
        assert_eq!(read("Action=ListTopics"), None);
        assert_eq!(read("Action=Publish&Message=m"), None);
    }
}
