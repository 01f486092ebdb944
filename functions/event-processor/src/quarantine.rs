//! Records that cannot be read: one object a slice, put before the commit that names it. And what lies in the bucket, read back:
//! [`waiting`], and how it stands to the chain: [`standing`].

pub mod standing;
pub mod waiting;

use picket_shared::{
    chain::{ChainId, Quarantined},
    position::Position,
};
use serde::Serialize;

use crate::event::Record;

/// An object for the quarantine bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// `records/<stream>/<shard>/<first>-<after>.ndjson`, the positions being the slice's: a retry overwrites it.
    pub key: String,
    /// JSON lines, one an event that cannot be read.
    pub body: String,
}

/// One line of the object: enough to put the record back.
#[derive(Debug, Serialize)]
struct Line<'a> {
    position: &'a str,
    sequence_number: &'a str,
    partition_key: &'a str,
    arrived_at: String,
    reason: &'a str,
    /// In base64: the record's payload as it came, or of a record with several events this one's alone.
    data: &'a str,
}

/// An event that cannot be read, with the record that holds it.
#[derive(Debug)]
pub struct Unread<'a> {
    /// Where it stands.
    pub position: Position,
    /// A sentence.
    pub reason: String,
    /// Its record.
    pub record: &'a Record<'a>,
    /// Its own bytes in base64, where the record holds more than it.
    pub data: Option<String>,
}

/// The key of a slice's object.
pub fn key(chain: &ChainId, first: &Position, after: &Position) -> String {
    format!(
        "records/{}/{}/{first}-{after}.ndjson",
        chain.stream(),
        chain.shard()
    )
}

/// The object of a slice's unread events, and what the commit says of them; `None` where all could be read.
pub fn object(key: String, unread: &[Unread<'_>]) -> (Option<Object>, Vec<Quarantined>) {
    let quarantined = unread
        .iter()
        .map(|unread| Quarantined {
            position: unread.position.clone(),
            reason: unread.reason.clone(),
            object: key.clone(),
        })
        .collect();
    let body: String = unread.iter().map(line).collect();
    (
        (!body.is_empty()).then_some(Object { key, body }),
        quarantined,
    )
}

fn line(unread: &Unread<'_>) -> String {
    let line = Line {
        position: unread.position.as_str(),
        sequence_number: &unread.record.sequence_number,
        partition_key: &unread.record.partition_key,
        arrived_at: unread.record.arrived_at.to_string(),
        reason: &unread.reason,
        data: unread.data.as_deref().unwrap_or(&unread.record.data),
    };
    let mut text = serde_json::to_string(&line).expect("a line is texts alone: always JSON");
    text.push('\n');
    text
}
