use proptest::prelude::*;

use super::*;

fn key(namespace: &str, name: &str, unit: &str, dimensions: &[(&str, &str)]) -> SeriesKey {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    SeriesKey {
        namespace: namespace.into(),
        name: name.into(),
        unit: unit.into(),
        dimensions: dimensions.iter().map(pair).collect(),
    }
}

#[test]
fn names_follow_prometheus_practices() {
    use PrometheusType::{Counter, Gauge, Histogram};
    let cases = [
        (
            "BedrockUsage",
            "InputTokens",
            "Count",
            Counter,
            "bedrock_usage_input_tokens_total",
        ),
        (
            "BedrockUsage",
            "APILatency",
            "Milliseconds",
            Histogram,
            "bedrock_usage_api_latency_seconds",
        ),
        (
            "Picket",
            "CursorAge",
            "Seconds",
            Gauge,
            "picket_cursor_age_seconds",
        ),
        (
            "Picket",
            "Body",
            "Bytes",
            Counter,
            "picket_body_bytes_total",
        ),
        (
            "Picket",
            "RequestsTotal",
            "None",
            Counter,
            "picket_requests_total",
        ),
        (
            "Web",
            "HTTPStatus5xx",
            "Count",
            Counter,
            "web_http_status5xx_total",
        ),
        (
            "Web",
            "In",
            "Bytes/Second",
            Gauge,
            "web_in_bytes_per_second",
        ),
        (
            "3rd Party",
            "a.b-c",
            "Percent",
            Gauge,
            "_3rd_party_a_b_c_percent",
        ),
    ];
    for (namespace, metric, unit, kind, expected) in cases {
        assert_eq!(name(&key(namespace, metric, unit, &[]), kind), expected);
    }
}

#[test]
fn labels_are_ordered_unique_and_name_the_stack() {
    let key = key(
        "N",
        "M",
        "Count",
        &[
            ("Model-Id", "é"),
            ("model id", "b"),
            ("Agent", ""),
            ("1st", "c"),
        ],
    );
    let labels = Labels::of(&key, PrometheusType::Counter, "picket-dev");
    let expected = [
        ("_1st", "c"),
        ("__name__", "n_m_total"),
        ("model_id", "é"),
        ("model_id_", "b"),
        ("stack", "picket-dev"),
    ];
    assert_eq!(labels.pairs(), expected);
    assert_eq!(labels.name(), "n_m_total");
    let texts: Vec<String> = labels.texts().map(str::to_owned).collect();
    assert_eq!(Labels::from_texts(&texts), Some(labels));
    assert_eq!(Labels::from_texts(&texts[1..]), None);
}

#[test]
fn a_histograms_parts_share_its_labels() {
    let labels = Labels::of(&key("N", "M", "Count", &[]), PrometheusType::Histogram, "s");
    let part = labels.part("_bucket", Some(("le", "+Inf")));
    let expected = [("__name__", "n_m_bucket"), ("le", "+Inf"), ("stack", "s")];
    assert_eq!(part.pairs(), expected);
}

fn is_legal(name: &str, metric: bool) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_' || (metric && c == ':');
    name.starts_with(first) && name.chars().all(|c| first(c) || c.is_ascii_digit())
}

proptest! {
    #[test]
    fn whatever_a_series_is_called_its_names_are_legal(namespace in ".{1,20}", metric in ".{1,20}", dimensions in prop::collection::vec((".{0,9}", ".{0,9}"), 0..5)) {
        let key = SeriesKey { namespace, name: metric, unit: "Count".into(), dimensions };
        let labels = Labels::of(&key, PrometheusType::Counter, "stack");
        let names: Vec<&str> = labels.pairs().iter().map(|(name, _)| *name).collect();
        prop_assert!(names.is_sorted_by(|a, b| a < b));
        for (name, value) in labels.pairs() {
            prop_assert!(is_legal(name, false), "{name:?}");
            prop_assert!(name == NAME || !name.starts_with("__"));
            prop_assert!(name != NAME || is_legal(value, true), "{value:?}");
            prop_assert!(!value.is_empty());
        }
    }
}
