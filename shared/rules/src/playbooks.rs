//! Playbooks: `functions/alarm-remediator/playbooks.yaml`, which define the repairs of an alarm, and their
//! bounds.
//!
//! The first playbook that matches is the one; an alarm that none matches is left alone.
//!
//! ```yaml
//! playbooks:
//!   - name: throttled-function
//!     match: { namespace: AWS/Lambda, metric: Throttles }
//!     action:
//!       raise-reserved-concurrency: { factor: 1.5, maximum: 200, keep-unreserved: 100 }
//!     allow-tag: picket:remediate=true
//!     cooldown: 30m
//! ```

mod read;
mod reservation;

use std::time::Duration;

use crate::{Glob, Invalid, Problems};

pub use reservation::{Growth, RaiseReservedConcurrency};

/// The playbooks of a file, in its order.
#[derive(Debug, Clone, PartialEq)]
pub struct Playbooks(Vec<Playbook>);

/// One playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Playbook {
    /// Its name, unique in the file.
    pub name: String,
    /// The alarms it is for.
    pub matches: AlarmMatch,
    /// The action.
    pub action: Action,
    /// The tag without which a resource is left alone.
    pub allow_tag: Tag,
    /// The time between two actions on a target.
    pub cooldown: Duration,
    /// How long after the change the alarm must be OK for it to have worked. Nothing reads it yet.
    pub verify_within: Option<Duration>,
}

/// The alarms a playbook is for: every part that is given must fit.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmMatch {
    /// The metric's namespace.
    pub namespace: String,
    /// The metric's name.
    pub metric: String,
    /// The alarm's name.
    pub alarm: Option<Glob>,
    /// Tags the alarm must have.
    pub tags: Vec<(String, Glob)>,
}

/// An action, with its bounds.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Raises a Lambda function's reservation, where it has one and that is what throttles.
    RaiseReservedConcurrency(RaiseReservedConcurrency),
}

/// A tag's key and value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

/// The facts of an alarm that playbooks match. An unknown fact matches no playbook that needs it.
#[derive(Debug, Clone, Default)]
pub struct AlarmFacts<'a> {
    /// Namespace and name of the one metric it watches.
    pub metric: Option<(&'a str, &'a str)>,
    /// Its name.
    pub alarm: &'a str,
    /// Its tags.
    pub tags: Vec<(&'a str, &'a str)>,
}

/// Reads a file: the checked playbooks, or everything that is wrong with it. `file` is for messages alone.
pub fn parse(file: &str, text: &str) -> Result<Playbooks, Problems> {
    read::file(file, text)
}

impl Playbooks {
    /// The playbooks in the order of the file.
    pub fn all(&self) -> &[Playbook] {
        &self.0
    }
}

impl AlarmMatch {
    /// Whether every part that is given fits.
    pub fn takes(&self, facts: &AlarmFacts<'_>) -> bool {
        facts.metric == Some((&self.namespace, &self.metric))
            && self
                .alarm
                .as_ref()
                .is_none_or(|alarm| alarm.matches(facts.alarm))
            && self.tags.iter().all(|(name, value)| {
                facts
                    .tags
                    .iter()
                    .any(|(key, found)| key == name && value.matches(found))
            })
    }
}

impl Action {
    /// Returns the name in the file, in messages and in the audit.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RaiseReservedConcurrency(_) => "raise-reserved-concurrency",
        }
    }
}

impl std::str::FromStr for Tag {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() && !value.is_empty() => Ok(Self {
                key: key.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err(Invalid(format!(
                "{text:?} is not a tag such as `picket:remediate=true`"
            ))),
        }
    }
}
