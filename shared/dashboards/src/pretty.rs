//! JSON as people read it: what fits a line is on one.

use serde_json::{Value, to_string};

/// The first character of a text that stands for a number: `${Parameter}` without quotes.
const NUMBER: char = '\u{1}';

/// Characters of a line, the indentation included.
const LINE: usize = 110;

/// A number that a parameter of the template has.
pub(crate) fn number_of(parameter: &str) -> Value {
    Value::String(format!("{NUMBER}{parameter}"))
}

/// Whether a value is a number, or a parameter that has one.
pub(crate) fn is_number(value: &Value) -> bool {
    value.is_number() || value.as_str().is_some_and(|text| text.starts_with(NUMBER))
}

/// The text, without a line feed at the end.
pub(crate) fn pretty(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, 0, &mut text);
    text
}

/// `before` is the number of characters on the line before the value.
fn write(value: &Value, indent: usize, before: usize, text: &mut String) {
    let line = in_line(value);
    if before + width(&line) <= LINE {
        text.push_str(&line);
        return;
    }
    let (open, close, entries): (char, char, Vec<(String, &Value)>) = match value {
        Value::Object(map) => {
            let entry = |(key, value): (&String, _)| (key_text(key), value);
            ('{', '}', map.iter().map(entry).collect())
        }
        Value::Array(list) => {
            if let [only] = list.as_slice() {
                text.push('[');
                write(only, indent, before + 2, text);
                text.push(']');
                return;
            }
            (
                '[',
                ']',
                list.iter().map(|value| (String::new(), value)).collect(),
            )
        }
        _ => {
            text.push_str(&line);
            return;
        }
    };
    text.push(open);
    fill(&entries, indent + 2, text);
    text.push('\n');
    text.push_str(&" ".repeat(indent));
    text.push(close);
}

/// Entries on as few lines as they fit on; those that are lists or objects themselves, where all are, on one each.
fn fill(entries: &[(String, &Value)], indent: usize, text: &mut String) {
    let all_nested = entries
        .iter()
        .all(|(_, value)| value.is_array() || value.is_object());
    let mut column = LINE;
    for (index, (key, value)) in entries.iter().enumerate() {
        let needed = width(key) + width(&in_line(value)) + 2;
        if all_nested || column + needed > LINE {
            text.push_str(if index > 0 { ",\n" } else { "\n" });
            text.push_str(&" ".repeat(indent));
            column = indent;
        } else {
            text.push_str(", ");
        }
        text.push_str(key);
        write(value, indent, column + width(key), text);
        column += needed;
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn key_text(key: &str) -> String {
    format!("{}: ", quoted(key))
}

fn in_line(value: &Value) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::String(text) => match text.strip_prefix(NUMBER) {
            Some(parameter) => parameter.to_owned(),
            None => quoted(text),
        },
        Value::Array(list) => format!("[{}]", joined(list.iter().map(in_line).collect())),
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| key_text(key) + &in_line(value);
            format!("{{{}}}", joined(map.iter().map(entry).collect()))
        }
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    to_string(text).expect("a text is JSON")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_a_line_is_on_one_and_the_text_is_the_same_json() {
        let long = "x".repeat(60);
        let value = json!({
            "a": [1, 2.5, true, null], "b": "\n\"${E}", "c": {"d": [[long], [1], [long]], "e": {}},
        });
        let text = pretty(&value);
        let expected = format!(
            "{{\n  \"a\": [1, 2.5, true, null], \"b\": \"\\n\\\"${{E}}\",\n  \"c\": {{\n    \"d\": [\n      \
             [\"{long}\"],\n      [1],\n      [\"{long}\"]\n    ],\n    \"e\": {{}}\n  }}\n}}"
        );
        assert_eq!(text, expected);
        assert!(text.lines().all(|line| line.len() <= LINE), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn a_parameter_that_is_a_number_has_no_quotes() {
        let value = json!({"value": number_of("${Dollars}")});
        assert_eq!(pretty(&value), "{\"value\": ${Dollars}}");
        assert!(is_number(&value["value"]) && is_number(&json!(5)) && !is_number(&json!("5")));
    }
}
