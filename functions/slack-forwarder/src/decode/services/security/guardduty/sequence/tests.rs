use serde_json::{Value, json};

use super::*;

fn finding(sequence: &Value) -> Value {
    json!({"service": {"detection": {"sequence": sequence}}})
}

#[test]
fn a_signal_has_a_line_whatever_of_it_is_missing() {
    for (signal, expected) in [
        (
            json!({"name": "n", "severity": 9.5, "count": 3}),
            Some("CRITICAL 9.5 · n · 3 times"),
        ),
        (json!({"name": "n", "count": 1}), Some("n")),
        (json!({"type": "FINDING"}), Some("FINDING")),
        (
            json!({"name": null, "uid": "u", "severity": "high"}),
            Some("u"),
        ),
        (json!({}), None),
        (json!("text"), None),
    ] {
        let finding = finding(&json!({"signals": [signal]}));
        let lines = Sequence::of(Node::new(&finding)).signals();
        assert_eq!(lines.first().map(String::as_str), expected, "{signal}");
    }
}

#[test]
fn a_resource_is_named_by_its_name_or_its_id() {
    for (resource, line, name) in [
        (
            json!({"name": "orders", "uid": "arn", "resourceType": "S3_BUCKET", "accountId": "1"}),
            Some("S3 BUCKET orders (1)"),
            Some("orders"),
        ),
        (json!({"uid": "arn:x"}), Some("arn:x"), Some("arn:x")),
        (json!({"resourceType": "EC2_INSTANCE"}), None, None),
    ] {
        let finding = finding(&json!({"resources": [resource]}));
        let sequence = Sequence::of(Node::new(&finding));
        assert_eq!(sequence.resources().first().map(String::as_str), line);
        assert_eq!(sequence.names().as_deref(), name);
    }
}

#[test]
fn many_resources_are_counted_and_a_finding_without_a_sequence_has_none() {
    let resources: Vec<_> = (0..20)
        .map(|number| json!({"name": format!("r{number}")}))
        .collect();
    let finding = finding(&json!({"resources": resources}));
    let names = Sequence::of(Node::new(&finding)).names().unwrap();
    assert!(
        names.starts_with("r0, r1, ") && names.ends_with(" and 12 more"),
        "{names}"
    );
    for finding in [
        json!({}),
        json!({"service": {"detection": {"sequence": null}}}),
        json!({"service": []}),
    ] {
        let sequence = Sequence::of(Node::new(&finding));
        assert_eq!(
            (sequence.names(), sequence.actors(), sequence.endpoints()),
            (None, None, None)
        );
        assert!(
            sequence.signals().is_empty()
                && sequence.resources().is_empty()
                && sequence.indicators().is_empty()
        );
    }
}
