//! A message between rendering and the limits.

use picket_rules::routes::Mention;

use crate::{
    chart::Chart,
    mrkdwn::{Link, Mrkdwn},
};

/// What a message says, sorted by how dear it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// What happened, to what: one line, plain.
    pub headline: String,
    /// Why.
    pub reason: Mrkdwn,
    /// What and where: a label and a value each.
    pub fields: Vec<(String, Mrkdwn)>,
    /// Whatever else helps.
    pub detail: Vec<Mrkdwn>,
    /// Where to go.
    pub links: Vec<Link>,
    /// Who says so; small print.
    pub footnote: Mrkdwn,
    /// Who is mentioned: the one way to a mention, and routes alone fill it.
    pub mentions: Vec<Mention>,
    /// What could be drawn of it.
    pub chart: Option<Chart>,
    /// Slack's id of the drawing, where one has been uploaded.
    pub picture: Option<String>,
}
