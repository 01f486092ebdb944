//! What records hold: events of every kind in every spelling, alone or several together.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::{dice::Dice, support::aggregate};

/// Kills who decodes it.
pub(crate) const POISON: &str = "poison";
/// Its price is $0.035 and $0.14 a million tokens.
pub(crate) const MODEL: &str = "amazon.nova-micro-v1:0";

/// What an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Request(Request),
    Error,
    Chatter,
    Broken,
    Heartbeat,
    Poison,
    /// A line that Picket's own stack logged.
    OwnLog,
    /// CloudWatch Logs asking whether the stream is there.
    Control,
}

/// A request to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) id: usize,
    pub(crate) agent: usize,
    pub(crate) input: u64,
    pub(crate) output: u64,
    spelling: Spelling,
}

/// How a request is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Own,
    Converse,
    Headers,
    InvocationLog,
}

/// How events are put into a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrap {
    /// One, as it is.
    Plain,
    /// One, gzipped.
    Gzip,
    /// Some, by the producer library.
    Aggregate,
    /// Some, by a subscription filter.
    Subscription,
    /// The same of our own log group.
    OwnSubscription,
    /// A subscription's question.
    Control,
}

impl Wrap {
    pub(crate) fn any(dice: &mut Dice) -> Self {
        match dice.below(16) {
            0..4 => Self::Aggregate,
            4..6 => Self::Subscription,
            6 => Self::Gzip,
            7 if dice.once_in(3) => Self::OwnSubscription,
            7 if dice.once_in(3) => Self::Control,
            _ => Self::Plain,
        }
    }

    /// As many events as it takes, one in eight of them sent before.
    pub(crate) fn fill(self, sent: &[Kind], dice: &mut Dice) -> Vec<Kind> {
        let count = match self {
            Self::Plain | Self::Gzip | Self::Control => 1,
            Self::Aggregate | Self::Subscription | Self::OwnSubscription => 2 + dice.below(6),
        };
        (0..count)
            .map(|event| self.one(sent.len() + event, sent, dice))
            .collect()
    }

    fn one(self, id: usize, sent: &[Kind], dice: &mut Dice) -> Kind {
        match self {
            Self::OwnSubscription => return Kind::OwnLog,
            Self::Control => return Kind::Control,
            _ => {}
        }
        let again = dice.once_in(8) && !sent.is_empty();
        let kind = if again {
            sent[dice.below(sent.len())]
        } else {
            Kind::any(id, dice)
        };
        // Poison is looked for in the record's bytes, and a broken line of a log is a line like any other.
        let hides = self != Self::Plain && self != Self::Aggregate;
        match kind {
            Kind::OwnLog | Kind::Control => Kind::Chatter,
            Kind::Poison | Kind::Broken if hides => Kind::Error,
            kind => kind,
        }
    }

    /// The record's bytes.
    pub(crate) fn payload(self, kinds: &[Kind]) -> Vec<u8> {
        let payloads: Vec<Vec<u8>> = kinds.iter().map(|kind| kind.payload()).collect();
        match self {
            Self::Plain => payloads.concat(),
            Self::Gzip => gzip(&payloads.concat()),
            Self::Aggregate => aggregate(&payloads),
            Self::Subscription => subscription("DATA_MESSAGE", "orders", &payloads),
            Self::OwnSubscription => {
                let group = "/aws/lambda/picket-test-EventProcessor-x";
                subscription("DATA_MESSAGE", group, &payloads)
            }
            Self::Control => subscription("CONTROL_MESSAGE", "", &payloads),
        }
    }
}

impl Kind {
    fn any(id: usize, dice: &mut Dice) -> Self {
        if dice.once_in(60) {
            return Self::Poison;
        }
        match dice.below(10) {
            0 => Self::Error,
            1 => Self::Chatter,
            2 => Self::Broken,
            3 => Self::Heartbeat,
            _ => Self::Request(Request {
                id,
                agent: dice.below(3),
                input: dice.below(5_000) as u64,
                output: dice.below(900) as u64,
                spelling: match dice.below(6) {
                    0 => Spelling::Converse,
                    1 => Spelling::Headers,
                    2 => Spelling::InvocationLog,
                    _ => Spelling::Own,
                },
            }),
        }
    }

    fn payload(self) -> Vec<u8> {
        match self {
            Self::Request(request) => request.json().to_string().into_bytes(),
            Self::Error => b"ERROR the schedule was missed".to_vec(),
            Self::Chatter | Self::OwnLog | Self::Control => b"nothing to see".to_vec(),
            Self::Broken => b"{\"kind\":".to_vec(),
            Self::Poison => POISON.as_bytes().to_vec(),
            Self::Heartbeat => {
                br#"{"picket":{"kind":"heartbeat","version":1},"stack":"picket-test","sent_at":"2023-11-16T18:15:46Z"}"#.to_vec()
            }
        }
    }
}

impl Request {
    fn json(self) -> Value {
        let Self {
            id,
            agent,
            input,
            output,
            spelling,
        } = self;
        let (id, agent) = (format!("id-{id}"), format!("agent-{agent}"));
        match spelling {
            Spelling::Own => {
                json!({"request_id": id, "agent_id": agent, "model_id": MODEL, "input_tokens": input, "output_tokens": output})
            }
            Spelling::Converse => json!({
                "requestId": id, "agentId": agent, "modelId": MODEL, "stopReason": "end_turn",
                "usage": {"inputTokens": input, "outputTokens": output, "totalTokens": input + output},
            }),
            Spelling::Headers => json!({
                "requestId": id, "agentId": agent, "modelId": MODEL,
                "headers": {
                    "X-Amzn-Bedrock-Input-Token-Count": input.to_string(), "X-Amzn-Bedrock-Output-Token-Count": output.to_string(),
                },
            }),
            Spelling::InvocationLog => json!({
                "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "requestId": id, "modelId": MODEL, "operation": "Converse",
                "identity": {"arn": format!("arn:aws:sts::123456789012:assumed-role/{agent}/session")},
                "input": {"inputTokenCount": input}, "output": {"outputTokenCount": output},
            }),
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn subscription(kind: &str, group: &str, messages: &[Vec<u8>]) -> Vec<u8> {
    let event = |(message, number): (&Vec<u8>, usize)| json!({"id": number.to_string(), "timestamp": crate::world::NOW, "message": String::from_utf8_lossy(message)});
    let events: Vec<Value> = messages.iter().zip(0..).map(event).collect();
    let envelope = json!({
        "messageType": kind, "owner": "123456789012", "logGroup": group, "logStream": "s", "subscriptionFilters": ["f"], "logEvents": events,
    });
    gzip(envelope.to_string().as_bytes())
}
