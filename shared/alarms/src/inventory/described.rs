//! Answers of `DescribeAlarms`: `aws cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm`.

use serde_json::Value;

use super::{Entry, Inventory};
use crate::template::{InvalidTemplate, composite_alarm, metric_alarm};

const METRIC: &str = "MetricAlarms";
const COMPOSITE: &str = "CompositeAlarms";

pub(super) fn is_answer(document: &Value) -> bool {
    [METRIC, COMPOSITE]
        .iter()
        .any(|list| document.get(list).is_some_and(Value::is_array))
}

/// An answer of `GetAlarmMuteRule`.
pub(super) fn is_mute_rule(document: &Value) -> bool {
    document.get("AlarmMuteRuleArn").is_some() && document.get("Rule").is_some()
}

impl Inventory {
    /// Adds the alarms of an answer. Those of a list that is not known, such as of alarms on logs, are named.
    pub(super) fn add_described(&mut self, path: &str, answer: &Value) {
        if answer.get(COMPOSITE).is_none() {
            self.notes.push(format!(
                "{path}: composite alarms are not in this answer: pass --alarm-types MetricAlarm CompositeAlarm"
            ));
        }
        let lists = answer.as_object().into_iter().flatten();
        for (list, alarms) in lists.filter(|(list, _)| list.ends_with("Alarms")) {
            for alarm in alarms.as_array().into_iter().flatten() {
                let name = alarm["AlarmName"].as_str().unwrap_or_default();
                let subject = match list.as_str() {
                    METRIC => metric_alarm(name, alarm),
                    COMPOSITE => composite_alarm(name, alarm),
                    other => Err(InvalidTemplate::Kind(other.to_owned())),
                };
                self.alarms.push(Entry {
                    file: path.to_owned(),
                    id: name.to_owned(),
                    properties: alarm.clone(),
                    subject,
                    open: std::collections::BTreeSet::new(),
                });
            }
        }
    }
}
