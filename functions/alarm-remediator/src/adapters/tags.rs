//! The tags of a resource, by the service that its ARN names.

use std::collections::BTreeMap;

use picket_aws::{Fault, fault::Resource};

use super::{Adapters, dynamodb, ecs, kinesis, logs, settings, sqs};
use crate::reads::ReadTags;

impl ReadTags for Adapters {
    async fn tags(&self, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
        match arn.split(':').nth(2) {
            Some("lambda") => function_tags(&self.lambda, arn).await,
            Some("ssm") => {
                let name = arn.splitn(6, ':').nth(5).unwrap_or_default();
                if let Some(document) = name.strip_prefix("document/") {
                    return settings::ssm::read_document_tags(&self.ssm, document).await;
                }
                let name = name.strip_prefix("parameter").unwrap_or(name);
                settings::ssm::read_tags(&self.ssm, name).await
            }
            Some("dynamodb") => dynamodb::tags(&self.dynamodb, arn).await,
            Some("ecs") => ecs::tags(&self.ecs, arn).await,
            Some("kinesis") => kinesis::tags(&self.kinesis, arn).await,
            Some("sqs") => sqs::tags(&self.sqs, arn).await,
            Some("logs") => logs::tags(&self.logs, arn).await,
            _ => Err(Fault::permanent(format!(
                "the tags of {arn} cannot be read: its service is not one that is repaired"
            ))),
        }
    }
}

async fn function_tags(
    lambda: &aws_sdk_lambda::Client,
    arn: &str,
) -> Result<BTreeMap<String, String>, Fault> {
    let function = Resource::new("function", arn, "correct the alarm or deploy the function");
    let answer = lambda.list_tags().resource(arn).send().await;
    let answer = answer.map_err(|error| Fault::of(&function, "read the tags of", error))?;
    Ok(answer.tags.unwrap_or_default().into_iter().collect())
}
