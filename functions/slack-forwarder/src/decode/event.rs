//! An EventBridge event, opened.

use serde_json::Value;

use crate::decode::{
    lenient::Look,
    notice::{Notice, Place},
};

/// An event: whatever has a detail type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event<'a> {
    pub(crate) whole: Look<'a>,
    pub(crate) detail: Look<'a>,
    pub(crate) detail_type: &'a str,
    pub(crate) source: &'a str,
}

impl<'a> Event<'a> {
    /// The event that the value is.
    pub(crate) fn read(value: &'a Value) -> Option<Self> {
        let whole = Look::new(value);
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

    /// A notice of its time and place.
    pub(crate) fn notice(&self, state: &str, subject: impl Into<String>) -> Notice {
        Notice::new(state, subject)
            .place(self.place())
            .at(self.whole.moment("time"))
    }

    /// The place: what the event says, else what its first resource does.
    pub(crate) fn place(&self) -> Place {
        Place::new(self.whole.text("account"), self.whole.text("region"))
            .or(Place::of_arn(self.whole.str("resources/0")))
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

/// What stands last in an ARN or a path.
pub(crate) fn last_part(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}
