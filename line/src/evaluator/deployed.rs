//! The alarms in the emulator.

use anyhow::{Context, Result};
use aws_sdk_cloudwatch::{
    Client,
    types::{AlarmType, MetricAlarm, StateValue},
};
use picket_shared::alarm::State;

/// Every alarm on metrics, of all pages.
pub(super) async fn metric_alarms(client: &Client) -> Result<Vec<MetricAlarm>> {
    let mut pages = client
        .describe_alarms()
        .alarm_types(AlarmType::MetricAlarm)
        .into_paginator()
        .send();
    let mut alarms = vec![];
    while let Some(page) = pages.next().await {
        let page = page.context("the alarms cannot be read")?;
        alarms.extend(page.metric_alarms.unwrap_or_default());
    }
    Ok(alarms)
}

/// The state of a description.
pub(super) fn state(value: Option<&StateValue>) -> State {
    match value {
        Some(StateValue::Alarm) => State::Alarm,
        Some(StateValue::Ok) => State::Ok,
        _ => State::InsufficientData,
    }
}
