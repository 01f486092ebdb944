//! Payloads in files: one a line, or those of a Kinesis event.

use picket_aws::stream::OutgoingRecord;
use serde::Deserialize;

use crate::{input::Named, refusal::Refusal};

/// An event as Lambda gets it from Kinesis, as far as it is put on a stream again.
#[derive(Deserialize)]
struct KinesisEvent {
    #[serde(rename = "Records")]
    records: Vec<KinesisRecord>,
}

#[derive(Deserialize)]
struct KinesisRecord {
    kinesis: Kinesis,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kinesis {
    #[serde(default)]
    partition_key: String,
    data: String,
}

/// The payloads of a file: of a Kinesis event if it is `.json`, and otherwise one a line that is not empty, each with a
/// partition key of its own.
pub(crate) fn of(named: &Named) -> Result<Vec<OutgoingRecord>, Refusal> {
    if named.has_extension("json") {
        return of_event(&named.bytes).map_err(|reason| Refusal::of_file(&named.path, reason));
    }
    let lines = named.bytes.split(|byte| *byte == b'\n');
    let lines = lines
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    Ok(lines
        .enumerate()
        .map(|(number, line)| OutgoingRecord {
            key: number.to_string(),
            data: line.to_vec(),
        })
        .collect())
}

fn of_event(bytes: &[u8]) -> Result<Vec<OutgoingRecord>, String> {
    let event: KinesisEvent = serde_json::from_slice(bytes)
        .map_err(|error| format!("it is no Kinesis event: {error}"))?;
    let record = |record: KinesisRecord| {
        let data = base64_simd::STANDARD.decode_to_vec(&record.kinesis.data);
        Ok(OutgoingRecord {
            key: record.kinesis.partition_key,
            data: data.map_err(|_| "the data of a record is not base64".to_owned())?,
        })
    };
    event.records.into_iter().map(record).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Encoding;

    fn payloads(path: &str, text: &str) -> Result<Vec<(String, String)>, Refusal> {
        let named = Named {
            path: path.into(),
            bytes: text.as_bytes().to_vec(),
            encoding: Encoding::Utf8,
        };
        let pair = |record: OutgoingRecord| (record.key, String::from_utf8(record.data).unwrap());
        Ok(of(&named)?.into_iter().map(pair).collect())
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(key, data): &(&str, &str)| ((*key).to_owned(), (*data).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn payloads_are_lines_or_those_of_a_kinesis_event() {
        let lines = payloads("a.ndjson", "{\"a\":1}\r\n\n  two \n").unwrap();
        assert_eq!(lines, pairs(&[("0", "{\"a\":1}"), ("1", "two")]));
        let event = r#"{"Records":[{"kinesis":{"partitionKey":"k","data":"e30="}}]}"#;
        assert_eq!(payloads("a.json", event).unwrap(), pairs(&[("k", "{}")]));
    }

    #[test]
    fn a_json_file_that_is_no_kinesis_event_is_refused() {
        for text in ["{}", "[", r#"{"Records":[{"kinesis":{"data":"?"}}]}"#] {
            assert!(payloads("a.json", text).is_err(), "{text}");
        }
    }
}
