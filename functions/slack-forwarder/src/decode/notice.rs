//! A notice: the form that most dedicated decoders return: state, subject, reason, fields,
//! detail and links. [`crate::render`] draws it.

mod location;
mod status;

use jiff::Timestamp;
use picket_shared::alarm::State;

pub(crate) use location::{Location, encoded, escaped};
pub use status::Status;

use crate::draft::mrkdwn::Link;

/// A notice: made by a decoder, drawn by the renderer.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// The status that the message reports.
    pub(crate) status: Status,
    /// The state, in the service's own word.
    pub(crate) state: String,
    /// The subject, with its service: `CodePipeline orders`.
    pub(crate) subject: String,
    /// Why, in a sentence or in numbers.
    pub(crate) reason: Option<String>,
    /// Details and location, the most important first.
    pub(crate) fields: Vec<Field>,
    /// Whatever else helps.
    pub(crate) detail: Vec<Detail>,
    pub(crate) links: Vec<Link>,
    pub(crate) location: Location,
    /// Since when.
    pub(crate) at: Option<Timestamp>,
    /// When it begins, where that is to come. `at` is absent then.
    pub(crate) starts: Option<Timestamp>,
    pub(crate) tags: Vec<(String, String)>,
    /// The id that later news of the same subject share.
    pub(crate) incident: Option<String>,
    /// The state of the incident, if a service repeats its messages of one state: they are dealt with like an alarm's
    /// changes, so that an incident is one message, and one that is not open has no end.
    pub(crate) condition: Option<State>,
    /// The id that copies of this message share, if the service sends it more than once.
    pub(crate) copies: Option<String>,
}

/// A label and a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) label: String,
    pub(crate) value: String,
    /// A name or id, to be copied: shown in code.
    pub(crate) is_code: bool,
}

/// A piece of detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Prose.
    Prose(String),
    /// Lines under a label.
    Lines(String, Vec<String>),
}

/// Lines of a list: as many as findings in an event of Security Hub. What is too long for a message the limits cut.
const LINES: usize = 100;
/// Tags that are shown.
const TAGS: usize = 8;

impl Notice {
    /// Creates a notice of a state, whose status is read from the state's name.
    pub(crate) fn new(state: &str, subject: impl Into<String>) -> Self {
        Self {
            status: Status::of(state),
            state: state.to_owned(),
            subject: subject.into(),
            reason: None,
            fields: Vec::new(),
            detail: Vec::new(),
            links: Vec::new(),
            location: Location::default(),
            at: None,
            starts: None,
            tags: Vec::new(),
            incident: None,
            condition: None,
            copies: None,
        }
    }

    /// Sets the status, where the state's name does not determine it.
    pub(crate) fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// Sets the status to bad if `is_bad`, whatever the state's name.
    pub(crate) fn bad_if(self, is_bad: bool) -> Self {
        if is_bad {
            self.status(Status::Bad)
        } else {
            self
        }
    }

    pub(crate) fn because(mut self, reason: Option<String>) -> Self {
        self.reason = reason.or(self.reason);
        self
    }

    pub(crate) fn field(self, label: &str, value: Option<String>) -> Self {
        self.with(label, value, false)
    }

    /// A name or id, to be copied.
    pub(crate) fn code(self, label: &str, value: Option<String>) -> Self {
        self.with(label, value, true)
    }

    fn with(mut self, label: &str, value: Option<String>, is_code: bool) -> Self {
        self.fields.extend(value.map(|value| Field {
            label: label.to_owned(),
            value,
            is_code,
        }));
        self
    }

    pub(crate) fn prose(mut self, text: Option<String>) -> Self {
        self.detail.extend(text.map(Detail::Prose));
        self
    }

    pub(crate) fn lines(mut self, label: &str, lines: Vec<String>) -> Self {
        if !lines.is_empty() {
            let more = lines.len().saturating_sub(LINES);
            let mut shown: Vec<String> = lines.into_iter().take(LINES).collect();
            if more > 0 {
                shown.push(format!("and {more} more"));
            }
            self.detail.push(Detail::Lines(label.to_owned(), shown));
        }
        self
    }

    /// A link to an address that the message gives; the label names a host that is not AWS's.
    pub(crate) fn link(mut self, label: &str, url: Option<String>) -> Self {
        self.links
            .extend(url.and_then(|url| Link::foreign(label, url.trim())));
        self
    }

    /// A link, or text where what the message gives is no address: a path within a repository says where to look.
    pub(crate) fn link_or_text(self, label: &str, url: Option<String>) -> Self {
        let is_address = |url: &String| Link::foreign(label, url.trim()).is_some();
        match url {
            Some(url) if !is_address(&url) => self.field(label, Some(url)),
            url => self.link(label, url),
        }
    }

    /// A link to a page of AWS that the message gives the address of; the label stands for AWS's hosts alone.
    pub(crate) fn aws_link(mut self, label: &str, url: Option<String>) -> Self {
        self.links
            .extend(url.and_then(|url| Link::of_aws(label, url.trim())));
        self
    }

    /// Adds a link into the console of the notice's location, where that is known; `{region}` in it becomes the region.
    pub(crate) fn console(self, label: &str, page: &str) -> Self {
        let url = self.location.console(page);
        self.aws_link(label, url)
    }

    /// The same, to a page whose address needs a name; none without it.
    pub(crate) fn console_of(self, label: &str, page: &str, name: Option<&str>) -> Self {
        match name {
            Some(name) => self.console(label, &page.replace("{}", &encoded(name))),
            None => self,
        }
    }

    pub(crate) fn location(mut self, location: Location) -> Self {
        self.location = location;
        self
    }

    pub(crate) fn at(mut self, at: Option<Timestamp>) -> Self {
        self.at = at.or(self.at);
        self
    }

    /// Sets the time at which it will begin.
    pub(crate) fn starts(mut self, starts: Option<Timestamp>) -> Self {
        self.starts = starts;
        self.at = None;
        self
    }

    pub(crate) fn tags(mut self, tags: Vec<(String, String)>) -> Self {
        self.tags = tags.into_iter().take(TAGS).collect();
        self
    }

    pub(crate) fn incident(mut self, key: Option<String>) -> Self {
        self.incident = key;
        self
    }

    /// Sets the state of the incident, if the state is one that begins or ends it.
    pub(crate) fn condition(mut self, state: Option<State>) -> Self {
        self.condition = state;
        self
    }

    /// Sets the id that copies of this message share.
    pub(crate) fn copies(mut self, key: Option<String>) -> Self {
        self.copies = key;
        self
    }
}
