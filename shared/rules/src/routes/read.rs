//! Reading the file.

use std::{str::FromStr, time::Duration};

use super::{
    Match, Route, Routes, Sink, gather, matching::read as matching, name::Name, silence, sink::sink,
};
use crate::{
    Invalid, Problems, invalid,
    severity::Severity,
    yaml::{Fields, Log, Node, list, parse},
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
    let storm = gather::storm(fields.optional("storm"), log);
    let digest = digest(fields.optional("digest"), log);
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
        storm: storm?,
        digest: digest?,
    })
}

/// Reads the sinks of the daily digest; by default the webhook of info messages.
fn digest(node: Option<&Node>, log: &mut Log) -> Option<Vec<Sink>> {
    let Some(node) = node else {
        return Some(vec![Sink::Webhook(Severity::Info.as_str().to_owned())]);
    };
    let nodes = list(node, "digest", log);
    let sinks: Vec<_> = nodes.iter().map(|node| sink(node, log)).collect();
    let sinks: Vec<Sink> = sinks.into_iter().collect::<Option<_>>()?;
    if sinks.is_empty() {
        log.at(
            node.at,
            "`digest` is empty, and info messages would be sent nowhere: leave it out, or name a sink",
        );
    }
    if sinks.iter().any(|sink| matches!(sink, Sink::PagerDuty(_))) {
        log.at(node.at, "a digest pages no one: remove PagerDuty");
    }
    Some(sinks)
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
    let group = match fields.optional("group") {
        Some(node) => Some(gather::group(node, log)?),
        None => None,
    };
    let respond_within = match fields.optional("respond-within") {
        Some(node) => Some(parse::<ResponseTime>(node, "respond-within", log)?.0),
        None => None,
    };
    let pages_missing_data = fields.flag("page-missing-data", log);
    let continues = fields.flag("continue", log);
    fields.finish(log);
    Some(Route {
        name: name?.0,
        matches: matches?,
        sinks: sinks.into_iter().collect::<Option<_>>()?,
        severity,
        mentions,
        group,
        pages_missing_data,
        respond_within,
        continues,
    })
}

/// A time to respond: whole minutes.
struct ResponseTime(Duration);

/// A week: an alert does not plan work that has longer.
const LONGEST_RESPONSE: Duration = Duration::from_hours(7 * 24);

impl FromStr for ResponseTime {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_legal = |span: &Duration| {
            !span.is_zero() && *span <= LONGEST_RESPONSE && span.as_millis().is_multiple_of(60_000)
        };
        invalid::span(text).filter(is_legal).map(Self).ok_or_else(|| {
            Invalid(format!(
                "{text:?} is not a time of whole minutes such as `15m`, `1h` or `24h`, at most a week"
            ))
        })
    }
}
