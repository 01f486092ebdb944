//! All problems of a file are reported at once, each with its position.

use picket_rules::{
    Problems, check::check_file, filter::Event, metrics, prices, routes, tokens::TokenCounts,
};
use proptest::prelude::*;

fn said<T: std::fmt::Debug>(parsed: Result<T, Problems>) -> Vec<String> {
    let problems = parsed.expect_err("a wrong file");
    problems.0.iter().map(ToString::to_string).collect()
}

/// A rule file with one transformation whose fields are given; they start in line 6.
fn one_metric(fields: &str) -> String {
    let indent = "\n        ";
    let fields = fields.trim_end().replace('\n', indent);
    format!(
        "Workload: w\nRules:\n  - FilterPattern: '{{ $.a = * }}'\n    MetricTransformations:\n      -{indent}{fields}\n"
    )
}

const METRIC: &str = "MetricNamespace: N\nMetricName: M\nMetricValue: 1\n";

#[test]
fn a_metric_filters_properties_can_be_pasted() {
    let text = "
Workload: pasted
Rules:
  - FilterName: errors
    LogGroupName: /aws/lambda/x
    FilterPattern: '[ip, ..., status = 5*, bytes]'
    MetricTransformations:
      - MetricNamespace: N
        MetricName: M
        MetricValue: $bytes
        DefaultValue: 0
        Unit: Bytes
";
    let rules = metrics::parse("m.yaml", text).unwrap();
    let metric = &rules.rules[0].transformations[0];
    assert_eq!(rules.rules[0].name.as_deref(), Some("errors"));
    assert_eq!(
        (metric.default_value, metric.unit.as_str()),
        (Some(0.0), "Bytes")
    );
    assert_eq!(metric.dimensions.sets, [Vec::<usize>::new()]);
    assert_eq!(metric.maximum_series, metrics::DEFAULT_MAXIMUM_SERIES);
}

#[test]
fn a_distribution_may_have_buckets_of_its_own_and_a_sum_none() {
    let parse = |kind: &str, buckets: &str| {
        let metric = format!(
            "{{ MetricNamespace: N, MetricName: M, MetricValue: $.a, {kind}Buckets: {buckets} }}"
        );
        let text = format!(
            "Workload: w\nRules:\n- FilterPattern: '{{ $.a = * }}'\n  MetricTransformations: [{metric}]\n"
        );
        metrics::parse("m.yaml", &text)
    };
    let rules = parse("Kind: distribution, ", "[0.5, 2, 1e3]").unwrap();
    let buckets = rules.rules[0].transformations[0].buckets.as_ref().unwrap();
    assert_eq!(buckets.bounds(), [0.5, 2.0, 1_000.0]);
    for (kind, buckets, reason) in [
        ("", "[1]", "needs `Kind: distribution`"),
        (
            "Kind: distribution, ",
            "[2, 1]",
            "each above the one before",
        ),
        ("Kind: distribution, ", "[]", "each above the one before"),
        ("Kind: distribution, ", "[x]", "is a finite number"),
    ] {
        let problems = said(parse(kind, buckets)).join("\n");
        assert!(problems.contains(reason), "{buckets}: {problems}");
    }
}

#[test]
fn a_workload_names_one_source_of_a_models_requests() {
    let parse = |source| metrics::parse("m.yaml", &format!("Workload: w\n{source}Rules: []\n"));
    for (text, source) in [
        ("", None),
        ("Source: events\n", Some(metrics::Source::Events)),
        (
            "Source: invocation-logs\n",
            Some(metrics::Source::InvocationLogs),
        ),
    ] {
        assert_eq!(parse(text).unwrap().source, source);
    }
    assert_eq!(
        said(parse("Source: both\n")),
        [
            "m.yaml:2:9: `Source`: \"both\" is not a source: write events, log-lines or invocation-logs"
        ]
    );
}

#[test]
fn a_rule_can_know_events_by_the_id_of_their_log() {
    let text = "
Workload: w
Rules:
  - FilterPattern: ERROR
    EventId: '@id'
    MetricTransformations:
      - { MetricNamespace: N, MetricName: M, MetricValue: 1 }
";
    let rules = metrics::parse("m.yaml", text).unwrap();
    let id = rules.rules[0].event_id.as_ref().unwrap();
    let event = |id| Event {
        text: "ERROR",
        json: None,
        id,
        slots: None,
    };
    assert_eq!(id.text(&event(Some("7"))).as_deref(), Some("7"));
    assert_eq!(id.text(&event(None)), None);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "
Workload: Web Api
Colour: red
Rules:
  - FilterPattern: '{ $.a == 1 }'
    MetricTransformations:
      - MetricNamespace: AWS/Lambda
        MetricName: ''
        MetricValue: lots
        Unit: seconds
        Kind: mean
        MaximumSeries: 0
  - MetricTransformations: []
";
    assert_eq!(
        said(metrics::parse("m.yaml", text)),
        [
            "m.yaml:2:11: `Workload`: 'W' is not a lower-case letter, a digit or `-`",
            "m.yaml:3:1: unknown field `Colour`: expected one of `Workload`, `Source`, `Rules`, `Usage`",
            "m.yaml:5:20: `FilterPattern`: expected a number, a word or a \"text\" in double quotes; one `=` compares: $.field = 500 (at character 8)",
            "m.yaml:7:26: `MetricNamespace`: namespaces that start with AWS/ are AWS's own",
            "m.yaml:8:21: `MetricName`: it is empty",
            "m.yaml:9:22: `MetricValue`: \"lots\" is neither a finite number nor a selector such as `$.field`",
            "m.yaml:10:15: `Unit`: \"seconds\" is not a unit of CloudWatch: write \"Seconds\"",
            "m.yaml:11:15: `Kind`: \"mean\" is neither `sum` nor `distribution`",
            "m.yaml:12:24: `MaximumSeries` must be 1 to 10000: each series is $0.30 a month",
            "m.yaml:13:5: `FilterPattern` is missing",
            "m.yaml:13:28: `MetricTransformations` is empty",
        ]
    );
}

#[test]
fn dimensions_keep_to_cloudwatchs_limits_and_to_one_another() {
    for (fields, expected) in [
        (
            "Dimensions: [{ Key: A, Value: $.a }]\nDefaultValue: 0",
            "m.yaml:6:9: `DefaultValue` cannot be combined with",
        ),
        (
            "Dimensions: [{ Key: Environment, Value: $.a }]",
            "m.yaml:9:29: `Key`: the event processor adds Environment",
        ),
        (
            "Dimensions: [{ Key: A, Value: a }]",
            "m.yaml:9:39: `Value`: \"a\" is not a selector",
        ),
        (
            "Dimensions: [{ Key: A, Value: $.a }, { Key: A, Value: $.b }]",
            "m.yaml:9:21: the dimension \"A\" is declared twice",
        ),
        (
            "Dimensions: [{ Key: A, Value: $.a }, { Key: B, Value: $.b }, { Key: C, Value: $.c }, { Key: D, Value: $.d }]",
            "m.yaml:9:21: `Dimensions` has 4, and CloudWatch allows 3",
        ),
        (
            "DimensionSets: [[A]]",
            "m.yaml:9:26: this is not one of the `Dimensions`",
        ),
        ("DimensionSets: []", "m.yaml:9:24: `DimensionSets` is empty"),
        (
            "DimensionSets: [[], []]",
            "m.yaml:9:29: this set appears twice in `DimensionSets`",
        ),
        (
            "DimensionSets: all",
            "m.yaml:9:24: `DimensionSets` must be a list",
        ),
        ("MetricValue: 2", "m.yaml:9:9: "),
        ("Unit: !Ref Unit", "m.yaml:9:"),
        ("Unit:", "m.yaml:9:13: `Unit` is empty"),
        (
            "Unit: [Count]",
            "m.yaml:9:15: `Unit` must be a single value",
        ),
    ] {
        let said = said(metrics::parse(
            "m.yaml",
            &one_metric(&format!("{METRIC}{fields}")),
        ));
        assert!(said[0].starts_with(expected), "{fields}: {said:?}");
    }
}

#[test]
fn an_intrinsic_function_is_refused_with_the_reason() {
    let text =
        one_metric("MetricNamespace: !Sub '${AWS::StackName}'\nMetricName: M\nMetricValue: 1");
    let said = said(metrics::parse("m.yaml", &text));
    assert!(
        said[0].contains("cannot be evaluated here: write the value itself"),
        "{said:?}"
    );
}

#[test]
fn a_metric_has_one_source() {
    let rule = |pattern: &str, unit: &str| {
        format!(
            "  - FilterPattern: {pattern}\n    MetricTransformations: [{{ MetricNamespace: N, MetricName: M, MetricValue: 1, Unit: {unit} }}]\n"
        )
    };
    let twice = format!(
        "Workload: w\nRules:\n{}{}",
        rule("a", "Count"),
        rule("b", "Count")
    );
    assert_eq!(
        said(metrics::parse("m.yaml", &twice)),
        [
            "m.yaml:6:29: the metric \"M\" of \"N\" has its source in another rule already (m.yaml:4): a metric has one"
        ]
    );

    let file = |name: &str| {
        metrics::parse(
            name,
            &format!("Workload: w\nRules:\n{}", rule("a", "Count")),
        )
        .unwrap()
    };
    let problems = metrics::one_source(&[file("a.yaml"), file("b.yaml")]);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].file, "b.yaml");

    let cost = "Workload: w\nUsage:\n  FilterPattern: '{ $.m = * }'\n  Model: $.m\n  InputTokens: $.i\n  CostMetric: { MetricNamespace: N, MetricName: M }\n";
    let text = format!("{cost}Rules:\n{}", rule("a", "None"));
    assert!(said(metrics::parse("m.yaml", &text))[0].contains("has its source in another rule"));
}

#[test]
fn one_rule_may_feed_a_metric_twice_but_then_alike() {
    let rule = |second: &str| {
        format!(
            "Workload: w\nRules:\n  - FilterPattern: a\n    MetricTransformations:\n      - {{ MetricNamespace: N, MetricName: M, MetricValue: 1 }}\n      - {{ MetricNamespace: N, MetricName: M, MetricValue: 2{second} }}\n"
        )
    };
    assert!(metrics::parse("m.yaml", &rule("")).is_ok());
    assert!(
        said(metrics::parse("m.yaml", &rule(", Unit: Count")))[0]
            .starts_with("m.yaml:6:9: the metric \"M\" appears here twice")
    );
}

#[test]
fn a_usage_rule_needs_a_model_and_its_input_tokens() {
    let text = "Workload: w\nUsage:\n  FilterPattern: '{ $.m = * }'\n  Agent: who\n";
    assert_eq!(
        said(metrics::parse("m.yaml", text)),
        [
            "m.yaml:3:3: `Model` is missing",
            "m.yaml:3:3: `InputTokens` is missing",
            "m.yaml:4:10: `Agent`: \"who\" is not a selector such as `$.field`",
        ]
    );
}

#[test]
fn a_price_is_exact_sourced_and_never_edited() {
    let row = |id: &str, rest: &str| {
        format!(
            "  - {{ id: {id}, model: m, from: 2026-01-01, source: 'https://example.com', read: 2026-01-02, {rest} }}\n"
        )
    };
    let book = |rows: &[String]| format!("prices:\n{}", rows.concat());
    let good = prices::parse("p.yaml", &book(&[row("a", "input: 0.035, output: 1e0")]));
    assert!(
        good.is_err(),
        "a price is written out, not in scientific notation"
    );
    let good = prices::parse("p.yaml", &book(&[row("a", "input: 0.0350")])).unwrap();
    assert_eq!(good.rows()[0].rates.input.unwrap().to_string(), "0.035");
    assert_eq!(good.by_id("a"), Some(&good.rows()[0]));

    for (rows, expected) in [
        (
            vec![row("a", "input: -1")],
            "p.yaml:2:98: `input`: \"-1\" is not a price: it is negative",
        ),
        (
            vec![row("a", "input: 0.0000001")],
            "p.yaml:2:98: `input`: \"0.0000001\" is not a price: it has more than six",
        ),
        (
            vec![row("a", "input: 1000001")],
            "p.yaml:2:98: `input`: \"1000001\" is not a price: it is above",
        ),
        (
            vec![row("a", "input: free")],
            "p.yaml:2:98: `input`: \"free\" is not a price: write dollars",
        ),
        (
            vec![row("a", "batch: {}")],
            "p.yaml:2:5: a price needs at least one of",
        ),
        (
            vec![row("a", "input: 1, tax: 2")],
            "p.yaml:2:101: unknown field `tax`",
        ),
        (
            vec![row("a b", "input: 1")],
            "p.yaml:2:11: `id`: ' ' is not a letter",
        ),
        (
            vec![row("a", "input: 1"), row("a", "input: 2")],
            "p.yaml:3:5: the id \"a\" is taken",
        ),
        (
            vec![row("a", "input: 1"), row("b", "input: 2")],
            "p.yaml:3:5: \"a\" is for the same model, region, tier, context step and day",
        ),
        (vec![], "p.yaml:1:7: `prices` must be a list"),
        (
            vec![row("a", "input: 1").replace("https", "http")],
            "p.yaml:2:50: `source`: \"http://example.com\" is not an https:// address",
        ),
        (
            vec![row("a", "input: 1").replace("2026-01-02", "yesterday")],
            "p.yaml:2:79: `read`: ",
        ),
    ] {
        let said = said(prices::parse("p.yaml", &book(&rows)));
        assert!(
            said.iter().any(|line| line.starts_with(expected)),
            "{expected}: {said:?}"
        );
    }
}

#[test]
fn the_most_telling_price_in_force_wins() {
    let row = |id: &str, model: &str, region: &str, from: &str| {
        let region = if region.is_empty() {
            String::new()
        } else {
            format!("region: {region}, ")
        };
        format!(
            "  - {{ id: {id}, model: '{model}', {region}from: {from}, source: 'https://example.com', read: 2026-01-02, input: 1 }}\n"
        )
    };
    let text = [
        "prices:\n".to_owned(),
        row("any", "*", "", "2020-01-01"),
        row("family", "acme.m*", "", "2020-01-01"),
        row("family-later", "acme.m*", "", "2026-06-01"),
        row("family-eu", "acme.m*", "eu-west-1", "2020-01-01"),
        row("exact", "acme.m-2", "", "2020-01-01"),
        row("us-profile", "us.acme.m-1", "", "2026-01-01"),
    ]
    .concat();
    let book = prices::parse("p.yaml", &text).unwrap();
    for (model, region, date, id) in [
        ("other", None, "2026-01-01", Some("any")),
        ("other", None, "2019-12-31", None),
        ("acme.m-1", None, "2026-05-31", Some("family")),
        ("acme.m-1", None, "2026-06-01", Some("family-later")),
        (
            "acme.m-1",
            Some("eu-west-1"),
            "2026-06-01",
            Some("family-eu"),
        ),
        (
            "acme.m-1",
            Some("eu-west-2"),
            "2026-06-01",
            Some("family-later"),
        ),
        ("acme.m-2", Some("eu-west-1"), "2026-06-01", Some("exact")),
        ("us.acme.m-2", None, "2026-06-01", Some("exact")),
        ("us.acme.m-1", None, "2026-06-01", Some("us-profile")),
        ("us.acme.m-1", None, "2025-12-31", Some("family")),
        (
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.acme.m-1",
            None,
            "2026-06-01",
            Some("us-profile"),
        ),
    ] {
        let found = book.find(model, region, date.parse().unwrap());
        assert_eq!(
            found.map(|price| price.id.as_str()),
            id,
            "{model} {region:?} {date}"
        );
    }
}

#[test]
fn routes_are_refused_where_a_message_could_be_lost() {
    for (text, expected) in [
        ("routes: []", "r.yaml:1:9: `routes` is empty"),
        (
            "routes: [{ name: a, match: { severity: critical }, sinks: [{ webhook: x }] }]",
            "r.yaml:1:1: a warning message could pass",
        ),
        (
            "routes: [{ name: a, sinks: [] }]",
            "r.yaml:1:1: a critical message could pass",
        ),
        (
            "routes: [{ name: a, sinks: [{ webhook: a/b }] }]",
            "r.yaml:1:40: `webhook`: '/' is not a letter",
        ),
        (
            "routes: [{ name: a, sinks: [{ pager: a }] }]",
            "r.yaml:1:31: unknown field",
        ),
        (
            "routes: [{ name: a, sinks: [{ webhook: a, slack: C1 }] }]",
            "r.yaml:1:29: a sink is one of `webhook`, `slack`, `pagerduty` and `email`",
        ),
        (
            "routes: [{ name: a, sinks: [{ slack: '#alerts' }] }]",
            "r.yaml:1:38: `slack`: \"#alerts\" is not a channel's id such as C024BE91L",
        ),
        (
            "routes: [{ name: a, sinks: [{ webhook: x }] }]\nsilences: [{ name: s, match: {}, until: 2026-12-01T06:00:00Z, reason: r }]",
            "r.yaml:2:12: a silence that matches everything would hide every alert: name in `match` what it is about",
        ),
        (
            "routes: [{ name: a, sinks: [{ webhook: x }] }]\nsilences: [{ name: s, match: { alarm: a }, reason: r }]",
            "r.yaml:2:12: `until` is missing",
        ),
        (
            "routes: [{ name: a, sinks: [{ webhook: x }] }]\nsilences: [{ name: s, match: { alarm: a }, until: tomorrow, reason: r }]",
            "r.yaml:2:51: `until`: ",
        ),
        (
            "routes: [{ name: a, sinks: [{ pagerduty: a b }] }]",
            "r.yaml:1:42: `pagerduty`: ' ' is not a letter",
        ),
        (
            "routes: [{ name: a, sinks: [{ webhook: x }] }, { name: b, sinks: [] }]",
            "r.yaml:1:48: no message comes this far",
        ),
        (
            "routes: [{ name: a, continue: true, sinks: [{ webhook: x }] }, { name: a, sinks: [] }]",
            "r.yaml:1:64: another route is named \"a\"",
        ),
        (
            "routes: [{ name: a, match: { kind: parade }, sinks: [] }]",
            "r.yaml:1:36: `kind`: \"parade\" is not a kind of message: alarm, ",
        ),
        (
            "routes: [{ name: a, match: { account: [] }, sinks: [] }]",
            "r.yaml:1:39: `account` is empty, which nothing would match",
        ),
        (
            "routes: [{ name: a, match: { tags: x }, sinks: [] }]",
            "r.yaml:1:36: `tags` must be a mapping",
        ),
        (
            "routes: [{ name: a, severity: loud, sinks: [] }]",
            "r.yaml:1:31: `severity`: \"loud\" is not a severity",
        ),
        (
            "routes: [{ name: a, mentions: ['<!here>'], sinks: [] }]",
            "r.yaml:1:32: `mentions`: \"<!here>\" is no mention",
        ),
        (
            "routes: [{ name: a, continue: maybe, sinks: [] }]",
            "r.yaml:1:31: `continue` must be `true` or `false`",
        ),
        ("routes: {}", "r.yaml:1:9: `routes` must be a list"),
        ("- a", "r.yaml:1:1: the file must be a mapping of fields"),
        ("", "r.yaml:"),
    ] {
        let said = said(routes::parse("r.yaml", text));
        assert!(
            said.iter().any(|line| line.starts_with(expected)),
            "{text}: {said:?}"
        );
    }
}

#[test]
fn what_would_hide_or_gather_alerts_wrongly_is_refused() {
    for (text, expected) in [
        (
            "routes: [{ name: a, sinks: [{ email: payments }] }]",
            "r.yaml:1:38: `email`: \"payments\" is not a severity",
        ),
        (
            "routes: [{ name: a, sinks: [{ webhook: x }], group: { by: [colour], window: 5m } }]",
            "r.yaml:1:60: `by`: \"colour\" groups nothing: kind, ",
        ),
        (
            "routes: [{ name: a, sinks: [{ webhook: x }], respond-within: 90s }]",
            "r.yaml:1:62: `respond-within`: \"90s\" is not a time of whole minutes",
        ),
        (
            "routes: [{ name: a, sinks: [{ webhook: x }], respond-within: 8d }]",
            "r.yaml:1:62: `respond-within`: \"8d\" is not a time of whole minutes",
        ),
        (
            "routes: [{ name: a, sinks: [{ webhook: x }], group: { by: [region], window: 5s } }]",
            "r.yaml:1:77: `window`: \"5s\" is not a window such as `5m`",
        ),
        (
            "routes: [{ name: a, sinks: [{ webhook: x }] }]\nstorm: { messages: 0 }",
            "r.yaml:2:20: `messages`: \"0\" is not a number of messages a minute",
        ),
        (
            "routes: [{ name: a, sinks: [{ webhook: x }] }]\ndigest: []",
            "r.yaml:2:9: `digest` is empty",
        ),
        (
            "routes: [{ name: a, sinks: [{ webhook: x }] }]\ndigest: [{ pagerduty: a }]",
            "r.yaml:2:9: a digest pages no one",
        ),
    ] {
        let said = said(routes::parse("r.yaml", text));
        assert!(
            said.iter().any(|line| line.starts_with(expected)),
            "{text}: {said:?}"
        );
    }
}

/// Texts that get past the first key of one of the formats.
fn like_a_file() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("Workload: w\n"),
        Just("Rules:\n"),
        Just("Usage:\n"),
        Just("routes:\n"),
        Just("playbooks:\n"),
        Just("prices:\n"),
        Just("  - "),
        Just("    "),
        Just("FilterPattern: '{ $.a = 1 }'\n"),
        Just("MetricTransformations: "),
        Just("[{ MetricName: M, MetricValue: $.a }]\n"),
        Just("DimensionSets: [[], [A]]\n"),
        Just("Dimensions: [{ Key: A, Value: $.a }]\n"),
        Just("name: a\n"),
        Just("match: { kind: alarm }\n"),
        Just("sinks: [{ webhook: x }]\n"),
        Just("limits: { storm: {} }\n"),
        Just("mode: act\n"),
        Just("action: { raise-reserved-concurrency: {} }\n"),
        Just("action: { raise-table-throughput: { on-demand: { mode: act } }, diagnose: }\n"),
        Just("action: { set-parameter: { allowed: [a] } }\n"),
        Just("input: 0.1\n"),
        Just("&a "),
        Just("*a "),
        Just("<<: *a\n"),
        Just("!x "),
        Just("\n"),
    ];
    proptest::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_panics_a_reader_and_a_problem_has_its_place(text in ".{0,60}", like in like_a_file()) {
        for text in [&text, &like] {
            for name in ["metrics.yaml", "prices.yaml", "routes.yaml", "playbooks.yaml"] {
                for problem in check_file(name, text) {
                    prop_assert!(!problem.message.is_empty() && !problem.message.contains('\n'));
                    prop_assert_eq!(&problem.file, name);
                }
            }
        }
    }

    #[test]
    fn a_price_is_read_to_the_digit(units in 0..1_000_000_u64, millionths in 0..1_000_000_u64) {
        let price = format!("{units}.{millionths:06}");
        let text = format!("prices: [{{ id: a, model: m, from: 2026-01-01, source: 'https://example.com', read: 2026-01-02, input: {price} }}]");
        let book = prices::parse("prices.yaml", &text).map_err(|problems| TestCaseError::fail(problems.to_string()))?;
        let million = TokenCounts { input: 1_000_000, ..TokenCounts::default() };
        prop_assert_eq!(book.rows()[0].cost(&million, false), price.parse().ok());
    }
}
