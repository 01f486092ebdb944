//! AWS's side of a drill.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_cloudwatch::types::StateValue;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_types::SdkConfig;
use picket_shared::alarm::State;
use slack_forwarder::delivery_log::Row;

use super::ports::{CountSubscriptions, ReadDeliveries, Refusal, SetAlarmState};
use crate::account::refusal;

/// The clients of a drill.
#[derive(Debug)]
pub(super) struct Adapters {
    cloudwatch: aws_sdk_cloudwatch::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    sns: aws_sdk_sns::Client,
    table: String,
}

impl Adapters {
    /// Clients for the stack with this Alerts table.
    pub(super) fn new(aws: &SdkConfig, table: &str) -> Self {
        Self {
            cloudwatch: aws_sdk_cloudwatch::Client::new(aws),
            dynamodb: aws_sdk_dynamodb::Client::new(aws),
            sns: aws_sdk_sns::Client::new(aws),
            table: table.to_owned(),
        }
    }
}

impl SetAlarmState for Adapters {
    async fn set_alarm_state(
        &self,
        alarm: &str,
        state: State,
        reason: &str,
    ) -> Result<(), Refusal> {
        self.cloudwatch
            .set_alarm_state()
            .alarm_name(alarm)
            .state_value(StateValue::from(state.as_str()))
            .state_reason(reason)
            .send()
            .await
            .map(drop)
            .map_err(|error| refusal(&format!("it cannot be put into {}", state.as_str()), &error))
    }
}

impl ReadDeliveries for Adapters {
    async fn read_deliveries(&self, arn: &str) -> Result<BTreeMap<String, Row>, Refusal> {
        // One page: 1 MB are some hundred sinks, and an alarm has a few.
        let answer = self
            .dynamodb
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("alert = :alert")
            .expression_attribute_values(":alert", AttributeValue::S(arn.to_owned()))
            .send()
            .await
            .map_err(|error| {
                refusal(
                    &format!("the Alerts table {} cannot be read", self.table),
                    &error,
                )
            })?;
        let row = |item: &HashMap<String, AttributeValue>| {
            let sink = item.get("part")?.as_s().ok()?.clone();
            let row = serde_json::from_str(item.get("row")?.as_s().ok()?).ok()?;
            Some((sink, row))
        };
        Ok(answer.items().iter().filter_map(row).collect())
    }
}

impl CountSubscriptions for Adapters {
    async fn count_subscriptions(&self, topic: &str) -> Result<usize, Refusal> {
        let mut pages = self
            .sns
            .list_subscriptions_by_topic()
            .topic_arn(topic)
            .into_paginator()
            .send();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| {
                refusal(
                    &format!("the subscriptions of {topic} cannot be read"),
                    &error,
                )
            })?;
            // One that nobody has confirmed has the text PendingConfirmation in the place of its ARN.
            let confirmed = page.subscriptions().iter().filter(|subscription| {
                subscription
                    .subscription_arn()
                    .is_some_and(|arn| arn.starts_with("arn:"))
            });
            count += confirmed.count();
        }
        Ok(count)
    }
}
