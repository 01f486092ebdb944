//! Each spelling gives the same fields.

use serde_json::json;

use super::*;

fn completed(mut event: Value) -> (Result<Source, IncompleteUsage>, Value) {
    let Completed { source, incomplete } = complete(&mut event);
    (incomplete.map_or(Ok(source), Err), event)
}

fn ours(event: &Value) -> Vec<Value> {
    [
        "request_id",
        "model_id",
        "agent_id",
        "incident_id",
        "input_tokens",
        "output_tokens",
        "cache_read_tokens",
        "cache_write_5m_tokens",
        "cache_write_1h_tokens",
        "latency_ms",
        "status",
    ]
    .iter()
    .map(|name| event[name].clone())
    .collect()
}

#[test]
fn an_invocation_log_is_a_request() {
    let log = json!({
        "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": "2026-11-20T06:14:03Z",
        "accountId": "123456789012", "region": "us-east-1", "requestId": "r-1", "operation": "Converse",
        "identity": {"arn": "arn:aws:sts::123456789012:assumed-role/triage/session"},
        "modelId": "us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "input": {"inputContentType": "application/json", "inputTokenCount": 12, "cacheReadInputTokenCount": 5, "cacheWriteInputTokenCount": 9},
        "output": {"outputContentType": "application/json", "outputTokenCount": 7, "outputBodyJson": {
            "metrics": {"latencyMs": 412},
            "usage": {"inputTokens": 12, "outputTokens": 7, "cacheDetails": [
                {"ttl": "5m", "inputTokens": 5}, {"ttl": "1h", "inputTokens": 4}]}}},
    });
    let (source, event) = completed(log);
    assert_eq!(source, Ok(Source::InvocationLogs));
    let expected = json!([
        "r-1",
        "us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "triage",
        null,
        12,
        7,
        5,
        5,
        4,
        412,
        200
    ]);
    assert_eq!(json!(ours(&event)), expected);
}

#[test]
fn an_invocation_log_of_any_operation_is_a_request() {
    let cached = json!({"input_tokens": 12, "output_tokens": 7, "cache_creation": {
        "ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 4}});
    let s3 = "s3://logs/AWSLogs/123456789012/BedrockModelInvocationLogs/data/r-1_output.json.gz";
    for (operation, output, written, latency) in [
        (
            "InvokeModel",
            json!({"outputBodyJson": {"usage": cached}}),
            [json!(5), json!(4)],
            json!(null),
        ),
        (
            "InvokeModelWithResponseStream",
            json!({"outputBodyJson": [
                {"type": "message_start", "message": {"usage": cached}},
                {"type": "content_block_delta", "delta": {"text": "…"}},
                {"type": "message_stop", "amazon-bedrock-invocationMetrics": {"inputTokenCount": 12, "invocationLatency": 412}}]}),
            [json!(5), json!(4)],
            json!(412),
        ),
        (
            "ConverseStream",
            json!({"outputBodyJson": {"metrics": {"latencyMs": 412}, "usage": {"inputTokens": 12, "outputTokens": 7}}}),
            [json!(9), json!(null)],
            json!(412),
        ),
        (
            "InvokeModel",
            json!({"outputBodyS3Path": s3}),
            [json!(9), json!(null)],
            json!(null),
        ),
    ] {
        let mut log = json!({
            "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "requestId": "r-1", "operation": operation, "modelId": "m",
            "input": {"inputBodyS3Path": s3, "inputTokenCount": 12, "cacheWriteInputTokenCount": 9}, "output": output,
        });
        log["output"]["outputTokenCount"] = json!(7);
        let (source, event) = completed(log);
        assert_eq!(source, Ok(Source::InvocationLogs));
        let expected = [
            json!(12),
            json!(7),
            written[0].clone(),
            written[1].clone(),
            latency,
        ];
        let names = [
            "input_tokens",
            "output_tokens",
            "cache_write_5m_tokens",
            "cache_write_1h_tokens",
            "latency_ms",
        ];
        assert_eq!(
            names.map(|name| event[name].clone()),
            expected,
            "{operation}"
        );
    }
}

#[test]
fn the_agent_is_read_from_the_arn_or_from_the_applications_own_field() {
    for (scope, metadata, agent) in [
        (
            json!({"arn": "arn:aws:sts::1:assumed-role/agent/i-0"}),
            json!({}),
            json!("agent"),
        ),
        (
            json!({"arn": "arn:aws:iam::1:role/service/agent"}),
            json!({}),
            json!("agent"),
        ),
        (
            json!({"arn": "arn:aws:iam::1:user/ada"}),
            json!({}),
            json!("ada"),
        ),
        (
            json!({"arn": "arn:aws:iam::1:root"}),
            json!({}),
            json!("root"),
        ),
        (json!({"arn": "nobody"}), json!({}), json!(null)),
        (json!(null), json!({}), json!(null)),
        (
            json!({"arn": "arn:aws:iam::1:user/ada"}),
            json!({"agent_id": "triage"}),
            json!("triage"),
        ),
    ] {
        let log = json!({
            "schemaType": "ModelInvocationLog", "requestId": "r", "modelId": "m", "identity": scope, "requestMetadata": metadata,
            "input": {"inputTokenCount": 1}, "output": {},
        });
        assert_eq!(completed(log).1["agent_id"], agent);
    }
}

#[test]
fn a_failed_invocation_has_a_status() {
    for (code, status) in [
        ("ThrottlingException", 429),
        ("InternalServerException", 500),
        ("ValidationException", 400),
    ] {
        let log = json!({"schemaType": "ModelInvocationLog", "requestId": "r", "modelId": "m", "errorCode": code});
        let (_, event) = completed(log);
        assert_eq!(event["status"], status, "{code}");
        assert_eq!(event["error_code"], code);
    }
}

#[test]
fn an_answer_of_converse_is_a_request() {
    let usage = json!({"inputTokens": 12, "outputTokens": 7, "totalTokens": 33, "cacheReadInputTokens": 5, "cacheWriteInputTokens": 9});
    let expected = json!(["r-1", "m-1", "triage", null, 12, 7, 5, 9, null, 412, 200]);
    let boto3 = json!({
        "modelId": "m-1", "agentId": "triage", "usage": usage, "metrics": {"latencyMs": 412}, "stopReason": "end_turn",
        "ResponseMetadata": {"RequestId": "r-1", "HTTPStatusCode": 200},
    });
    let javascript = json!({
        "modelId": "m-1", "agent_id": "triage", "usage": usage, "metrics": {"latencyMs": 412},
        "$metadata": {"requestId": "r-1", "httpStatusCode": 200},
    });
    for answer in [boto3, javascript] {
        let (source, event) = completed(answer);
        assert_eq!(source, Ok(Source::Events));
        assert_eq!(json!(ours(&event)), expected);
    }
    let alone = json!({"requestId": "r-1", "modelId": "m-1", "inputTokens": 12, "outputTokens": 7});
    assert_eq!(
        json!(ours(&completed(alone).1)),
        json!([
            "r-1", "m-1", null, null, 12, 7, null, null, null, null, null
        ])
    );
}

#[test]
fn token_count_headers_are_a_request_wherever_they_stand_and_in_any_case() {
    let headers = json!({
        "X-Amzn-RequestId": "r-1", "X-Amzn-Bedrock-Input-Token-Count": "12", "x-amzn-bedrock-output-token-count": "7",
        "x-amzn-bedrock-cache-read-input-token-count": "5", "x-amzn-bedrock-cache-write-input-token-count": "9",
        "x-amzn-bedrock-invocation-latency": "412",
    });
    let mut top = headers.clone();
    top["modelId"] = json!("m-1");
    let expected = json!([
        "r-1", "m-1", null, null, "12", "7", "5", "9", null, "412", null
    ]);
    for answer in [
        top,
        json!({"modelId": "m-1", "headers": headers}),
        json!({"modelId": "m-1", "ResponseMetadata": {"HTTPHeaders": headers}}),
    ] {
        let (source, event) = completed(answer.clone());
        assert_eq!(source, Ok(Source::Events));
        assert_eq!(json!(ours(&event)), expected, "{answer}");
    }
}

#[test]
fn usage_without_a_model_or_a_request_is_set_apart_not_lost() {
    let usage = json!({"inputTokens": 1, "outputTokens": 1});
    for (event, reason) in [
        (
            json!({"usage": usage, "modelId": "m"}),
            IncompleteUsage::RequestId,
        ),
        (
            json!({"usage": usage, "requestId": "r"}),
            IncompleteUsage::Model,
        ),
        (
            json!({"schemaType": "ModelInvocationLog", "modelId": "m"}),
            IncompleteUsage::InvocationLog,
        ),
        (
            json!({"usage": usage, "modelId": "m", "requestId": ""}),
            IncompleteUsage::RequestId,
        ),
        (
            json!({"usage": usage, "modelId": "m", "requestId": " "}),
            IncompleteUsage::RequestId,
        ),
        (
            json!({"usage": usage, "modelId": "m", "requestId": null}),
            IncompleteUsage::RequestId,
        ),
        (
            json!({"usage": usage, "modelId": "m", "requestId": 7}),
            IncompleteUsage::RequestId,
        ),
        (
            json!({"usage": usage, "modelId": "", "requestId": "r"}),
            IncompleteUsage::Model,
        ),
        (
            json!({"usage": {"inputTokens": 1}, "modelId": "m", "requestId": "r"}),
            IncompleteUsage::Counts,
        ),
        (
            json!({"usage": {"output_tokens": 1}, "modelId": "m", "requestId": "r"}),
            IncompleteUsage::Counts,
        ),
        (
            json!({"metadata": {"usage": {"inputTokens": 1, "outputTokens": null}}, "modelId": "m", "requestId": "r"}),
            IncompleteUsage::Counts,
        ),
        (
            json!({"amazon-bedrock-invocationMetrics": {"inputTokenCount": 1}, "modelId": "m", "requestId": "r"}),
            IncompleteUsage::Counts,
        ),
        (
            json!({"headers": {"x-amzn-bedrock-input-token-count": "1"}, "modelId": "m"}),
            IncompleteUsage::RequestId,
        ),
    ] {
        assert_eq!(completed(event.clone()).0, Err(reason), "{event}");
    }
}

/// Spellings of one request's tokens, and of its time where they have one.
#[test]
fn tokens_are_read_in_every_spelling_of_bedrock_and_of_its_models() {
    let anthropic = json!({"input_tokens": 12, "output_tokens": 7, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 9,
        "cache_creation": {"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 4}});
    for (answer, counts) in [
        (
            json!({"metadata": {"usage": {"inputTokens": 12, "outputTokens": 7, "totalTokens": 19}, "metrics": {"latencyMs": 412}}}),
            json!([12, 7, null, null, null, 412]),
        ),
        (
            json!({"metadata": {"usage": {"inputTokens": 12, "outputTokens": 0, "cacheReadInputTokens": 5, "cacheWriteInputTokens": 9}}}),
            json!([12, 0, 5, 9, null, null]),
        ),
        (json!({"usage": anthropic}), json!([12, 7, 5, 5, 4, null])),
        (
            json!({"usage": {"prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19}}),
            json!([12, 7, null, null, null, null]),
        ),
        (
            json!({"amazon-bedrock-invocationMetrics": {"inputTokenCount": 12, "outputTokenCount": 7, "cacheReadInputTokenCount": 5,
                "cacheWriteInputTokenCount": 9, "invocationLatency": 412, "firstByteLatency": 20}}),
            json!([12, 7, 5, 9, null, 412]),
        ),
        (
            json!({"type": "message_stop", "usage": {"output_tokens": 7}, "headers": {
                "X-AMZN-BEDROCK-INPUT-TOKEN-COUNT": "12", "X-AMZN-BEDROCK-OUTPUT-TOKEN-COUNT": "7"}}),
            json!(["12", "7", null, null, null, null]),
        ),
        // Whatever it is, the rule refuses it.
        (
            json!({"usage": {"inputTokens": [12], "outputTokens": {"a": 7}}}),
            json!([[12], {"a": 7}, null, null, null, null]),
        ),
    ] {
        let mut event = answer.clone();
        event["requestId"] = json!("r-1");
        event["modelId"] = json!("m-1");
        let (source, event) = completed(event);
        assert_eq!(source, Ok(Source::Events), "{answer}");
        let ours = ours(&event);
        assert_eq!(json!(ours[..2]), json!(["r-1", "m-1"]));
        assert_eq!(json!(ours[4..10]), counts, "{answer}");
    }
}

#[test]
fn usage_that_is_no_models_is_left_alone() {
    for event in [
        json!({"usage": {"cpu": 1}, "requestId": "r", "modelId": "m"}),
        json!({"usage": "full", "requestId": "r"}),
        json!({"usage": [], "metadata": []}),
        json!({"metadata": {"usage": null}}),
        json!({"metadata": {"inputTokens": 1, "outputTokens": 1}}),
        json!({"amazon-bedrock-invocationMetrics": {"invocationLatency": 1}}),
        json!({"headers": {"x-amzn-requestid": "r"}}),
        json!({"outputTokens": 1}),
    ] {
        let (source, after) = completed(event.clone());
        assert_eq!((source, after), (Ok(Source::Events), event));
    }
}

#[test]
fn an_empty_field_of_ours_is_filled_from_the_answers() {
    let (source, event) = completed(json!({
        "request_id": "", "model_id": null, "requestId": "r-1", "modelId": "m-1", "agent_id": "ours", "agentId": "theirs",
        "usage": {"inputTokens": 12, "outputTokens": 7},
    }));
    assert_eq!(source, Ok(Source::Events));
    assert_eq!(json!(ours(&event)[..3]), json!(["r-1", "m-1", "ours"]));
}

#[test]
fn the_service_tier_is_read_in_every_spelling() {
    let usage = json!({"inputTokens": 12, "outputTokens": 7});
    for (answer, tier) in [
        (
            json!({"serviceTier": {"type": "priority"}}),
            json!("priority"),
        ),
        (
            json!({"serviceTier": {"type": "default"}}),
            json!("default"),
        ),
        (json!({"serviceTier": "flex"}), json!("flex")),
        (
            json!({"performanceConfig": {"latency": "optimized"}, "serviceTier": {"type": "default"}}),
            json!("optimized"),
        ),
        (
            json!({"performanceConfig": {"latency": "standard"}}),
            json!(null),
        ),
        (
            json!({"ResponseMetadata": {"HTTPHeaders": {"X-Amzn-Bedrock-Service-Tier": "flex"}}}),
            json!("flex"),
        ),
        (
            json!({"service_tier": "flex", "serviceTier": {"type": "priority"}}),
            json!("flex"),
        ),
        (
            json!({"performanceConfig": {"latency": "turbo"}}),
            json!("turbo"),
        ),
        (json!({"serviceTier": 5}), json!("5")),
        (json!({"serviceTier": ["flex"]}), json!("[\"flex\"]")),
        (json!({"serviceTier": {"type": 5}}), json!("5")),
        (json!({"serviceTier": {}}), json!(null)),
        (json!({"serviceTier": null}), json!(null)),
        (
            json!({"metadata": {"serviceTier": {"type": "priority"}}}),
            json!("priority"),
        ),
        (
            json!({"metadata": {"performanceConfig": {"latency": "optimized"}}}),
            json!("optimized"),
        ),
        (
            json!({"metadata": {"serviceTier": {"type": "default"}}, "serviceTier": {"type": "flex"}}),
            json!("default"),
        ),
        (
            json!({"metadata": {"user": "ada"}, "serviceTier": {"type": "flex"}}),
            json!("flex"),
        ),
        (json!({"metadata": "flex"}), json!(null)),
        (json!({}), json!(null)),
    ] {
        let mut event = answer.clone();
        event["usage"] = usage.clone();
        event["requestId"] = json!("r");
        event["modelId"] = json!("m");
        assert_eq!(completed(event).1["service_tier"], tier, "{answer}");
    }
    for (input, output, tier) in [
        (
            json!({"serviceTier": {"type": "flex"}}),
            json!({}),
            json!("flex"),
        ),
        (
            json!({"performanceConfig": {"latency": "optimized"}}),
            json!({}),
            json!("optimized"),
        ),
        (
            json!({"serviceTier": {"type": "priority"}}),
            json!({"serviceTier": {"type": "default"}}),
            json!("default"),
        ),
        (json!([]), json!([]), json!(null)),
    ] {
        let log = json!({
            "schemaType": "ModelInvocationLog", "requestId": "r", "modelId": "m",
            "input": {"inputTokenCount": 1, "inputBodyJson": input}, "output": {"outputBodyJson": output},
        });
        assert_eq!(completed(log).1["service_tier"], tier);
    }
}

#[test]
fn an_event_with_the_rules_own_fields_stays_as_it_is() {
    for event in [
        json!({"request_id": "r", "model_id": "m", "input_tokens": 1, "usage": {"inputTokens": 2, "outputTokens": 2}}),
        json!({"inputTokens": 1}),
        json!([{"inputTokens": 1, "outputTokens": 1}]),
        json!({"schemaType": "Other", "requestId": "r"}),
    ] {
        let (source, after) = completed(event.clone());
        assert_eq!((source, after), (Ok(Source::Events), event));
    }
}
