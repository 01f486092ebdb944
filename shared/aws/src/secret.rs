//! What Parameter Store keeps for us.

use aws_sdk_ssm::Client;
use secrecy::SecretString;

use crate::fault::{Fault, Resource};

/// Parameter Store.
#[derive(Debug, Clone)]
pub struct Parameters {
    client: Client,
}

impl Parameters {
    /// Parameter Store, by this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The value of a parameter, decrypted. A frequent reader caches it, and reads it again when it is rejected.
    pub async fn get(&self, name: &str) -> Result<SecretString, Fault> {
        let parameter = Resource::new("parameter", name, "create it as a SecureString");
        let answer = self
            .client
            .get_parameter()
            .name(name)
            .with_decryption(true)
            .send()
            .await
            .map_err(|error| Fault::of(&parameter, "read", error))?;
        answer
            .parameter
            .and_then(|parameter| parameter.value)
            .filter(|value| !value.trim().is_empty())
            .map(SecretString::from)
            .ok_or_else(|| {
                Fault::permanent(format!("the {parameter} is empty; put its value there"))
            })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;
    use serde_json::json;

    use super::*;
    use crate::{
        connector::connector,
        testing::{Server, StubResponse},
    };

    async fn get(answer: StubResponse) -> (Result<SecretString, Fault>, serde_json::Value) {
        let server = Server::answering([answer]).await;
        let parameters = Parameters::new(Client::new(&server.config(connector())));
        let value = parameters.get("/picket/slack/alerts").await;
        (value, server.bodies().await.remove(0))
    }

    #[tokio::test]
    async fn a_secret_is_read_decrypted_and_does_not_print() {
        let answer = json!({"Parameter": {"Name": "/picket/slack/alerts", "Value": "https://hooks.example/T0/B0"}});
        let (value, asked) = get(StubResponse::json(&answer)).await;
        let value = value.unwrap();
        assert_eq!(value.expose_secret(), "https://hooks.example/T0/B0");
        assert!(!format!("{value:?}").contains("hooks"));
        assert_eq!(
            asked,
            json!({"Name": "/picket/slack/alerts", "WithDecryption": true})
        );
    }

    #[tokio::test]
    async fn a_missing_or_empty_parameter_is_named() {
        let (missing, _) = get(StubResponse::error(400, "ParameterNotFound")).await;
        assert_eq!(
            missing.unwrap_err().to_string(),
            "the parameter /picket/slack/alerts does not exist; create it as a SecureString"
        );
        let (empty, _) = get(StubResponse::json(&json!({"Parameter": {"Value": " "}}))).await;
        assert!(
            empty
                .unwrap_err()
                .to_string()
                .contains("/picket/slack/alerts is empty")
        );
    }
}
