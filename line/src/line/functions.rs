//! Invoking the deployed functions, and changing their environment.

use anyhow::{Context, Result, bail};
use aws_sdk_lambda::{primitives::Blob, types::Environment};
use serde_json::{Value, json};

use super::Line;

impl Line {
    /// Invokes a function by logical id and waits for its answer.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value> {
        invoke(&self.clients.lambda(), self.outputs.get(function)?, event).await
    }

    /// One tick of the metrics publisher, for every minute begun.
    pub async fn tick(&self) -> Result<Value> {
        self.invoke("MetricsPublisher", &tick()).await
    }

    /// Sets one environment variable of a function; its next invocation starts anew.
    pub async fn set_variable(
        &self,
        function: &str,
        name: &str,
        value: Option<&str>,
    ) -> Result<()> {
        let (lambda, function) = (self.clients.lambda(), self.outputs.get(function)?);
        let current = lambda
            .get_function_configuration()
            .function_name(function)
            .send()
            .await?;
        let mut variables = current
            .environment
            .and_then(|environment| environment.variables)
            .unwrap_or_default();
        match value {
            Some(value) => variables.insert(name.to_owned(), value.to_owned()),
            None => variables.remove(name),
        };
        lambda
            .update_function_configuration()
            .function_name(function)
            .environment(
                Environment::builder()
                    .set_variables(Some(variables))
                    .build(),
            )
            .send()
            .await
            .with_context(|| format!("{function} does not take {name}"))?;
        Ok(())
    }
}

/// The publisher's scheduled event. Unlike on AWS, the current minute is published too, since a time-lapse does not
/// wait for its end.
pub(crate) fn tick() -> Value {
    json!({"picket": {"kind": "tick", "version": 1}, "settle_seconds": -60})
}

/// Invokes a function by name and waits for its answer.
pub(crate) async fn invoke(
    lambda: &aws_sdk_lambda::Client,
    function: &str,
    event: &Value,
) -> Result<Value> {
    let answer = lambda
        .invoke()
        .function_name(function)
        .payload(Blob::new(event.to_string()))
        .send()
        .await
        .with_context(|| format!("{function} cannot be invoked"))?;
    let payload = answer.payload.map(Blob::into_inner).unwrap_or_default();
    if answer.function_error.is_some() {
        bail!("{function} failed: {}", String::from_utf8_lossy(&payload));
    }
    serde_json::from_slice(&payload).with_context(|| format!("{function} did not answer in JSON"))
}
