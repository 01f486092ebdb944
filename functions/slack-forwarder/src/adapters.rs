//! The ports, on Parameter Store, SNS and HTTPS. Nothing else in this function imports an SDK.

mod bundles;
mod chart;
mod many_rows;
mod silenced;
mod silences;
mod table;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sns::{Client as Sns, types::MessageAttributeValue};
use aws_sdk_ssm::Client as Ssm;
use picket_aws::{
    Fault,
    fault::Resource,
    overrides::{Answers, OverrideBucket, Question},
    secret::Parameters,
    web,
};
use reqwest::{
    Client, Response,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    config::Config,
    ports::{OURS, PostMessage, PublishEmail, PublishFallback, ReadOverrides, ReadParameter},
    sinks::{Answer, Email, Request},
};

pub use chart::Charts;
pub use table::AlertsTable;

/// What is read of an answer's body, in bytes: Slack's Web API repeats the message, of 12,000 characters at most, before it ends.
const BODY: usize = 65_536;
/// The subject of the e-mail that the fallback topic sends.
const SUBJECT: &str = "Picket: an alert could not be delivered";

/// Parameter Store.
#[derive(Debug, Clone)]
pub struct ParameterStore(Parameters);

/// Slack and PagerDuty.
#[derive(Debug, Clone)]
pub struct Slack(Client);

/// The topics that are published to: the fallback topic, and those for e-mail.
#[derive(Debug, Clone)]
pub struct Topics {
    client: Sns,
    fallback: Resource,
}

impl ParameterStore {
    /// Parameter Store of the function's region.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Parameters::new(Ssm::new(config)))
    }
}

impl ReadParameter for ParameterStore {
    async fn read(&self, name: &str) -> Result<SecretString, Fault> {
        self.0.get(name).await
    }
}

/// The override bucket.
#[derive(Debug, Clone)]
pub struct Overrides(OverrideBucket);

impl Overrides {
    /// The bucket that the configuration names, if it names one.
    pub fn new(aws: &SdkConfig, config: &Config) -> Self {
        let bucket = config.override_bucket.as_deref();
        Self(OverrideBucket::new(aws, bucket, &config.stack))
    }
}

impl ReadOverrides for Overrides {
    async fn read_overrides(&self, questions: &[Question]) -> Answers {
        self.0.read_overrides(questions).await
    }
}

impl Slack {
    /// With the client for everything that is not AWS.
    pub fn new() -> Self {
        Self(web::client())
    }
}

impl Default for Slack {
    fn default() -> Self {
        Self::new()
    }
}

impl PostMessage for Slack {
    async fn post(&self, request: &Request, limit: Duration) -> Answer {
        let post = self
            .0
            .post(request.url.expose_secret())
            .header(CONTENT_TYPE, request.content_type)
            .timeout(limit)
            .body(request.body.expose_secret().to_vec());
        let post = match &request.token {
            // reqwest marks the header as sensitive.
            Some(token) => post.bearer_auth(token.expose_secret()),
            None => post,
        };
        match post.send().await {
            Ok(response) => answered(response).await,
            // reqwest's errors show the URL, and the URL is the secret.
            Err(error) => Answer::Unanswered(why(&error).to_owned()),
        }
    }
}

async fn answered(mut response: Response) -> Answer {
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    let status = response.status().as_u16();
    // A body that breaks off after the status says no more than an empty one: what counts as delivered is "ok".
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() >= BODY {
            break;
        }
    }
    body.truncate(BODY);
    Answer::Answered {
        status,
        retry_after,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

fn why(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "timed out"
    } else if error.is_connect() {
        "no connection"
    } else if error.is_builder() {
        "the request could not be made of the URL"
    } else {
        "the connection broke"
    }
}

impl Topics {
    /// With the fallback topic of this ARN.
    pub fn new(config: &SdkConfig, fallback: &str) -> Self {
        Self {
            client: Sns::new(config),
            fallback: Resource::new(
                "fallback topic",
                fallback,
                "deploy the stack or correct FALLBACK_TOPIC_ARN",
            ),
        }
    }
}

impl PublishFallback for Topics {
    async fn publish(&self, text: String) -> Result<(), Fault> {
        self.client
            .publish()
            .topic_arn(self.fallback.name())
            .subject(SUBJECT)
            .message(text)
            .send()
            .await
            .map_err(|error| Fault::of(&self.fallback, "publish to", error))?;
        Ok(())
    }
}

impl PublishEmail for Topics {
    async fn publish_email(&self, topic: &str, email: &Email) -> Result<(), Fault> {
        let ours = MessageAttributeValue::builder()
            .data_type("String")
            .string_value("true")
            .build()
            .map_err(|error| Fault::permanent(error.to_string()))?;
        let resource = || {
            let remedy = "deploy the stack or correct the EMAIL_TOPIC_ARNs";
            Resource::new("e-mail topic", topic, remedy)
        };
        self.client
            .publish()
            .topic_arn(topic)
            .subject(email.subject())
            .message(email.body())
            .message_attributes(OURS, ours)
            .send()
            .await
            .map_err(|error| Fault::of(&resource(), "publish to", error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
