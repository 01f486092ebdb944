//! Grouping: the groups of a route, and storms.

use std::{fmt, str::FromStr, time::Duration};

use super::Facts;
use crate::{
    Invalid, invalid,
    yaml::{Fields, Log, Node, list, parse},
};

/// Messages that a sink gets one by one in a minute by default: a third of what Slack takes of an app in
/// a channel (one a second), and more in a minute than anybody reads one by one.
const STORM: u32 = 20;
/// Slack takes about a message a second; a bound above it would bound nothing.
const MOST: u32 = 60;
/// Deferred messages are processed once a minute.
const SHORTEST: Duration = Duration::from_mins(1);
/// A longer window would delay alerts until they are history.
const LONGEST: Duration = Duration::from_hours(1);

/// The messages of a route that are sent together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Messages with the same values here are one group.
    pub by: Vec<By>,
    /// The first of a group in a window of this length is sent at once, the others together at its end.
    /// Windows begin at multiples of their length, so that every invocation agrees on them.
    pub window: Duration,
}

/// A thing by which messages are grouped. Displays as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The kind of message.
    Kind,
    /// The severity of the topic.
    Severity,
    /// The account.
    Account,
    /// The region.
    Region,
    /// The CloudWatch namespaces.
    Namespace,
    /// The alarm's name.
    Alarm,
    /// A dimension's value: `dimensions.FunctionName`.
    Dimension(String),
    /// A tag's value: `tags.team`.
    Tag(String),
    /// A message attribute's value: `attributes.source`.
    Attribute(String),
}

const PLAIN: [By; 6] = [
    By::Kind,
    By::Severity,
    By::Account,
    By::Region,
    By::Namespace,
    By::Alarm,
];

impl Group {
    /// The values that make a message's group; what is unknown is empty, and a group of its own.
    pub fn values(&self, facts: &Facts<'_>) -> Vec<String> {
        self.by.iter().map(|by| by.value(facts)).collect()
    }
}

impl By {
    fn value(&self, facts: &Facts<'_>) -> String {
        let named = |pairs: &[(&str, &str)], name: &str| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map_or_else(String::new, |(_, value)| (*value).to_owned())
        };
        match self {
            Self::Kind => facts.kind.map(|kind| kind.to_string()).unwrap_or_default(),
            Self::Severity => facts
                .severity
                .map(|severity| severity.to_string())
                .unwrap_or_default(),
            Self::Account => facts.account.unwrap_or_default().to_owned(),
            Self::Region => facts.region.unwrap_or_default().to_owned(),
            Self::Namespace => facts.namespaces.join(","),
            Self::Alarm => facts.alarm.unwrap_or_default().to_owned(),
            Self::Dimension(name) => named(&facts.dimensions, name),
            Self::Tag(name) => named(&facts.tags, name),
            Self::Attribute(name) => named(&facts.attributes, name),
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind => f.write_str("kind"),
            Self::Severity => f.write_str("severity"),
            Self::Account => f.write_str("account"),
            Self::Region => f.write_str("region"),
            Self::Namespace => f.write_str("namespace"),
            Self::Alarm => f.write_str("alarm"),
            Self::Dimension(name) => write!(f, "dimensions.{name}"),
            Self::Tag(name) => write!(f, "tags.{name}"),
            Self::Attribute(name) => write!(f, "attributes.{name}"),
        }
    }
}

impl FromStr for By {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let plain = PLAIN.into_iter().find(|by| by.to_string() == text);
        let named = match text.split_once('.') {
            Some(("dimensions", name)) => Some(Self::Dimension(name.to_owned())),
            Some(("tags", name)) => Some(Self::Tag(name.to_owned())),
            Some(("attributes", name)) => Some(Self::Attribute(name.to_owned())),
            _ => None,
        };
        plain.or(named).ok_or_else(|| {
            let known = PLAIN.map(|by| by.to_string()).join(", ");
            Invalid(format!(
                "{text:?} groups nothing: {known}, or dimensions.NAME, tags.NAME, attributes.NAME"
            ))
        })
    }
}

pub(super) fn group(node: &Node, log: &mut Log) -> Option<Group> {
    let mut fields = Fields::of(node, "`group`", log)?;
    let by = fields
        .required("by", log)
        .map(|node| list(node, "by", log))
        .unwrap_or_default()
        .iter()
        .map(|node| parse(node, "by", log))
        .collect::<Vec<_>>();
    let window = fields.parse_required::<Window>("window", log);
    fields.finish(log);
    Some(Group {
        by: by.into_iter().collect::<Option<_>>()?,
        window: window?.0,
    })
}

pub(super) fn storm(node: Option<&Node>, log: &mut Log) -> Option<u32> {
    let Some(node) = node else {
        return Some(STORM);
    };
    let mut fields = Fields::of(node, "`storm`", log)?;
    let messages = fields.parse_required::<Messages>("messages", log);
    fields.finish(log);
    Some(messages?.0)
}

/// Messages a minute.
struct Messages(u32);

impl FromStr for Messages {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.parse() {
            Ok(number @ 1..=MOST) => Ok(Self(number)),
            _ => Err(Invalid(format!(
                "{text:?} is not a number of messages a minute, from 1 to {MOST}"
            ))),
        }
    }
}

/// A window's length, in whole seconds.
struct Window(Duration);

impl FromStr for Window {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match invalid::span(text) {
            Some(span) if (SHORTEST..=LONGEST).contains(&span) && span.subsec_nanos() == 0 => {
                Ok(Self(span))
            }
            _ => Err(Invalid(format!(
                "{text:?} is not a window such as `5m`, from a minute to an hour"
            ))),
        }
    }
}
