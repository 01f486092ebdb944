use proptest::prelude::*;

use super::*;

fn pieces(text: &str) -> Vec<&str> {
    ConcatenatedEvents::new(text).collect()
}

#[test]
fn texts_come_apart_into_their_events() {
    let a = r#"{"a":1}"#;
    let b = r#"{"b":[{"c":"}\n{"}]}"#;
    for (text, expected) in [
        ("", vec![]),
        (" \n ", vec![]),
        (a, vec![a]),
        (&format!("{a}\n"), vec![a]),
        (&format!("{a}\r\n"), vec![a]),
        (&format!("{a},"), vec![a]),
        (&format!("{a}\n{b}\n"), vec![a, b]),
        (&format!("{a}\r\n{b}\r\n"), vec![a, b]),
        (&format!("{a}\n\n\n{b}"), vec![a, b]),
        (&format!("{a}{b}"), vec![a, b]),
        (&format!("{a} {b} "), vec![a, b]),
        (&format!("{a},{b}"), vec![a, b]),
        (&format!("{a},\n{b},\n"), vec![a, b]),
        (&format!("{a}\0{b}\0"), vec![a, b]),
        (&format!("\u{1e}{a}\n\u{1e}{b}\n"), vec![a, b]),
        (&format!("\u{feff}{a}\n\u{feff}{b}"), vec![a, b]),
        (
            &format!("\u{feff}ERROR one\r\n\u{feff}{b}"),
            vec!["ERROR one", b],
        ),
        (&format!("[{a}]"), vec![a]),
        (&format!("[{a},{b}]"), vec![a, b]),
        (&format!("[\n  {a} ,\n  {b}\n]\n"), vec![a, b]),
        (&format!("[{a}][{b}]"), vec![a, b]),
        (&format!("[{a}]\n{b}"), vec![a, b]),
        (&format!("[{a}]\n{b}\n[{b},{a}]"), vec![a, b, b, a]),
        ("{\n  \"a\": 1\n}", vec!["{\n  \"a\": 1\n}"]),
        ("{\n  \"a\": 1\n}\n{\n}\n", vec!["{\n  \"a\": 1\n}", "{\n}"]),
        // A list of anything else is one event.
        ("[]", vec!["[]"]),
        ("[[],{}]", vec!["[[],{}]"]),
        (r#"["a",{}]"#, vec![r#"["a",{}]"#]),
        (r#"[{},"a"]"#, vec![r#"[{},"a"]"#]),
    ] {
        assert_eq!(pieces(text), expected, "{text:?}");
    }
}

#[test]
fn lines_of_text_are_events_and_indented_ones_are_part_of_the_line_before() {
    for (text, expected) in [
        ("ERROR one", vec!["ERROR one"]),
        ("ERROR one\nERROR two\n", vec!["ERROR one", "ERROR two"]),
        ("one\r\n\r\ntwo\r\n", vec!["one", "two"]),
        (
            "[ERROR] one\n[ERROR] two",
            vec!["[ERROR] one", "[ERROR] two"],
        ),
        (
            "ERROR up\n  at a\n\tat b\nERROR down",
            vec!["ERROR up\n  at a\n\tat b", "ERROR down"],
        ),
        ("ERROR\n{\"a\":1}\nINFO", vec!["ERROR", "{\"a\":1}", "INFO"]),
        ("42\n43", vec!["42", "43"]),
        ("a\n\"b\"\n", vec!["a", "\"b\""]),
    ] {
        assert_eq!(pieces(text), expected, "{text:?}");
    }
}

#[test]
fn a_broken_value_ends_before_the_next_line_that_begins_one() {
    for (text, expected) in [
        ("{", vec!["{"]),
        ("{\"a\":1", vec!["{\"a\":1"]),
        ("{\"a\":1\n", vec!["{\"a\":1"]),
        ("{\"a\":\"x\n{\"b\":2}", vec!["{\"a\":\"x", "{\"b\":2}"]),
        ("{\"a\":1\n{\"b\":2}", vec!["{\"a\":1", "{\"b\":2}"]),
        ("{a}\nERROR\n{\"b\":2}", vec!["{a}\nERROR", "{\"b\":2}"]),
        ("{a}\n{b}\n{c}", vec!["{a}", "{b}", "{c}"]),
        ("{\"a\":1} up\n{\"b\":2}", vec!["{\"a\":1} up", "{\"b\":2}"]),
        ("{\"a\":1}}\n{\"b\":2}", vec!["{\"a\":1}}", "{\"b\":2}"]),
        (
            "[{\"a\":1}] up\n{\"b\":2}",
            vec!["[{\"a\":1}] up", "{\"b\":2}"],
        ),
        ("{\"b\":2}\n{\"a\":1", vec!["{\"b\":2}", "{\"a\":1"]),
        ("[{]\n{\"b\":2}", vec!["[{]", "{\"b\":2}"]),
        // What is not finished at the end takes all there is: any line of it may belong to it.
        ("{\"a\":[\n{\"b\":2}\n", vec!["{\"a\":[\n{\"b\":2}"]),
    ] {
        assert_eq!(pieces(text), expected, "{text:?}");
    }
}

/// Lines that all begin a value, and none that ends: the text is gone over once, and not once a line.
#[test]
fn what_a_broken_value_was_read_to_is_not_read_again() {
    let unfinished = "{\"a\":[\n".repeat(100);
    assert_eq!(pieces(&unfinished), [unfinished.trim()]);
    let broken = format!("{unfinished}!\n{{\"b\":2}}");
    let end = unfinished.len() + 1;
    assert_eq!(pieces(&broken), [&broken[..end], "{\"b\":2}"]);
    assert_eq!(pieces(&"{\n".repeat(100)), ["{"; 100]);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(pieces(&deep), [deep.as_str()]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_but_separators_is_left_out(text in "[\\[\\]{}\":,a0 \n\0\u{1e}\u{feff}]{0,40}") {
        let letters = |text: &str| -> String {
            text.chars()
                .filter(|letter| !(is_between(*letter) || matches!(letter, ',' | '\0' | '[' | ']')))
                .collect()
        };
        let pieces = pieces(&text);
        prop_assert_eq!(letters(&pieces.concat()), letters(&text));
        prop_assert_eq!(pieces.is_empty(), text.trim_matches(is_between).is_empty());
        prop_assert!(pieces.iter().all(|piece| !piece.trim_matches(is_between).is_empty()));
    }

    #[test]
    fn values_come_back_as_they_went_whatever_stands_between_them(
        values in prop::collection::vec("[ -~é]{0,9}", 1..9),
        between in prop::sample::select(vec!["", "\n", "\r\n", ",", ", ", ",\n", " ", "\0", "\n\n", "\n\u{1e}", "\u{feff}"]),
    ) {
        let values: Vec<String> = values.iter().map(|text| serde_json::json!({ "a": text }).to_string()).collect();
        let together = values.join(between);
        prop_assert_eq!(pieces(&together), values.clone());
        let list = format!("[{}]", values.join(","));
        prop_assert_eq!(pieces(&list), values);
    }
}
