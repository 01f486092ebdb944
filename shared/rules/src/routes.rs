//! Routes: `functions/slack-forwarder/routes.yaml`, which define the sinks of messages.
//!
//! Routes are tried in the order of the file; the first that matches takes the message, and those after it only where
//! it says `continue: true`. All that a match names must fit; values are patterns with `*`, or lists of them.
//!
//! An alert must always arrive, so a file in which critical or warning messages could pass every route is refused: one
//! route with a sink must take them whatever else they are.
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
//! `kind` accepts the name of any [`AlertKind`], and `other`.
//!
//! A silence holds back what it matches until its end, whatever the severity, for a reason that the log repeats:
//!
//! ```yaml
//! silences:
//!   - name: migration
//!     match: { alarm: orders-* }
//!     until: 2026-12-01T06:00:00Z
//!     reason: orders move to the new cluster
//! ```
//!
//! A sink is a Slack webhook or a PagerDuty integration, by the end of the name of the parameter that holds its URL or
//! key, a Slack channel by its id, for an app whose bot token is the parameter `bot-token`, or one of the stack's
//! e-mail topics, by its severity.
//!
//! `INSUFFICIENT_DATA` does not page unless a route has `page-missing-data: true`.
//!
//! `respond-within: 15m` in a route is stated in its messages of bad news.
//!
//! Three things keep a sink readable. `group` in a route gathers what has the same values there: the first message of a
//! window is sent at once, and the rest of the window follows together. `storm` bounds what a sink gets in a
//! minute. `digest` names the sinks of a daily list of info messages that no route took.
//!
//! ```yaml
//! routes:
//!   - name: everything
//!     group: { by: [region, namespace], window: 5m }
//!     sinks: [{ webhook: alerts }]
//! storm: { messages: 20 }
//! digest: [{ webhook: info }, { email: info }]
//! ```

mod gather;
mod kind;
mod matching;
mod mention;
mod name;
mod read;
mod silence;
mod sink;

use std::time::Duration;

use jiff::Timestamp;

use crate::{Problems, severity::Severity};

pub use gather::{By, Group};
pub use kind::{AlertKind, KindPattern};
pub use matching::{Facts, Match};
pub use mention::Mention;
pub use silence::Silence;
pub use sink::Sink;

/// The routes of a file, in its order, and its silences.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_field_names, reason = "the file calls them so")]
pub struct Routes {
    routes: Vec<Route>,
    silences: Vec<Silence>,
    storm: u32,
    digest: Vec<Sink>,
}

/// One route.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Its name, unique in the file.
    pub name: String,
    /// The condition.
    pub matches: Match,
    /// The sinks; none suppresses the message.
    pub sinks: Vec<Sink>,
    /// The severity that takes the place of the message's own.
    pub severity: Option<Severity>,
    /// The mentions; none by default.
    pub mentions: Vec<Mention>,
    /// The grouping of its messages.
    pub group: Option<Group>,
    /// Whether its PagerDuty sinks have `INSUFFICIENT_DATA` too.
    pub pages_missing_data: bool,
    /// How soon a person is to respond to bad news, which the message states.
    pub respond_within: Option<Duration>,
    /// Whether the routes after it are tried as well.
    pub continues: bool,
}

/// A route that a message takes.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteTaken<'r> {
    /// Which route of the file, from 0.
    pub index: usize,
    /// Its name.
    pub name: &'r str,
    /// The sink.
    pub sinks: &'r [Sink],
    /// The severity there; `None` where neither the route nor the message has one.
    pub severity: Option<Severity>,
    /// The mentions.
    pub mentions: &'r [Mention],
    /// The grouping of its messages.
    pub group: Option<&'r Group>,
    /// Whether its PagerDuty sinks have `INSUFFICIENT_DATA` too.
    pub pages_missing_data: bool,
    /// How soon a person is to respond to bad news, which the message states.
    pub respond_within: Option<Duration>,
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

    /// Messages a minute that a sink gets one by one; further messages are sent together.
    pub fn storm(&self) -> u32 {
        self.storm
    }

    /// The sinks of the daily digest.
    pub fn digest(&self) -> &[Sink] {
        &self.digest
    }

    /// Whether the file has silences, those that are over too.
    pub fn has_silences(&self) -> bool {
        !self.silences.is_empty()
    }

    /// Returns the silence that suppresses a message at this time. The message is logged only.
    pub fn silenced(&self, facts: &Facts<'_>, now: Timestamp) -> Option<&Silence> {
        self.silences
            .iter()
            .find(|silence| silence.holds(facts, now))
    }

    /// The silences that are over at this time.
    pub fn over(&self, now: Timestamp) -> impl Iterator<Item = &Silence> {
        self.silences
            .iter()
            .filter(move |silence| silence.until <= now)
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
                group: route.group.as_ref(),
                pages_missing_data: route.pages_missing_data,
                respond_within: route.respond_within,
            });
            if !route.continues {
                break;
            }
        }
        taken
    }
}
