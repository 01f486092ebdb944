//! Which decoder takes which message: one table, read from the top.

use picket_shared::{
    alarm::{self, Alarm},
    fleet::{CostReport, FleetMessage, RemediationMessage},
};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::message::{Body, Message};

/// What a message turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// Its kind: what routes match on first.
    pub kind: Kind,
    /// What it says.
    pub content: Content,
}

/// The kinds of message, as routes and the command line name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A CloudWatch alarm's change of state.
    Alarm,
    /// Our cost reporter's.
    CostReport,
    /// Our remediator's.
    Remediation,
    /// Any other JSON.
    Json,
    /// Anything else.
    Text,
}

/// What a message says, typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// See [`Kind::Alarm`].
    Alarm(Box<Alarm>),
    /// See [`Kind::CostReport`].
    CostReport(Box<CostReport>),
    /// See [`Kind::Remediation`].
    Remediation(Box<RemediationMessage>),
    /// See [`Kind::Json`].
    Json(Value),
    /// See [`Kind::Text`].
    Text(String),
}

type Decoder = fn(&Message) -> Option<Content>;

/// The table. The dedicated decoders exclude one another; of the two generic ones exactly one takes any message.
const DECODERS: [(Kind, Decoder); 5] = [
    (Kind::Alarm, alarm),
    (Kind::CostReport, cost_report),
    (Kind::Remediation, remediation),
    (Kind::Json, json),
    (Kind::Text, text),
];

impl Kind {
    /// The word used in routes, logs and the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::CostReport => "cost-report",
            Self::Remediation => "remediation",
            Self::Json => "json",
            Self::Text => "text",
        }
    }

    /// False where the generic form has to serve.
    pub const fn is_dedicated(self) -> bool {
        !matches!(self, Self::Json | Self::Text)
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Decodes a message; every message is taken.
pub fn decode(message: &Message) -> Decoded {
    DECODERS
        .iter()
        .find_map(|(kind, take)| {
            Some(Decoded {
                kind: *kind,
                content: take(message)?,
            })
        })
        .expect("a body is JSON or text, and each has its decoder")
}

fn alarm(message: &Message) -> Option<Content> {
    let alarm = alarm::read_any(json_body(message)?).ok()?;
    Some(Content::Alarm(Box::new(alarm)))
}

fn cost_report(message: &Message) -> Option<Content> {
    match fleet(message)? {
        FleetMessage::CostReport(report) => Some(Content::CostReport(report)),
        _ => None,
    }
}

fn remediation(message: &Message) -> Option<Content> {
    match fleet(message)? {
        FleetMessage::Remediation(remediation) => Some(Content::Remediation(remediation)),
        _ => None,
    }
}

fn json(message: &Message) -> Option<Content> {
    json_body(message).cloned().map(Content::Json)
}

fn text(message: &Message) -> Option<Content> {
    match &message.body {
        Body::Text(text) => Some(Content::Text(text.clone())),
        Body::Json(_) => None,
    }
}

/// A message of ours. One that this build cannot read is shown in the generic form: an alert is better plain than late.
fn fleet(message: &Message) -> Option<FleetMessage> {
    FleetMessage::read(json_body(message)?)?.ok()
}

fn json_body(message: &Message) -> Option<&Value> {
    match &message.body {
        Body::Json(value) => Some(value),
        Body::Text(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing;

    fn fleet_message(kind: &str) -> Value {
        json!({"picket": {"kind": kind, "version": 1}, "stack": "s", "alarm_name": "a", "alarm_arn": "arn", "state_changed_at": "2026-11-20T06:03:12Z",
            "playbook": null, "target": null, "outcome": "refused", "text": "t", "requests": [],
            "account": null, "date": "2026-11-19", "currency": "USD", "estimated": true, "total": null, "previous_total": null,
            "by_service": [], "by_agent": [], "token_cost_usd": null, "caveats": []})
    }

    /// The kinds whose decoders take the message, the generic ones only where no other does.
    fn takers(body: Body) -> Vec<&'static str> {
        let message = Message::bare(body);
        let taking = |dedicated: bool| {
            let takes = |(kind, take): &&(Kind, Decoder)| {
                kind.is_dedicated() == dedicated && take(&message).is_some()
            };
            DECODERS
                .iter()
                .filter(takes)
                .map(|(kind, _)| kind.as_str())
                .collect::<Vec<_>>()
        };
        let dedicated = taking(true);
        assert_eq!(taking(false).len(), 1, "one generic form: {message:?}");
        if dedicated.is_empty() {
            taking(false)
        } else {
            dedicated
        }
    }

    #[test]
    fn exactly_one_decoder_takes_each_message() {
        let mut remediation = fleet_message("remediation");
        let mut of_the_next_version = fleet_message("cost-report");
        of_the_next_version["picket"]["version"] = json!(9);
        let mut both = testing::alarm_body("a", "aws", "eu-west-1");
        both["picket"] = json!({"kind": "parade", "version": 1});
        remediation["AlarmName"] = json!("not an alarm");
        let mut cost_report = fleet_message("cost-report");
        cost_report["requests"] = json!(2);
        for (body, expected) in [
            (
                Body::Json(testing::alarm_body("a", "aws", "eu-west-1")),
                "alarm",
            ),
            (Body::Json(both), "alarm"),
            (Body::Json(cost_report), "cost-report"),
            (Body::Json(remediation), "remediation"),
            (Body::Json(of_the_next_version), "json"),
            (Body::Json(fleet_message("parade")), "json"),
            (Body::Json(json!({"picket": true})), "json"),
            (Body::Json(json!({"AlarmName": "a"})), "json"),
            (
                Body::Json(
                    json!({"detail-type": "CloudWatch Alarm Configuration Change", "source": "aws.cloudwatch"}),
                ),
                "json",
            ),
            (Body::Json(json!([])), "json"),
            (Body::Text("AlarmName".to_owned()), "text"),
            (Body::Text(String::new()), "text"),
        ] {
            assert_eq!(takers(body.clone()), [expected], "{body:?}");
            assert_eq!(decode(&Message::bare(body)).kind.as_str(), expected);
        }
    }
}
