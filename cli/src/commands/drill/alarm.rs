//! An alarm as a drill sees it.

use picket_shared::alarm::State;
use serde_json::{Value, json};

/// An alarm of an answer of `DescribeAlarms`.
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

/// The alarms of an answer of `DescribeAlarms`.
pub(super) fn alarms(answer: &Value) -> Vec<Alarm> {
    let list = |name: &str| answer[name].as_array().into_iter().flatten();
    let metric = list("MetricAlarms").map(|alarm| Alarm::of(alarm, Kind::Metric));
    let composite = list("CompositeAlarms").map(|alarm| {
        let suppressor = alarm["ActionsSuppressor"].as_str().map(str::to_owned);
        Alarm::of(alarm, Kind::Composite { suppressor })
    });
    metric.chain(composite).collect()
}

impl Alarm {
    fn of(alarm: &Value, kind: Kind) -> Self {
        let text = |name: &str| alarm[name].as_str().unwrap_or_default();
        let list = |name: &str| {
            let values = alarm[name].as_array().into_iter().flatten();
            let texts = values.filter_map(Value::as_str).map(str::to_owned);
            texts.collect()
        };
        Self {
            name: text("AlarmName").to_owned(),
            arn: text("AlarmArn").to_owned(),
            state: text("StateValue")
                .parse()
                .unwrap_or(State::InsufficientData),
            actions_enabled: alarm["ActionsEnabled"].as_bool().unwrap_or(true),
            actions: list("AlarmActions"),
            ok_actions: list("OKActions"),
            kind,
            trigger: trigger(alarm),
        }
    }

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

/// The `Trigger` of a message, which spells the dimensions of an alarm in lower case.
fn trigger(alarm: &Value) -> Value {
    let metric = |metric: &Value| {
        json!({
            "Namespace": metric["Namespace"],
            "MetricName": metric["MetricName"],
            "Dimensions": dimensions(&metric["Dimensions"]),
        })
    };
    let Some(queries) = alarm["Metrics"].as_array() else {
        return metric(alarm);
    };
    let query = |query: &Value| {
        let stat = query["MetricStat"].as_object();
        json!({
            "Id": query["Id"],
            "Expression": query["Expression"],
            "MetricStat": stat.map(|stat| json!({"Metric": metric(&stat["Metric"])})),
        })
    };
    json!({"Metrics": queries.iter().map(query).collect::<Vec<_>>()})
}

fn dimensions(dimensions: &Value) -> Value {
    let all = dimensions.as_array().into_iter().flatten();
    all.map(|one| json!({"name": one["Name"], "value": one["Value"]}))
        .collect()
}
