//! The headline of bundles, and why their messages come together.

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    deferred::bundle::{Bundle, Reason},
    incident::WINDOW,
};

/// Routes that are named; more are counted.
const ROUTES: usize = 3;

/// How many messages about how many alerts, in a storm or of which group.
pub(super) fn headline(bundles: &[&Bundle], messages: usize, alerts: usize) -> String {
    let (messages, alerts) = (count(messages, "message"), count(alerts, "alert"));
    let groups = groups(bundles);
    if bundles.iter().any(|bundle| bundle.is_storm()) {
        return format!("🌊 Storm · {messages} about {alerts}");
    }
    if bundles.iter().all(|bundle| bundle.flapping) {
        let minutes = WINDOW.as_secs() / 60;
        return format!("🔁 {alerts} in ALARM for {minutes} min after flapping");
    }
    let mut all = groups.iter();
    let name = match (all.next(), all.next()) {
        (Some(group), None) => name(group),
        _ => count(groups.len(), "group"),
    };
    format!("🗂️ {name} · {messages} more about {alerts}")
}

/// Why they come together.
pub(super) fn reason(bundles: &[&Bundle]) -> String {
    let (storms, others): (Vec<&Bundle>, Vec<&Bundle>) =
        bundles.iter().partition(|bundle| bundle.is_storm());
    let (flapping, groups): (Vec<&Bundle>, Vec<&Bundle>) =
        others.into_iter().partition(|bundle| bundle.flapping);
    let sentences = [storm(&storms), group(&groups), still_open(&flapping)];
    sentences
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

fn storm(bundles: &[&Bundle]) -> Option<String> {
    let (from, until) = span(bundles)?;
    let limits = bundles.iter().filter_map(|bundle| match bundle.reason {
        Reason::Storm(limit) => Some(limit),
        Reason::Group(..) => None,
    });
    let limit = limits.max()?;
    Some(format!(
        "More than {limit} messages in a minute would have come here. Between {from} and {until} UTC came what follows; it goes on so, once a minute, until a minute has no more than {limit}."
    ))
}

fn still_open(bundles: &[&Bundle]) -> Option<String> {
    bundles.first()?;
    let minutes = WINDOW.as_secs() / 60;
    Some(format!(
        "An alarm that flapped is in ALARM for {minutes} min now. That this incident began was not posted; its end will be."
    ))
}

fn group(bundles: &[&Bundle]) -> Option<String> {
    let (from, until) = span(bundles)?;
    let groups = groups(bundles);
    let routes: BTreeSet<&str> = groups.iter().map(|(route, _)| *route).collect();
    let named: Vec<&str> = routes.iter().take(ROUTES).copied().collect();
    let (route, named) = match routes.len() {
        1 => ("the route", named.join("")),
        all if all > ROUTES => (
            "the routes",
            format!("{} and {} more", named.join(", "), all - ROUTES),
        ),
        _ => ("the routes", named.join(", ")),
    };
    let lead = match groups.len() {
        1 => "the first message of the group".to_owned(),
        all => format!("the first messages of {all} groups"),
    };
    Some(format!(
        "What followed {lead} in {route} {named}, from {from} to {until} UTC."
    ))
}

/// The route and the values of each group.
fn groups<'a>(bundles: &[&'a Bundle]) -> BTreeSet<(&'a str, &'a [String])> {
    let group = |bundle: &&'a Bundle| match &bundle.reason {
        Reason::Storm(_) => None,
        Reason::Group(..) if bundle.flapping => None,
        Reason::Group(route, values) => Some((route.as_str(), values.as_slice())),
    };
    bundles.iter().filter_map(group).collect()
}

fn name((route, values): &(&str, &[String])) -> String {
    let values: Vec<&str> = values
        .iter()
        .map(String::as_str)
        .filter(|value| !value.is_empty())
        .collect();
    if values.is_empty() {
        (*route).to_owned()
    } else {
        values.join(" ")
    }
}

fn count(count: usize, word: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {word}{plural}")
}

/// From the first window's beginning to the last one's end.
fn span(bundles: &[&Bundle]) -> Option<(String, String)> {
    let from = bundles.iter().map(|bundle| bundle.from).min()?;
    let until = bundles.iter().map(|bundle| bundle.until).max()?;
    Some((clock(from), clock(until)))
}

fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S").to_string()
}
