//! An answer that the application puts on the stream as the SDK gave it: Converse's, with its `usage`, or the token-count headers that
//! every answer of Bedrock has (Bedrock Runtime API reference, `Converse` and `InvokeModel`).

use serde_json::{Map, Value};

use super::{Fields, first, written_for_an_hour};

/// The places of an answer's headers: as they come, and as boto3 and the SDK for JavaScript hand them over.
const HEADERS: [&[&str]; 5] = [
    &[],
    &["headers"],
    &["ResponseMetadata", "HTTPHeaders"],
    &["$response", "headers"],
    &["$metadata", "httpHeaders"],
];
const INPUT: &str = "x-amzn-bedrock-input-token-count";

/// The fields; `None` where the event is no answer.
pub(super) fn fields(event: &Map<String, Value>) -> Option<Fields> {
    let mut fields = converse(event).or_else(|| headers(event))?;
    fields.model_id = first(event, &["modelId", "model"]);
    fields.agent_id = first(event, &["agentId"]);
    fields.incident_id = first(event, &["incidentId"]);
    let within = |part: &str, name: &str| event.get(part)?.get(name).cloned();
    fields.request_id = first(event, &["requestId"])
        .or_else(|| within("ResponseMetadata", "RequestId"))
        .or_else(|| within("$metadata", "requestId"))
        .or(fields.request_id);
    fields.status = within("ResponseMetadata", "HTTPStatusCode")
        .or_else(|| within("$metadata", "httpStatusCode"));
    Some(fields)
}

/// `usage` of Converse, or the usage object alone.
fn converse(event: &Map<String, Value>) -> Option<Fields> {
    let nested = event.get("usage").and_then(Value::as_object);
    let usage = nested.unwrap_or(event);
    if !(usage.contains_key("inputTokens") && usage.contains_key("outputTokens")) {
        return None;
    }
    let at = |name: &str| usage.get(name).cloned();
    let mut fields = Fields {
        input_tokens: at("inputTokens"),
        output_tokens: at("outputTokens"),
        cache_read_tokens: first(usage, &["cacheReadInputTokens", "cacheReadInputTokenCount"]),
        latency_ms: event
            .get("metrics")
            .and_then(|metrics| metrics.get("latencyMs").cloned()),
        ..Fields::default()
    };
    let written = first(
        usage,
        &["cacheWriteInputTokens", "cacheWriteInputTokenCount"],
    );
    let for_an_hour = written_for_an_hour(&Value::Object(usage.clone()));
    fields.written(written, for_an_hour);
    Some(fields)
}

fn headers(event: &Map<String, Value>) -> Option<Fields> {
    let found = HEADERS.iter().find_map(|path| {
        let headers = path
            .iter()
            .try_fold(event, |object, name| object.get(*name)?.as_object())?;
        header(headers, INPUT).map(|_| headers)
    })?;
    let mut fields = Fields {
        request_id: header(found, "x-amzn-requestid"),
        input_tokens: header(found, INPUT),
        output_tokens: header(found, "x-amzn-bedrock-output-token-count"),
        cache_read_tokens: header(found, "x-amzn-bedrock-cache-read-input-token-count"),
        latency_ms: header(found, "x-amzn-bedrock-invocation-latency"),
        ..Fields::default()
    };
    fields.written(
        header(found, "x-amzn-bedrock-cache-write-input-token-count"),
        None,
    );
    Some(fields)
}

/// A header's value. Names are the same in any case.
fn header(headers: &Map<String, Value>, name: &str) -> Option<Value> {
    headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.clone())
}
