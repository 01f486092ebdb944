//! JSON read for its slots by sonic-rs matches and holds the same as JSON read whole by serde_json, and is JSON to both
//! or to neither.
#![no_main]

use std::sync::LazyLock;

use picket_fuzz::payload::{Decoder, Found};
use picket_rules::{
    filter::{Event, Lookups},
    metrics::{self, MetricRules, MetricValue},
};

const RULES: &str = r#"
Workload: fuzz
Rules:
  - { FilterPattern: '{ $.a = "x*" || $.a IS TRUE }', MetricTransformations: [{ MetricNamespace: N, MetricName: A, MetricValue: $.a.b }] }
  - { FilterPattern: '{ $.a.b > 1.5 || $.c[1] = 7 }', MetricTransformations: [{ MetricNamespace: N, MetricName: B, MetricValue: $.b }] }
  - { FilterPattern: '{ $.b IS NULL || $.b.a[0] = * }', MetricTransformations: [{ MetricNamespace: N, MetricName: C, MetricValue: '$.c[0]' }] }
  - { FilterPattern: '{ $.b NOT EXISTS && $.a.b != 0 }', MetricTransformations: [{ MetricNamespace: N, MetricName: D, MetricValue: '$[0]' }] }
"#;

static KNOWN: LazyLock<(MetricRules, Lookups)> = LazyLock::new(|| {
    let mut rules = metrics::parse("fuzz.yaml", RULES).expect("the rules are right");
    let mut lookups = Lookups::default();
    rules.enter(&mut lookups);
    (rules, lookups)
});

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (rules, lookups) = &*KNOWN;
    // So that it is one event of JSON, in objects as in lists.
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return;
    }
    let decoder = Decoder {
        stack: "picket",
        lookups,
    };
    let whole: Result<serde_json::Value, _> = serde_json::from_str(text);
    decoder.decode(text.as_bytes(), |part| {
        let Ok(Found::Event(payload)) = part.found else {
            return;
        };
        let looked_up = payload.event();
        if looked_up.slots.is_none() {
            return;
        }
        let json = whole
            .as_ref()
            .unwrap_or_else(|error| panic!("serde_json refuses it: {error}"));
        let event = Event {
            text,
            json: Some(json),
            id: None,
            slots: None,
        };
        for rule in &rules.rules {
            let pattern = &rule.pattern;
            assert_eq!(
                pattern.matches(&looked_up),
                pattern.matches(&event),
                "{pattern}"
            );
            assert_eq!(
                pattern.values(&looked_up),
                pattern.values(&event),
                "{pattern}"
            );
            for metric in &rule.transformations {
                if let MetricValue::Field(field) = &metric.value {
                    assert_eq!(field.number(&looked_up), field.number(&event));
                    assert_eq!(field.whole_number(&looked_up), field.whole_number(&event));
                    assert_eq!(field.text(&looked_up), field.text(&event));
                }
            }
        }
    });
});
