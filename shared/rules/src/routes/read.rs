//! Reading the file.

use std::{fmt::Display, str::FromStr};

use super::{Match, Route, Routes, Sink, silence};
use crate::{
    Glob, Invalid, Problems,
    invalid::sized,
    severity::Severity,
    yaml::{Fields, Log, Node, Value, list, parse},
};

pub(super) fn file(file: &str, text: &str) -> Result<Routes, Problems> {
    let mut log = Log::new(file);
    let routes = Node::read(text, &mut log).and_then(|node| whole(&node, &mut log));
    log.finish(routes)
}

fn whole(node: &Node, log: &mut Log) -> Option<Routes> {
    let mut fields = Fields::of(node, "the file", log)?;
    let nodes = fields.list_required("routes", log);
    let routes: Vec<_> = nodes.iter().map(|node| route(node, log)).collect();
    let silences = silence::all(fields.list("silences", log), log);
    fields.finish(log);
    let routes: Vec<Route> = routes.into_iter().collect::<Option<_>>()?;
    let mut taken_all = false;
    for (index, (route, node)) in routes.iter().zip(nodes).enumerate() {
        if routes[..index].iter().any(|other| other.name == route.name) {
            log.at(node.at, format!("another route is named {:?}", route.name));
        }
        if taken_all {
            log.at(
                node.at,
                "no message comes this far: a route before it takes everything",
            );
        }
        taken_all |= route.matches == Match::default() && !route.continues;
    }
    for severity in [Severity::Critical, Severity::Warning] {
        if !routes.iter().any(|route| takes_all(route, severity)) {
            log.at(
                node.at,
                format!("a {severity} message could pass every route and be lost: end with a route that has no `match`"),
            );
        }
    }
    Some(Routes {
        routes,
        silences: silences?,
    })
}

/// Whether a route sends every message of a severity somewhere.
fn takes_all(route: &Route, severity: Severity) -> bool {
    let Match { severities, .. } = &route.matches;
    let by_severity_alone = Match {
        severities: severities.clone(),
        ..Match::default()
    };
    !route.sinks.is_empty()
        && route.matches == by_severity_alone
        && (severities.is_empty() || severities.contains(&severity))
}

fn route(node: &Node, log: &mut Log) -> Option<Route> {
    let mut fields = Fields::of(node, "a route", log)?;
    let name = fields.parse_required::<Name>("name", log);
    let matches = fields
        .optional("match")
        .map_or_else(|| Some(Match::default()), |node| matching(node, log));
    let sinks: Vec<_> = match fields.required("sinks", log) {
        Some(node) => list(node, "sinks", log)
            .iter()
            .map(|node| sink(node, log))
            .collect(),
        None => Vec::new(),
    };
    let severity = fields.parse("severity", log);
    let mentions = fields
        .list("mentions", log)
        .iter()
        .filter_map(|node| parse(node, "mentions", log))
        .collect();
    let continues = fields.flag("continue", log);
    fields.finish(log);
    Some(Route {
        name: name?.0,
        matches: matches?,
        sinks: sinks.into_iter().collect::<Option<_>>()?,
        severity,
        mentions,
        continues,
    })
}

pub(super) fn matching(node: &Node, log: &mut Log) -> Option<Match> {
    let mut fields = Fields::of(node, "`match`", log)?;
    let found = Match {
        kinds: several(fields.optional("kind"), "kind", log),
        severities: several(fields.optional("severity"), "severity", log),
        accounts: several(fields.optional("account"), "account", log),
        regions: several(fields.optional("region"), "region", log),
        namespaces: several(fields.optional("namespace"), "namespace", log),
        alarms: several(fields.optional("alarm"), "alarm", log),
        dimensions: pairs(fields.optional("dimensions"), "dimensions", log),
        tags: pairs(fields.optional("tags"), "tags", log),
        attributes: pairs(fields.optional("attributes"), "attributes", log),
    };
    fields.finish(log);
    Some(found)
}

/// One value, or a list of them that is not empty.
fn several<T: FromStr<Err: Display>>(node: Option<&Node>, name: &str, log: &mut Log) -> Vec<T> {
    let Some(node) = node else {
        return Vec::new();
    };
    let Value::List(items) = &node.value else {
        return parse(node, name, log).into_iter().collect();
    };
    if items.is_empty() {
        log.at(
            node.at,
            format!("`{name}` is empty, which nothing would match: leave it out to match all"),
        );
    }
    items
        .iter()
        .filter_map(|item| parse(item, name, log))
        .collect()
}

fn pairs(node: Option<&Node>, name: &str, log: &mut Log) -> Vec<(String, Vec<Glob>)> {
    match node.map(|node| (node, &node.value)) {
        None => Vec::new(),
        Some((_, Value::Map(entries))) if !entries.is_empty() => entries
            .iter()
            .map(|(key, value)| {
                let key = key.text().unwrap_or_default();
                (key.to_owned(), several(Some(value), key, log))
            })
            .collect(),
        Some((node, _)) => {
            log.at(
                node.at,
                format!("`{name}` must be a mapping of names to values"),
            );
            Vec::new()
        }
    }
}

fn sink(node: &Node, log: &mut Log) -> Option<Sink> {
    let mut fields = Fields::of(node, "a sink", log)?;
    let webhook = fields.parse::<Name>("webhook", log);
    let slack = fields.parse::<Channel>("slack", log);
    let pagerduty = fields.parse::<Name>("pagerduty", log);
    let named = ["webhook", "slack", "pagerduty"]
        .into_iter()
        .filter(|kind| fields.optional(kind).is_some())
        .count();
    fields.finish(log);
    if named != 1 {
        log.at(
            node.at,
            "a sink is one of `webhook`, `slack` and `pagerduty`: write for example `{ webhook: alerts }`",
        );
        return None;
    }
    let sinks = [
        webhook.map(|name| Sink::Webhook(name.0)),
        slack.map(|channel| Sink::Slack(channel.0)),
        pagerduty.map(|name| Sink::PagerDuty(name.0)),
    ];
    sinks.into_iter().flatten().next()
}

/// A Slack channel's id: a message can be edited by it alone, and a channel that is renamed keeps it.
struct Channel(String);

impl FromStr for Channel {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_id = text.starts_with(['C', 'G'])
            && (2..=32).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if is_id {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid(format!(
                "{text:?} is not a channel's id such as C024BE91L: it stands at the end of the channel's details in Slack"
            )))
        }
    }
}

/// A route's or a webhook's name; the latter is the end of a parameter's name.
pub(super) struct Name(pub(super) String);

impl FromStr for Name {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        sized(text, 64)?;
        match text
            .chars()
            .find(|&letter| !letter.is_ascii_alphanumeric() && !"-_.".contains(letter))
        {
            Some(letter) => Err(Invalid(format!(
                "{letter:?} is not a letter, a digit, `-`, `_` or `.`"
            ))),
            None => Ok(Self(text.to_owned())),
        }
    }
}
