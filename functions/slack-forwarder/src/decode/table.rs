//! Which decoder takes which message: the one table.
//!
//! Events are distinguished by source and detail type, documents and texts by their fields. A test keeps the rows
//! disjoint: for every event that there can be, no two rows; for every sample, exactly one.

use picket_rules::routes::AlertKind;
use serde_json::Value;

use super::{Content, event::Event};
use crate::{
    decode::{lenient::Node, notice::Notice},
    message::{Body, Message},
};

/// A row.
pub(crate) struct Row {
    pub(crate) kind: AlertKind,
    pub(crate) takes: Takes,
}

/// The events that a row accepts, and its reader.
pub(crate) enum Takes {
    /// A form with a type of its own.
    Typed(fn(&Value) -> Option<Content>),
    /// EventBridge events of a source, by the beginning of their detail type.
    Event {
        source: &'static str,
        detail_types: &'static [&'static str],
        read: fn(&Event<'_>) -> Notice,
    },
    /// JSON with certain marks, which no event has.
    Document {
        is: fn(Node<'_>) -> bool,
        read: fn(Node<'_>) -> Notice,
    },
    /// Whatever came with certain marks of its carrier's.
    Carried {
        is: fn(&Message) -> bool,
        read: fn(&Message) -> Notice,
    },
    /// Text with certain marks.
    Text {
        is: fn(&str) -> bool,
        read: fn(&str, &Message) -> Notice,
    },
}

impl Row {
    /// The content, where the row takes the message.
    pub(crate) fn read(&self, message: &Message) -> Option<Content> {
        let is_carried = matches!(self.takes, Takes::Carried { .. });
        if !is_carried && super::dead_letter::is_dead_letter(message) {
            return None;
        }
        let notice = match (&self.takes, &message.body) {
            (Takes::Typed(read), Body::Json(value)) => return read(value),
            (
                Takes::Event {
                    source,
                    detail_types,
                    read,
                },
                Body::Json(value),
            ) => {
                let event = Event::read(value)?;
                matches(&event, source, detail_types).then(|| read(&event))
            }
            (Takes::Document { is, read }, Body::Json(value)) => {
                let document = Node::new(value);
                let is_event = Event::read(value).is_some();
                (!is_event && is(document)).then(|| read(document))
            }
            (Takes::Carried { is, read }, _) => is(message).then(|| read(message)),
            (Takes::Text { is, read }, Body::Text(text)) => is(text).then(|| read(text, message)),
            _ => None,
        };
        notice.map(|notice| Content::Notice(Box::new(notice)))
    }
}

/// An input transformer may have dropped the source; the detail type suffices then.
fn matches(event: &Event<'_>, source: &str, detail_types: &[&str]) -> bool {
    let by_type = detail_types
        .iter()
        .any(|begin| event.detail_type.starts_with(begin));
    // A service's newer name begins with the older: `aws.macie2`, `aws.glue-dataquality`.
    let is_own = event.source.is_empty() || event.source.starts_with(source);
    by_type && (source == ANY || is_own)
}

/// Any source.
pub(crate) const ANY: &str = "";

type FromEvent = fn(&Event<'_>) -> Notice;
type FromDocument = fn(Node<'_>) -> Notice;

/// A row of EventBridge events.
pub(super) const fn event(
    kind: AlertKind,
    source: &'static str,
    detail_types: &'static [&'static str],
    read: FromEvent,
) -> Row {
    Row {
        kind,
        takes: Takes::Event {
            source,
            detail_types,
            read,
        },
    }
}

/// A row of JSON documents.
pub(super) const fn document(kind: AlertKind, is: fn(Node<'_>) -> bool, read: FromDocument) -> Row {
    Row {
        kind,
        takes: Takes::Document { is, read },
    }
}

/// A row of texts.
pub(super) const fn text(
    kind: AlertKind,
    is: fn(&str) -> bool,
    read: fn(&str, &Message) -> Notice,
) -> Row {
    Row {
        kind,
        takes: Takes::Text { is, read },
    }
}
