//! Values as YAML, in the form of the templates: flow style on one line.

use serde_json::Value;

/// A value in flow style: `[{ Name: Stack, Value: a }]`.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(flow).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| format!("{}: {}", text(name), flow(value)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::String(string) => text(string),
        other => other.to_string(),
    }
}

/// A string, quoted unless every reader of YAML takes it as one.
pub(super) fn text(string: &str) -> String {
    let is_plain = string.starts_with(|first: char| first.is_ascii_alphabetic())
        && string
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'.'))
        && !matches!(
            string.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
        );
    if is_plain {
        return string.to_owned();
    }
    // A JSON string is a double-quoted scalar of YAML 1.2.
    Value::from(string).to_string()
}

/// The lines of a text, indented, for a block scalar.
pub(super) fn block(text: &str, indent: usize) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| format!("{}{}", " ".repeat(indent), line.trim_end()))
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.join("\n")
}

/// The words of a text in lines of at most `width` characters.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
