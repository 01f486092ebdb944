//! What records hold: events of every kind in every spelling, alone or several together.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::{chance::Dice, kernel, wire::aggregate};

/// Kills who decodes it.
pub(crate) const POISON: &str = "poison";
/// Its price is $0.035 and $0.14 a million tokens.
pub(crate) const MODEL: &str = "amazon.nova-micro-v1:0";
pub(crate) const STACK: &str = "picket-test";

/// What an event is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Request(Request),
    Error,
    Chatter,
    /// Not what it begins as: JSON, or with so many bytes of noise a subscription's envelope.
    Broken(usize),
    Heartbeat(Vec<u8>),
    /// A request that has no id to be known by: empty, null, or no field at all.
    Nameless(Request, usize),
    Poison,
    /// A line that Picket's own stack logged.
    OwnLog,
    /// CloudWatch Logs asking whether the stream is there.
    Control,
}

/// A request to a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Request {
    pub(crate) id: usize,
    pub(crate) agent: usize,
    pub(crate) input: u64,
    pub(crate) output: u64,
    pub(crate) latency: Option<u64>,
    pub(crate) time: Time,
    spelling: Spelling,
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
    /// Some, a line each.
    Lines,
    /// Some, in a list.
    List,
    /// Some, by a subscription filter.
    Subscription,
    /// The same of our own log group.
    OwnSubscription,
    /// A subscription's question.
    Control,
}

/// What a producer sends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Traffic {
    pub(crate) agents: usize,
    pub(crate) has_poison: bool,
    /// Once in so many events is broken with up to 860 KB in it.
    pub(crate) long_broken: usize,
    /// Once in so many times, many records come at once.
    pub(crate) bursts: usize,
}

impl Wrap {
    pub(crate) fn any(dice: &mut Dice) -> Self {
        match dice.below(18) {
            16 => Self::Lines,
            17 => Self::List,
            0..4 => Self::Aggregate,
            4..6 => Self::Subscription,
            6 => Self::Gzip,
            7 if dice.once_in(3) => Self::OwnSubscription,
            7 if dice.once_in(3) => Self::Control,
            _ => Self::Plain,
        }
    }

    /// As many events as it takes, one in eight of them sent before. `now` in microseconds since 1970.
    pub(crate) fn fill(
        self,
        traffic: Traffic,
        sent: &mut Sent,
        now: i64,
        dice: &mut Dice,
    ) -> Vec<Kind> {
        let count = match self {
            Self::Plain | Self::Gzip | Self::Control => 1,
            _ => 2 + dice.below(6),
        };
        (0..count)
            .map(|_| self.one(traffic, sent, now, dice))
            .collect()
    }

    fn one(self, traffic: Traffic, sent: &mut Sent, now: i64, dice: &mut Dice) -> Kind {
        match self {
            Self::OwnSubscription => return Kind::OwnLog,
            Self::Control => return Kind::Control,
            _ => {}
        }
        let again = dice.once_in(8).then(|| sent.again(now, dice)).flatten();
        let kind = again.unwrap_or_else(|| Kind::any(traffic, sent, now, dice));
        // Poison is looked for in the record's bytes, and a broken line of a log is a line like any other.
        let hides = self != Self::Plain && self != Self::Aggregate;
        match (self, kind) {
            (_, Kind::Request(request)) => Kind::Request(request),
            (_, Kind::Nameless(request, how)) => Kind::Nameless(request, how),
            (Self::Lines | Self::List, _) => Kind::any_request(traffic, sent, now, dice),
            (_, Kind::Poison | Kind::Broken(_)) if hides => Kind::Error,
            (_, kind) => kind,
        }
    }

    /// The record's bytes. `now` in microseconds since 1970.
    pub(crate) fn payload(self, kinds: &[Kind], now: i64) -> Vec<u8> {
        let payloads: Vec<Vec<u8>> = kinds.iter().map(Kind::payload).collect();
        match self {
            Self::Plain => payloads.concat(),
            Self::Gzip => gzip(&payloads.concat()),
            Self::Aggregate => aggregate(&payloads),
            Self::Lines => payloads.join(b"\n".as_slice()),
            Self::List => [b"[".as_slice(), &payloads.join(b",".as_slice()), b"]"].concat(),
            Self::Subscription => subscription("DATA_MESSAGE", "orders", &payloads, now),
            Self::OwnSubscription => {
                let group = format!("/aws/lambda/{STACK}-EventProcessor-x");
                subscription("DATA_MESSAGE", &group, &payloads, now)
            }
            Self::Control => subscription("CONTROL_MESSAGE", "", &payloads, now),
        }
    }
}

/// The requests that a producer sent lately.
#[derive(Debug)]
pub(crate) struct Sent {
    count: usize,
    /// With when they were sent, in microseconds since 1970.
    lately: Vec<(i64, Request)>,
}

impl Sent {
    /// A request that was sent before: most lately, some long ago.
    fn again(&self, now: i64, dice: &mut Dice) -> Option<Kind> {
        let all = self.lately.len();
        let few = if dice.once_in(4) { all } else { all.min(30) };
        let (sent_at, request) = *self
            .lately
            .get(all.checked_sub(1 + dice.below(few.max(1)))?)?;
        // CloudWatch takes a fortnight: what is nearly as old when it is counted may be older when it is published.
        (now - sent_at < 10 * kernel::DAY).then_some(Kind::Request(request))
    }

    /// Of a shard: ids differ between them, since copies go from one to another.
    pub(crate) fn of(shard: usize) -> Self {
        Self {
            count: shard * 1_000_000,
            lately: Vec::new(),
        }
    }

    fn next(&mut self) -> usize {
        self.count += 1;
        self.count
    }
}

impl Kind {
    fn any(traffic: Traffic, sent: &mut Sent, now: i64, dice: &mut Dice) -> Self {
        if traffic.has_poison && dice.once_in(80) {
            return Self::Poison;
        }
        if dice.once_in(traffic.long_broken) {
            // A reason that repeats it fits an item, or fits none.
            return Self::Broken(1_000 + dice.below(860_000));
        }
        match dice.below(10) {
            0 => Self::Error,
            1 => Self::Chatter,
            2 => Self::Broken(0),
            _ => Self::any_request(traffic, sent, now, dice),
        }
    }

    fn any_request(traffic: Traffic, sent: &mut Sent, now: i64, dice: &mut Dice) -> Self {
        let request = Request::any(sent.next(), traffic, now, dice);
        if dice.once_in(30) {
            return Self::Nameless(request, dice.below(3));
        }
        sent.lately.push((now, request));
        Self::Request(request)
    }

    /// One of many that come at once: a request, or of a burst of broken ones mostly that, with a reason as long as reasons get.
    pub(crate) fn of_burst(
        broken: bool,
        traffic: Traffic,
        sent: &mut Sent,
        now: i64,
        dice: &mut Dice,
    ) -> Self {
        if broken && !dice.once_in(20) {
            return Self::Broken(500 + dice.below(300));
        }
        Self::any_request(traffic, sent, now, dice)
    }

    /// What a person makes of an event that could not be read: a request, with an id of its own.
    pub(crate) fn mended(number: usize, dice: &mut Dice) -> Self {
        Self::Request(Request {
            id: 900_000_000 + number,
            agent: dice.below(3),
            input: dice.below(5_000) as u64,
            output: dice.below(900) as u64,
            latency: None,
            time: Time::Unsaid,
            spelling: Spelling::Own,
        })
    }

    pub(crate) fn payload(&self) -> Vec<u8> {
        match self {
            Self::Request(request) => request.json().to_string().into_bytes(),
            Self::Nameless(request, how) => {
                let mut event = request.json();
                let field = if event.get("requestId").is_some() {
                    "requestId"
                } else {
                    "request_id"
                };
                match how {
                    0 => event[field] = "".into(),
                    1 => event[field] = Value::Null,
                    _ => drop(event.as_object_mut().unwrap().remove(field)),
                }
                event.to_string().into_bytes()
            }
            Self::Error => b"ERROR the schedule was missed".to_vec(),
            Self::Chatter | Self::OwnLog | Self::Control => b"nothing to see".to_vec(),
            Self::Broken(0) => b"{\"kind\":".to_vec(),
            // The sentence that says why it cannot be read may repeat the noise.
            Self::Broken(noise) => json!({
                "messageType": "DATA_MESSAGE", "logGroup": "g",
                "logEvents": [{"id": "1", "timestamp": self::noise(*noise), "message": "m"}],
            })
            .to_string()
            .into_bytes(),
            Self::Poison => POISON.as_bytes().to_vec(),
            Self::Heartbeat(bytes) => bytes.clone(),
        }
    }
}

impl Request {
    fn any(id: usize, traffic: Traffic, now: i64, dice: &mut Dice) -> Self {
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

    fn json(self) -> Value {
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

/// Text that does not compress.
fn noise(bytes: usize) -> String {
    let mut dice = Dice(bytes as u64);
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    (0..bytes)
        .map(|_| char::from(letters[dice.below(64)]))
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn subscription(kind: &str, group: &str, messages: &[Vec<u8>], now: i64) -> Vec<u8> {
    let event = |(message, number): (&Vec<u8>, usize)| json!({"id": number.to_string(), "timestamp": now / kernel::MILLISECOND, "message": String::from_utf8_lossy(message)});
    let events: Vec<Value> = messages.iter().zip(0..).map(event).collect();
    let envelope = json!({
        "messageType": kind, "owner": "123456789012", "logGroup": group, "logStream": "s", "subscriptionFilters": ["f"], "logEvents": events,
    });
    gzip(envelope.to_string().as_bytes())
}
