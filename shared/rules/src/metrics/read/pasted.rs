//! Metric filters as CloudWatch Logs and CloudFormation have them: answers of `DescribeMetricFilters`, and resources of
//! the type `AWS::Logs::MetricFilter`.

mod text;

use crate::yaml::{Log, Node, Value, list};

pub(super) use text::as_yaml;

/// The type of the resources.
const RESOURCE: &str = "AWS::Logs::MetricFilter";

/// The list in an answer of `DescribeMetricFilters`.
const ANSWER: &str = "metricFilters";

/// The rules of `Rules`: a list of rules and pasted filters, an answer, or resources by their logical ids.
pub(super) fn rules(node: &Node, log: &mut Log) -> Vec<Node> {
    match &node.value {
        Value::List(items) => items.iter().flat_map(|item| item_of(item, log)).collect(),
        Value::Map(_) if is_pasted(node) => item_of(node, log),
        _ => {
            log.at(
                node.at,
                "`Rules` must be a list, an answer of DescribeMetricFilters, or resources of the type \
                 AWS::Logs::MetricFilter by their logical ids",
            );
            Vec::new()
        }
    }
}

/// Whether a mapping is no rule but has filters in it.
fn is_pasted(node: &Node) -> bool {
    let Value::Map(entries) = &node.value else {
        return false;
    };
    let is_resource = |(_, value): &(Node, Node)| kind(value).is_some();
    get(node, ANSWER).is_some() || kind(node).is_some() || entries.iter().any(is_resource)
}

fn item_of(item: &Node, log: &mut Log) -> Vec<Node> {
    if let Some(filters) = get(item, ANSWER) {
        let filters = list(filters, ANSWER, log);
        return filters
            .iter()
            .map(|filter| described(filter, log))
            .collect();
    }
    if kind(item).is_some() {
        return resource(item, log).into_iter().collect();
    }
    match &item.value {
        Value::Map(entries) if is_pasted(item) => {
            let each = entries.iter();
            each.filter_map(|(_, value)| resource(value, log)).collect()
        }
        _ if get(item, "filterPattern").is_some() => vec![described(item, log)],
        _ => vec![known(item.clone(), log)],
    }
}

/// The properties of a resource.
fn resource(node: &Node, log: &mut Log) -> Option<Node> {
    match kind(node) {
        Some(RESOURCE) => {
            let properties = get(node, "Properties").cloned();
            if properties.is_none() {
                log.at(node.at, "`Properties` is missing");
            }
            properties.map(|properties| known(properties, log))
        }
        Some(other) => {
            log.at(
                node.at,
                format!("a resource of the type {other} is no metric filter: remove it"),
            );
            None
        }
        None => {
            log.at(
                node.at,
                format!("this is no resource: `Type` is not {RESOURCE}"),
            );
            None
        }
    }
}

fn kind(node: &Node) -> Option<&str> {
    get(node, "Type")?.text()
}

fn get<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    let Value::Map(entries) = &node.value else {
        return None;
    };
    let found = entries.iter().find(|(key, _)| key.text() == Some(name));
    found.map(|(_, value)| value)
}

/// A filter of an answer, whose fields begin with lower-case letters and whose dimensions are a mapping.
fn described(node: &Node, log: &mut Log) -> Node {
    let mut filter = capitalised(node.clone());
    for (key, value) in entries_of(&mut filter) {
        if key.text() == Some("MetricTransformations")
            && let Value::List(metrics) = &mut value.value
        {
            for metric in metrics {
                *metric = capitalised(metric.clone());
                entries_of(metric)
                    .filter(|(key, _)| key.text() == Some("Dimensions"))
                    .for_each(|(_, value)| *value = listed(value));
            }
        }
    }
    known(filter, log)
}

fn entries_of(node: &mut Node) -> impl Iterator<Item = &mut (Node, Node)> {
    let entries: &mut [(Node, Node)] = match &mut node.value {
        Value::Map(entries) => entries,
        _ => &mut [],
    };
    entries.iter_mut()
}

fn capitalised(mut node: Node) -> Node {
    for (key, _) in entries_of(&mut node) {
        if let Value::Text(name) = &mut key.value
            && let Some(first) = name.get_mut(..1)
        {
            first.make_ascii_uppercase();
        }
    }
    node
}

/// `{Shop: $.shop}` as `[{Key: Shop, Value: $.shop}]`.
fn listed(node: &Node) -> Node {
    let Value::Map(entries) = &node.value else {
        return node.clone();
    };
    let name = |name: &str, at| Node {
        at,
        value: Value::Text(name.to_owned()),
    };
    let dimension = |(key, value): &(Node, Node)| Node {
        at: key.at,
        value: Value::Map(vec![
            (name("Key", key.at), key.clone()),
            (name("Value", key.at), value.clone()),
        ]),
    };
    Node {
        at: node.at,
        value: Value::List(entries.iter().map(dimension).collect()),
    }
}

/// A filter without the fields that say nothing here. One that would change what it counts is written down.
fn known(mut node: Node, log: &mut Log) -> Node {
    let Value::Map(entries) = &mut node.value else {
        return node;
    };
    entries.retain(|(key, value)| match key.text() {
        Some("CreationTime") => false,
        Some(
            name @ ("ApplyOnTransformedLogs"
            | "EmitSystemFieldDimensions"
            | "FieldSelectionCriteria"),
        ) => {
            if !is_off(value) {
                log.at(
                    key.at,
                    format!("`{name}` has no counterpart: rules see the events as they arrive"),
                );
            }
            false
        }
        _ => true,
    });
    node
}

fn is_off(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Bool(value, _) => !value,
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(_) => false,
    }
}
