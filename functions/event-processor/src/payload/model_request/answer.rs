//! Responses that the application puts on the stream as the SDK returns them: with token counts in the spelling of
//! Converse, of its stream's last event, of a model's own body, of the metrics that Bedrock adds to a streamed one, or
//! as headers, which every response of Bedrock has (Bedrock Runtime API reference, `Converse`, `ConverseStream`,
//! `InvokeModel`).

use serde_json::{Map, Value};

use super::{Container, Fields, IncompleteUsage, first, read, tier, written_for_an_hour};

/// The paths of a response's headers: as received, and as boto3 and the SDK for JavaScript return them.
const HEADERS: [&[&str]; 5] = [
    &[],
    &["headers"],
    &["ResponseMetadata", "HTTPHeaders"],
    &["$response", "headers"],
    &["$metadata", "httpHeaders"],
];
const INPUT: &str = "x-amzn-bedrock-input-token-count";

/// The names of the token counts.
struct Spelling {
    input: &'static str,
    output: &'static str,
    cache_read: &'static [&'static str],
    cache_write: &'static [&'static str],
}

/// The names of Converse.
const CONVERSE: Spelling = Spelling {
    input: "inputTokens",
    output: "outputTokens",
    cache_read: &["cacheReadInputTokens", "cacheReadInputTokenCount"],
    cache_write: &["cacheWriteInputTokens", "cacheWriteInputTokenCount"],
};
/// The names in a `usage` object: Converse's, and in the bodies of Anthropic's and `OpenAI`'s models.
const USAGE: [Spelling; 3] = [
    CONVERSE,
    Spelling {
        input: "input_tokens",
        output: "output_tokens",
        cache_read: &["cache_read_input_tokens"],
        cache_write: &["cache_creation_input_tokens"],
    },
    Spelling {
        input: "prompt_tokens",
        output: "completion_tokens",
        cache_read: &[],
        cache_write: &[],
    },
];
/// The names in `amazon-bedrock-invocationMetrics`, in the last chunk of a streamed body.
const METRICS: Spelling = Spelling {
    input: "inputTokenCount",
    output: "outputTokenCount",
    cache_read: &["cacheReadInputTokenCount"],
    cache_write: &["cacheWriteInputTokenCount"],
};

/// Reads the fields; `None` where the event is no response.
pub(super) fn fields(event: &Map<String, Value>) -> Option<Result<Fields, IncompleteUsage>> {
    let bodies = [
        Container::Usage,
        Container::InvocationMetrics,
        Container::ConverseUsage,
    ];
    let counts = bodies.into_iter().find_map(|body| read(body, event));
    let headers = read(Container::Headers, event).and_then(Result::ok);
    let counts = match (counts, headers) {
        (Some(Err(_)), Some(of_headers)) => Ok(of_headers),
        (Some(counts), _) => counts,
        (None, of_headers) => Ok(of_headers?),
    };
    Some(counts.map(|fields| around(event, fields)))
}

/// Adds the fields beside the token counts.
fn around(event: &Map<String, Value>, fields: Fields) -> Fields {
    let within = |part: &str, name: &str| event.get(part)?.get(name).cloned();
    let request_id = first(event, &["requestId"])
        .or_else(|| within("ResponseMetadata", "RequestId"))
        .or_else(|| within("$metadata", "requestId"))
        .or_else(|| all_headers(event).find_map(|headers| header(headers, "x-amzn-requestid")));
    let service_tier =
        all_headers(event).find_map(|headers| header(headers, "x-amzn-bedrock-service-tier"));
    Fields {
        model_id: first(event, &["modelId", "model"]),
        agent_id: first(event, &["agentId"]),
        incident_id: first(event, &["incidentId"]),
        request_id,
        status: within("ResponseMetadata", "HTTPStatusCode")
            .or_else(|| within("$metadata", "httpStatusCode")),
        service_tier: tier(event).or(service_tier),
        ..fields
    }
}

/// The token counts of a `usage` object, in any spelling; an error where it has one of the two counts.
pub(super) fn usage(event: &Map<String, Value>) -> Option<Result<Fields, IncompleteUsage>> {
    let metadata = event.get("metadata").and_then(Value::as_object);
    let usages = [Some(event), metadata].into_iter().flatten();
    let usages = usages.filter_map(|part| Some((part, part.get("usage")?.as_object()?)));
    for (part, usage) in usages {
        for spelling in &USAGE {
            if let Some(fields) = spelling.read(usage) {
                return Some(fields.map(|fields| Fields {
                    latency_ms: part.get("metrics").and_then(latency),
                    ..fields
                }));
            }
        }
    }
    None
}

/// The metrics that Bedrock adds to the last chunk of a streamed response.
pub(super) fn invocation_metrics(
    event: &Map<String, Value>,
) -> Option<Result<Fields, IncompleteUsage>> {
    let metrics = event.get("amazon-bedrock-invocationMetrics")?.as_object()?;
    let fields = METRICS.read(metrics)?;
    Some(fields.map(|fields| Fields {
        latency_ms: first(metrics, &["invocationLatency"]),
        ..fields
    }))
}

/// The usage object of Converse alone. One of its names at the top of an event may mean anything.
pub(super) fn converse_usage(
    event: &Map<String, Value>,
) -> Option<Result<Fields, IncompleteUsage>> {
    let has_both = event.contains_key(CONVERSE.input) && event.contains_key(CONVERSE.output);
    let alone = has_both.then(|| CONVERSE.read(event)).flatten()?;
    Some(alone.map(|fields| Fields {
        latency_ms: event.get("metrics").and_then(latency),
        ..fields
    }))
}

fn latency(metrics: &Value) -> Option<Value> {
    metrics.get("latencyMs").cloned()
}

impl Spelling {
    /// Reads the counts of an object; `None` where it has neither.
    fn read(&self, usage: &Map<String, Value>) -> Option<Result<Fields, IncompleteUsage>> {
        let at = |name: &str| usage.get(name).filter(|value| !value.is_null()).cloned();
        let counts = match (at(self.input), at(self.output)) {
            (None, None) => return None,
            (Some(input), Some(output)) => (input, output),
            _ => return Some(Err(IncompleteUsage::Counts)),
        };
        let mut fields = Fields {
            input_tokens: Some(counts.0),
            output_tokens: Some(counts.1),
            cache_read_tokens: first(usage, self.cache_read),
            ..Fields::default()
        };
        let for_an_hour = written_for_an_hour(usage);
        fields.written(first(usage, self.cache_write), for_an_hour);
        Some(Ok(fields))
    }
}

/// The token-count headers.
pub(super) fn headers(event: &Map<String, Value>) -> Option<Fields> {
    let found = all_headers(event).find(|headers| header(headers, INPUT).is_some())?;
    let mut fields = Fields {
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

/// Returns the objects that may hold headers.
fn all_headers(event: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    HEADERS.iter().filter_map(move |path| {
        path.iter()
            .try_fold(event, |object, name| object.get(*name)?.as_object())
    })
}

/// Returns a header's value. Names are equal in any case.
fn header(headers: &Map<String, Value>, name: &str) -> Option<Value> {
    headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.clone())
}
