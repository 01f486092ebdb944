//! Bundles: messages above a sink's limit, sent together. Meters count a sink's messages in windows.
//!
//! A *storm* is more messages in a minute to one sink than the routes allow; further ones are sent in one message when
//! the minute is over, and so is every message of the minutes after it until one has no more than allowed. A *group* is
//! what a route says; its lead, the first message that is posted in a window, is posted at once, and so is a later one
//! that is more urgent. What is not replies to the lead in a channel, and counts for the storm there; elsewhere it is
//! sent in a bundle. What is paged above its limit is one page of PagerDuty, which is resolved when all its alarms are
//! OK.
//!
//! An incident of an alarm that *flaps* is not posted when it begins. It is held in a bundle that is sent when the
//! alarms' time for flapping is over, and says which are still open.
//!
//! Windows begin at multiples of their length, so every invocation knows them. A bundle is sent once its window has
//! been over for [`GRACE`]: nothing is put into it any more.

mod current;
mod draft;
mod lead;
mod meter;
mod storms;

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use picket_rules::routes::Sink;
use picket_shared::{Severity, alarm::State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    delivery_log::{Event, bounded},
    draft::{Draft, words::shortened},
    message::{Body, Message},
};

pub use current::{Current, current, rows_to_read};
pub use draft::draft;
pub use lead::{GroupRole, group_role};
pub use meter::{Meter, Slot};
pub use storms::{Opened, Storms};

/// From the end of a bundle's window to its sending. Its messages were counted inside the window, and are written
/// within the two seconds that each of two writes may take; the rest is for clocks that differ.
pub const GRACE: Duration = Duration::from_secs(10);

/// The reason why messages are sent together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The sink had more than so many messages in a minute.
    Storm(u64),
    /// They are one group: the route and the values that they share.
    Group(String, Vec<String>),
}

/// Messages of one window for one sink.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// The meter that held them back.
    pub meter: String,
    /// The sink.
    pub sink: Sink,
    /// Why.
    pub reason: Reason,
    /// When the window began.
    pub from: Timestamp,
    /// When it is over.
    pub until: Timestamp,
    /// Whether its alarms flapped, so that their incidents were not posted. Those that are still open are sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flapping: bool,
}

/// A message that was held back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldMessage {
    /// The id that later changes of the alert share.
    pub alert: String,
    /// When it changed, or came.
    pub at: Timestamp,
    /// To what; `None` for what is no alarm.
    pub state: Option<State>,
    /// The severity.
    pub severity: Severity,
    /// The headline of the message.
    pub headline: String,
    /// Where to look.
    pub link: Option<String>,
    /// Who would have been mentioned, as routes write it.
    pub mentions: Vec<String>,
}

/// Characters of a headline that are kept; an alarm's name has at most 255.
const HEADLINE: usize = 320;

impl Bundle {
    /// The id that its copies share.
    pub fn id(&self) -> String {
        format!("{} {}", self.meter, self.from)
    }

    /// Whether a storm held its messages back.
    pub fn is_storm(&self) -> bool {
        matches!(self.reason, Reason::Storm(_))
    }

    /// Whether it is due at `now`.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.until
            .checked_add(GRACE)
            .is_ok_and(|closed| now >= closed)
    }
}

/// Bundles of alarms that are paged, by their sink; and the others.
pub fn pages(bundles: Vec<Bundle>) -> (Vec<Vec<Bundle>>, Vec<Bundle>) {
    let mut of_sink: BTreeMap<String, Vec<Bundle>> = BTreeMap::new();
    let mut others = Vec::new();
    for bundle in bundles {
        if matches!(bundle.sink, Sink::PagerDuty(_)) {
            let sink = bundle.sink.to_string();
            of_sink.entry(sink).or_default().push(bundle);
        } else {
            others.push(bundle);
        }
    }
    (of_sink.into_values().collect(), others)
}

/// The bundles that are due at `now`, those of a sink together: one message each. Those that have been tried long
/// enough, as `is_overdue` says, are apart.
pub fn due(
    bundles: Vec<Bundle>,
    now: Timestamp,
    is_overdue: impl Fn(&Bundle) -> bool,
) -> Vec<Vec<Bundle>> {
    let mut of_sink: BTreeMap<(String, bool), Vec<Bundle>> = BTreeMap::new();
    for bundle in bundles.into_iter().filter(|bundle| bundle.is_due(now)) {
        of_sink
            .entry((bundle.sink.to_string(), is_overdue(&bundle)))
            .or_default()
            .push(bundle);
    }
    of_sink.into_values().collect()
}

/// The id that the copies of a message of these bundles share.
pub fn joint_id(bundles: &[&Bundle]) -> String {
    if let [bundle] = bundles {
        return bundle.id();
    }
    let mut ids: Vec<String> = bundles.iter().map(|bundle| bundle.id()).collect();
    ids.sort_unstable();
    // A digest, since a key has a limit.
    let digest = Sha256::digest(ids.join("\n"));
    format!("bundles/{}", hex::encode(digest))
}

impl HeldMessage {
    /// The entry of a message that arrived at `now`.
    pub fn new(
        alert: &str,
        event: Event,
        draft: &Draft,
        severity: Severity,
        now: Timestamp,
    ) -> Self {
        let change = match event {
            Event::Change(change) => Some(change),
            Event::Message => None,
        };
        Self {
            alert: alert.to_owned(),
            at: change.map_or(now, |change| change.at),
            state: change.map(|change| change.state),
            severity,
            headline: shortened(&draft.headline, HEADLINE),
            link: draft.links.first().map(|link| link.url().to_owned()),
            mentions: draft.mentions.iter().map(ToString::to_string).collect(),
        }
    }

    /// The entry of a message that cannot be read: its id, which names the alert.
    pub fn unreadable(id: &str, at: Timestamp) -> Self {
        let headline = format!("❔ A message that cannot be read: {id}");
        Self {
            alert: id.to_owned(),
            at,
            state: None,
            severity: Severity::Critical,
            headline: shortened(&headline, HEADLINE),
            link: None,
            mentions: Vec::new(),
        }
    }

    /// The id that its copies share inside a bundle.
    pub fn id(&self) -> String {
        match self.state {
            Some(state) => bounded(format!("{} {} {}", self.alert, self.at, state.as_str())),
            None => bounded(self.alert.clone()),
        }
    }
}

/// Whether a message is the schedule's minute: `{"picket": {"kind": "tick", …}}`, and by no topic.
pub fn is_tick(message: &Message) -> bool {
    let Body::Json(value) = &message.body else {
        return false;
    };
    message.topic.is_none() && value.pointer("/picket/kind").and_then(Value::as_str) == Some("tick")
}
