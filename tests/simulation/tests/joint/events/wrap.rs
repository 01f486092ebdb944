//! How events are put into a record.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::{Kind, STACK, Sent, Traffic};
use crate::{chance::Dice, kernel, wire::aggregate};

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
            // A line of a log is a request only where the workload says so, which the simulation's does not.
            (Self::Subscription, Kind::Request(_) | Kind::Nameless(..)) => Kind::Error,
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
