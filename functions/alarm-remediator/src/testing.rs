//! What the tests share: a time, a home and an alarm.

use std::time::Duration;

use jiff::Timestamp;
use picket_shared::alarm::{Alarm, Comparison, Metric, State, Watches};

use crate::{model::Home, resources::Resources};

const NOW: &str = "2026-11-20T06:01:00Z";

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub(crate) fn home() -> Home {
    Home {
        partition: "aws".into(),
        region: "eu-west-1".into(),
        account: "123456789012".into(),
        stack: "picket-dev".into(),
        resources: Resources::default(),
    }
}

/// Throttles of a function, in ALARM for a minute.
pub(crate) fn alarm(function: &str) -> Alarm {
    let comparison = Comparison {
        operator: Some("GreaterThanThreshold".into()),
        threshold: Some(0.0),
        evaluation_periods: Some(3),
        datapoints_to_alarm: Some(2),
        treat_missing_data: None,
    };
    Alarm {
        name: "throttles".into(),
        arn: "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:throttles".into(),
        account: "123456789012".into(),
        region: "eu-west-1".into(),
        partition: "aws".into(),
        description: None,
        state: State::Alarm,
        previous_state: Some(State::Ok),
        changed_at: now() - Duration::from_mins(1),
        reason: "Threshold Crossed".into(),
        reason_data: None,
        watches: Watches::Metric(throttles(function), comparison),
        actions_suppressed_by: None,
        muted_by: None,
        contributor: None,
        tags: None,
    }
}

pub(crate) fn throttles(function: &str) -> Metric {
    Metric {
        id: None,
        account: None,
        namespace: "AWS/Lambda".into(),
        name: "Throttles".into(),
        dimensions: vec![("FunctionName".into(), function.into())],
        statistic: Some("Sum".into()),
        period: Some(60),
        unit: None,
    }
}
