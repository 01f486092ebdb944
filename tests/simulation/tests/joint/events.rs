//! What records hold: events of every kind in every spelling, alone or several together.

mod request;
mod sent;
mod wrap;

use serde_json::{Value, json};

use crate::chance::Dice;

use request::Spelling;
pub(crate) use request::{Request, Time};
pub(crate) use sent::Sent;
pub(crate) use wrap::Wrap;

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

    /// One of many that come at once: a request, or of a burst of broken ones mostly that, with a reason as long as
    /// reasons get.
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

/// Text that does not compress.
fn noise(bytes: usize) -> String {
    let mut dice = Dice(bytes as u64);
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    (0..bytes)
        .map(|_| char::from(letters[dice.below(64)]))
        .collect()
}
