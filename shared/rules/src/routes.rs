//! Routes: `functions/slack-forwarder/routes.yaml`, which say where a message goes.
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
//! A sink is a Slack webhook or a PagerDuty integration, by the end of the name of the parameter that holds its URL or
//! key, a Slack channel by its id, for an app whose bot token is the parameter `bot-token`, or one of the stack's
//! e-mail topics, by its severity.
//!
//! `INSUFFICIENT_DATA` pages nobody unless a route says `page-missing-data: true`.
//!
//! Three things keep a sink readable. `group` in a route gathers what has the same values there: the first message of a
//! window is sent at once, and what follows it in the window comes together. `storm` bounds what a sink gets in a
//! minute. `digest` says where info messages that no route took are told once a day.
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

use jiff::Timestamp;

use crate::{Problems, severity::Severity};

pub use gather::{By, Group};
pub use kind::Kind;
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
    /// What it takes.
    pub matches: Match,
    /// Where what it takes goes; none is to say nothing.
    pub sinks: Vec<Sink>,
    /// The severity that takes the place of the message's own.
    pub severity: Option<Severity>,
    /// Who is mentioned. Nobody is, unless a route says so.
    pub mentions: Vec<Mention>,
    /// What of it is told together.
    pub group: Option<Group>,
    /// Whether its PagerDuty sinks have `INSUFFICIENT_DATA` too.
    pub pages_missing_data: bool,
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
    /// Where the message goes.
    pub sinks: &'r [Sink],
    /// How loud it goes there; `None` where neither the route nor the message says.
    pub severity: Option<Severity>,
    /// Who is mentioned.
    pub mentions: &'r [Mention],
    /// What of it is told together.
    pub group: Option<&'r Group>,
    /// Whether its PagerDuty sinks have `INSUFFICIENT_DATA` too.
    pub pages_missing_data: bool,
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

    /// Messages a minute that a sink gets one by one; what comes beyond is told together.
    pub fn storm(&self) -> u32 {
        self.storm
    }

    /// Where the daily digest goes.
    pub fn digest(&self) -> &[Sink] {
        &self.digest
    }

    /// The silence that holds a message back at this moment. It is logged then, and told nobody.
    pub fn silenced(&self, facts: &Facts<'_>, now: Timestamp) -> Option<&Silence> {
        self.silences
            .iter()
            .find(|silence| silence.holds(facts, now))
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
            });
            if !route.continues {
                break;
            }
        }
        taken
    }
}
