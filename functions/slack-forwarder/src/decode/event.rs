//! An EventBridge event, opened.

use serde_json::Value;

use crate::decode::{
    lenient::Node,
    notice::{Location, Notice},
};

/// An event: whatever has a detail type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event<'a> {
    pub(crate) whole: Node<'a>,
    pub(crate) detail: Node<'a>,
    pub(crate) detail_type: &'a str,
    pub(crate) source: &'a str,
}

impl<'a> Event<'a> {
    /// The event that the value is.
    pub(crate) fn read(value: &'a Value) -> Option<Self> {
        let whole = Node::new(value);
        // CodeStar Notifications spell it without the hyphen.
        let detail_type = [whole.str("detail-type"), whole.str("detailType")]
            .into_iter()
            .find(|written| !written.trim().is_empty())?;
        Some(Self {
            whole,
            detail: whole.at("detail"),
            detail_type,
            source: whole.str("source"),
        })
    }

    /// Creates a notice with the event's time and location.
    pub(crate) fn notice(&self, state: &str, subject: impl Into<String>) -> Notice {
        Notice::new(state, subject)
            .location(self.location())
            .at(self.whole.timestamp("time"))
    }

    /// Returns the location: that of the event, else that of its first resource.
    pub(crate) fn location(&self) -> Location {
        Location::new(self.whole.text("account"), self.whole.text("region"))
            .or(Location::of_arn(self.whole.str("resources/0")))
    }

    /// The first resource.
    pub(crate) fn resource(&self) -> Option<String> {
        self.whole.text("resources/0")
    }

    /// A word of the detail.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        self.detail.text(path)
    }

    /// The word of the detail, or else.
    pub(crate) fn text_or(&self, path: &str, or: &str) -> String {
        self.text(path).unwrap_or_else(|| or.to_owned())
    }
}

/// The last part of an ARN or a path.
pub(crate) fn last_part(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}
