//! Payloads in files: one a line, or those of a Kinesis event.

use picket_aws::stream::OutgoingRecord;
use picket_line::send;

use crate::{input::Named, refusal::Refusal};

/// The payloads of a file: of a Kinesis event if it is `.json`, and otherwise one a line that is not empty, each with a
/// partition key of its own.
pub(crate) fn of(named: &Named) -> Result<Vec<OutgoingRecord>, Refusal> {
    if named.has_extension("json") {
        return send::of_event(&named.bytes)
            .map_err(|error| Refusal::of_file(&named.path, format_args!("{error:#}")));
    }
    Ok(send::of_lines(&named.bytes))
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
