//! What payloads come to, worked out by hand.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use event_processor::{
    ingest::{Ingest, Ingested, Series},
    rules::RuleSet,
};
use picket_rules::{metrics, prices};
use proptest::prelude::*;
use serde_json::{Value, json};

fn now() -> jiff::Timestamp {
    "2026-11-20T06:15:30Z".parse().unwrap()
}

fn totals(core: RuleSet, lines: &str) -> Ingested {
    let mut ingest = Ingest::new(core, now());
    ingest.payloads("lines.ndjson", lines.as_bytes());
    ingest.finish()
}

fn built_in() -> RuleSet {
    RuleSet::built_in("dev", "picket-dev")
}

fn with_rules(rules: &str) -> RuleSet {
    let rules = metrics::parse("rules.yaml", rules).unwrap();
    RuleSet::new(vec![rules], prices::built_in().clone(), "dev", "picket-dev")
}

/// A request of Nova Micro: $0.035 a million input tokens, $0.14 a million output tokens.
fn request(id: u32, more: &Value) -> String {
    let mut request = json!({
        "timestamp": "2026-11-20T06:14:03Z",
        "request_id": id.to_string(),
        "agent_id": "triage",
        "model_id": "amazon.nova-micro-v1:0",
        "input_tokens": 374,
        "output_tokens": 44,
    });
    for (name, value) in more.as_object().unwrap() {
        request[name] = value.clone();
    }
    request.to_string()
}

fn named<'i>(ingested: &'i Ingested, name: &str) -> Vec<&'i Series> {
    ingested
        .series
        .iter()
        .filter(|series| series.name == name)
        .collect()
}

#[test]
fn tokens_are_priced_exactly() {
    let lines = [request(1, &json!({})), request(2, &json!({}))].join("\n");
    let ingested = totals(built_in(), &lines);
    let line = serde_json::to_value(&ingested.usage[0]).unwrap();
    // 2 × (374 × 0.035 + 44 × 0.14) / 10^6
    let expected = json!({
        "date": "2026-11-20", "agent": "triage", "model": "amazon.nova-micro-v1:0", "incident": null, "requests": 2,
        "input_tokens": 748, "output_tokens": 88, "cache_read_tokens": 0, "cache_write_tokens": 0, "cost_usd": "0.0000385",
    });
    assert_eq!(line, expected);
}

#[test]
fn what_has_no_price_is_unpriced_and_not_zero() {
    let unpriced = request(1, &json!({"model_id": "example.unknown-v1:0"}));
    let ingested = totals(built_in(), &unpriced);
    assert_eq!(
        (ingested.usage[0].input_tokens, ingested.usage[0].cost_usd),
        (374, None)
    );
    assert!(named(&ingested, "EstimatedCost").is_empty());
    let mixed = [
        request(1, &json!({})),
        request(2, &json!({"cache_write_1h_tokens": 7})),
    ]
    .join("\n");
    let ingested = totals(built_in(), &mixed);
    assert_eq!((ingested.usage.len(), ingested.usage[0].requests), (1, 2));
    assert_eq!(
        ingested.usage[0].cost_usd, None,
        "a part without a price leaves the whole without"
    );
}

#[test]
fn the_tier_and_the_context_of_a_response_reach_its_price() {
    const NOVA_PRO: &str = "amazon.nova-pro-v1:0";
    const SONNET_4: &str = "us.anthropic.claude-sonnet-4-20250514-v1:0";
    let none = json!({});
    let tier = |name: &str| json!({"serviceTier": {"type": name}});
    let optimized = json!({"performanceConfig": {"latency": "optimized"}});
    let streamed = |name: &str| {
        let usage = json!({"inputTokens": 1_000, "outputTokens": 100});
        json!({"usage": null, "metadata": {"usage": usage, "serviceTier": {"type": name}}})
    };
    let cached = |tokens: u64| json!({"usage": {"inputTokens": 100_000, "outputTokens": 1_000, "cacheReadInputTokens": tokens}});
    for (model, more, dollars) in [
        // 1,000 x $0.80 and 100 x $3.20 a million; half of it at flex, 1.75 times at priority.
        (NOVA_PRO, &none, Some("0.00112")),
        (NOVA_PRO, &tier("default"), Some("0.00112")),
        (NOVA_PRO, &tier("flex"), Some("0.00056")),
        (NOVA_PRO, &tier("priority"), Some("0.00196")),
        (NOVA_PRO, &streamed("default"), Some("0.00112")),
        (NOVA_PRO, &streamed("priority"), Some("0.00196")),
        (NOVA_PRO, &json!({"batch": true}), Some("0.00056")),
        // No rows: unpriced, never standard.
        (NOVA_PRO, &optimized, None),
        (
            NOVA_PRO,
            &json!({"batch": true, "serviceTier": {"type": "flex"}}),
            None,
        ),
        (SONNET_4, &tier("flex"), None),
        (NOVA_PRO, &json!({"serviceTier": 5}), None),
        // 100,000 x $3, 1,000 x $15, 100,000 x $0.30 a million; one more token, and all of them cost twice as much in.
        (SONNET_4, &cached(100_000), Some("0.345")),
        (SONNET_4, &cached(100_001), Some("0.6825006")),
    ] {
        let mut response = json!({
            "timestamp": "2026-11-20T06:14:03Z", "requestId": "r-1", "modelId": model,
            "usage": {"inputTokens": 1_000, "outputTokens": 100},
        });
        for (name, value) in more.as_object().unwrap() {
            response[name] = value.clone();
        }
        let ingested = totals(built_in(), &response.to_string());
        let cost = ingested.usage[0].cost_usd.map(|cost| cost.to_string());
        assert_eq!(cost.as_deref(), dollars, "{model} {more}");
        assert_eq!(
            named(&ingested, "EstimatedCost").is_empty(),
            dollars.is_none()
        );
    }
}

#[test]
fn a_request_that_was_serialized_twice_costs_what_it_costs_once() {
    let once = json!({
        "timestamp": "2026-11-20T06:14:03Z", "requestId": "r-1", "modelId": "amazon.nova-pro-v1:0",
        "usage": {"inputTokens": 1_000, "outputTokens": 100},
    })
    .to_string();
    let twice = json!(once).to_string();
    for written in [once, twice] {
        let ingested = totals(built_in(), &written);
        let cost = ingested.usage[0].cost_usd.map(|cost| cost.to_string());
        assert_eq!(cost.as_deref(), Some("0.00112"), "{written}");
    }
}

#[test]
fn a_roll_up_is_left_out_where_the_event_lacks_its_dimension() {
    for (agent, sets) in [
        (json!("triage"), 3),
        (json!(null), 1),
        (json!(""), 1),
        (json!("ö"), 1),
    ] {
        let ingested = totals(built_in(), &request(1, &json!({"agent_id": agent})));
        let requests = named(&ingested, "Requests");
        assert_eq!(requests.len(), sets, "{agent}");
        assert!(
            requests
                .iter()
                .all(|series| series.dimensions["Environment"] == "dev")
        );
    }
}

/// Read, matched, unmatched, quarantined.
fn fared(ingested: &Ingested) -> [u64; 4] {
    let records = ingested.records;
    [
        records.read,
        records.matched,
        records.unmatched,
        records.quarantined,
    ]
}

fn sum(ingested: &Ingested, name: &str) -> f64 {
    let totals = named(ingested, name).into_iter();
    let totals = totals.filter(|series| series.dimensions.len() == 1);
    totals.map(|series| series.sum).sum()
}

/// How many values the total of all has.
fn count(ingested: &Ingested, name: &str) -> u64 {
    let totals = named(ingested, name).into_iter();
    let totals = totals.filter(|series| series.dimensions.len() == 1);
    totals.map(|series| series.count).sum()
}

#[test]
fn usage_without_an_id_or_a_model_is_quarantined_with_its_reason() {
    let no_id =
        "the payload holds a model's token usage and no request id: put requestId beside it";
    let no_model = "the payload holds a model's token usage and no model: put modelId beside it";
    for (changes, reason) in [
        (json!({"request_id": ""}), no_id),
        (json!({"request_id": "  "}), no_id),
        (json!({"request_id": null}), no_id),
        (json!({"request_id": []}), no_id),
        (json!({"request_id": "", "input_tokens": null}), no_id),
        (
            json!({"request_id": "", "input_tokens": null, "output_tokens": null}),
            no_id,
        ),
        (json!({"request_id": null, "input_tokens": null}), no_id),
        (json!({"model_id": null}), no_model),
        (
            json!({"model_id": ""}),
            "the request names no model, so it cannot be priced",
        ),
        (json!({"request_id": null, "model_id": null}), no_id),
    ] {
        let lines = [
            request(1, &changes),
            request(1, &changes),
            request(2, &json!({})),
        ]
        .join("\n");
        let ingested = totals(built_in(), &lines);
        assert_eq!(fared(&ingested), [3, 1, 0, 2], "{changes}");
        for quarantined in &ingested.quarantine {
            assert_eq!(quarantined.reason, reason, "{changes}");
        }
        assert_eq!(ingested.usage[0].requests, 1);
    }
    for changes in [
        // No tokens: nothing is lost.
        json!({"request_id": null, "input_tokens": null, "output_tokens": null}),
        json!({"request_id": null, "model_id": null, "input_tokens": null, "output_tokens": null}),
    ] {
        assert_eq!(
            fared(&totals(built_in(), &request(1, &changes))),
            [1, 0, 1, 0],
            "{changes}"
        );
    }
}

#[test]
fn a_rule_without_an_id_needs_none() {
    let rules = "Workload: w\nRules: []\nUsage:\n  FilterPattern: '{ $.llm IS TRUE }'\n  Model: $.model\n  InputTokens: $.tokens\n";
    let event = r#"{"llm":true,"model":"m","tokens":5}"#;
    let ingested = totals(with_rules(rules), &[event, event].join("\n"));
    assert_eq!(fared(&ingested), [2, 2, 0, 0]);
    assert_eq!(
        (ingested.usage[0].requests, ingested.usage[0].input_tokens),
        (2, 10)
    );
}

#[test]
fn an_empty_id_is_no_id() {
    let event = |id: &str| format!(r#"{{"event":"session_started","event_id":{id}}}"#);
    for (id, sessions) in [
        (r#""a""#, 1.0),
        (r#""""#, 2.0),
        (r#"" ""#, 2.0),
        ("null", 2.0),
    ] {
        let ingested = totals(built_in(), &[event(id), event(id)].join("\n"));
        assert!(
            (sum(&ingested, "Sessions") - sessions).abs() < f64::EPSILON,
            "{id}"
        );
    }
}

#[test]
fn a_token_count_that_is_none_is_quarantined_and_one_that_is_not_there_counts_nothing() {
    for (count, is_counted) in [
        (json!(null), true),
        (json!(0), true),
        (json!("12"), true),
        (json!(12.0), true),
        (json!([12]), false),
        (json!([]), false),
        (json!({}), false),
        (json!({"value": 12}), false),
        (json!(true), false),
        (json!(""), false),
        (json!(-1), false),
        (json!(1.5), false),
    ] {
        for field in ["input_tokens", "output_tokens", "cache_read_tokens"] {
            let ingested = totals(built_in(), &request(1, &json!({ field: count })));
            let expected = if is_counted {
                [1, 1, 0, 0]
            } else {
                [1, 0, 0, 1]
            };
            assert_eq!(fared(&ingested), expected, "{field} {count}");
        }
        // As an answer has it, read whole.
        let answer = json!({"requestId": "r", "modelId": "m", "usage": {"inputTokens": count, "outputTokens": 1}});
        let expected = if is_counted && !count.is_null() {
            [1, 1, 0, 0]
        } else {
            [1, 0, 0, 1]
        };
        assert_eq!(
            fared(&totals(built_in(), &answer.to_string())),
            expected,
            "{count}"
        );
    }
}

#[test]
fn usage_beside_another_event_takes_nothing_from_it() {
    let usage = json!({"inputTokens": 10, "outputTokens": 2});
    let counts = |more: Value| {
        let mut event = json!({"timestamp": "2026-11-20T06:14:03Z", "event": "message", "event_id": "e", "channel": "web"});
        for (name, value) in more.as_object().unwrap() {
            event[name] = value.clone();
        }
        let ingested = totals(built_in(), &event.to_string());
        let requests: u64 = ingested.usage.iter().map(|line| line.requests).sum();
        (fared(&ingested), count(&ingested, "Messages"), requests)
    };
    for incomplete in [
        json!({"usage": usage}),
        json!({"usage": usage, "model": "gpt-5"}),
        json!({"usage": usage, "requestId": "r"}),
        json!({"usage": usage, "requestId": "", "modelId": "m"}),
        json!({"usage": {"inputTokens": 1}, "requestId": "r", "modelId": "m"}),
        json!({"headers": {"x-amzn-bedrock-input-token-count": "5"}}),
        json!({"inputTokens": 1, "outputTokens": 2}),
        json!({"input_tokens": 1, "output_tokens": 2}),
        json!({"input_tokens": 1, "request_id": "", "model_id": "m"}),
    ] {
        assert_eq!(
            counts(incomplete.clone()),
            ([1, 1, 0, 0], 1, 0),
            "{incomplete}"
        );
    }
    for complete in [
        json!({"usage": usage, "requestId": "r", "modelId": "m"}),
        json!({"metadata": {"usage": usage}, "requestId": "r", "model": "m"}),
        json!({"input_tokens": 1, "request_id": "r", "model_id": "m"}),
    ] {
        assert_eq!(counts(complete.clone()), ([1, 1, 0, 0], 1, 1), "{complete}");
    }
    // Identified, and with tokens that are none: the whole is set apart, and counts once when it is put back.
    let broken = json!({"input_tokens": [1], "request_id": "r", "model_id": "m"});
    assert_eq!(counts(broken), ([1, 0, 0, 1], 0, 0));
}

#[test]
fn a_log_line_counts_whatever_usage_it_carries() {
    let line =
        r#"{"level":"ERROR","msg":"answer was empty","usage":{"inputTokens":10,"outputTokens":0}}"#;
    let ingested = totals(built_in(), line);
    assert_eq!(fared(&ingested), [1, 1, 0, 0]);
    assert!((sum(&ingested, "ErrorCount") - 1.0).abs() < f64::EPSILON);
    // The same of no rule's: it is set apart.
    let quiet = line.replace("ERROR", "INFO");
    assert_eq!(fared(&totals(built_in(), &quiet)), [1, 0, 0, 1]);
}

#[test]
fn a_dimension_value_that_cloudwatch_takes_keeps_its_series_and_the_total_has_all() {
    let long = "x".repeat(1_024);
    for (agent, is_legal) in [
        (json!(":web"), true),
        (json!("null"), true),
        (json!("<b>&"), true),
        (json!("a=b,c"), true),
        (json!(long), true),
        (json!(12.5), true),
        (json!(true), true),
        (json!("größe"), false),
        (json!("日本 🔥"), false),
        (json!("a\u{0}b"), false),
        (json!("tab\there"), false),
        (json!("new\nline"), false),
        (json!(" "), false),
        (json!(["a"]), false),
    ] {
        let ingested = totals(built_in(), &request(1, &json!({"agent_id": agent})));
        let sets = named(&ingested, "Requests").len();
        assert_eq!(sets, if is_legal { 3 } else { 1 }, "{agent}");
        assert!((sum(&ingested, "Requests") - 1.0).abs() < f64::EPSILON);
        assert_eq!(ingested.usage[0].requests, 1, "the ledger has every agent");
    }
}

#[test]
fn a_time_that_nobody_set_counts_when_it_arrived() {
    for time in [json!(0), json!("0"), json!(-1), json!(""), json!("never")] {
        let ingested = totals(built_in(), &request(1, &json!({"timestamp": time})));
        assert_eq!(ingested.usage[0].date.to_string(), "2026-11-20", "{time}");
        assert!(ingested.usage[0].cost_usd.is_some());
    }
}

#[test]
fn a_value_that_is_no_number_adds_nothing() {
    for value in [
        json!("NaN"),
        json!("inf"),
        json!("-Infinity"),
        json!("1e999"),
        json!([1]),
        json!(null),
        json!("soon"),
    ] {
        let ingested = totals(built_in(), &request(1, &json!({"latency_ms": value})));
        assert!(named(&ingested, "APILatency").is_empty(), "{value}");
        assert_eq!(named(&ingested, "Requests").len(), 3, "{value}");
    }
}

#[test]
fn a_token_count_that_is_none_sets_the_whole_event_apart() {
    for value in [
        json!(-1),
        json!(1.5),
        json!("many"),
        json!(true),
        json!(1_000_000_000_001_u64),
    ] {
        let ingested = totals(built_in(), &request(1, &json!({"output_tokens": value})));
        assert_eq!(
            (ingested.records.read, ingested.records.quarantined),
            (1, 1),
            "{value}"
        );
        assert!(
            ingested.series.is_empty() && ingested.usage.is_empty(),
            "{value}"
        );
        assert!(
            ingested.quarantine[0]
                .reason
                .starts_with("the output tokens are "),
            "{value}"
        );
    }
}

#[test]
fn a_line_without_a_time_of_its_own_counts_now() {
    let ingested = totals(built_in(), "ERROR out of slots\n\n  \n{\"broken\":\n");
    assert_eq!(
        named(&ingested, "ErrorLines")[0].minute.to_string(),
        "2026-11-20T06:15:00Z"
    );
    assert_eq!(
        (
            ingested.records.read,
            ingested.records.matched,
            ingested.records.quarantined
        ),
        (2, 1, 1)
    );
    assert_eq!(
        ingested.quarantine[0].position, "0014.0000000000",
        "the line's number"
    );
}

#[test]
fn a_default_stands_for_minutes_in_which_nothing_matched() {
    let core = with_rules(
        r"
Workload: defaults
Rules:
  - FilterPattern: ERROR
    MetricTransformations:
      - { MetricNamespace: App, MetricName: Errors, MetricValue: 1, DefaultValue: 0 }
",
    );
    for (line, sum) in [("all is well", 0.0), ("ERROR", 1.0)] {
        let ingested = totals(core.clone(), line);
        let errors = named(&ingested, "Errors");
        assert!(
            (errors[0].sum - sum).abs() < f64::EPSILON && errors[0].count == 1,
            "{line}"
        );
    }
}

#[test]
fn no_event_of_several_files_counts_twice() {
    let mut ingest = Ingest::new(built_in(), now());
    let line = request(1, &json!({}));
    ingest.payloads("lines.ndjson", line.as_bytes());
    ingest.payloads("lines.ndjson", line.as_bytes());
    assert_eq!(ingest.finish().usage[0].requests, 1);
}

/// The request as Bedrock logs it.
fn invocation_log(id: u32) -> String {
    json!({
        "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": "2026-11-20T06:14:03Z", "region": "eu-west-1",
        "identity": {"arn": "arn:aws:sts::123456789012:assumed-role/triage/session"}, "requestId": id.to_string(),
        "modelId": "amazon.nova-micro-v1:0", "input": {"inputTokenCount": 374}, "output": {"outputTokenCount": 44},
    })
    .to_string()
}

#[test]
fn a_request_counts_the_same_however_it_is_reported() {
    let answer = json!({
        "timestamp": "2026-11-20T06:14:03Z", "agentId": "triage", "modelId": "amazon.nova-micro-v1:0", "requestId": "1",
        "usage": {"inputTokens": 374, "outputTokens": 44},
    });
    let headers = json!({
        "timestamp": "2026-11-20T06:14:03Z", "agentId": "triage", "modelId": "amazon.nova-micro-v1:0",
        "headers": {"x-amzn-requestid": "1", "x-amzn-bedrock-input-token-count": "374", "x-amzn-bedrock-output-token-count": "44"},
    });
    let spellings = [
        request(1, &json!({})),
        invocation_log(1),
        answer.to_string(),
        headers.to_string(),
    ];
    let expected = totals(built_in(), &spellings[0]);
    assert_eq!(expected.usage[0].input_tokens, 374);
    for spelling in &spellings {
        let ingested = totals(built_in(), spelling);
        assert_eq!(
            (ingested.usage, named(&expected, "InputTokens").len()),
            (expected.usage.clone(), 3),
            "{spelling}"
        );
    }
    let all = totals(built_in(), &spellings.join("\n"));
    assert_eq!(all.usage, expected.usage, "one request, sent four times");
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[0-9eE.+-]{1,8}".prop_map(Value::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_line_is_matched_unmatched_or_quarantined(lines in prop::collection::vec("\\PC{0,40}", 0..20)) {
        let ingested = totals(built_in(), &lines.join("\n"));
        let records = ingested.records;
        prop_assert_eq!(records.read, records.matched + records.unmatched + records.quarantined);
        prop_assert_eq!(records.quarantined, ingested.quarantine.len() as u64);
    }

    #[test]
    fn any_request_is_counted_whole_or_quarantined(
        time in scalar(), agent in scalar(), model in scalar(), input in scalar(), output in scalar(), latency in scalar(), batch in scalar()
    ) {
        let more = json!({
            "timestamp": time, "agent_id": agent, "model_id": model, "input_tokens": input, "output_tokens": output,
            "latency_ms": latency, "batch": batch,
        });
        let ingested = totals(built_in(), &request(1, &more));
        prop_assert_eq!(ingested.records.read, 1);
        prop_assert_eq!(ingested.usage.len() as u64, u64::from(!named(&ingested, "Requests").is_empty()));
        prop_assert!(ingested.series.iter().all(|series| series.sum.is_finite()));
    }
}
