//! Slack's rules, written down a second time from its documentation, to hold the engine against.

use serde_json::Value;
use slack_forwarder::draft::blocks::Payload;

/// Panics with the reason where Slack would refuse the payload or show something that was not meant.
pub(crate) fn assert_valid(payload: &Payload) {
    let json = payload.to_json();
    let length = json.chars().count();
    assert!(length <= 12_000, "{length} characters in all");
    let value: Value = serde_json::from_str(&json).expect("JSON");
    let text = value["text"].as_str().expect("a top-level text");
    assert!(
        text.chars().count() < 3_000 && !text.trim().is_empty(),
        "text: {text:?}"
    );
    assert_markup(text);
    let Some(blocks) = value.get("blocks") else {
        return;
    };
    let blocks = blocks.as_array().expect("a list of blocks");
    assert!((1..=50).contains(&blocks.len()), "{} blocks", blocks.len());
    blocks.iter().for_each(assert_block);
}

fn assert_block(block: &Value) {
    match block["type"].as_str() {
        Some("header") => {
            assert_eq!(block["text"]["type"], "plain_text");
            assert_text(&block["text"], 150);
        }
        Some("section") => {
            let fields = block.get("fields").and_then(Value::as_array);
            assert!(
                block.get("text").is_some() || fields.is_some(),
                "an empty section"
            );
            if let Some(text) = block.get("text") {
                assert_text(text, 3_000);
            }
            if let Some(fields) = fields {
                assert!((1..=10).contains(&fields.len()), "{} fields", fields.len());
                for field in fields {
                    assert_text(field, 2_000);
                }
            }
        }
        Some("image") => {
            let file = block["slack_file"]["id"].as_str().expect("a file");
            let alt = block["alt_text"].as_str().expect("an alternative text");
            assert!(!file.is_empty() && !alt.trim().is_empty() && alt.chars().count() <= 2_000);
            assert_markup(alt);
        }
        Some("context") => {
            let elements = block["elements"].as_array().expect("elements");
            assert!(
                (1..=10).contains(&elements.len()),
                "{} elements",
                elements.len()
            );
            for element in elements {
                assert_text(element, 3_000);
            }
        }
        other => panic!("a block of type {other:?}"),
    }
}

fn assert_text(text: &Value, limit: usize) {
    let content = text["text"].as_str().expect("a text");
    let length = content.chars().count();
    assert!(
        length <= limit && !content.trim().is_empty(),
        "{length} characters of {limit}: {content:?}"
    );
    assert_markup(content);
}

/// Every `&` begins one of the three entities; `<…>` is a link of ours and nothing else; fences are closed.
fn assert_markup(text: &str) {
    for rest in text.split('&').skip(1) {
        let entity = ["amp;", "lt;", "gt;"]
            .iter()
            .any(|entity| rest.starts_with(entity));
        assert!(entity, "a bare & in {text:?}");
    }
    let mut outside = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('<') {
        let (link, after) = link
            .split_once('>')
            .unwrap_or_else(|| panic!("an open < in {text:?}"));
        let (url, label) = link
            .split_once('|')
            .unwrap_or_else(|| panic!("a link without a label in {text:?}"));
        assert!(
            url.starts_with("https://") || url.starts_with("http://"),
            "{url:?}"
        );
        assert!(
            !label.is_empty() && !label.contains(['<', '|']) && !url.contains(char::is_whitespace),
            "{link:?}"
        );
        outside.push_str(before);
        rest = after;
    }
    outside.push_str(rest);
    assert!(!outside.contains('>'), "a bare > in {text:?}");
    assert_eq!(
        text.matches("```").count() % 2,
        0,
        "an open fence in {text:?}"
    );
    let control = text
        .chars()
        .find(|character| character.is_control() && !matches!(character, '\n' | '\t'));
    assert_eq!(control, None, "{text:?}");
    for call in ["@channel", "@here", "@everyone"] {
        assert!(!text.to_lowercase().contains(call), "{call} in {text:?}");
    }
}
