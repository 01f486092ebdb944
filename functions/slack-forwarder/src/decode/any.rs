//! Any other EventBridge event: generic, and well drawn all the same.

use serde_json::Value;

use super::event::{Event, last_part};
use crate::decode::{
    lenient::Node,
    notice::{Notice, Status},
    presentable,
};

/// Where events keep their state, the likeliest first.
const STATES: [&str; 8] = [
    "state",
    "status",
    "State",
    "Status",
    "event",
    "eventName",
    "action",
    "severity",
];
/// Where they keep the name of what they are about.
const NAMES: [&str; 8] = [
    "name",
    "Name",
    "resourceName",
    "resource",
    "id",
    "resourceId",
    "arn",
    "title",
];
/// Where they keep their sentence.
const SENTENCES: [&str; 8] = [
    "message",
    "Message",
    "reason",
    "description",
    "statusReason",
    "errorMessage",
    "error",
    "cause",
];
/// Levels of a document that are laid out.
const DEPTH: usize = 6;

pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let named = detail
        .first(&NAMES)
        .or_else(|| event.resource().map(|arn| last_part(&arn).to_owned()));
    let subject = named.map_or_else(
        || event.detail_type.to_owned(),
        |name| format!("{}: {name}", event.detail_type),
    );
    let state = detail.first(&STATES).unwrap_or_else(|| "EVENT".to_owned());
    let mut lines = Vec::new();
    flatten(&presentable(detail.value()), "", 0, &mut lines);
    let status = match Status::of(&state) {
        Status::Unknown => Status::Neutral,
        status => status,
    };
    event
        .notice(&state, subject)
        .status(status)
        .because(detail.first(&SENTENCES))
        .field("Source", event.whole.text("source"))
        .code("Resources", event.whole.text("resources"))
        .lines("Detail", lines)
}

/// `path: value`, a line each; what is null is left out.
pub(super) fn flatten(value: &Value, path: &str, depth: usize, lines: &mut Vec<String>) {
    let under = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match value {
        Value::Object(map) if depth < DEPTH => {
            map.iter()
                .for_each(|(key, inner)| flatten(inner, &under(key), depth + 1, lines));
        }
        Value::Array(list)
            if depth < DEPTH
                && list
                    .iter()
                    .any(|entry| entry.is_object() || entry.is_array()) =>
        {
            list.iter().enumerate().for_each(|(index, inner)| {
                flatten(inner, &under(&index.to_string()), depth + 1, lines);
            });
        }
        _ => lines.extend(
            Node::new(&serde_json::json!([value]))
                .text("0")
                .map(|word| format!("{path}: {word}")),
        ),
    }
}
