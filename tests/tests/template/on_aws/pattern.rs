//! `EventBridge`'s matching of an event pattern, as far as the templates need it.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>

use serde_json::Value;

/// Whether an event matches a pattern.
pub(super) fn matches(pattern: &Value, event: &Value) -> bool {
    let fields = pattern.as_object().expect("a pattern is an object");
    fields.iter().all(|(name, expected)| match expected {
        Value::Array(alternatives) if name == "$or" => {
            alternatives.iter().any(|pattern| matches(pattern, event))
        }
        Value::Array(entries) => values(&event[name])
            .iter()
            .any(|value| entries.iter().any(|entry| is_entry(entry, value))),
        nested => values(&event[name])
            .iter()
            .any(|value| value.is_object() && matches(nested, value)),
    })
}

/// A field's value; of a list, each.
fn values(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    }
}

fn is_entry(entry: &Value, value: &Value) -> bool {
    let Some(operator) = entry.as_object() else {
        return entry == value;
    };
    let (name, argument) = operator.iter().next().expect("an operator");
    let text = value.as_str();
    let argued = || argument.as_str().expect("a text");
    match name.as_str() {
        "prefix" => text.is_some_and(|text| text.starts_with(argued())),
        "suffix" => text.is_some_and(|text| text.ends_with(argued())),
        "anything-but" => !value.is_null() && !is_entry(argument, value),
        "numeric" => {
            assert_eq!(argument[0], ">=", "the templates use no other comparison");
            value.as_f64() >= argument[1].as_f64()
        }
        other => panic!("the operator {other} is not known here"),
    }
}
