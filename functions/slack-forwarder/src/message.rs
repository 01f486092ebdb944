//! A message as it arrives, not decoded yet.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The message attribute of everything that is published to the e-mail topics. A message with it is never sent on, so
/// that no subscription can lead back to a topic.
pub const EMAIL_MARK: &str = "picket-email";

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

/// Notifications inside of notifications, and documents inside of strings, that are opened; a deeper one is shown as it
/// is.
const LEVELS: usize = 4;

impl Body {
    /// The body that `text` is: JSON where it is an object or a list. A bare JSON string is what its text is, since
    /// some senders encode a document twice; a bare number or word stays as it is written.
    pub fn of_text(text: &str) -> Self {
        Self::of_encoded(text, LEVELS)
    }

    fn of_encoded(text: &str, levels: usize) -> Self {
        // Some senders begin with a byte order mark, which JSON does not allow.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match serde_json::from_str(text) {
            Ok(Value::String(inner)) => match levels.checked_sub(1) {
                Some(levels) => Self::of_encoded(&inner, levels),
                None => Self::Text(inner),
            },
            Ok(value @ (Value::Object(_) | Value::Array(_))) => Self::Json(value),
            Ok(Value::Null | Value::Bool(_) | Value::Number(_)) | Err(_) => {
                Self::Text(text.to_owned())
            }
        }
    }

    /// The body that `bytes` are; what is not UTF-8 is replaced character by character.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::of_text(&String::from_utf8_lossy(bytes))
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

    /// The `Sns` object of a record; `None` where it holds no message. A notification whose message is itself a
    /// notification was passed on from topic to topic: its content is the innermost's. Topic, id and attributes are
    /// those of the outer one, which SNS wrote; every publisher can write the inner ones.
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
        let outer = |body, inner_subject: Option<String>| {
            let subject = text("Subject").filter(|subject| !subject.trim().is_empty());
            Self {
                body,
                subject: inner_subject.or(subject),
                topic: text("TopicArn"),
                id: text("MessageId"),
                attributes: attributes(sns.get("MessageAttributes"), "Type", "Value"),
            }
        };
        let body = match sns.get("Message")? {
            Value::String(message) => Body::of_text(message),
            other => Body::of_text(&other.to_string()),
        };
        if let Body::Json(inner) = &body
            && inner.get("Type").and_then(Value::as_str) == Some("Notification")
            && let Some(levels) = levels.checked_sub(1)
            && let Some(inner) = Self::of_notification(inner, levels)
        {
            let mark = inner.attributes.into_iter();
            let mark = mark.filter(|(name, _)| name == EMAIL_MARK);
            let mut outer = outer(inner.body, inner.subject);
            // An e-mail of our own that another topic passed on is not forwarded either.
            outer.attributes.extend(mark);
            return Some(outer);
        }
        Some(outer(body, None))
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
            (r#""{\"a\": 1}""#, Body::Json(json!({"a": 1}))),
            (r#""[1]""#, Body::Json(json!([1]))),
            (r#""\"{}\"""#, Body::Json(json!({}))),
            (r#""5""#, Body::Text("5".to_owned())),
            (r#""{\"a\":""#, Body::Text("{\"a\":".to_owned())),
            ("\u{feff}{}", Body::Json(json!({}))),
            (r#""\ufeff{}""#, Body::Json(json!({}))),
            ("\u{feff}hello", Body::Text("hello".to_owned())),
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
    fn a_notification_inside_of_another_is_content_and_decides_no_topic_id_or_attribute() {
        let attribute = |name: &str, value: &str| json!({name: {"Type": "String", "Value": value}});
        let inner = |message: &str| {
            json!({"Type": "Notification", "MessageId": "digest/2026-11-20", "TopicArn": "arn:aws:sns:eu-west-1:1:critical",
            "Message": message, "Subject": "inner", "MessageAttributes": attribute("team", "forged")})
        };
        let without_topic = json!({"Type": "Notification", "Message": "hello"});
        let twice = inner(&inner("hello").to_string());
        for (message, subject) in [
            (inner("hello"), "inner"),
            (without_topic, "outer"),
            (twice, "inner"),
        ] {
            let sns = json!({"MessageId": "id", "TopicArn": "arn:aws:sns:eu-west-1:1:info", "Subject": "outer",
                "MessageAttributes": attribute("team", "orders"), "Message": message.to_string()});
            let read = Message::of_sns(&sns).unwrap();
            let expected = Message {
                body: Body::Text("hello".to_owned()),
                subject: Some(subject.to_owned()),
                topic: Some("arn:aws:sns:eu-west-1:1:info".to_owned()),
                id: Some("id".to_owned()),
                attributes: BTreeMap::from([("team".to_owned(), "orders".to_owned())]),
            };
            assert_eq!(read, expected, "{message}");
        }
        let mut marked = inner("an e-mail");
        marked["MessageAttributes"] = attribute(EMAIL_MARK, "1");
        let sns = json!({"MessageId": "id", "TopicArn": "t", "Message": marked.to_string()});
        assert!(
            Message::of_sns(&sns)
                .unwrap()
                .attributes
                .contains_key(EMAIL_MARK)
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
