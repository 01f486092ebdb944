//! What is compiled in is valid, and prices what it says.

use std::{fs, path::Path};

use jiff::civil::date;
use picket_rules::{
    check::check_file,
    filter::Event,
    metrics::{self, MetricValue},
    prices,
    tokens::TokenCounts,
};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Every configuration file of the repository, by its path from the root.
fn files() -> Vec<(String, String)> {
    let workloads = fs::read_dir(root().join("workloads")).expect("the workloads");
    let mut paths: Vec<String> = workloads
        .map(|entry| {
            format!(
                "workloads/{}/metrics.yaml",
                entry.expect("an entry").file_name().display()
            )
        })
        .filter(|path| root().join(path).exists())
        .collect();
    paths.push("shared/rules/prices.yaml".to_owned());
    paths.push("functions/slack-forwarder/routes.yaml".to_owned());
    paths.push("functions/alarm-remediator/playbooks.yaml".to_owned());
    let read = |path: String| {
        let text = fs::read_to_string(root().join(&path))
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn every_file_of_the_repository_is_valid() {
    for (path, text) in files() {
        let problems = check_file(&path, &text);
        assert!(problems.is_empty(), "{problems:#?}");
    }
}

#[test]
fn each_metric_has_one_source_among_all_workloads() {
    let rules: Vec<_> = files()
        .iter()
        .filter(|(path, _)| path.ends_with("metrics.yaml"))
        .map(|(path, text)| metrics::parse(path, text).unwrap())
        .collect();
    assert!(rules.len() >= 2);
    assert_eq!(metrics::one_source(&rules), []);
    for rules in rules {
        assert!(
            rules.file.contains(&format!("/{}/", rules.workload)),
            "{}",
            rules.file
        );
    }
}

#[test]
fn the_built_in_book_prices_the_common_models() {
    let book = prices::built_in();
    let tokens = TokenCounts {
        input: 1_000_000,
        output: 1_000_000,
        ..TokenCounts::default()
    };
    for (model, id, dollars) in [
        (
            "anthropic.claude-haiku-4-5-20251001-v1:0",
            "claude-haiku-4-5",
            "6",
        ),
        (
            "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "claude-haiku-4-5-geo",
            "6.6",
        ),
        (
            "global.anthropic.claude-haiku-4-5-20251001-v1:0",
            "claude-haiku-4-5-global",
            "6",
        ),
        (
            "eu.anthropic.claude-sonnet-4-6",
            "claude-sonnet-4-6-geo",
            "19.8",
        ),
        (
            "us.anthropic.claude-sonnet-4-20250514-v1:0",
            "anthropic.claude-sonnet-4-20250514-v1-0",
            "18",
        ),
        (
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0",
            "amazon.nova-micro-v1-0",
            "0.175",
        ),
        (
            "apac.amazon.nova-pro-v1:0",
            "apac.amazon.nova-pro-v1-0",
            "4.2",
        ),
        (
            "us.meta.llama3-3-70b-instruct-v1:0",
            "meta.llama3-3-70b-instruct-v1-0",
            "1.44",
        ),
    ] {
        let price = book
            .find(model, Some("us-east-1"), date(2026, 11, 20))
            .unwrap_or_else(|| panic!("{model}"));
        assert_eq!(price.id.as_str(), id, "{model}");
        assert_eq!(price.cost(&tokens, false), dollars.parse().ok(), "{model}");
        assert_eq!(book.by_id(id), Some(price));
    }
}

#[test]
fn an_embedding_has_no_price_for_output_and_an_unknown_model_none_at_all() {
    let book = prices::built_in();
    let today = date(2026, 11, 20);
    let titan = book
        .find("amazon.titan-embed-text-v2:0", None, today)
        .unwrap();
    let input = TokenCounts {
        input: 50,
        ..TokenCounts::default()
    };
    assert_eq!(titan.cost(&input, false), "0.000001".parse().ok());
    assert_eq!(titan.cost(&TokenCounts { output: 1, ..input }, false), None);
    assert_eq!(titan.cost(&input, true), None);
    assert_eq!(book.find("acme.oracle-v1", None, today), None);
    assert_eq!(
        book.find("amazon.nova-micro-v1:0", None, date(2023, 9, 27)),
        None
    );
}

/// Names of the metrics that a line counts for, and whether it is a request to a model.
fn counted(workload: &str, line: &str) -> (Vec<String>, bool) {
    let path = format!("workloads/{workload}/metrics.yaml");
    let text = fs::read_to_string(root().join(&path)).expect("the rules");
    let rules = metrics::parse(&path, &text).expect("valid rules");
    let json = serde_json::from_str(line).ok();
    let event = Event {
        text: line,
        json: json.as_ref(),
        id: None,
        slots: None,
    };
    let fitting = rules
        .rules
        .iter()
        .filter(|rule| rule.pattern.matches(&event));
    let names = fitting
        .flat_map(|rule| &rule.transformations)
        .filter(|metric| match &metric.value {
            MetricValue::Constant(_) => true,
            MetricValue::Field(field) => field.number(&event).is_some(),
        })
        .map(|metric| metric.name.to_string())
        .collect();
    (
        names,
        rules
            .usage
            .is_some_and(|usage| usage.pattern.matches(&event)),
    )
}

/// The first block of a language in a workload's contract.
fn example(workload: &str, language: &str) -> String {
    let text = fs::read_to_string(root().join(format!("workloads/{workload}/events.md")))
        .expect("the contract");
    let (_, rest) = text
        .split_once(&format!("```{language}\n"))
        .expect("an example");
    rest.split("\n```").next().unwrap_or_default().to_owned()
}

#[test]
fn the_example_of_each_contract_counts_as_it_says() {
    let request = example("bedrock-usage", "json");
    let (names, usage) = counted("bedrock-usage", &request);
    assert_eq!(
        names,
        [
            "Requests",
            "InputTokens",
            "OutputTokens",
            "TotalTokens",
            "TotalTokens",
            "CacheReadTokens",
            "CacheWriteTokens",
            "CacheWriteTokens",
            "APILatency"
        ]
    );
    assert!(usage);
    let throttled = request.replace("\"status\":200", "\"status\":429");
    assert_eq!(
        counted("bedrock-usage", &throttled).0[9..],
        ["APIErrors", "Throttles"]
    );
    // A timeout of the client has no status, and an empty code is none.
    let timeout = request.replace("\"status\":200", "\"error_code\":\"ReadTimeoutError\"");
    assert_eq!(counted("bedrock-usage", &timeout).0[9..], ["APIErrors"]);
    let fine = request.replace("\"status\":200", "\"error_code\":\"\"");
    assert_eq!(counted("bedrock-usage", &fine).0.len(), 9);
    let nameless = request.replace("model_id", "model");
    assert_eq!(counted("bedrock-usage", &nameless), (vec![], false));

    let request = example("web-api", "json");
    assert_eq!(counted("web-api", &request).0, ["EndpointLatency"]);
    let nameless = request.replace("endpoint", "path");
    assert_eq!(counted("web-api", &nameless), (vec![], false));
    // Each workload counts its own tokens of a call, and neither those of the other.
    let call = r#"{"event":"ai_call","model_id":"m","feature_type":"f","total_tokens":7}"#;
    assert_eq!(counted("web-api", call).0, ["TokensUsed"]);
    assert_eq!(counted("bedrock-usage", call), (vec![], false));
    let throttled = throttled.replace('{', r#"{"feature_type":"f","#);
    assert_eq!(counted("web-api", &throttled), (vec![], false));

    assert_eq!(
        counted("inquiry-pipeline", &example("inquiry-pipeline", "json")).0,
        ["Requests", "LatencyMs"]
    );
    assert_eq!(
        counted("scheduling-agent", &example("scheduling-agent", "json")).0,
        ["ToolLatencyMs"]
    );
    let answer = example("scheduling-agent", "jsonl");
    assert_eq!(
        counted("scheduling-agent", &answer).0,
        ["SuccessCount", "ResponseTime"]
    );
    let error = answer.replace("\"INFO\"", "\"ERROR\"");
    assert_eq!(
        counted("scheduling-agent", &error).0,
        ["ErrorCount", "ResponseTime"]
    );
    assert_eq!(
        counted("scheduling-agent", &example("scheduling-agent", "text")).0,
        ["ErrorLines"]
    );
    for (line, names) in [
        (
            r#"{"event":"session_started","channel":"web"}"#,
            &["Sessions"][..],
        ),
        (
            r#"{"event":"message","error":true}"#,
            &["Messages", "Errors"],
        ),
        (
            r#"{"event":"appointment","outcome":"booked","error":false}"#,
            &["Appointments"],
        ),
        (r#"{"event":"tool_call"}"#, &[]),
        (
            r#"{"level":"INFO","message":"chat_request_received"}"#,
            &["RequestCount"],
        ),
        (
            r#"{"level": "ERROR", "message": "no slot"}"#,
            &["ErrorCount"],
        ),
        (r#"{"level":"WARNING","message":"ERROR again"}"#, &[]),
        (
            r#"{"level":"INFO","message":"chat_response_sent","processing_time_ms":"slow"}"#,
            &["SuccessCount"],
        ),
        ("ERROR healthcheck: the peer hung up", &[]),
        ("INFO all is well", &[]),
    ] {
        assert_eq!(counted("scheduling-agent", line).0, names, "{line}");
    }
}

#[test]
fn an_incident_of_another_form_is_counted_beside_its_request() {
    let request = example("bedrock-usage", "json");
    let own = "\"INC-20261120-0041\"";
    assert!(request.contains(own), "{request}");
    for (id, is_other) in [
        (own, false),
        ("\"INC-20261120-9999\"", false),
        ("\"INC-2041\"", true),
        ("\"INC-20261120-041\"", true),
        ("\"INC-20261120-00041\"", true),
        ("\"inc-20261120-0041\"", true),
        ("\"INC-19991120-0041\"", true),
        ("\" INC-20261120-0041\"", true),
        ("2041", true),
        // No incident at all.
        ("\"\"", false),
        ("null", false),
    ] {
        let (names, usage) = counted("bedrock-usage", &request.replace(own, id));
        let counts = names.iter().any(|name| name == "IncidentIdsOfOtherForm");
        assert_eq!(counts, is_other, "{id}");
        // Whatever the id: the tokens count, and the request is in the ledger.
        assert!(
            usage && names.iter().any(|name| name == "InputTokens"),
            "{id}"
        );
    }
}

#[test]
fn the_events_of_logging_count_as_their_contract_says() {
    let counted = |line: &str| counted("bedrock-usage", line).0;
    let examples = example("bedrock-usage", "jsonl");
    let names: Vec<Vec<String>> = examples.lines().map(counted).collect();
    assert_eq!(
        names,
        [
            vec!["LoggingLatency"],
            vec!["LoggingLatency", "LoggingErrors"],
            vec!["LoggingQueueDepth"],
            vec!["BatchProcessingTime"],
            vec!["CircuitBreakerTrips"],
            vec!["DynamoDBThrottles"],
        ]
    );
    for (line, names) in [
        // A write that failed before it took any time.
        (
            r#"{"event":"logging_write","logging_backend":"dynamodb","error_type":"Timeout"}"#,
            &["LoggingErrors"][..],
        ),
        (
            r#"{"event":"logging_write","logging_backend":"dynamodb","logging_latency_ms":3,"error_type":null}"#,
            &["LoggingLatency"],
        ),
        (r#"{"event":"logging_queue","queue_depth":-1}"#, &[]),
        (r#"{"event":"logging_batch"}"#, &[]),
    ] {
        assert_eq!(counted(line), names, "{line}");
    }
}

#[test]
fn the_events_of_user_journey_count_as_their_contract_says() {
    let example = example("user-journey", "json");
    assert_eq!(
        counted("user-journey", &example).0,
        ["UserEventsProcessed", "ProcessingLatency"]
    );
    let failed = r#"{"event":"ai_request","service":"nova","failed":true}"#;
    let denied = |code: &str| {
        format!(
            r#"{{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances","errorCode":"{code}"}}"#
        )
    };
    let sign_in = |more: &str| {
        format!(r#"{{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin"{more}}}"#)
    };
    for (line, names) in [
        (
            r#"{"event":"ai_request","service":"nova","latency_ms":912,"failed":false}"#.to_owned(),
            &["AIServiceRequests", "AIServiceLatency"][..],
        ),
        (failed.to_owned(), &["AIServiceRequests", "AIServiceErrors"]),
        (
            r#"{"event":"analysis_rated","accuracy_percent":0,"quality_percent":80}"#.to_owned(),
            &["ContextAnalysisAccuracy", "ResponseQuality"],
        ),
        (r#"{"event":"analysis_rated"}"#.to_owned(), &[]),
        (
            denied("Client.UnauthorizedOperation"),
            &["UnauthorizedCalls"],
        ),
        (denied("AccessDeniedException"), &["UnauthorizedCalls"]),
        (denied("ThrottlingException"), &[]),
        (
            sign_in(r#","errorMessage":"Failed authentication""#),
            &["FailedSignIns"],
        ),
        (sign_in(""), &[]),
    ] {
        assert_eq!(counted("user-journey", &line).0, names, "{line}");
    }
    // Other workloads see the same events.
    assert_eq!(counted("scheduling-agent", failed).0, [""; 0]);
}
