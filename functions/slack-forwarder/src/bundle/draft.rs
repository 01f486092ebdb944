//! What a bundle says: every alert in it, by its last state, with its link; as many as fit, and how many more there are.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use picket_rules::routes::Mention;
use picket_shared::{Severity, alarm::State};

use super::{Bundle, Held, Reason};
use crate::{
    draft::Draft,
    mrkdwn::{Link, Mrkdwn},
};

/// Characters of all lines as JSON. With headline, reason, fields and the top-level text it stays below the 12,000 that a payload may
/// have, so that the limits never cut a line in two.
const LINES: usize = 7_500;
/// … and of one section, of which a message has several.
const SECTION: usize = 2_900;

/// The draft of a bundle, and how loud it is; `None` where nothing is in it.
pub fn draft(bundle: &Bundle, held: &[Held]) -> Option<(Draft, Severity)> {
    let severity = held.iter().map(|held| held.severity).max()?;
    let last = last_states(held);
    let (detail, listed) = lines(&last);
    let count = |state| last.iter().filter(|held| held.state == state).count();
    let counts = [
        ("In alarm", count(Some(State::Alarm))),
        ("OK", count(Some(State::Ok))),
        ("Without data", count(Some(State::InsufficientData))),
        ("Other", count(None)),
        ("Not listed, see the log", last.len() - listed),
    ];
    let draft = Draft {
        headline: headline(bundle, held.len(), last.len()),
        reason: Mrkdwn::new().text(reason(bundle)),
        fields: counts
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(label, count)| (label.to_owned(), Mrkdwn::new().text(count.to_string())))
            .collect(),
        detail,
        footnote: Mrkdwn::new()
            .text("Each line is an alert's last state in this time. What is told later is newer."),
        mentions: mentions(held),
        ..Draft::default()
    };
    Some((draft, severity))
}

/// The newest of each alert: what is in alarm first, the loudest of it first, then by time.
fn last_states(held: &[Held]) -> Vec<&Held> {
    let weight = |held: &Held| match held.state {
        Some(State::Alarm) => 0,
        None => 1,
        Some(State::InsufficientData) => 2,
        Some(State::Ok) => 3,
    };
    let mut newest: BTreeMap<&str, &Held> = BTreeMap::new();
    for one in held {
        let known = newest.entry(&one.alert).or_insert(one);
        // At one moment an alarm hides what else it was.
        if (known.at, weight(one)) < (one.at, weight(known)) {
            *known = one;
        }
    }
    let mut last: Vec<&Held> = newest.into_values().collect();
    last.sort_by_key(|held| (weight(held), std::cmp::Reverse(held.severity), held.at));
    last
}

/// Sections of lines, and how many alerts they name.
fn lines(last: &[&Held]) -> (Vec<Mrkdwn>, usize) {
    let mut sections = vec![Mrkdwn::new()];
    let (mut all, mut here, mut listed) = (0, 0, 0);
    for held in last {
        let line = line(held);
        let written = line.write(usize::MAX);
        let width = serde_json::to_string(&written).map_or(usize::MAX, |json| json.chars().count());
        if width.saturating_add(all) > LINES {
            break;
        }
        if here + width > SECTION {
            sections.push(Mrkdwn::new());
            here = 0;
        }
        let section = sections.pop().unwrap_or_default();
        sections.push(section.append(line));
        all += width;
        here += width;
        listed += 1;
    }
    (sections, listed)
}

fn line(held: &Held) -> Mrkdwn {
    let time = held
        .at
        .to_zoned(TimeZone::UTC)
        .strftime("%H:%M:%S ")
        .to_string();
    let open = held.link.as_deref().and_then(|url| Link::new("Open", url));
    // A line is one line, whatever the headline holds.
    let headline: String = held
        .headline
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    let words = Mrkdwn::new().text(time).text(headline);
    let whole = match open {
        Some(link) => words.text(" ").link(link),
        None => words,
    };
    whole.text("\n")
}

fn headline(bundle: &Bundle, messages: usize, alerts: usize) -> String {
    let of = |count: usize, word: &str| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {word}{plural}")
    };
    let (messages, alerts) = (of(messages, "message"), of(alerts, "alert"));
    match &bundle.reason {
        Reason::Storm(_) => format!("🌊 Storm · {messages} about {alerts}"),
        Reason::Group(route, values) => {
            let values: Vec<&str> = values
                .iter()
                .map(String::as_str)
                .filter(|value| !value.is_empty())
                .collect();
            let group = if values.is_empty() {
                route.clone()
            } else {
                values.join(" ")
            };
            format!("🗂️ {group} · {messages} more about {alerts}")
        }
    }
}

fn reason(bundle: &Bundle) -> String {
    let (from, until) = (clock(bundle.from), clock(bundle.until));
    match &bundle.reason {
        Reason::Storm(limit) => format!(
            "More than {limit} messages in a minute would have come here. Between {from} and {until} UTC came what follows; it goes on so, once a minute, until a minute has no more than {limit}."
        ),
        Reason::Group(route, _) => format!(
            "What followed the first message of the group in the route {route}, from {from} to {until} UTC."
        ),
    }
}

fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%H:%M").to_string()
}

fn mentions(held: &[Held]) -> Vec<Mention> {
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
