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

/// The value in the event, found by the reader and by the lookup.
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

    #[test]
    fn a_flat_event_is_read_as_any_json_is(
        fields in prop::collection::vec(("[ab]{1,2}|é|usage", value()), 1..6),
        comma in "(,| , ?|,  |)", colon in "(:| : ?)", at in 0_usize..60, byte in b' '..0x7f,
    ) {
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\"{colon}{value}")).collect();
        let text = format!("{{{}}}", fields.join(&comma));
        let mut changed = text.clone().into_bytes();
        if let Some(place) = changed.get_mut(at) {
            *place = byte;
        }
        let mut lookups = Lookups::default();
        lookups.watch("usage");
        for path in ["$.a", "$.b", "$.ab", "$.a.b", "$.usage", "$.['é']"] {
            lookups.enter(&mut path.parse().unwrap());
        }
        for text in [Ok(text), String::from_utf8(changed)].into_iter().flatten() {
            if let Some(flat) = lookups.read_flat(&text) {
                let whole: Value = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(flat, lookups.read(&whole).unwrap(), "{}", text);
            }
        }
    }
}

/// A value as JSON, or nearly.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("true".to_owned()),
        Just("false".to_owned()),
        Just("null".to_owned()),
        "-?[0-9]{1,20}",
        "[0-9]{1,4}\\.[0-9]{0,3}",
        "[0-9]{1,3}[eE][0-9]",
        "\"[a-c1é ,:}]{0,5}\"",
        Just("[]".to_owned()),
        Just("{}".to_owned()),
    ]
}

#[test]
fn flat_events_are_taken_and_others_are_not() {
    type Read<'t> = Option<Option<Scalar<'t>>>;
    let mut lookups = Lookups::default();
    lookups.enter(&mut "$.a".parse().unwrap());
    let read = |text: &'static str| -> Read<'static> {
        lookups.read_flat(text).map(|slots| slots.get(0).cloned())
    };
    let number = |number: Number| Some(Some(Scalar::Number(number)));
    assert_eq!(read(r#"{"b":"x","a":12}"#), number(12.into()));
    assert_eq!(
        read(r#"{ "a" : 12.5 , "b" : null }"#),
        number(Number::from_f64(12.5).unwrap())
    );
    assert_eq!(read(r#"{"a":1,"a":2}"#), number(2.into()));
    assert_eq!(read(r#"{"b":1}"#), Some(None));
    for text in [
        "",
        "{}",
        "[1]",
        "12",
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{"a":1}}"#,
        r#"{"a":1} "#,
        r#"{"a":01}"#,
        r#"{"a":1."#,
        r#"{"a":1.}"#,
        r#"{"a":-1}"#,
        r#"{"a":1e3}"#,
        r#"{"a":"\n"}"#,
        "{\"a\":\n1}",
        r#"{"a":[]}"#,
        r#"{"a":tru}"#,
        r#"{"a":"x}"#,
        "{a:1}",
        r#"{"a":1234567890123456789}"#,
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}
