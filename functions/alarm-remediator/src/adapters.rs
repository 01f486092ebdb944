//! The adapters of the ports to AWS. Nothing else in this function imports an SDK.

mod alarms;
mod auto_scaling;
mod documents;
mod dynamodb;
mod ecs;
mod follow_ups;
mod functions;
mod kinesis;
mod ledger;
mod logs;
mod metrics;
mod settings;
mod sqs;
mod table;
mod tags;

use aws_config::SdkConfig;
use picket_aws::{
    Fault,
    fault::Resource,
    fleet::Topic,
    overrides::{ConditionalRead, OverrideBucket, ReadResults},
};
use picket_shared::fleet::FleetMessage;

use crate::{
    config::Config,
    ports::{Publish, ReadOverrides, ReadSwitch},
};
use follow_ups::FollowUps;
use table::RemediationTable;

/// The ports on AWS.
#[derive(Debug, Clone)]
pub struct Adapters {
    lambda: aws_sdk_lambda::Client,
    cloudwatch: aws_sdk_cloudwatch::Client,
    follow_ups: FollowUps,
    dynamodb: aws_sdk_dynamodb::Client,
    ecs: aws_sdk_ecs::Client,
    kinesis: aws_sdk_kinesis::Client,
    logs: aws_sdk_cloudwatchlogs::Client,
    sqs: aws_sdk_sqs::Client,
    ssm: aws_sdk_ssm::Client,
    kill_switch: Resource,
    documents: Vec<String>,
    table: RemediationTable,
    topic: Topic,
    overrides: OverrideBucket,
}

impl Adapters {
    /// Creates clients of the resources that the configuration names.
    pub fn new(sdk: &SdkConfig, config: &Config) -> Self {
        Self {
            lambda: aws_sdk_lambda::Client::new(sdk),
            cloudwatch: aws_sdk_cloudwatch::Client::new(sdk),
            follow_ups: FollowUps::new(sdk, config),
            dynamodb: aws_sdk_dynamodb::Client::new(sdk),
            ecs: aws_sdk_ecs::Client::new(sdk),
            kinesis: aws_sdk_kinesis::Client::new(sdk),
            logs: aws_sdk_cloudwatchlogs::Client::new(sdk),
            sqs: aws_sdk_sqs::Client::new(sdk),
            ssm: aws_sdk_ssm::Client::new(sdk),
            kill_switch: Resource::new(
                "kill switch",
                config.kill_switch_parameter.as_str(),
                "create it as a String parameter that reads on or off",
            ),
            documents: config.documents.clone(),
            table: RemediationTable::new(
                aws_sdk_dynamodb::Client::new(sdk),
                &config.remediation_table,
            ),
            topic: Topic::new(
                aws_sdk_sns::Client::new(sdk),
                config.info_topic_arn.as_str(),
            ),
            overrides: OverrideBucket::new(sdk, config.override_bucket.as_deref(), &config.stack),
        }
    }
}

impl ReadOverrides for Adapters {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        self.overrides.read_overrides(reads).await
    }
}

impl ReadSwitch for Adapters {
    async fn switch(&self) -> Result<String, Fault> {
        let answer = self
            .ssm
            .get_parameter()
            .name(self.kill_switch.name())
            .send()
            .await;
        let answer = answer.map_err(|error| Fault::of(&self.kill_switch, "read", error))?;
        Ok(answer
            .parameter
            .and_then(|parameter| parameter.value)
            .unwrap_or_default())
    }
}

impl Publish for Adapters {
    async fn publish(&self, message: &FleetMessage, subject: &str) -> Result<(), Fault> {
        self.topic.publish(message, subject).await
    }
}

#[cfg(test)]
mod tests;
