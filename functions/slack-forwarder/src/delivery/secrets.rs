//! The secrets of sinks: read when first needed, cached as long as the sandbox lives, read again when one is refused.

use std::collections::HashMap;

use picket_rules::routes::Sink;
use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::{config::ParameterPrefix, delivery::SendError, ports::ReadParameter};

/// The name of the parameter that holds the Slack app's bot token, one for all channels.
pub(crate) const BOT_TOKEN: &str = "bot-token";

/// The secrets by parameter.
pub(crate) struct Secrets {
    prefix: ParameterPrefix,
    known: Mutex<HashMap<String, SecretString>>,
}

impl Secrets {
    /// None known yet.
    pub(crate) fn new(prefix: ParameterPrefix) -> Self {
        Self {
            prefix,
            known: Mutex::new(HashMap::new()),
        }
    }

    /// The parameter that holds a sink's secret.
    pub(crate) fn parameter(&self, sink: &Sink) -> String {
        self.prefix.parameter(match sink {
            Sink::Slack(_) => BOT_TOKEN,
            sink => sink.name(),
        })
    }

    /// The sink's secret, from memory where it is known.
    pub(crate) async fn get(
        &self,
        sink: &Sink,
        ports: &impl ReadParameter,
    ) -> Result<SecretString, SendError> {
        let known = self.known.lock().await.get(&self.parameter(sink)).cloned();
        match known {
            Some(secret) => Ok(secret),
            None => self.read(sink, ports).await,
        }
    }

    /// The sink's secret, from the parameter.
    pub(crate) async fn read(
        &self,
        sink: &Sink,
        ports: &impl ReadParameter,
    ) -> Result<SecretString, SendError> {
        let parameter = self.parameter(sink);
        match ports.read_parameter(&parameter).await {
            Ok(secret) => {
                let mut known = self.known.lock().await;
                known.insert(parameter, secret.clone());
                Ok(secret)
            }
            Err(fault) => Err(SendError::parameter(sink, parameter, fault)),
        }
    }

    /// To be read again when it is needed next.
    pub(crate) async fn forget(&self, sink: &Sink) {
        self.known.lock().await.remove(&self.parameter(sink));
    }
}
