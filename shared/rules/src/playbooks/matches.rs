//! The alarms that a playbook is for.

use super::values::Text;
use crate::{
    Glob,
    yaml::{Fields, Log, Node, Value, list, parse},
};

/// The alarms a playbook is for: every part that is given must fit.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmMatch {
    /// The metrics' namespace.
    pub namespace: String,
    /// The metrics' names, of which one must fit; never empty.
    pub metrics: Vec<String>,
    /// The alarm's name.
    pub alarm: Option<Glob>,
    /// Tags the alarm must have.
    pub tags: Vec<(String, Glob)>,
}

/// The facts of an alarm that playbooks match. An unknown fact matches no playbook that needs it.
#[derive(Debug, Clone, Default)]
pub struct AlarmFacts<'a> {
    /// Namespace and name of the one metric it watches.
    pub metric: Option<(&'a str, &'a str)>,
    /// Its name.
    pub alarm: &'a str,
    /// Its tags.
    pub tags: Vec<(&'a str, &'a str)>,
}

impl AlarmMatch {
    /// Whether every part that is given fits.
    pub fn takes(&self, facts: &AlarmFacts<'_>) -> bool {
        facts
            .metric
            .is_some_and(|(namespace, name)| self.takes_metric(namespace, name))
            && self
                .alarm
                .as_ref()
                .is_none_or(|alarm| alarm.matches(facts.alarm))
            && self.tags.iter().all(|(name, value)| {
                facts
                    .tags
                    .iter()
                    .any(|(key, found)| key == name && value.matches(found))
            })
    }

    /// Whether this metric is one of those that the playbook is for.
    pub fn takes_metric(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.metrics.iter().any(|metric| metric == name)
    }

    pub(super) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`match`", log)?;
        let namespace = fields.parse_required::<Text>("namespace", log);
        let metrics = fields
            .required("metric", log)
            .and_then(|node| metrics(node, log));
        let alarm = fields.parse("alarm", log);
        let tags = fields
            .optional("tags")
            .map_or_else(Vec::new, |node| tags(node, log));
        fields.finish(log);
        Some(Self {
            namespace: namespace?.0,
            metrics: metrics?,
            alarm,
            tags,
        })
    }
}

/// A metric's name, or a list of names.
fn metrics(node: &Node, log: &mut Log) -> Option<Vec<String>> {
    if !matches!(node.value, Value::List(_)) {
        return parse::<Text>(node, "metric", log).map(|name| vec![name.0]);
    }
    texts(node, "metric", log)
}

/// The texts of a list that is not empty, each of them once.
pub(super) fn texts(node: &Node, name: &str, log: &mut Log) -> Option<Vec<String>> {
    let items = list(node, name, log);
    if items.is_empty() && matches!(node.value, Value::List(_)) {
        log.at(node.at, format!("`{name}` is empty"));
    }
    let texts: Vec<_> = items.iter().map(|item| parse(item, name, log)).collect();
    let texts: Vec<String> = texts
        .into_iter()
        .map(|text: Option<Text>| text.map(|text| text.0))
        .collect::<Option<_>>()?;
    for (index, (text, item)) in texts.iter().zip(items).enumerate() {
        if texts[..index].contains(text) {
            log.at(item.at, format!("`{name}` has {text:?} twice"));
        }
    }
    (!texts.is_empty()).then_some(texts)
}

fn tags(node: &Node, log: &mut Log) -> Vec<(String, Glob)> {
    let Value::Map(entries) = &node.value else {
        log.at(node.at, "`tags` must be a mapping of names to values");
        return Vec::new();
    };
    let tag = |(key, value): &(Node, Node)| {
        let key = key.text().unwrap_or_default();
        Some((key.to_owned(), parse(value, key, log)?))
    };
    entries.iter().filter_map(tag).collect()
}
