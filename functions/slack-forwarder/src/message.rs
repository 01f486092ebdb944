//! A message as it arrives, not decoded yet.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A message and what its carrier says about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The content.
    pub body: Body,
    /// SNS's subject; absent, null and blank are the same.
    pub subject: Option<String>,
    /// The ARN of the topic it came by.
    pub topic: Option<String>,
    /// SNS's message id, which its repetitions share.
    pub id: Option<String>,
    /// SNS's message attributes that are text.
    pub attributes: BTreeMap<String, String>,
}

/// The content of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// A JSON object or list.
    Json(Value),
    /// Anything else; may be empty.
    Text(String),
}

/// Notifications inside of notifications that are opened; a deeper one is shown as it is.
const LEVELS: usize = 4;

impl Body {
    /// The body that `text` is: JSON where it is an object or a list. A bare JSON string is its text, a bare number or word
    /// stays as it is written.
    pub fn of_text(text: &str) -> Self {
        match serde_json::from_str(text) {
            Ok(value) => Self::of_value(value).unwrap_or_else(|| Self::Text(text.to_owned())),
            Err(_) => Self::Text(text.to_owned()),
        }
    }

    /// The body that `bytes` are; what is not UTF-8 is replaced character by character.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::of_text(&String::from_utf8_lossy(bytes))
    }

    /// The body that a value is; `None` for a bare number, truth value or null.
    fn of_value(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Text(text)),
            Value::Object(_) | Value::Array(_) => Some(Self::Json(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => None,
        }
    }
}

impl Message {
    /// A message that came without a carrier's envelope.
    pub fn bare(body: Body) -> Self {
        Self {
            body,
            subject: None,
            topic: None,
            id: None,
            attributes: BTreeMap::new(),
        }
    }

    /// The `Sns` object of a record; `None` where it holds no message. A notification whose message is itself a notification was
    /// passed on from topic to topic: the innermost is the original.
    pub fn of_sns(sns: &Value) -> Option<Self> {
        Self::of_notification(sns, LEVELS)
    }

    /// The notification that a document is, as SNS writes it to queues.
    pub fn of_envelope(document: &Value) -> Option<Self> {
        let is_one = document.get("Type").and_then(Value::as_str) == Some("Notification");
        Self::of_sns(document).filter(|_| is_one)
    }

    fn of_notification(sns: &Value, levels: usize) -> Option<Self> {
        let text = |name: &str| Some(sns.get(name)?.as_str()?.to_owned());
        let body = match sns.get("Message")? {
            Value::String(message) => Body::of_text(message),
            other => Body::of_text(&other.to_string()),
        };
        if let Body::Json(inner) = &body
            && inner.get("Type").and_then(Value::as_str) == Some("Notification")
            && let Some(levels) = levels.checked_sub(1)
            && let Some(message) = Self::of_notification(inner, levels)
        {
            return Some(message);
        }
        Some(Self {
            body,
            subject: text("Subject").filter(|subject| !subject.trim().is_empty()),
            topic: text("TopicArn"),
            id: text("MessageId"),
            attributes: attributes(sns.get("MessageAttributes"), "Type", "Value"),
        })
    }

    /// A record of a queue: its body, and its attributes.
    pub fn of_queue_record(record: &Value) -> Self {
        let body = record.get("body").and_then(Value::as_str);
        Self {
            attributes: attributes(record.get("messageAttributes"), "dataType", "stringValue"),
            ..Self::bare(Body::of_text(body.unwrap_or_default()))
        }
    }
}

fn attributes(map: Option<&Value>, kind: &str, content: &str) -> BTreeMap<String, String> {
    let map = map.and_then(Value::as_object);
    map.into_iter()
        .flatten()
        .filter(|(_, attribute)| attribute.get(kind).and_then(Value::as_str) != Some("Binary"))
        .filter_map(|(name, attribute)| {
            Some((name.clone(), attribute.get(content)?.as_str()?.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_is_json_only_where_it_has_structure() {
        for (text, expected) in [
            (r#"{"a": 1}"#, Body::Json(json!({"a": 1}))),
            ("[1]", Body::Json(json!([1]))),
            ("\"hello\"", Body::Text("hello".to_owned())),
            ("5", Body::Text("5".to_owned())),
            ("null", Body::Text("null".to_owned())),
            ("{\"a\":", Body::Text("{\"a\":".to_owned())),
            ("", Body::Text(String::new())),
        ] {
            assert_eq!(Body::of_text(text), expected, "{text}");
        }
        assert_eq!(
            Body::of_bytes(&[b'a', 0xff]),
            Body::Text("a\u{fffd}".to_owned())
        );
    }

    #[test]
    fn a_blank_subject_is_none_and_binary_attributes_are_left_out() {
        for subject in [json!(null), json!(""), json!(" "), json!(3)] {
            let sns = json!({"Message": "m", "Subject": subject, "MessageAttributes": {
                "team": {"Type": "String", "Value": "orders"}, "blob": {"Type": "Binary", "Value": "AAAA"}, "odd": 5}});
            let message = Message::of_sns(&sns).unwrap();
            assert_eq!(message.subject, None);
            assert_eq!(
                message.attributes.into_iter().collect::<Vec<_>>(),
                [("team".to_owned(), "orders".to_owned())]
            );
        }
        assert_eq!(
            Message::of_sns(&json!({"Message": "m"})),
            Some(Message::bare(Body::Text("m".to_owned())))
        );
        assert_eq!(Message::of_sns(&json!({})), None);
    }
}
