//! What the function needs from outside; the role allows this and no more.

use std::{future::Future, time::Duration};

use picket_aws::Fault;
use secrecy::SecretString;

use crate::{deliver::Answer, webhook::Webhook};

/// `ssm:GetParameter`, decrypted.
pub trait ReadParameter {
    /// The value of a parameter.
    fn read(&self, name: &str) -> impl Future<Output = Result<SecretString, Fault>> + Send;
}

/// An HTTPS post to a webhook.
pub trait PostMessage {
    /// Posts a JSON body and waits no longer than `limit` for the answer.
    fn post(
        &self,
        webhook: &Webhook,
        body: String,
        limit: Duration,
    ) -> impl Future<Output = Answer> + Send;
}

/// `sns:Publish` on the fallback topic.
pub trait PublishFallback {
    /// Publishes plain text.
    fn publish(&self, text: String) -> impl Future<Output = Result<(), Fault>> + Send;
}
