//! What an answer of `DescribeAlarms` shows of an alarm beside its definition: whether it has data, and whether it was
//! ever in ALARM.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::State;
use serde_json::Value;

use super::Finding;

/// The shortest time without data that is a finding. A metric that has no datapoint for two weeks is not listed by
/// `ListMetrics` any more ("`ListMetrics`" in the CloudWatch API Reference).
pub const WITHOUT_DATA: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The times at which alarms entered ALARM, by name, from answers of `DescribeAlarmHistory`. CloudWatch keeps 30 days of
/// it ("`DescribeAlarmHistory`" in the CloudWatch API Reference).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History(BTreeMap<String, Timestamp>);

impl History {
    /// Adds an answer of `DescribeAlarmHistory`: the items of type `StateUpdate`.
    pub fn add(&mut self, answer: &Value) {
        let items = answer["AlarmHistoryItems"].as_array();
        for item in items.into_iter().flatten() {
            let text = |name: &str| item[name].as_str().unwrap_or_default();
            let data: Option<Value> = serde_json::from_str(text("HistoryData")).ok();
            let entered =
                data.is_some_and(|data| data["newState"]["stateValue"] == State::Alarm.as_str());
            if let (true, Ok(at)) = (entered, text("Timestamp").parse::<Timestamp>()) {
                let last = self.0.entry(text("AlarmName").to_owned()).or_insert(at);
                *last = at.max(*last);
            }
        }
    }

    /// When the alarm last entered ALARM.
    pub fn last_alarm(&self, alarm: &str) -> Option<Timestamp> {
        self.0.get(alarm).copied()
    }
}

/// Returns what an alarm's entry in `DescribeAlarms` shows at `now`; `history` is `None` where it was not read. A template
/// shows nothing of it.
pub fn of_described(alarm: &Value, history: Option<&History>, now: Timestamp) -> Vec<Finding> {
    let mut findings = vec![];
    let text = |name: &str| alarm[name].as_str().unwrap_or_default();
    let age = |name: &str| {
        let at: Timestamp = text(name).parse().ok()?;
        Some(now.duration_since(at))
    };
    let days = |age: SignedDuration| age.as_hours() / 24;
    if let Some(age) = age("StateUpdatedTimestamp").filter(|age| *age >= WITHOUT_DATA) {
        let reason = text("StateReason");
        let days = days(age);
        if text("StateValue") == State::InsufficientData.as_str() {
            findings.push(Finding::NoData { days });
        } else if reason.contains("no datapoints were received") {
            findings.push(Finding::StateOfMissingData {
                state: text("StateValue").to_owned(),
                days,
            });
        }
    }
    if let Some(history) = history
        && !text("StateValue").is_empty()
        && history.last_alarm(text("AlarmName")).is_none()
    {
        findings.push(Finding::NeverInAlarm);
    }
    findings
}
