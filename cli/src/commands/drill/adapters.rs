//! AWS's side of a drill.

use std::{collections::BTreeMap, error::Error};

use aws_sdk_cloudwatch::types::{
    AlarmType, CompositeAlarm, Dimension, MetricAlarm, MetricDataQuery, StateValue,
};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_types::SdkConfig;
use picket_shared::{alarm::State, report::ErrorChain};
use serde_json::{Value, json};
use slack_forwarder::delivery_log::Row;

use super::{
    alarm::{Alarm, Kind},
    ports::{CountSubscriptions, ReadDeliveries, Refusal, SetAlarmState},
};

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

    /// Every alarm of the account and Region (`cloudwatch:DescribeAlarms`). Without `AlarmTypes`, composite alarms are
    /// left out ("`DescribeAlarms`" in the CloudWatch API Reference).
    pub(super) async fn alarms(&self) -> Result<Vec<Alarm>, Refusal> {
        let mut pages = self
            .cloudwatch
            .describe_alarms()
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .into_paginator()
            .send();
        let mut alarms = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| refusal("the alarms cannot be read", &error))?;
            alarms.extend(page.metric_alarms().iter().map(metric_alarm));
            alarms.extend(page.composite_alarms().iter().map(composite_alarm));
        }
        Ok(alarms)
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
        let row = |item: &std::collections::HashMap<String, AttributeValue>| {
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

fn refusal(what: &str, error: &dyn Error) -> Refusal {
    format!("{what}: {}", ErrorChain(error))
}

fn metric_alarm(alarm: &MetricAlarm) -> Alarm {
    let trigger = if alarm.metrics().is_empty() {
        json!({
            "Namespace": alarm.namespace(),
            "MetricName": alarm.metric_name(),
            "Dimensions": dimensions(alarm.dimensions()),
        })
    } else {
        json!({"Metrics": alarm.metrics().iter().map(query).collect::<Vec<_>>()})
    };
    Alarm {
        name: owned(alarm.alarm_name()),
        arn: owned(alarm.alarm_arn()),
        state: state(alarm.state_value()),
        actions_enabled: alarm.actions_enabled().unwrap_or(true),
        actions: alarm.alarm_actions().to_vec(),
        ok_actions: alarm.ok_actions().to_vec(),
        kind: Kind::Metric,
        trigger,
    }
}

fn composite_alarm(alarm: &CompositeAlarm) -> Alarm {
    Alarm {
        name: owned(alarm.alarm_name()),
        arn: owned(alarm.alarm_arn()),
        state: state(alarm.state_value()),
        actions_enabled: alarm.actions_enabled().unwrap_or(true),
        actions: alarm.alarm_actions().to_vec(),
        ok_actions: alarm.ok_actions().to_vec(),
        kind: Kind::Composite {
            suppressor: alarm.actions_suppressor().map(str::to_owned),
        },
        trigger: Value::Null,
    }
}

fn query(query: &MetricDataQuery) -> Value {
    let metric = query.metric_stat().and_then(|stat| stat.metric());
    json!({
        "Id": query.id(),
        "Expression": query.expression(),
        "MetricStat": metric.map(|metric| json!({"Metric": {
            "Namespace": metric.namespace(),
            "MetricName": metric.metric_name(),
            "Dimensions": dimensions(metric.dimensions()),
        }})),
    })
}

fn dimensions(dimensions: &[Dimension]) -> Value {
    dimensions
        .iter()
        .map(|dimension| json!({"name": dimension.name(), "value": dimension.value()}))
        .collect()
}

fn owned(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

fn state(value: Option<&StateValue>) -> State {
    match value {
        Some(StateValue::Alarm) => State::Alarm,
        Some(StateValue::Ok) => State::Ok,
        _ => State::InsufficientData,
    }
}
