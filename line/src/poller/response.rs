use std::collections::HashMap;

use serde::Deserialize;

use super::{Record, Reply};

/// The result of an invocation for the mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchResult {
    /// The whole batch is done.
    Succeeded,
    /// The function reported failures: the lowest is this record of the batch. What lies before it is done.
    Partial(usize),
    /// The whole batch failed.
    Failed,
    /// Lambda did not take the invocation.
    Throttled,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    #[serde(default)]
    batch_item_failures: Option<Vec<Failure>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    #[serde(default)]
    item_identifier: Option<String>,
}

/// Reads a function's answer to a batch. An empty answer or list is a success; an identifier that is missing, empty or
/// not in the batch fails all of it, as does an answer that cannot be read (Lambda: "Conditions for a complete
/// failure").
pub fn read_response(reply: &Reply, batch: &[Record], report_failures: bool) -> BatchResult {
    let payload = match reply {
        Reply::Throttled => return BatchResult::Throttled,
        Reply::Failed(_) => return BatchResult::Failed,
        Reply::Answered(payload) => payload,
    };
    if !report_failures || payload.trim_ascii().is_empty() {
        return BatchResult::Succeeded;
    }
    let Ok(response) = serde_json::from_slice::<Option<Response>>(payload) else {
        return BatchResult::Failed;
    };
    let failures = response
        .and_then(|response| response.batch_item_failures)
        .unwrap_or_default();
    lowest(&failures, batch)
}

fn lowest(failures: &[Failure], batch: &[Record]) -> BatchResult {
    let places: HashMap<&str, usize> = batch
        .iter()
        .enumerate()
        .map(|(place, record)| (record.sequence_number.as_str(), place))
        .collect();
    let place = |failure: &Failure| places.get(failure.item_identifier.as_deref()?).copied();
    let places: Option<Vec<usize>> = failures.iter().map(place).collect();
    match places {
        None => BatchResult::Failed,
        Some(places) => places
            .into_iter()
            .min()
            .map_or(BatchResult::Succeeded, BatchResult::Partial),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use jiff::Timestamp;

    use super::*;

    fn batch() -> Vec<Record> {
        let record = |number: &str| Record::new(number, "k", Bytes::new(), Timestamp::UNIX_EPOCH);
        ["0007", "0008", "0010"]
            .map(|number| record(number).unwrap())
            .to_vec()
    }

    #[test]
    fn an_answer_means_what_lambda_says_it_means() {
        let failures = |ids: &str| format!(r#"{{"batchItemFailures":[{ids}]}}"#);
        let id = |id: &str| format!(r#"{{"itemIdentifier":{id}}}"#);
        let rows = [
            (String::new(), BatchResult::Succeeded),
            ("null".into(), BatchResult::Succeeded),
            ("{}".into(), BatchResult::Succeeded),
            (
                r#"{"batchItemFailures":null}"#.into(),
                BatchResult::Succeeded,
            ),
            (failures(""), BatchResult::Succeeded),
            (failures(&id(r#""0008""#)), BatchResult::Partial(1)),
            (
                failures(&format!("{},{}", id(r#""0010""#), id(r#""0007""#))),
                BatchResult::Partial(0),
            ),
            (failures(&id(r#""""#)), BatchResult::Failed),
            (failures(&id("null")), BatchResult::Failed),
            (failures(r#"{"itemIdentifer":"0007"}"#), BatchResult::Failed),
            (failures(&id(r#""0009""#)), BatchResult::Failed),
            (
                failures(&format!("{},{}", id(r#""0008""#), id(r#""""#))),
                BatchResult::Failed,
            ),
            ("not JSON".into(), BatchResult::Failed),
        ];
        for (payload, expected) in rows {
            let reply = Reply::Answered(payload.clone().into());
            assert_eq!(read_response(&reply, &batch(), true), expected, "{payload}");
        }
    }

    #[test]
    fn without_reporting_every_answer_is_a_success() {
        let reply = Reply::Answered(r#"{"batchItemFailures":[{"itemIdentifier":"0008"}]}"#.into());
        assert_eq!(
            read_response(&reply, &batch(), false),
            BatchResult::Succeeded
        );
    }

    #[test]
    fn errors_and_throttles_are_distinguished() {
        assert_eq!(
            read_response(&Reply::Failed("x".into()), &batch(), true),
            BatchResult::Failed
        );
        assert_eq!(
            read_response(&Reply::Throttled, &batch(), true),
            BatchResult::Throttled
        );
    }
}
