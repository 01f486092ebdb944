//! Routes: `functions/slack-forwarder/routes.yaml`, which say where a message goes.
//!
//! Routes are tried in the order of the file; the first that matches takes the message, and those after it only where it says
//! `continue: true`. All that a match names must fit; values are patterns with `*`, or lists of them.
//!
//! An alert must always arrive, so a file in which critical or warning messages could pass every route is refused: one route
//! with a sink must take them whatever else they are.
//!
//! ```yaml
//! routes:
//!   - name: cost-reports
//!     match: { kind: cost-report }
//!     sinks: [{ webhook: reports }]
//!   - name: payments
//!     match: { kind: alarm, severity: [critical, warning], tags: { team: payments } }
//!     mentions: [here, U024BE7LH]
//!     continue: true
//!     sinks: [{ webhook: payments }]
//!   - name: critical
//!     match: { severity: critical }
//!     sinks: [{ slack: C024BE91L }, { pagerduty: on-call }]
//!   - name: everything-else
//!     sinks: [{ webhook: alerts }]
//! ```
//!
//! A silence holds back what it matches until its moment, however loud, for a reason that the log repeats:
//!
//! ```yaml
//! silences:
//!   - name: migration
//!     match: { alarm: orders-* }
//!     until: 2026-12-01T06:00:00Z
//!     reason: orders move to the new cluster
//! ```
//!
//! A sink is a Slack webhook or a PagerDuty integration, by the end of the name of the parameter that holds its URL or key, or a Slack
//! channel by its id, for an app whose bot token is the parameter `bot-token`.

mod mention;
mod read;
mod silence;

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::Serialize;

use crate::{Glob, Invalid, Problems, severity::Severity};

pub use mention::Mention;
pub use silence::Silence;

/// The routes of a file, in its order, and its silences.
#[derive(Debug, Clone, PartialEq)]
pub struct Routes {
    routes: Vec<Route>,
    silences: Vec<Silence>,
}

/// One route.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Its name, unique in the file.
    pub name: String,
    /// What it takes.
    pub matches: Match,
    /// Where what it takes goes; none is to say nothing.
    pub sinks: Vec<Sink>,
    /// The severity that takes the place of the message's own.
    pub severity: Option<Severity>,
    /// Who is mentioned. Nobody is, unless a route says so.
    pub mentions: Vec<Mention>,
    /// Whether the routes after it are tried as well.
    pub continues: bool,
}

/// What a route takes: every part that is not empty must fit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Match {
    /// One of these kinds.
    pub kinds: Vec<Kind>,
    /// One of these severities.
    pub severities: Vec<Severity>,
    /// One of these accounts.
    pub accounts: Vec<Glob>,
    /// One of these regions.
    pub regions: Vec<Glob>,
    /// One of these CloudWatch namespaces.
    pub namespaces: Vec<Glob>,
    /// One of these alarm names.
    pub alarms: Vec<Glob>,
    /// For each name here, a dimension with one of the values.
    pub dimensions: Vec<(String, Vec<Glob>)>,
    /// For each name here, a tag with one of the values.
    pub tags: Vec<(String, Vec<Glob>)>,
    /// For each name here, an SNS message attribute with one of the values.
    pub attributes: Vec<(String, Vec<Glob>)>,
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A CloudWatch alarm's change of state.
    Alarm,
    /// Picket's daily report.
    CostReport,
    /// What Picket's remediator made of an alarm.
    Remediation,
    /// The synthetic record of the heartbeat.
    Heartbeat,
    /// Any other JSON or text.
    Other,
}

/// Where messages go. Serializes as it is written: `{"webhook": "alerts"}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sink {
    /// A Slack incoming webhook, by the name of the parameter that holds its URL.
    Webhook(String),
    /// A Slack channel, by its id, posted to with the bot token: its messages are edited and have threads.
    Slack(String),
    /// A PagerDuty integration, by the name of the parameter that holds its key.
    #[serde(rename = "pagerduty")]
    PagerDuty(String),
}

impl Sink {
    /// Its kind, as it is written in a route.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Slack(_) => "slack",
            Self::PagerDuty(_) => "pagerduty",
        }
    }

    /// Its name, as it is written in a route.
    pub fn name(&self) -> &str {
        match self {
            Self::Webhook(name) | Self::Slack(name) | Self::PagerDuty(name) => name,
        }
    }
}

/// As in an error or a log: `webhook critical`.
impl fmt::Display for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.name())
    }
}

/// What routes are told of a message. What is unknown matches no route that asks for it.
#[derive(Debug, Clone, Default)]
pub struct Facts<'a> {
    /// What it is.
    pub kind: Option<Kind>,
    /// How loud it arrived.
    pub severity: Option<Severity>,
    /// The account it is about.
    pub account: Option<&'a str>,
    /// The region it is about.
    pub region: Option<&'a str>,
    /// The CloudWatch namespaces it is about.
    pub namespaces: Vec<&'a str>,
    /// The alarm's name.
    pub alarm: Option<&'a str>,
    /// Dimensions.
    pub dimensions: Vec<(&'a str, &'a str)>,
    /// Tags.
    pub tags: Vec<(&'a str, &'a str)>,
    /// SNS message attributes.
    pub attributes: Vec<(&'a str, &'a str)>,
}

/// A route that a message takes.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteTaken<'r> {
    /// Which route of the file, from 0.
    pub index: usize,
    /// Its name.
    pub name: &'r str,
    /// Where the message goes.
    pub sinks: &'r [Sink],
    /// How loud it goes there; `None` where neither the route nor the message says.
    pub severity: Option<Severity>,
    /// Who is mentioned.
    pub mentions: &'r [Mention],
}

/// Reads a file: the checked routes, or everything that is wrong with it. `file` is for messages alone.
pub fn parse(file: &str, text: &str) -> Result<Routes, Problems> {
    read::file(file, text)
}

impl Routes {
    /// The routes in the order of the file.
    pub fn all(&self) -> &[Route] {
        &self.routes
    }

    /// The silence that holds a message back at this moment. It is logged then, and told nobody.
    pub fn silenced(&self, facts: &Facts<'_>, now: Timestamp) -> Option<&Silence> {
        self.silences
            .iter()
            .find(|silence| now < silence.until && silence.matches.takes(facts))
    }

    /// The routes a message takes, in the order of the file; none is a message that no route wants.
    pub fn route<'r>(&'r self, facts: &Facts<'_>) -> Vec<RouteTaken<'r>> {
        let mut taken = Vec::new();
        for (index, route) in self.routes.iter().enumerate() {
            if !route.matches.takes(facts) {
                continue;
            }
            taken.push(RouteTaken {
                index,
                name: &route.name,
                sinks: &route.sinks,
                severity: route.severity.or(facts.severity),
                mentions: &route.mentions,
            });
            if !route.continues {
                break;
            }
        }
        taken
    }
}

impl Match {
    /// Whether every part that is named fits.
    pub fn takes(&self, facts: &Facts<'_>) -> bool {
        one_of(&self.kinds, facts.kind.as_ref())
            && one_of(&self.severities, facts.severity.as_ref())
            && any_fits(&self.accounts, facts.account.as_slice())
            && any_fits(&self.regions, facts.region.as_slice())
            && any_fits(&self.namespaces, &facts.namespaces)
            && any_fits(&self.alarms, facts.alarm.as_slice())
            && all_fit(&self.dimensions, &facts.dimensions)
            && all_fit(&self.tags, &facts.tags)
            && all_fit(&self.attributes, &facts.attributes)
    }
}

fn one_of<T: PartialEq>(wanted: &[T], found: Option<&T>) -> bool {
    wanted.is_empty() || found.is_some_and(|found| wanted.contains(found))
}

fn any_fits(wanted: &[Glob], found: &[&str]) -> bool {
    wanted.is_empty()
        || found
            .iter()
            .any(|found| wanted.iter().any(|glob| glob.matches(found)))
}

fn all_fit(wanted: &[(String, Vec<Glob>)], found: &[(&str, &str)]) -> bool {
    wanted.iter().all(|(name, globs)| {
        found
            .iter()
            .any(|(key, value)| key == name && globs.iter().any(|glob| glob.matches(value)))
    })
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Alarm,
        Self::CostReport,
        Self::Remediation,
        Self::Heartbeat,
        Self::Other,
    ];

    /// The word used in routes; a fleet message's is that of its header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::CostReport => "cost-report",
            Self::Remediation => "remediation",
            Self::Heartbeat => "heartbeat",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| {
                let known = Self::ALL.map(Self::as_str).join(", ");
                Invalid(format!("{text:?} is not a kind of message: {known}"))
            })
    }
}
