//! What bundles say: every alert in them, by its last state, with its link; as many as fit, and how many more there are.

mod lines;
mod words;

use std::collections::BTreeMap;

use picket_rules::routes::Mention;
use picket_shared::{Severity, alarm::State};

use super::{Bundle, HeldMessage};
use crate::draft::{Draft, mrkdwn::Mrkdwn};

/// The draft of bundles for one sink, and its severity; `None` where nothing is in them. `left` messages were of alarms that are in
/// another state since.
pub fn draft(bundles: &[&Bundle], held: &[HeldMessage], left: usize) -> Option<(Draft, Severity)> {
    let severity = held.iter().map(|held| held.severity).max()?;
    let last = last_states(held);
    let count = |state| last.iter().filter(|held| held.state == state).count();
    let counts = [
        ("In alarm", count(Some(State::Alarm))),
        ("OK", count(Some(State::Ok))),
        ("Without data", count(Some(State::InsufficientData))),
        ("Other", count(None)),
        ("Changed since, not listed", left),
    ];
    let mut draft = Draft {
        headline: words::headline(bundles, held.len(), last.len()),
        reason: Mrkdwn::new().text(words::reason(bundles)),
        fields: counts.into_iter().filter_map(counted).collect(),
        footnote: Mrkdwn::new()
            .text("Each line is an alert's last state in this time. Later messages are newer."),
        mentions: mentions(held),
        ..Draft::default()
    };
    let (detail, listed) = lines::lines(&last, lines::room(&draft));
    draft.detail = detail;
    draft
        .fields
        .extend(counted(("Not listed, see the log", last.len() - listed)));
    Some((draft, severity))
}

/// The newest of each alert: what is in alarm first, the loudest of it first, then by time.
fn last_states(held: &[HeldMessage]) -> Vec<&HeldMessage> {
    let weight = |held: &HeldMessage| match held.state {
        Some(State::Alarm) => 0,
        None => 1,
        Some(State::InsufficientData) => 2,
        Some(State::Ok) => 3,
    };
    let mut newest: BTreeMap<&str, &HeldMessage> = BTreeMap::new();
    for one in held {
        let known = newest.entry(&one.alert).or_insert(one);
        // At one moment an alarm hides what else it was.
        if (known.at, weight(one)) < (one.at, weight(known)) {
            *known = one;
        }
    }
    let mut last: Vec<&HeldMessage> = newest.into_values().collect();
    last.sort_by_key(|held| (weight(held), std::cmp::Reverse(held.severity), held.at));
    last
}

fn counted((label, count): (&str, usize)) -> Option<(String, Mrkdwn)> {
    (count > 0).then(|| (label.to_owned(), Mrkdwn::new().text(count.to_string())))
}

fn mentions(held: &[HeldMessage]) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    let written = held.iter().flat_map(|held| &held.mentions);
    for mention in written.filter_map(|text| text.parse().ok()) {
        if !mentions.contains(&mention) {
            mentions.push(mention);
        }
    }
    mentions
}

#[cfg(test)]
mod tests;
