//! Samples and helpers that several tests share.

use std::{
    collections::HashMap,
    io::{self, Write},
    sync::{Arc, Mutex},
};

use picket_shared::alarm::{Alarm, read_any};
use serde_json::{Value, json};

use crate::config::Config;

/// The ARN of the critical topic.
pub(crate) const CRITICAL: &str = "arn:aws:sns:eu-west-1:111122223333:critical";

/// A configuration with every sink.
pub(crate) fn config() -> Config {
    let variables = HashMap::from([
        ("ENVIRONMENT", "dev"),
        ("STACK_NAME", "picket-dev"),
        ("SLACK_PARAMETER_PREFIX", "/picket/slack"),
        ("SLACK_ALLOWED_HOSTS", "hooks.slack.com"),
        ("CRITICAL_TOPIC_ARN", CRITICAL),
        (
            "WARNING_TOPIC_ARN",
            "arn:aws:sns:eu-west-1:111122223333:warning",
        ),
        ("INFO_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:info"),
        (
            "FALLBACK_TOPIC_ARN",
            "arn:aws:sns:eu-west-1:111122223333:fallback",
        ),
        (
            "FAILURE_QUEUE_ARN",
            "arn:aws:sqs:eu-west-1:111122223333:failures",
        ),
        ("ALERTS_TABLE", "alerts"),
        ("REMEDIATION_TABLE", "remediation"),
        ("LEDGER_TABLE", "ledger"),
        ("SLACK_API_URL", "https://slack.com/api"),
        ("PAGERDUTY_URL", "https://events.eu.pagerduty.com"),
        ("CRITICAL_EMAIL_TOPIC_ARN", "arn:mail:critical"),
        ("WARNING_EMAIL_TOPIC_ARN", "arn:mail:warning"),
        ("INFO_EMAIL_TOPIC_ARN", "arn:mail:info"),
        (
            "HEALTH_TARGETS",
            "user-journey/function=journey user-journey/table=",
        ),
    ]);
    Config::read(&variables).unwrap()
}

/// An alarm's message as CloudWatch writes it to SNS.
pub(crate) fn alarm_body(name: &str, partition: &str, region: &str) -> Value {
    json!({
        "AlarmName": name,
        "AlarmDescription": "Orders are slow. Runbook: https://runbooks.example.com/orders",
        "AWSAccountId": "111122223333",
        "NewStateValue": "ALARM",
        "NewStateReason": "Threshold Crossed: 3 out of the last 3 datapoints [5230.0 (20/11/26 06:02:00), 5100.0 (20/11/26 06:01:00), 5050.5 (20/11/26 06:00:00)] were greater than the threshold (5000.0) (minimum 3 datapoints for OK -> ALARM transition).",
        "StateChangeTime": "2026-11-20T06:03:12.345+0000",
        "Region": "EU (Ireland)",
        "AlarmArn": format!("arn:{partition}:cloudwatch:{region}:111122223333:alarm:{name}"),
        "OldStateValue": "OK",
        "Trigger": {
            "MetricName": "Duration", "Namespace": "Shop", "StatisticType": "Statistic", "Statistic": "AVERAGE", "Unit": null,
            "Dimensions": [{"value": "orders", "name": "Service"}], "Period": 60, "EvaluationPeriods": 3,
            "ComparisonOperator": "GreaterThanThreshold", "Threshold": 5000.0, "TreatMissingData": "- TreatMissingData:                    missing"
        }
    })
}

/// That alarm, read.
pub(crate) fn alarm_in(name: &str, partition: &str, region: &str) -> Alarm {
    read_any(&alarm_body(name, partition, region)).expect("the body is an alarm")
}

/// An SNS event with these messages, all from one topic.
pub(crate) fn sns_event(topic: &str, messages: &[String]) -> Value {
    let records: Vec<Value> = messages
        .iter()
        .enumerate()
        .map(|(index, message)| {
            json!({"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": {
                "Type": "Notification", "MessageId": format!("id-{index}"), "TopicArn": topic, "Subject": null, "Message": message}})
        })
        .collect();
    json!({ "Records": records })
}

/// Collects what is logged.
#[derive(Clone, Default)]
pub(crate) struct Logs(Arc<Mutex<Vec<u8>>>);

impl Logs {
    /// The log lines of this thread, at every level, during `work`.
    pub(crate) async fn of(work: impl Future<Output = ()>) -> String {
        let logs = Self::default();
        let writer = logs.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        work.await;
        drop(guard);
        let bytes = logs.0.lock().expect("no writer panicked").clone();
        String::from_utf8(bytes).expect("the formatter writes text")
    }
}

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("no writer panicked")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
