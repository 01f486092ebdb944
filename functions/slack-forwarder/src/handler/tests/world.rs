//! Everything outside the handler, in memory.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use picket_aws::Fault;
use picket_shared::report::Chain;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::super::*;
use crate::{deliver::Answer, route, testing, webhook::Webhook};

pub(super) const CRITICAL: &str = "arn:aws:sns:eu-west-1:111122223333:critical";
pub(super) const SECRET: &str = "https://hooks.slack.com/services/T0/B0/secret";

#[derive(Clone, Default)]
pub(super) struct World(pub(super) Arc<Mutex<Inner>>);

#[derive(Default)]
pub(super) struct Inner {
    pub(super) now: Timestamp,
    pub(super) parameters: VecDeque<Result<&'static str, Fault>>,
    pub(super) read: Vec<String>,
    pub(super) answers: VecDeque<Answer>,
    pub(super) posted: Vec<(String, Value)>,
    pub(super) told: Vec<String>,
    pub(super) fallback_fails: bool,
}

impl ReadParameter for World {
    async fn read(&self, name: &str) -> Result<SecretString, Fault> {
        let mut inner = self.0.lock().unwrap();
        inner.read.push(name.to_owned());
        inner
            .parameters
            .pop_front()
            .unwrap_or(Ok(SECRET))
            .map(SecretString::from)
    }
}

impl PostMessage for World {
    async fn post(&self, webhook: &Webhook, body: String, limit: Duration) -> Answer {
        assert!(limit <= LONGEST_POST, "{limit:?}");
        let mut inner = self.0.lock().unwrap();
        inner.posted.push((
            webhook.expose().to_owned(),
            serde_json::from_str(&body).unwrap(),
        ));
        inner
            .answers
            .pop_front()
            .unwrap_or_else(|| answer(200, "ok"))
    }
}

impl PublishFallback for World {
    async fn publish(&self, text: String) -> Result<(), Fault> {
        let mut inner = self.0.lock().unwrap();
        if inner.fallback_fails {
            return Err(Fault::passing("the topic did not answer"));
        }
        inner.told.push(text);
        Ok(())
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.0.lock().unwrap().now
    }

    async fn sleep(&self, duration: Duration) {
        let mut inner = self.0.lock().unwrap();
        inner.now = inner.now.checked_add(duration).unwrap();
    }
}

impl World {
    pub(super) fn at_six() -> Self {
        let world = Self::default();
        world.0.lock().unwrap().now = "2026-11-20T06:10:00Z".parse().unwrap();
        world
    }

    pub(super) fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let world = Self::at_six();
        world.0.lock().unwrap().answers.extend(answers);
        world
    }

    pub(super) async fn handle(&self, event: &[u8]) -> Result<Response, Error> {
        let config = config();
        let handler = Handler::new(
            config,
            route::built_in(),
            self.clone(),
            self.clone(),
            self.clone(),
            self.clone(),
        );
        let deadline = self.now().as_millisecond() + 30_000;
        handler
            .handle(event, Deadline::from_context(deadline.try_into().unwrap()))
            .await
    }

    pub(super) async fn fail(&self, event: &Value) -> String {
        let error = self.handle(event.to_string().as_bytes()).await.unwrap_err();
        format!("{} {error:?}", Chain(&error))
    }

    pub(super) fn posted(&self) -> Vec<Value> {
        self.0
            .lock()
            .unwrap()
            .posted
            .iter()
            .map(|(_, body)| body.clone())
            .collect()
    }
}

pub(super) fn config() -> Config {
    let variables = std::collections::HashMap::from([
        ("ENVIRONMENT", "dev"),
        ("STACK_NAME", "picket-dev"),
        ("SLACK_PARAMETER_PREFIX", "/picket/slack"),
        ("SLACK_ALLOWED_HOSTS", "hooks.slack.com"),
        ("CRITICAL_TOPIC_ARN", CRITICAL),
        (
            "WARNING_TOPIC_ARN",
            "arn:aws:sns:eu-west-1:111122223333:warning",
        ),
        ("INFO_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:info"),
        (
            "FALLBACK_TOPIC_ARN",
            "arn:aws:sns:eu-west-1:111122223333:fallback",
        ),
        (
            "FAILURE_QUEUE_ARN",
            "arn:aws:sqs:eu-west-1:111122223333:failures",
        ),
    ]);
    Config::read(&variables).unwrap()
}

pub(super) fn answer(status: u16, body: &str) -> Answer {
    Answer::Answered {
        status,
        retry_after: None,
        body: body.to_owned(),
    }
}

pub(super) fn texts(count: usize) -> Value {
    let messages: Vec<String> = (0..count).map(|index| format!("message {index}")).collect();
    testing::sns_event(CRITICAL, &messages)
}

pub(super) fn failure(receipt: &str, failed_at: &str, message: &str) -> Value {
    let record = json!({"version": "1.0", "timestamp": failed_at, "requestPayload": testing::sns_event(CRITICAL, &[message.to_owned()])});
    json!({"eventSource": "aws:sqs", "messageId": receipt, "body": record.to_string()})
}

pub(super) fn batch(receipts: &[&str]) -> Response {
    let failures = receipts
        .iter()
        .map(|receipt| Item {
            receipt: (*receipt).to_owned(),
        })
        .collect();
    Response::Batch { failures }
}
