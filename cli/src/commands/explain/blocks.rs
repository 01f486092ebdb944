//! A Slack payload as lines of text: the text of its blocks, in order.

use serde::Serialize;
use serde_json::Value;

/// The lines of a payload's blocks, or of its text where it has none.
pub(super) fn lines(payload: &impl Serialize) -> Vec<String> {
    let payload = serde_json::to_value(payload).unwrap_or_default();
    let mut texts = Vec::new();
    collect(&payload["attachments"], &mut texts);
    collect(&payload["blocks"], &mut texts);
    if texts.is_empty() {
        texts.extend(payload["text"].as_str());
    }
    texts
        .iter()
        .flat_map(|text| text.lines())
        .map(unescaped)
        .collect()
}

/// Without the escapes that Slack requires.
fn unescaped(line: &str) -> String {
    line.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// Texts in document order: a text is a string called `text`, in an object or on its own.
fn collect<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "text" => texts.push(text),
                    Value::Array(_) | Value::Object(_) => collect(field, texts),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_text_of_the_blocks_comes_out_in_order() {
        let payload = json!({"text": "fallback", "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "Errors"}},
            {"type": "section", "fields": [{"type": "mrkdwn", "text": "*A*\n1"}, {"type": "mrkdwn", "text": "5 &lt; 6 &amp;amp;"}]},
        ]});
        assert_eq!(lines(&payload), ["Errors", "*A*", "1", "5 < 6 &amp;"]);
        assert_eq!(lines(&json!({"text": "plain"})), ["plain"]);
    }
}
