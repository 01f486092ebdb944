//! Changes of state by hand: CloudWatch notifies of what `SetAlarmState` changes, and the emulator's own notifications
//! are switched off. `picket drill` makes such changes, and so does `aws cloudwatch set-alarm-state`.

use std::{collections::HashMap, time::Duration};

use anyhow::{Context, Result};
use aws_sdk_cloudwatch::types::{AlarmType, CompositeAlarm, MetricAlarm, StateValue};
use jiff::Timestamp;
use picket_alarms::{Definition, Evaluation, payload};
use picket_shared::{
    alarm::State,
    clock::{Clock, SystemClock},
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{REGION_NAME, deployed::state, origin, properties};
use crate::aws::Clients;

/// The interval between two reads of the alarms.
const POLL_EVERY: Duration = Duration::from_millis(300);

/// Notifies of changes by hand until it is dropped.
#[derive(Debug)]
pub(crate) struct ByHand {
    _task: JoinSet<()>,
}

/// What was last seen of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    state: State,
    /// `StateReasonData`, which the evaluator writes with each change, and a change by hand does not.
    data: Option<String>,
}

/// A message to the topics of an alarm.
struct Notice {
    topics: Vec<String>,
    subject: String,
    message: Value,
}

struct Watcher {
    cloudwatch: aws_sdk_cloudwatch::Client,
    sns: aws_sdk_sns::Client,
    seen: HashMap<String, Seen>,
}

impl ByHand {
    /// Begins with the alarms that exist; of those the first states are no changes.
    pub(crate) async fn start(clients: &Clients) -> Result<Self> {
        let mut watcher = Watcher {
            cloudwatch: clients.cloudwatch(),
            sns: clients.sns(),
            seen: HashMap::new(),
        };
        watcher.poll(SystemClock.now()).await?;
        let mut task = JoinSet::new();
        task.spawn(async move {
            loop {
                SystemClock.sleep(POLL_EVERY).await;
                if let Err(error) = watcher.poll(SystemClock.now()).await {
                    tracing::warn!("changes of alarms by hand cannot be notified: {error:#}");
                }
            }
        });
        Ok(Self { _task: task })
    }
}

impl Watcher {
    async fn poll(&mut self, now: Timestamp) -> Result<()> {
        let now = Timestamp::from_millisecond(now.as_millisecond())?;
        let mut pages = self
            .cloudwatch
            .describe_alarms()
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .into_paginator()
            .send();
        let mut notices = vec![];
        while let Some(page) = pages.next().await {
            let page = page.context("the alarms cannot be read")?;
            for alarm in page.metric_alarms() {
                let name = alarm.alarm_name().unwrap_or_default();
                let seen = Seen::of(alarm.state_value(), alarm.state_reason_data());
                if let Some(previous) = self.changed_by_hand(name, seen) {
                    notices.push(of_metric_alarm(alarm, previous, now)?);
                }
            }
            for alarm in page.composite_alarms() {
                let name = alarm.alarm_name().unwrap_or_default();
                // Nothing but a hand changes a composite alarm on the line, which does not evaluate them.
                let seen = Seen::of(alarm.state_value(), None);
                if let Some(previous) = self.changed_by_hand(name, seen) {
                    notices.push(of_composite_alarm(alarm, previous, now));
                }
            }
        }
        for notice in notices {
            self.send(notice).await?;
        }
        Ok(())
    }

    /// The state before, where a hand changed it.
    fn changed_by_hand(&mut self, name: &str, seen: Seen) -> Option<State> {
        let (state, data) = (seen.state, seen.data.clone());
        let before = self.seen.insert(name.to_owned(), seen)?;
        (before.state != state && before.data == data).then_some(before.state)
    }

    async fn send(&self, notice: Notice) -> Result<()> {
        for topic in notice.topics {
            self.sns
                .publish()
                .topic_arn(&topic)
                .subject(&notice.subject)
                .message(notice.message.to_string())
                .send()
                .await
                .with_context(|| format!("{topic} cannot be notified"))?;
        }
        Ok(())
    }
}

impl Seen {
    fn of(state: Option<&StateValue>, data: Option<&str>) -> Self {
        Self {
            state: self::state(state),
            data: data.map(str::to_owned),
        }
    }
}

fn of_metric_alarm(alarm: &MetricAlarm, previous: State, now: Timestamp) -> Result<Notice> {
    let definition = Definition::from_properties(&properties::of(alarm))?;
    let origin = origin(
        alarm.alarm_arn(),
        alarm.alarm_configuration_updated_timestamp(),
    )?;
    let evaluation = Evaluation {
        state: state(alarm.state_value()),
        reason: alarm.state_reason().unwrap_or_default().to_owned(),
        reason_data: Value::Null,
    };
    Ok(Notice {
        topics: payload::actions(&definition, evaluation.state).to_vec(),
        subject: payload::subject(&definition, &origin, evaluation.state),
        message: payload::sns_message(&definition, &origin, previous, &evaluation, now),
    })
}

/// The message about a composite alarm has its rule in the place of a trigger ("Composite alarms" in the CloudWatch User
/// Guide).
fn of_composite_alarm(alarm: &CompositeAlarm, previous: State, now: Timestamp) -> Notice {
    let state = state(alarm.state_value());
    let topics = match state {
        State::Alarm => alarm.alarm_actions(),
        State::Ok => alarm.ok_actions(),
        State::InsufficientData => alarm.insufficient_data_actions(),
    };
    let name = alarm.alarm_name().unwrap_or_default();
    let account = alarm.alarm_arn().and_then(|arn| arn.split(':').nth(4));
    Notice {
        topics: topics.to_vec(),
        subject: format!("{}: \"{name}\" in {REGION_NAME}", state.as_str())
            .chars()
            .take(picket_shared::sns::LONGEST_SUBJECT)
            .collect(),
        message: json!({
            "AlarmName": name,
            "AlarmDescription": alarm.alarm_description(),
            "AWSAccountId": account,
            "NewStateValue": state.as_str(),
            "NewStateReason": alarm.state_reason(),
            "StateChangeTime": now.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string(),
            "Region": REGION_NAME,
            "AlarmArn": alarm.alarm_arn(),
            "OldStateValue": previous.as_str(),
            "OKActions": alarm.ok_actions(),
            "AlarmActions": alarm.alarm_actions(),
            "InsufficientDataActions": alarm.insufficient_data_actions(),
            "AlarmRule": alarm.alarm_rule(),
        }),
    }
}
