//! The destinations of a message: its severity, and the sinks of the routes that match it.

use std::{sync::LazyLock, time::Duration};

use picket_rules::routes::{self, Mention, Routes, Sink};
use picket_shared::{Severity, alarm::State};

use crate::{decode::Decoded, message::Message};

/// The topics by ARN, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topics {
    /// Critical.
    pub critical: Option<String>,
    /// Warning.
    pub warning: Option<String>,
    /// Info.
    pub info: Option<String>,
}

/// A sink that a message goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The sink.
    pub sink: Sink,
    /// The route that says so; `None` where no route took the message.
    pub route: Option<String>,
    /// The severity there.
    pub severity: Severity,
    /// Who is mentioned.
    pub mentions: Vec<Mention>,
    /// How soon a person is to respond to bad news.
    pub respond_within: Option<Duration>,
    /// The values of the route's group, and its window.
    pub group: Option<(Vec<String>, Duration)>,
}

impl Destination {
    /// Where a message goes that no route took: the webhook named after its severity.
    pub fn unrouted(severity: Severity) -> Self {
        Self {
            sink: Sink::Webhook(severity.as_str().to_owned()),
            route: None,
            severity,
            mentions: Vec::new(),
            respond_within: None,
            group: None,
        }
    }
}

static BUILT_IN: LazyLock<Routes> = LazyLock::new(|| {
    routes::parse("routes.yaml", include_str!("../routes.yaml"))
        .expect("the build script has checked this very text")
});

/// The routes that were compiled in.
pub fn built_in() -> &'static Routes {
    &BUILT_IN
}

impl Topics {
    /// Returns the severity of a message: by its topic's ARN, by the word in the name of an unknown topic, else
    /// warning. An alarm that comes without a topic says nothing of its severity.
    pub fn severity(&self, message: &Message) -> Severity {
        let Some(topic) = message.topic.as_deref() else {
            return Severity::Warning;
        };
        let known = [
            (&self.critical, Severity::Critical),
            (&self.warning, Severity::Warning),
            (&self.info, Severity::Info),
        ];
        if let Some((_, severity)) = known.iter().find(|(arn, _)| arn.as_deref() == Some(topic)) {
            return *severity;
        }
        let name = topic
            .rsplit(':')
            .next()
            .unwrap_or(topic)
            .to_ascii_lowercase();
        [Severity::Critical, Severity::Warning, Severity::Info]
            .into_iter()
            .find(|severity| name.contains(severity.as_str()))
            .unwrap_or(Severity::Warning)
    }
}

/// Whether any route takes the message, if only to say nothing of it.
pub fn is_taken(routes: &Routes, message: &Message, decoded: &Decoded, severity: Severity) -> bool {
    !routes.route(&decoded.facts(message, severity)).is_empty()
}

/// Where the message goes: one destination a sink, in the order of the routes, the first route that names a sink
/// deciding its severity. A message that no route takes goes to the webhook named after its severity, so that none is
/// lost to a gap in the file; a route without sinks is how to say nothing. PagerDuty is left out where good news has
/// nothing to resolve, and for `INSUFFICIENT_DATA` unless the route pages it. Without `pages`, PagerDuty is left out,
/// and what would go nowhere else is taken for what no route took.
pub fn destinations(
    routes: &Routes,
    message: &Message,
    decoded: &Decoded,
    severity: Severity,
    pages: bool,
) -> Vec<Destination> {
    let all = taken(routes, message, decoded, severity);
    let is_page = |destination: &Destination| matches!(destination.sink, Sink::PagerDuty(_));
    if pages || !all.iter().any(is_page) {
        return all;
    }
    if all.iter().all(is_page) {
        return vec![Destination::unrouted(severity)];
    }
    all.into_iter().filter(|each| !is_page(each)).collect()
}

fn taken(
    routes: &Routes,
    message: &Message,
    decoded: &Decoded,
    severity: Severity,
) -> Vec<Destination> {
    let facts = decoded.facts(message, severity);
    let taken = routes.route(&facts);
    if taken.is_empty() {
        return vec![Destination::unrouted(severity)];
    }
    let mut destinations: Vec<Destination> = Vec::new();
    for route in taken {
        for sink in route.sinks {
            let is_missing_data = decoded
                .alarm()
                .is_some_and(|alarm| alarm.state == State::InsufficientData);
            let is_no_page =
                decoded.is_good_alone() || (is_missing_data && !route.pages_missing_data);
            if matches!(sink, Sink::PagerDuty(_)) && is_no_page {
                continue;
            }
            if let Some(known) = destinations.iter_mut().find(|known| known.sink == *sink) {
                known.mentions.extend(
                    route
                        .mentions
                        .iter()
                        .filter(|mention| !known.mentions.contains(mention))
                        .cloned()
                        .collect::<Vec<_>>(),
                );
                continue;
            }
            destinations.push(Destination {
                sink: sink.clone(),
                route: Some(route.name.to_owned()),
                severity: route.severity.unwrap_or(severity),
                mentions: route.mentions.to_vec(),
                respond_within: route.respond_within,
                group: route
                    .group
                    .map(|group| (group.values(&facts), group.window)),
            });
        }
    }
    destinations
}

#[cfg(test)]
mod tests;
