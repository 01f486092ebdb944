//! The message of bundles: every alert in them, by its last state, with its link; as many as fit, the number of the
//! others, and the alarms that were in ALARM and are OK again.

mod lines;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use picket_rules::routes::Mention;
use picket_shared::{Severity, alarm::State};

use super::{Bundle, Current, HeldMessage};
use crate::draft::{Draft, mrkdwn::Mrkdwn};

/// The draft of bundles for one sink, and its severity. `None` if they hold nothing to report: neither an alert nor an
/// ALARM that is over.
pub fn draft(bundles: &[&Bundle], current: &Current) -> Option<(Draft, Severity)> {
    let Current { held, over, left } = current;
    let severities = |all: &[HeldMessage]| all.iter().map(|held| held.severity).max();
    let severity = severities(held).or_else(|| severities(over))?;
    let last = last_states(held);
    let mut over: Vec<&HeldMessage> = over.iter().collect();
    over.sort_by_key(|held| (std::cmp::Reverse(held.severity), held.at));
    let alerts: BTreeSet<&str> = last.iter().chain(&over).map(|held| &*held.alert).collect();
    let count = |state| last.iter().filter(|held| held.state == state).count();
    let counts = [
        ("In alarm", count(Some(State::Alarm))),
        ("OK", count(Some(State::Ok))),
        ("Without data", count(Some(State::InsufficientData))),
        ("Other", count(None)),
        ("Were in alarm, OK again", over.len()),
        ("Changed since, not listed", *left),
    ];
    let mut draft = Draft {
        headline: words::headline(bundles, held.len() + over.len(), alerts.len()),
        reason: Mrkdwn::new().text(words::reason(bundles)),
        fields: counts.into_iter().filter_map(counted).collect(),
        footnote: Mrkdwn::new()
            .text("Each line is an alert's last state in this time. Later messages are newer."),
        mentions: mentions(held),
        ..Draft::default()
    };
    let (detail, listed) = lines::lines(&last, &over, lines::room(&draft));
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
