//! What one reading finds is what the whole event holds.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::filter::{Event, Field, Pattern};

const PATHS: [&str; 9] = [
    "$.a", "$.b", "$.a.b", "$.a.c", "$.a[0]", "$.a[2].b", "$[1]", "$[0].a", "$.c.a.b",
];

/// Each path's text and number.
type Found = Vec<(Option<String>, Option<f64>)>;

/// What is found in the event, looked for and looked up.
fn both(text: &str) -> Option<[Found; 2]> {
    let json: Value = serde_json::from_str(text).ok()?;
    let mut lookups = Lookups::default();
    let mut fields = PATHS.map(|path| Field::Json(path.parse().unwrap()));
    for field in &mut fields {
        field.enter(&mut lookups);
    }
    assert!(lookups.suffice());
    let slots = lookups
        .read(&mut serde_json::Deserializer::from_str(text))
        .unwrap();
    let event = Event {
        text,
        json: Some(&json),
        id: None,
        slots: None,
    };
    let read = |event: Event<'_>| {
        let read = |field: &Field| {
            (
                field.text(&event).map(Cow::into_owned),
                field.number(&event),
            )
        };
        fields.iter().map(read).collect()
    };
    let looked_up = Event {
        json: None,
        slots: Some(&slots),
        ..event
    };
    Some([read(event), read(looked_up)])
}

#[test]
fn the_last_of_two_fields_of_one_name_holds() {
    for text in [
        r#"{"a":1,"a":2}"#,
        r#"{"a":{"b":1},"a":3}"#,
        r#"{"a":{"b":1},"a":{"c":2}}"#,
        r#"{"a":[1],"a":{"b":"x"}}"#,
    ] {
        let [looked_for, looked_up] = both(text).unwrap();
        assert_eq!(looked_for, looked_up, "{text}");
    }
}

#[test]
fn a_wildcard_has_no_slot() {
    let mut lookups = Lookups::default();
    let mut pattern = Pattern::parse("{ $.a[*] = 1 }").unwrap();
    pattern.enter(&mut lookups);
    assert!(!lookups.suffice());
}

#[test]
fn a_watched_field_is_noted_where_the_object_has_it() {
    let mut lookups = Lookups::default();
    lookups.watch("usage");
    Pattern::parse("{ $.usage.tokens = 1 && $.a = 1 }")
        .unwrap()
        .enter(&mut lookups);
    for (text, expected) in [
        (r#"{"usage":1}"#, true),
        (r#"{"a":1,"usage":{"tokens":[]}}"#, true),
        (r#"{"us\u0061ge":null}"#, true),
        (r#"{"a":1}"#, false),
        (r#"{"a":{"usage":1},"b":{"usage":1},"c":"usage"}"#, false),
        (r#"[{"usage":1}]"#, false),
        (r#""usage""#, false),
    ] {
        let slots = lookups
            .read(&mut serde_json::Deserializer::from_str(text))
            .unwrap();
        assert_eq!(slots.has_watched(), expected, "{text}");
    }
}

#[test]
fn a_pattern_holds_the_same_of_slots() {
    for (pattern, text, expected) in [
        (r#"{ $.a = "x*" && $.b > 2 }"#, r#"{"a":"xy","b":3}"#, true),
        ("{ $.a IS NULL }", r#"{"a":null}"#, true),
        ("{ $.a NOT EXISTS }", r#"{"a":null}"#, false),
        ("{ $.a NOT EXISTS }", "{}", true),
        ("{ $.a.b = * }", r#"{"a":{"b":false}}"#, true),
        ("{ $.a = * }", r#"{"a":{}}"#, false),
        ("{ $.a NOT EXISTS }", r#"{"a":{}}"#, false),
    ] {
        let mut lookups = Lookups::default();
        let mut pattern = Pattern::parse(pattern).unwrap();
        pattern.enter(&mut lookups);
        let slots = lookups
            .read(&mut serde_json::Deserializer::from_str(text))
            .unwrap();
        let event = Event {
            text,
            json: None,
            id: None,
            slots: Some(&slots),
        };
        assert_eq!(pattern.matches(&event), expected, "{pattern} {text}");
    }
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-c\"\\\\é1-9]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-c]", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_looked_up_is_what_is_there(json in anything()) {
        let [looked_for, looked_up] = both(&json.to_string()).unwrap();
        prop_assert_eq!(looked_for, looked_up);
    }
}
