//! The quarantine: one object a slice, put before the commit that names it; its entries, read back ([`entry`]); and
//! whether each may be replayed ([`replay_status`]).

pub mod entry;
pub mod replay_status;

use picket_shared::{
    chain::{ChainId, QuarantineReason, Quarantined},
    position::Position,
};
use serde::Serialize;
use twox_hash::XxHash3_64;

use crate::event::Record;

/// An object for the quarantine bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// `records/<stream>/<shard>/<first>-<after>-<hash>.ndjson`: the slice's positions, and the XXH3 of the body in
    /// hexadecimal.
    pub key: String,
    /// JSON lines, one an event that cannot be read.
    pub body: String,
}

/// A line of the object: enough to replay the record.
#[derive(Debug, Serialize)]
struct ObjectLine<'a> {
    position: &'a str,
    sequence_number: &'a str,
    partition_key: &'a str,
    arrived_at: String,
    reason: &'a str,
    /// The record's payload in base64, or of a record with several events this one's alone.
    data: &'a str,
}

/// An event that cannot be read, with the record that holds it.
#[derive(Debug)]
pub struct UnreadableEvent<'a> {
    /// The position.
    pub position: Position,
    /// The reason.
    pub reason: QuarantineReason,
    /// The record that holds it.
    pub record: &'a Record<'a>,
    /// Its own bytes in base64, where the record holds more than it.
    pub data: Option<String>,
}

/// Returns the key of a slice's object with this body. A retry puts the same body again; a process with other rules
/// puts another body, and so never replaces what a commit names.
fn key(chain: &ChainId, first: &Position, after: &Position, body: &str) -> String {
    format!(
        "records/{}/{}/{first}-{after}-{:016x}.ndjson",
        chain.stream(),
        chain.shard(),
        XxHash3_64::oneshot(body.as_bytes()),
    )
}

/// Returns the object of a slice's unreadable events, and the entries for its commit; `None` where all could be read.
pub fn object(
    chain: &ChainId,
    first: &Position,
    after: &Position,
    unreadable: &[UnreadableEvent<'_>],
) -> (Option<Object>, Vec<Quarantined>) {
    let mut body = Vec::new();
    for unreadable in unreadable {
        write_line(&mut body, unreadable);
    }
    let body = String::from_utf8(body).expect("JSON is UTF-8");
    let key = key(chain, first, after, &body);
    let quarantined = unreadable
        .iter()
        .map(|unreadable| Quarantined {
            position: unreadable.position.clone(),
            reason: unreadable.reason.clone(),
            object: key.clone(),
        })
        .collect();
    (
        (!body.is_empty()).then_some(Object { key, body }),
        quarantined,
    )
}

/// Appends the line of an event. One may have 22 MB, so there is no copy of it in between.
fn write_line(body: &mut Vec<u8>, unreadable: &UnreadableEvent<'_>) {
    let line = ObjectLine {
        position: unreadable.position.as_str(),
        sequence_number: &unreadable.record.sequence_number,
        partition_key: &unreadable.record.partition_key,
        arrived_at: unreadable.record.arrived_at.to_string(),
        reason: unreadable.reason.as_str(),
        data: unreadable
            .data
            .as_deref()
            .unwrap_or(&unreadable.record.data),
    };
    serde_json::to_writer(&mut *body, &line).expect("a line is texts alone: always JSON");
    body.push(b'\n');
}
