//! Any JSON or text, for which there is no form of its own.

use picket_rules::routes::AlertKind;
use picket_shared::Severity;
use serde_json::{Map, Value};

use super::{footnote, light};
use crate::{
    decode::presentable,
    draft::{
        Draft,
        limits::{FIELDS, SECTION},
        mrkdwn::Mrkdwn,
    },
    message::Message,
};

/// Where a title is likely to be, the likeliest first: EventBridge's, then those of applications.
const TITLES: [&str; 9] = [
    "detail-type",
    "title",
    "subject",
    "alarmName",
    "AlarmName",
    "eventName",
    "event",
    "name",
    "summary",
];
/// Where a sentence is likely to be.
const SENTENCES: [&str; 8] = [
    "message",
    "Message",
    "Event Message",
    "description",
    "Description",
    "reason",
    "error",
    "text",
];
/// A longer value does not read well in half a column; the code block shows it.
const LONGEST_FIELD: usize = 120;
/// The header is cut to its limit later; this only keeps a long first line from being carried along.
const LONGEST_TITLE: usize = 200;
/// Sections of a text: together they reach the limit of the whole payload.
const SECTIONS: usize = 4;

pub(super) fn json(message: &Message, value: &Value, severity: Severity) -> Draft {
    let shown = presentable(value);
    let empty = Map::new();
    let object = shown.as_object().unwrap_or(&empty);
    let detail = object
        .get("detail")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let say = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| said(object, key).or_else(|| said(detail, key)))
    };
    let title = message
        .subject
        .as_deref()
        .or_else(|| say(&TITLES))
        .unwrap_or("A message in JSON");
    let sentence = say(&SENTENCES).unwrap_or_default();
    let written = serde_json::to_string_pretty(&shown).unwrap_or_else(|_| shown.to_string());
    Draft {
        headline: headline(title, severity),
        reason: Mrkdwn::new().text(sentence),
        fields: object
            .iter()
            .chain(detail)
            .filter(|(_, value)| {
                !value
                    .as_str()
                    .is_some_and(|text| text == title || text == sentence)
            })
            .filter_map(field)
            .take(FIELDS)
            .collect(),
        detail: vec![Mrkdwn::new().fence(written)],
        footnote: footnote(message, AlertKind::Json),
        ..Draft::default()
    }
}

pub(super) fn text(message: &Message, text: &str, severity: Severity) -> Draft {
    let first_line = text.lines().map(str::trim).find(|line| !line.is_empty());
    let title = message
        .subject
        .as_deref()
        .or(first_line)
        .unwrap_or_default();
    let title = if title.trim().is_empty() {
        "An empty message"
    } else {
        title
    };
    let mut pieces = Mrkdwn::new()
        .authored(text.trim())
        .split(SECTION, SECTIONS)
        .into_iter();
    Draft {
        headline: headline(title, severity),
        reason: pieces.next().unwrap_or_default(),
        detail: pieces.collect(),
        footnote: footnote(message, AlertKind::Text),
        ..Draft::default()
    }
}

fn headline(title: &str, severity: Severity) -> String {
    let title: String = title.chars().take(LONGEST_TITLE).collect();
    format!("{} {severity} · {title}", light(severity))
}

fn said<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    object
        .get(key)?
        .as_str()
        .filter(|text| !text.trim().is_empty())
}

fn field((name, value): (&String, &Value)) -> Option<(String, Mrkdwn)> {
    let shown = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    let fits = !shown.trim().is_empty() && shown.chars().count() <= LONGEST_FIELD;
    fits.then(|| (name.clone(), Mrkdwn::new().text(shown)))
}
