use serde_json::json;

use super::*;

/// Text, number and whole number of `$.a` where it holds the value.
fn read(value: &Value) -> (Option<String>, Option<f64>, Option<u64>) {
    let json = json!({ "a": value });
    let event = Event {
        text: "",
        json: Some(&json),
        id: None,
        slots: None,
    };
    let field = Field::Json("$.a".parse().unwrap());
    (
        field.text(&event).map(Cow::into_owned),
        field.number(&event),
        field.whole_number(&event),
    )
}

#[test]
fn a_value_is_text_and_a_number_where_it_reads_as_one() {
    for (value, text, number, whole) in [
        (json!("x"), Some("x"), None, None),
        (json!(12), Some("12"), Some(12.0), Some(12)),
        (json!("12"), Some("12"), Some(12.0), Some(12)),
        (json!(12.0), Some("12.0"), Some(12.0), Some(12)),
        (json!("1e3"), Some("1e3"), Some(1000.0), Some(1000)),
        (json!(0.5), Some("0.5"), Some(0.5), None),
        (json!(-1), Some("-1"), Some(-1.0), None),
        (
            json!(u64::MAX),
            Some("18446744073709551615"),
            Some(18_446_744_073_709_551_615.0),
            Some(u64::MAX),
        ),
        (json!("1e17"), Some("1e17"), Some(1e17), None),
        (json!("inf"), Some("inf"), None, None),
        (json!("NaN"), Some("NaN"), None, None),
        (json!("1e999"), Some("1e999"), None, None),
        (json!(""), Some(""), None, None),
        (json!(true), Some("true"), None, None),
        (json!(null), None, None, None),
        (json!([1]), None, None, None),
        (json!({"b": 1}), None, None, None),
    ] {
        assert_eq!(
            read(&value),
            (text.map(str::to_owned), number, whole),
            "{value}"
        );
    }
}

#[test]
fn a_line_that_is_not_json_has_no_fields() {
    let field = Field::Json("$.a".parse().unwrap());
    let event = Event {
        text: "{\"a\":",
        json: None,
        id: None,
        slots: None,
    };
    assert_eq!((field.text(&event), field.number(&event)), (None, None));
}

#[test]
fn a_column_is_read_from_the_line() {
    let pattern = super::super::Pattern::parse("[level, ..., bytes]").unwrap();
    let event = Event {
        text: "INFO [a b] 17",
        json: None,
        id: None,
        slots: None,
    };
    let read = |name| pattern.field(name).map(|field| field.whole_number(&event));
    assert_eq!(read("$bytes"), Ok(Some(17)));
    assert_eq!(read("$level"), Ok(None));
    let error = read("$byte").unwrap_err().to_string();
    assert_eq!(
        error,
        "\"$byte\" is not a column of the pattern: $level, $bytes"
    );
}
