//! Comparing the fields of a JSON event.

use serde_json::Value;

use super::{
    expression::{Expression, Test},
    selector::Selector,
};

pub(super) fn matches(expression: &Expression<Selector>, json: &Value) -> bool {
    expression.holds(&|selector, test| match test {
        Test::NotExists => !selector.any(json, &mut |_| true),
        test => selector.any(json, &mut |value| holds(test, value)),
    })
}

/// A value of another type than the comparison's never passes. Text with a `*` compares with numbers too, as they are written.
fn holds(test: &Test, value: &Value) -> bool {
    match (test, value) {
        (Test::IsNull, Value::Null) => true,
        (Test::IsBool(wanted), Value::Bool(value)) => wanted == value,
        (Test::Is(_) | Test::IsNot(_), Value::String(value)) => test.holds_for(value),
        (Test::Is(_), Value::Bool(_)) => test.is_anything(),
        (Test::Is(_) | Test::IsNot(_), Value::Number(value)) => {
            test.has_star() && test.holds_for(&value.to_string())
        }
        (Test::Number(operator, number), Value::Number(value)) => value
            .as_f64()
            .is_some_and(|value| operator.holds(value, *number)),
        _ => false,
    }
}
