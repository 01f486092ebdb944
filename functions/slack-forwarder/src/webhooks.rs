//! The webhooks' URLs: read when first needed, kept as long as the sandbox lives, read again when Slack refuses one.

use std::collections::HashMap;

use tokio::sync::Mutex;

use crate::{
    config::ParameterPrefix,
    error::SendError,
    ports::ReadParameter,
    webhook::{AllowedHosts, Webhook},
};

/// The webhooks by name.
pub struct Webhooks<P> {
    parameters: P,
    prefix: ParameterPrefix,
    hosts: AllowedHosts,
    known: Mutex<HashMap<String, Webhook>>,
}

impl<P: ReadParameter> Webhooks<P> {
    /// None known yet.
    pub fn new(parameters: P, prefix: ParameterPrefix, hosts: AllowedHosts) -> Self {
        Self {
            parameters,
            prefix,
            hosts,
            known: Mutex::new(HashMap::new()),
        }
    }

    /// The webhook of this name, from memory where it is known.
    pub async fn get(&self, name: &str) -> Result<Webhook, SendError> {
        let known = self.known.lock().await.get(name).cloned();
        match known {
            Some(webhook) => Ok(webhook),
            None => self.read(name).await,
        }
    }

    /// The webhook of this name, from the parameter.
    pub async fn read(&self, name: &str) -> Result<Webhook, SendError> {
        let parameter = self.prefix.parameter(name);
        let secret = match self.parameters.read(&parameter).await {
            Ok(secret) => secret,
            Err(fault) => return Err(SendError::parameter(name, parameter, fault)),
        };
        let webhook =
            Webhook::new(&secret, &self.hosts).map_err(|source| SendError::NotAWebhook {
                webhook: name.to_owned(),
                parameter,
                source,
            })?;
        self.known
            .lock()
            .await
            .insert(name.to_owned(), webhook.clone());
        Ok(webhook)
    }
}
