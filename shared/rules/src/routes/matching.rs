//! The conditions of routes and silences.

use std::{fmt::Display, str::FromStr};

use super::{AlertKind, KindPattern};
use crate::{
    Glob,
    severity::Severity,
    yaml::{Fields, Log, Node, Value, parse},
};

/// A condition: every part that is not empty must match.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Match {
    /// One of these kinds.
    pub kinds: Vec<KindPattern>,
    /// One of these severities.
    pub severities: Vec<Severity>,
    /// One of these accounts.
    pub accounts: Vec<Glob>,
    /// One of these regions.
    pub regions: Vec<Glob>,
    /// One of these CloudWatch namespaces.
    pub namespaces: Vec<Glob>,
    /// One of these alarm names.
    pub alarms: Vec<Glob>,
    /// For each name here, a dimension with one of the values.
    pub dimensions: Vec<(String, Vec<Glob>)>,
    /// For each name here, a tag with one of the values.
    pub tags: Vec<(String, Vec<Glob>)>,
    /// For each name here, an SNS message attribute with one of the values.
    pub attributes: Vec<(String, Vec<Glob>)>,
}

/// The facts of a message that routes match. An unknown fact matches no route that needs it.
#[derive(Debug, Clone, Default)]
pub struct Facts<'a> {
    /// The kind of message.
    pub kind: Option<AlertKind>,
    /// The severity of the topic.
    pub severity: Option<Severity>,
    /// The account it is about.
    pub account: Option<&'a str>,
    /// The region it is about.
    pub region: Option<&'a str>,
    /// The CloudWatch namespaces it is about.
    pub namespaces: Vec<&'a str>,
    /// The alarm's name.
    pub alarm: Option<&'a str>,
    /// Dimensions.
    pub dimensions: Vec<(&'a str, &'a str)>,
    /// Tags.
    pub tags: Vec<(&'a str, &'a str)>,
    /// SNS message attributes.
    pub attributes: Vec<(&'a str, &'a str)>,
}

impl Match {
    /// Whether every part that is named fits.
    pub fn takes(&self, facts: &Facts<'_>) -> bool {
        self.takes_kind(facts.kind)
            && one_of(&self.severities, facts.severity.as_ref())
            && any_fits(&self.accounts, facts.account.as_slice())
            && any_fits(&self.regions, facts.region.as_slice())
            && any_fits(&self.namespaces, &facts.namespaces)
            && any_fits(&self.alarms, facts.alarm.as_slice())
            && all_fit(&self.dimensions, &facts.dimensions)
            && all_fit(&self.tags, &facts.tags)
            && all_fit(&self.attributes, &facts.attributes)
    }

    /// Whether nothing is named that a message is about: no part is, or each is by `*`.
    pub(super) fn names_nothing(&self) -> bool {
        let globs = [
            &self.accounts,
            &self.regions,
            &self.namespaces,
            &self.alarms,
        ];
        let mut pairs = [&self.dimensions, &self.tags, &self.attributes]
            .into_iter()
            .flatten();
        let every_severity = [Severity::Critical, Severity::Warning, Severity::Info]
            .iter()
            .all(|each| self.severities.contains(each));
        self.kinds.is_empty()
            && (self.severities.is_empty() || every_severity)
            && globs.into_iter().all(|globs| is_any(globs))
            && pairs.all(|(_, globs)| is_any(globs))
    }

    fn takes_kind(&self, kind: Option<AlertKind>) -> bool {
        let accepts = |kind| self.kinds.iter().any(|pattern| pattern.matches(kind));
        self.kinds.is_empty() || kind.is_some_and(accepts)
    }
}

/// Whether any value fits.
fn is_any(globs: &[Glob]) -> bool {
    globs.is_empty() || globs.iter().any(|glob| glob.fixed() == 0)
}

fn one_of<T: PartialEq>(wanted: &[T], found: Option<&T>) -> bool {
    wanted.is_empty() || found.is_some_and(|found| wanted.contains(found))
}

fn any_fits(wanted: &[Glob], found: &[&str]) -> bool {
    wanted.is_empty()
        || found
            .iter()
            .any(|found| wanted.iter().any(|glob| glob.matches(found)))
}

fn all_fit(wanted: &[(String, Vec<Glob>)], found: &[(&str, &str)]) -> bool {
    wanted.iter().all(|(name, globs)| {
        found
            .iter()
            .any(|(key, value)| key == name && globs.iter().any(|glob| glob.matches(value)))
    })
}

/// Reads a `match`. What is left of one with an error takes more than it should: it is none.
pub(super) fn read(node: &Node, log: &mut Log) -> Option<Match> {
    let before = log.count();
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
    (log.count() == before).then_some(found)
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
