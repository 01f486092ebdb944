//! What the targets share: the event processor's pure modules, a record taken apart, and records as producers make
//! them.

pub mod patterns;

/// As the function's own `lib.rs` has them, less its shell, with which the SDKs would come.
#[path = "../../../functions/event-processor/src"]
#[allow(dead_code, reason = "the shell asks for more than the targets do")]
mod event_processor {
    pub mod counting;
    pub mod deduplication;
    pub mod event;
    pub mod event_time;
    pub mod ingest;
    pub mod payload;
    pub mod plan;
    pub mod quarantine;
    pub mod rules;
}

pub use event_processor::*;

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use md5::{Digest, Md5};
use picket_rules::filter::Lookups;

use crate::payload::{Decoder, Found};

/// What begins an aggregate.
pub const MAGIC: &[u8] = &[0xf3, 0x89, 0x9a, 0xc2];

/// Takes a record apart as rules with these look-ups would: each part in a word, its text or why there is none.
///
/// Every record has a part, parts are numbered from zero, and the same bytes come apart the same way.
pub fn parts_for(lookups: &Lookups, record: &[u8]) -> Vec<String> {
    let decoder = Decoder {
        stack: "picket",
        lookups,
    };
    let mut parts: Vec<String> = Vec::new();
    decoder.decode(record, |part| {
        assert_eq!(
            part.sub as usize,
            parts.len(),
            "parts are numbered from zero"
        );
        parts.push(match part.found {
            Ok(Found::Event(payload)) => {
                assert!(!payload.text.is_empty(), "an event has a text");
                // From bytes again: what a reader that trusts its input calls text must be it.
                str::from_utf8(payload.text.as_bytes()).expect("an event's text is UTF-8");
                format!("{:?} {:?} {}", payload.id, payload.at, payload.text)
            }
            Ok(Found::OwnLog) => "(own log)".to_owned(),
            Ok(Found::Control) => "(control)".to_owned(),
            Err(unreadable) => format!("! {unreadable}"),
        });
    });
    assert!(!parts.is_empty(), "every record has a part");
    parts
}

/// The same with no look-ups: events are only distinguished from other input.
pub fn parts(record: &[u8]) -> Vec<String> {
    parts_for(&Lookups::default(), record)
}

/// As gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder
        .write_all(bytes)
        .expect("a vector takes what is written");
    encoder.finish().expect("a vector takes what is written")
}

/// Between an aggregate's magic number and a checksum that is right.
pub fn sealed(protobuf: &[u8]) -> Vec<u8> {
    [MAGIC, protobuf, &Md5::digest(protobuf)].concat()
}

/// As the producer library writes it: a key, and records of key index and data.
pub fn aggregate(records: &[&[u8]]) -> Vec<u8> {
    fn field(number: u8, bytes: &[u8], message: &mut Vec<u8>) {
        message.push(number << 3 | 2);
        prost::encode_length_delimiter(bytes.len(), message)
            .expect("a vector takes what is written");
        message.extend(bytes);
    }
    let mut message = Vec::new();
    field(1, b"key", &mut message);
    for data in records {
        let mut record = vec![1 << 3, 0];
        field(3, data, &mut record);
        field(3, &record, &mut message);
    }
    sealed(&message)
}
