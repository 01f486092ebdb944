//! Comparing the fields of a JSON event.

use super::{
    Event,
    expression::{Expression, Test},
    lookups::Scalar,
    selector::Selector,
};

pub(super) fn matches(expression: &Expression<Selector>, event: &Event<'_>) -> bool {
    expression.holds(&|selector, test| passes(selector, test, event))
}

/// Whether the event passes one comparison.
pub(super) fn passes(selector: &Selector, test: &Test, event: &Event<'_>) -> bool {
    match test {
        Test::NotExists => !selector.finds(event, |_| true),
        test => selector.finds(event, |value| holds(test, value)),
    }
}

/// A value of another type than the comparison's never passes. Text with a `*` compares with numbers too, as they are
/// written.
fn holds(test: &Test, value: &Scalar<'_>) -> bool {
    match (test, value) {
        (Test::IsNull, Scalar::Null) => true,
        (Test::IsBool(wanted), Scalar::Bool(value)) => wanted == value,
        (Test::Is(_) | Test::IsNot(_), Scalar::Text(value)) => test.holds_for(value),
        (Test::Is(_), Scalar::Bool(_)) => test.is_anything(),
        (Test::Is(_) | Test::IsNot(_), Scalar::Number(value)) => {
            test.has_star() && (test.is_anything() || test.holds_for(&value.to_string()))
        }
        (Test::Number(operator, number), Scalar::Number(value)) => value
            .as_f64()
            .is_some_and(|value| operator.holds(value, *number)),
        _ => false,
    }
}
