//! The ports, on Parameter Store, SNS and HTTPS. Nothing else in this function imports an SDK.

mod alarms;
mod bundles;
mod chart;
mod many_rows;
mod metrics;
mod remediations;
mod silenced;
mod silences;
mod table;
mod usage;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::Client as CloudWatch;
use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_sns::{Client as Sns, types::MessageAttributeValue};
use aws_sdk_ssm::Client as Ssm;
use picket_aws::{
    Fault,
    fault::Resource,
    overrides::{ConditionalRead, OverrideBucket, ReadResults},
    secret::Parameters,
    state::StateTable,
    web,
};
use reqwest::{
    Client, Response,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    config::Config,
    message::EMAIL_MARK,
    ports::{PostMessage, PublishEmail, PublishFallback, ReadOverrides, ReadParameter},
    sinks::{Answer, Email, Request},
};

use table::AlertsTable;

/// The maximum bytes that are read of a response's body: before its end, Slack's Web API repeats the message, of at
/// most 12,000 characters.
const BODY: usize = 65_536;
/// The subject of the e-mail that the fallback topic sends.
const SUBJECT: &str = "Picket: an alert could not be delivered";

/// The adapters of all ports.
#[derive(Debug, Clone)]
pub struct Adapters {
    parameters: Parameters,
    https: Https,
    sns: Sns,
    fallback: Resource,
    alerts: AlertsTable,
    remediations: Resource,
    ledger: StateTable,
    cloudwatch: CloudWatch,
    alarms: CloudWatch,
    overrides: OverrideBucket,
}

/// The HTTPS client for Slack and PagerDuty.
#[derive(Debug, Clone)]
pub struct Https(Client);

impl Adapters {
    /// Creates the clients of the services and resources that the configuration names.
    pub fn new(aws: &SdkConfig, config: &Config) -> Self {
        Self {
            parameters: Parameters::new(Ssm::new(aws)),
            https: Https::new(),
            sns: Sns::new(aws),
            fallback: Resource::new(
                "fallback topic",
                &config.fallback_topic,
                "deploy the stack or correct FALLBACK_TOPIC_ARN",
            ),
            alerts: AlertsTable::new(aws, &config.alerts_table),
            remediations: Resource::new(
                "remediation table",
                &config.remediation_table,
                "deploy the stack or correct REMEDIATION_TABLE",
            ),
            ledger: StateTable::new(DynamoDb::new(aws), config.ledger_table.as_str()),
            cloudwatch: CloudWatch::new(aws),
            alarms: alarms::client(aws),
            overrides: OverrideBucket::new(aws, config.override_bucket.as_deref(), &config.stack),
        }
    }
}

impl ReadParameter for Adapters {
    async fn read_parameter(&self, name: &str) -> Result<SecretString, Fault> {
        self.parameters.get(name).await
    }
}

impl ReadOverrides for Adapters {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        self.overrides.read_overrides(reads).await
    }
}

impl PostMessage for Adapters {
    async fn post(&self, request: &Request, limit: Duration) -> Answer {
        self.https.post(request, limit).await
    }
}

impl Https {
    /// Creates the client from the one that all requests outside of AWS share.
    pub fn new() -> Self {
        Self(web::client())
    }
}

impl Default for Https {
    fn default() -> Self {
        Self::new()
    }
}

impl PostMessage for Https {
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

impl PublishFallback for Adapters {
    async fn publish_fallback(&self, text: String) -> Result<(), Fault> {
        self.sns
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

impl PublishEmail for Adapters {
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
        self.sns
            .publish()
            .topic_arn(topic)
            .subject(email.subject())
            .message(email.body())
            .message_attributes(EMAIL_MARK, ours)
            .send()
            .await
            .map_err(|error| Fault::of(&resource(), "publish to", error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
