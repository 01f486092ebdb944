//! The states of alarms, from CloudWatch.

use std::time::Duration;

use aws_config::{SdkConfig, timeout::TimeoutConfig};
use aws_sdk_cloudwatch::{
    Client,
    config::Builder,
    operation::describe_alarms::DescribeAlarmsOutput,
    primitives::DateTime,
    types::{AlarmType, StateValue},
};
use jiff::{Timestamp, Unit};
use picket_aws::{Fault, fault::Resource};
use picket_shared::alarm::State;

use super::Adapters;
use crate::{
    confirmation::{AlarmState, NAMES},
    ports::ReadAlarmStates,
};

/// CloudWatch answers within a second; what takes longer is left to a retry, and the invocation's time is for sinks.
const LIMIT: Duration = Duration::from_secs(3);
/// … and one attempt of it.
const ATTEMPT_LIMIT: Duration = Duration::from_millis(1_500);

/// A client with these limits.
pub(super) fn client(config: &SdkConfig) -> Client {
    let limits = TimeoutConfig::builder()
        .operation_timeout(LIMIT)
        .operation_attempt_timeout(ATTEMPT_LIMIT)
        .build();
    Client::from_conf(Builder::from(config).timeout_config(limits).build())
}

impl ReadAlarmStates for Adapters {
    async fn read_alarm_states(&self, names: &[String]) -> Result<Vec<AlarmState>, Fault> {
        let resource = Resource::new("states of", format!("{} alarms", names.len()), "");
        // Without types, metric alarms alone are returned.
        let types = [
            AlarmType::MetricAlarm,
            AlarmType::CompositeAlarm,
            AlarmType::LogAlarm,
        ];
        let mut pages = self
            .alarms
            .describe_alarms()
            .set_alarm_names(Some(names.to_vec()))
            .set_alarm_types(Some(types.to_vec()))
            .max_records(i32::try_from(NAMES).expect("a hundred fits"))
            .into_paginator()
            .send();
        let mut states = Vec::new();
        // An alarm that is on no page is taken for deleted.
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Fault::of(&resource, "read", error))?;
            let read = of_page(&page);
            states.extend(read.ok_or_else(|| {
                Fault::permanent(format!("CloudWatch's {resource} are not whole"))
            })?);
        }
        Ok(states)
    }
}

/// The alarms of a page; `None` where one is not whole.
fn of_page(page: &DescribeAlarmsOutput) -> Option<Vec<AlarmState>> {
    let metric = page.metric_alarms().iter().map(|alarm| {
        let since = alarm.state_transitioned_timestamp();
        state(alarm.alarm_arn(), alarm.state_value(), since)
    });
    let composite = page.composite_alarms().iter().map(|alarm| {
        let since = alarm.state_transitioned_timestamp();
        state(alarm.alarm_arn(), alarm.state_value(), since)
    });
    let log = page.log_alarms().iter().map(|alarm| {
        let since = alarm.state_transitioned_timestamp();
        state(alarm.alarm_arn(), alarm.state_value(), since)
    });
    metric.chain(composite).chain(log).collect()
}

/// An alarm's state; `None` where the answer lacks its ARN or state.
fn state(
    arn: Option<&str>,
    state: Option<&StateValue>,
    changed_at: Option<&DateTime>,
) -> Option<AlarmState> {
    // It comes as a floating-point number of seconds, and messages have milliseconds.
    let rounded = |at: &DateTime| {
        let at = Timestamp::from_nanosecond(at.as_nanos()).ok()?;
        at.round(Unit::Millisecond).ok()
    };
    Some(AlarmState {
        arn: arn?.to_owned(),
        state: state?.as_str().parse::<State>().ok()?,
        changed_at: changed_at.and_then(rounded),
    })
}
