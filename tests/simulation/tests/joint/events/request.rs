//! Requests to a model, in four spellings.

use serde_json::{Value, json};

use super::{MODEL, Traffic};
use crate::{chance::Dice, kernel};

/// A request to a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Request {
    pub(crate) id: usize,
    pub(crate) agent: usize,
    pub(crate) input: u64,
    pub(crate) output: u64,
    pub(crate) latency: Option<u64>,
    pub(crate) time: Time,
    pub(super) spelling: Spelling,
}

/// When a request says it happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Time {
    Unsaid,
    /// Milliseconds since 1970.
    At(i64),
    /// The number 0, which a producer without a clock sends.
    Zero,
    /// Hours ahead, in milliseconds since 1970.
    Ahead(i64),
}

/// How a request is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Own,
    Converse,
    Headers,
    InvocationLog,
}

impl Request {
    pub(super) fn any(id: usize, traffic: Traffic, now: i64, dice: &mut Dice) -> Self {
        let milliseconds = now / kernel::MILLISECOND;
        Self {
            id,
            agent: dice.below(traffic.agents),
            input: dice.below(5_000) as u64,
            output: dice.below(900) as u64,
            latency: (!dice.once_in(4)).then(|| dice.between(200, 30_000).cast_unsigned()),
            time: match dice.below(50) {
                0 => Time::Zero,
                1 => Time::Ahead(milliseconds + 30 * 3_600_000),
                2..15 => Time::Unsaid,
                _ => Time::At(milliseconds - dice.between(0, 90_000)),
            },
            spelling: match dice.below(6) {
                0 => Spelling::Converse,
                1 => Spelling::Headers,
                2 => Spelling::InvocationLog,
                _ => Spelling::Own,
            },
        }
    }

    pub(super) fn json(self) -> Value {
        let Self { input, output, .. } = self;
        let (id, agent) = (format!("id-{}", self.id), format!("agent-{}", self.agent));
        let mut event = match self.spelling {
            Spelling::Own => {
                json!({"request_id": id, "agent_id": agent, "model_id": MODEL, "input_tokens": input, "output_tokens": output})
            }
            Spelling::Converse => json!({
                "requestId": id, "agentId": agent, "modelId": MODEL, "stopReason": "end_turn",
                "usage": {"inputTokens": input, "outputTokens": output, "totalTokens": input + output},
            }),
            Spelling::Headers => {
                let name = |kind: &str| {
                    let name = format!("X-Amzn-Bedrock-{kind}-Token-Count");
                    // HTTP's names have no case.
                    if self.id.is_multiple_of(2) {
                        name.to_uppercase()
                    } else {
                        name
                    }
                };
                json!({
                    "requestId": id, "agentId": agent, "modelId": MODEL,
                    "headers": { name("Input"): input.to_string(), name("Output"): output.to_string() },
                })
            }
            Spelling::InvocationLog => json!({
                "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "requestId": id, "modelId": MODEL, "operation": "Converse",
                "identity": {"arn": format!("arn:aws:sts::123456789012:assumed-role/{agent}/session")},
                "input": {"inputTokenCount": input}, "output": {"outputTokenCount": output},
            }),
        };
        match self.time {
            Time::Unsaid => {}
            Time::At(at) | Time::Ahead(at) => event["timestamp"] = iso(at).into(),
            Time::Zero => event["timestamp"] = 0.into(),
        }
        if let Some(latency) = self.latency {
            event["latency_ms"] = latency.into();
        }
        event
    }
}

/// `2026-11-20T06:14:03.512Z`, of milliseconds since 1970.
fn iso(at: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap();
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
