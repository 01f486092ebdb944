//! `Metrics`.

use crate::{
    metrics::Unit,
    probes::{Check, MOST_METRICS, ProbeMetric, ProbeValue},
    yaml::{Fields, Log, Node, parse},
};

pub(super) fn all(
    fields: &mut Fields<'_>,
    check: Option<&Check>,
    log: &mut Log,
) -> Option<Vec<ProbeMetric>> {
    let at = fields.at;
    let nodes = fields.list_required("Metrics", log);
    if nodes.len() > MOST_METRICS {
        log.at(
            at,
            format!("a probe feeds {} metrics, and {MOST_METRICS} are allowed: each is a series, $0.30 a month", nodes.len()),
        );
    }
    let metrics: Vec<_> = nodes.iter().map(|node| one(node, check, log)).collect();
    metrics.into_iter().collect()
}

fn one(node: &Node, check: Option<&Check>, log: &mut Log) -> Option<ProbeMetric> {
    let mut fields = Fields::of(node, "a metric", log)?;
    let value = value(&mut fields, check, log);
    let namespace = fields.parse_required("MetricNamespace", log);
    let name = fields.parse_required("MetricName", log);
    let unit = unit(&mut fields, value.as_ref(), log);
    fields.finish(log);
    Some(ProbeMetric {
        value: value?,
        namespace: namespace?,
        name: name?,
        unit: unit?,
        at: (node.at.line, node.at.column),
    })
}

fn value(fields: &mut Fields<'_>, check: Option<&Check>, log: &mut Log) -> Option<ProbeValue> {
    let at = fields.at;
    let (node, value) = match (fields.optional("Value"), fields.optional("Column")) {
        (Some(node), None) => {
            let word = parse::<String>(node, "Value", log)?;
            let value = ProbeValue::of_word(&word);
            if value.is_none() {
                log.at(node.at, format!("`Value`: {word:?} is not one of availability, latency, status, certificate-days, count, sum, prepared, alias-prepared, action-groups-enabled, active, retrieved"));
            }
            (node, value?)
        }
        (None, Some(node)) => (node, ProbeValue::Column(parse(node, "Column", log)?)),
        _ => {
            log.at(
                at,
                "write either `Value`, or `Column` for a column of PostgreSQL's row",
            );
            return None;
        }
    };
    // Nothing is said where the question itself is wrong.
    if check.is_some_and(|check| !value.is_answered_by(check)) {
        log.at(node.at, format!("this probe's answer has no `{value}`"));
    }
    Some(value)
}

fn unit(fields: &mut Fields<'_>, value: Option<&ProbeValue>, log: &mut Log) -> Option<Unit> {
    let Some(node) = fields.optional("Unit") else {
        return Some(value.map_or(Unit::NONE, ProbeValue::default_unit));
    };
    let unit = parse::<Unit>(node, "Unit", log)?;
    let own = value.and_then(ProbeValue::own_unit);
    if own.is_some_and(|own| own != unit.as_str()) {
        log.at(
            node.at,
            format!("`Unit`: its unit is {}", own.unwrap_or_default()),
        );
    }
    Some(unit)
}
