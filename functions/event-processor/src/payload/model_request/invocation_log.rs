//! Amazon Bedrock's model-invocation logs (Bedrock user guide, "Monitor model invocation using CloudWatch Logs and
//! Amazon S3"): `schemaType` `ModelInvocationLog`, `schemaVersion` 1.0.

use serde_json::{Map, Value};

use super::{Fields, IncompleteUsage, first, tier, written_for_an_hour};

/// The fields; `None` where the event is no invocation log. `timestamp` and `region` have the rules' names already.
pub(super) fn fields(event: &Map<String, Value>) -> Option<Result<Fields, IncompleteUsage>> {
    let kind = event.get("schemaType")?;
    (kind == "ModelInvocationLog").then(|| log_fields(event))
}

fn log_fields(event: &Map<String, Value>) -> Result<Fields, IncompleteUsage> {
    let text = |name: &str| event.get(name).filter(|value| value.is_string()).cloned();
    let at = |part: &str, name: &str| event.get(part)?.get(name).cloned();
    let body = event
        .get("output")
        .and_then(|output| output.get("outputBodyJson"));
    let request_body = event
        .get("input")
        .and_then(|input| input.get("inputBodyJson"));
    let usage = body.and_then(usage);
    let mut fields = Fields {
        request_id: text("requestId"),
        model_id: text("modelId"),
        agent_id: at("requestMetadata", "agent_id").or_else(|| agent(event)),
        incident_id: at("requestMetadata", "incident_id"),
        input_tokens: at("input", "inputTokenCount"),
        output_tokens: at("output", "outputTokenCount"),
        cache_read_tokens: at("input", "cacheReadInputTokenCount"),
        latency_ms: body.and_then(latency),
        status: Some(
            first(event, &["errorCode"])
                .map_or(200, |code| status(&code))
                .into(),
        ),
        error_code: text("errorCode"),
        service_tier: [body, request_body]
            .into_iter()
            .flatten()
            .find_map(|body| tier(body.as_object()?)),
        ..Fields::default()
    };
    if fields.request_id.is_none() || fields.model_id.is_none() {
        return Err(IncompleteUsage::InvocationLog);
    }
    let written = at("input", "cacheWriteInputTokenCount");
    fields.written(written, usage.and_then(written_for_an_hour));
    Ok(fields)
}

/// Returns the model's own usage, which alone has the time that tokens stay in the cache: `usage` of an answer, or of
/// the message that begins a streamed one (`InvokeModelWithResponseStream` logs the list of its chunks). A body kept in
/// S3 is not available.
fn usage(body: &Value) -> Option<&Map<String, Value>> {
    let Value::Array(chunks) = body else {
        return body.get("usage")?.as_object();
    };
    chunks
        .iter()
        .find_map(|chunk| chunk.get("message")?.get("usage")?.as_object())
}

/// Returns the latency in milliseconds: Converse's `metrics`, or the metrics in the chunk that ends a streamed answer.
fn latency(body: &Value) -> Option<Value> {
    let Value::Array(chunks) = body else {
        return body.get("metrics")?.get("latencyMs").cloned();
    };
    let metrics = |chunk: &Value| chunk.get("amazon-bedrock-invocationMetrics").cloned();
    let last = chunks.iter().rev().find_map(metrics)?;
    last.get("invocationLatency").cloned()
}

/// Returns the agent: the assumed role, the role or the user of the identity's ARN.
fn agent(event: &Map<String, Value>) -> Option<Value> {
    let arn = event.get("identity")?.get("arn")?.as_str()?;
    let name = match arn.splitn(6, ':').nth(5)?.split_once('/') {
        // assumed-role/<role>/<session>
        Some(("assumed-role", rest)) => rest.split('/').next()?,
        // role/<path>/<name>, user/<path>/<name>
        Some((_, path)) => path.rsplit('/').next()?,
        None => arn.rsplit(':').next()?,
    };
    Some(name.into())
}

/// Returns the HTTP status of an exception's name (Bedrock Runtime API reference, errors of `Converse` and
/// `InvokeModel`).
fn status(code: &Value) -> u16 {
    match code.as_str().unwrap_or_default() {
        "AccessDeniedException" => 403,
        "ResourceNotFoundException" => 404,
        "ModelTimeoutException" => 408,
        "ModelErrorException" => 424,
        "ModelNotReadyException" | "ThrottlingException" => 429,
        "InternalServerException" => 500,
        "ServiceUnavailableException" => 503,
        _ => 400,
    }
}
