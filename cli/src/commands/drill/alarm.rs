//! An alarm as a drill sees it.

use picket_shared::alarm::State;
use serde_json::{Value, json};

/// An alarm of `DescribeAlarms`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alarm {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) state: State,
    pub(super) actions_enabled: bool,
    /// The ARNs that are notified of ALARM.
    pub(super) actions: Vec<String>,
    /// The ARNs that are notified of OK.
    pub(super) ok_actions: Vec<String>,
    pub(super) kind: Kind,
    /// What its message says of its metrics.
    pub(super) trigger: Value,
}

/// The kind of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// On a metric, metric math or a query.
    Metric,
    /// On other alarms.
    Composite {
        /// The name or ARN of its suppressor.
        suppressor: Option<String>,
    },
}

impl Alarm {
    /// Whether it suppresses the actions of another alarm.
    pub(super) fn suppresses(&self, other: &Self) -> bool {
        match &other.kind {
            Kind::Composite {
                suppressor: Some(suppressor),
            } => *suppressor == self.name || *suppressor == self.arn,
            _ => false,
        }
    }

    /// The forwarder's event of its ALARM at a topic: as much of it as routes match.
    pub(super) fn event(&self, topic: &str) -> Value {
        let mut arn = self.arn.split(':').skip(3);
        let (region, account) = (arn.next(), arn.next());
        let message = json!({
            "AlarmName": self.name,
            "AlarmArn": self.arn,
            "AWSAccountId": account,
            "Region": region,
            "NewStateValue": State::Alarm.as_str(),
            "OldStateValue": State::Ok.as_str(),
            "NewStateReason": super::REASON,
            "StateChangeTime": "2026-01-01T00:00:00.000+0000",
            "Trigger": self.trigger,
        });
        json!({"Records": [{"EventSource": "aws:sns", "Sns": {
            "MessageId": "drill", "TopicArn": topic, "Message": message.to_string(),
        }}]})
    }
}
