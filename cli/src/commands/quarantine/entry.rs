//! An entry, as it is shown.

use std::fmt;

use event_processor::quarantine::entry::{Entry, Reason};
use serde::Serialize;

use super::stack::EntryStatus;
use crate::style::{BAD, BOLD, FAINT, GOOD, RESET};

/// A line of the list.
#[derive(Debug, Serialize)]
pub(super) struct EntryRow {
    object: String,
    /// Stream, shard, and the place in it.
    position: String,
    arrived_at: String,
    /// A sentence, or Lambda's word.
    reason: String,
    bytes: usize,
    standing: &'static str,
}

/// An entry with its payload.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    entry: EntryRow,
    partition_key: String,
    /// As text, where it is that.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
    /// In base64, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_base64: Option<String>,
}

impl EntryRow {
    pub(super) fn of(entry: &Entry, status: &EntryStatus) -> Self {
        let Entry {
            object,
            chain,
            position,
            arrived_at,
            data,
            reason,
            ..
        } = entry;
        Self {
            object: object.clone(),
            position: format!("{chain}/{position}"),
            arrived_at: arrived_at.to_string(),
            reason: match reason {
                Reason::Unreadable(sentence) => sentence.clone(),
                Reason::Discarded(condition) => format!("Lambda gave it up: {condition}"),
            },
            bytes: data.len(),
            standing: status.word(),
        }
    }
}

impl Shown {
    pub(super) fn of(entry: &Entry, status: &EntryStatus) -> Self {
        let text = String::from_utf8(entry.data.clone()).ok();
        let base64 = || base64_simd::STANDARD.encode_to_string(&entry.data);
        Self {
            entry: EntryRow::of(entry, status),
            partition_key: entry.partition_key.clone(),
            payload_base64: text.is_none().then(base64),
            payload: text,
        }
    }
}

impl fmt::Display for EntryRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            object,
            position,
            arrived_at,
            reason,
            bytes,
            standing,
        } = self;
        let style = match *standing {
            "open" | "quarantined" | "forgotten" => BAD,
            "counted" | "replayed" => GOOD,
            _ => FAINT,
        };
        write!(
            f,
            "{style}{standing:<11}{RESET} {BOLD}{position}{RESET}\n            {arrived_at}, {bytes} bytes: {reason}\n            {FAINT}{object}{RESET}"
        )
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload = self.payload.as_ref().or(self.payload_base64.as_ref());
        let payload = payload.map_or("", String::as_str);
        write!(f, "{}\n{payload}", self.entry)
    }
}

#[cfg(test)]
mod tests {
    use event_processor::quarantine::replay_status::ReplayStatus;
    use serde_json::json;

    use super::*;

    fn entry(data: &[u8]) -> Entry {
        Entry {
            object: "records/events/shard-0/a.ndjson".into(),
            chain: "events/shard-0".parse().unwrap(),
            position: "0017.0000000000".parse().unwrap(),
            partition_key: "agent".into(),
            arrived_at: "2026-11-20T06:14:05.12Z".parse().unwrap(),
            data: data.to_vec(),
            reason: Reason::Unreadable("the payload is empty".into()),
        }
    }

    #[test]
    fn a_payload_is_shown_as_text_and_what_is_none_in_base64() {
        let status = EntryStatus::InChain(ReplayStatus::Uncommitted);
        let shown = Shown::of(&entry(b"hello"), &status);
        assert_eq!(
            serde_json::to_value(&shown).unwrap(),
            json!({
                "object": "records/events/shard-0/a.ndjson",
                "position": "events/shard-0/0017.0000000000",
                "arrived_at": "2026-11-20T06:14:05.12Z",
                "reason": "the payload is empty",
                "bytes": 5,
                "standing": "uncommitted",
                "partition_key": "agent",
                "payload": "hello",
            })
        );
        let bytes = serde_json::to_value(Shown::of(&entry(&[0xff]), &status)).unwrap();
        assert_eq!(
            (&bytes["payload"], &bytes["payload_base64"]),
            (&json!(null), &json!("/w=="))
        );
    }

    #[test]
    fn a_person_reads_standing_place_reason_and_object() {
        let entry = EntryRow::of(&entry(b"hello"), &EntryStatus::Replayed);
        assert_eq!(
            crate::terminal::plain(&entry),
            "replayed    events/shard-0/0017.0000000000\n            2026-11-20T06:14:05.12Z, 5 bytes: the payload is empty\n            records/events/shard-0/a.ndjson"
        );
    }
}
