//! Lenient reading of JSON: a field that is absent, null or of another type is `None`.

use jiff::Timestamp;
use serde_json::Value;

use super::{NotAnAlarm, State};

/// The field `name` (lower camel case, as EventBridge spells it), or its capitalised form (as SNS does).
pub(super) fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value
        .get(name)
        .or_else(|| value.get(capitalised(name)))
        .filter(|found| !found.is_null())
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + letters.as_str()
    })
}

/// A text that is not blank.
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    field(value, name)?
        .as_str()
        .filter(|text| !text.trim().is_empty())
        .map(str::to_owned)
}

/// A whole number, also where it is written as text.
pub(super) fn count(value: &Value, name: &str) -> Option<u32> {
    let found = field(value, name)?;
    found
        .as_u64()
        .and_then(|number| u32::try_from(number).ok())
        .or_else(|| found.as_str()?.trim().parse().ok())
}

/// A number, also where it is written as text.
pub(super) fn number(value: &Value, name: &str) -> Option<f64> {
    let found = field(value, name)?;
    found
        .as_f64()
        .or_else(|| found.as_str()?.trim().parse().ok())
        .filter(|number: &f64| number.is_finite())
}

/// A list, empty where there is none.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    field(value, name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// A state.
pub(super) fn state(value: &Value, name: &str) -> Option<State> {
    field(value, name)?.as_str()?.parse().ok()
}

/// JSON that is written inside a string, or plainly.
pub(super) fn nested(value: &Value, name: &str) -> Option<Value> {
    match field(value, name)? {
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Object(object) => Some(Value::Object(object.clone())),
        _ => None,
    }
}

/// A moment: RFC 3339, or CloudWatch's `2026-11-20T06:00:00.123+0000`.
pub(super) fn timestamp(value: &Value, name: &str) -> Option<Timestamp> {
    let text = field(value, name)?.as_str()?.trim();
    text.parse()
        .or_else(|_| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text))
        .ok()
}

/// The fields without which a message is no change of state.
pub(super) fn required<T>(found: Option<T>, name: &str) -> Result<T, NotAnAlarm> {
    found.ok_or_else(|| NotAnAlarm(format!("it has no readable {name}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_is_read_with_every_offset_cloudwatch_writes() {
        for written in [
            "2026-11-20T06:00:00.123+0000",
            "2026-11-20T06:00:00.123Z",
            "2026-11-20T06:00:00.123+00:00",
            "2026-11-20T07:30:00.123+0130",
        ] {
            let read = timestamp(&json!({ "time": written }), "time").unwrap();
            assert_eq!(read.to_string(), "2026-11-20T06:00:00.123Z", "{written}");
        }
        for wrong in [json!("soon"), json!(5), json!(null), json!("")] {
            assert_eq!(timestamp(&json!({ "time": wrong }), "time"), None);
        }
    }

    #[test]
    fn numbers_may_be_written_as_text_and_are_always_finite() {
        let value = json!({"a": 5, "b": "5", "c": 5.5, "d": "NaN", "e": [], "f": -1});
        assert_eq!(count(&value, "a"), Some(5));
        assert_eq!(count(&value, "b"), Some(5));
        assert_eq!(count(&value, "f"), None);
        assert_eq!(number(&value, "c"), Some(5.5));
        assert_eq!(number(&value, "d"), None);
        assert_eq!(number(&value, "e"), None);
    }
}
