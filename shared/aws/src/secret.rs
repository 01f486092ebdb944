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

    /// The value of a parameter, decrypted. Who asks often keeps it, and asks again when it is refused.
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
