//! A message between rendering and the limits.

pub mod blocks;
pub mod chart;
pub mod limits;
pub mod mrkdwn;
pub(crate) mod number;
pub(crate) mod time;
pub(crate) mod words;

use picket_rules::routes::Mention;

use crate::draft::{
    chart::Chart,
    mrkdwn::{Link, Mrkdwn},
};

/// The content of a message, in parts: where space is short, later parts are cut first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// The event and its subject: one line without markup.
    pub headline: String,
    /// Why.
    pub reason: Mrkdwn,
    /// Details and location: a label and a value each.
    pub fields: Vec<(String, Mrkdwn)>,
    /// Whatever else helps.
    pub detail: Vec<Mrkdwn>,
    /// Where to go.
    pub links: Vec<Link>,
    /// Who says so; small print.
    pub footnote: Mrkdwn,
    /// Who is mentioned: the one way to a mention, and routes alone fill it.
    pub mentions: Vec<Mention>,
    /// The chart that can be drawn for it.
    pub chart: Option<Chart>,
    /// Slack's id of the drawing, where one has been uploaded.
    pub chart_file: Option<String>,
}

impl Draft {
    /// The text without Slack's markup, a line for each part.
    pub fn words(&self) -> String {
        let fields = self
            .fields
            .iter()
            .map(|(label, value)| format!("{label}: {}", value.words()));
        let links = self.links.iter().map(Link::words);
        let detail = self.detail.iter().map(Mrkdwn::words);
        [self.headline.clone(), self.reason.words()]
            .into_iter()
            .chain(fields)
            .chain(links)
            .chain(detail)
            .filter(|part| !part.trim().is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    }
}
