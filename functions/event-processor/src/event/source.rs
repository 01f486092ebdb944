//! The source of records that are not Kinesis's.

use serde::Deserialize;

use super::ReadError;

#[derive(Deserialize)]
#[serde(untagged)]
enum AnyEvent {
    Lambda {
        #[serde(rename = "Records")]
        records: Vec<AnyRecord>,
    },
    Pipe(Vec<AnyRecord>),
}

/// A record of any source; SNS spells the field with a capital.
#[derive(Deserialize)]
struct AnyRecord {
    #[serde(rename = "eventSource", alias = "EventSource", default)]
    source: Option<String>,
}

/// The error of the first record that names another source, if there is one.
pub(super) fn foreign(bytes: &[u8]) -> Option<ReadError> {
    let event: AnyEvent = serde_json::from_slice(bytes).ok()?;
    let (AnyEvent::Lambda { records } | AnyEvent::Pipe(records)) = event;
    let named = |(index, record): (usize, AnyRecord)| Some((index, record.source?));
    let mut named = records.into_iter().enumerate().filter_map(named);
    let (index, source_name) = named.find(|(_, source)| source != "aws:kinesis")?;
    Some(ReadError::Source { index, source_name })
}
