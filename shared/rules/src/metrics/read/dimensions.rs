//! `Dimensions` and `DimensionSets`.

use super::field;
use crate::{
    filter::{Field, Pattern},
    metrics::{DimensionName, Dimensions, MOST_DIMENSIONS},
    yaml::{Fields, Log, Node, list},
};

pub(super) fn read(
    fields: &mut Fields<'_>,
    pattern: Option<&Pattern>,
    log: &mut Log,
) -> Option<Dimensions> {
    let node = fields.optional("Dimensions");
    let declared: Option<Vec<_>> = node
        .map_or(&[][..], |node| list(node, "Dimensions", log))
        .iter()
        .map(|node| dimension(node, pattern, log))
        .collect::<Vec<_>>()
        .into_iter()
        .collect();
    let sets = fields.optional("DimensionSets");
    let declared: Vec<(DimensionName, Field)> = declared?;
    if let Some(node) = node.filter(|_| declared.len() > MOST_DIMENSIONS) {
        log.at(
            node.at,
            format!(
                "`Dimensions` has {}, and CloudWatch allows {MOST_DIMENSIONS}",
                declared.len()
            ),
        );
    }
    for (index, (name, _)) in declared.iter().enumerate() {
        if let Some(node) =
            node.filter(|_| declared[..index].iter().any(|(other, _)| other == name))
        {
            log.at(
                node.at,
                format!("the dimension {:?} is declared twice", name.as_str()),
            );
        }
    }
    let sets = match sets {
        None => vec![(0..declared.len()).collect()],
        Some(node) => read_sets(node, &declared, log),
    };
    Some(Dimensions { declared, sets })
}

fn dimension(
    node: &Node,
    pattern: Option<&Pattern>,
    log: &mut Log,
) -> Option<(DimensionName, Field)> {
    let mut fields = Fields::of(node, "a dimension", log)?;
    let name = fields.parse_required("Key", log);
    let value = fields
        .required("Value", log)
        .and_then(|node| field(Some(node), "Value", pattern, log));
    fields.finish(log);
    Some((name?, value?))
}

fn read_sets(node: &Node, declared: &[(DimensionName, Field)], log: &mut Log) -> Vec<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = Vec::new();
    for set in list(node, "DimensionSets", log) {
        let mut indices = Vec::new();
        for key in list(set, "a set of DimensionSets", log) {
            match declared
                .iter()
                .position(|(name, _)| Some(name.as_str()) == key.text())
            {
                Some(index) if !indices.contains(&index) => indices.push(index),
                Some(_) => log.at(key.at, "this dimension appears twice in its set"),
                None => log.at(key.at, "this is not one of the `Dimensions`"),
            }
        }
        indices.sort_unstable();
        if sets.contains(&indices) {
            log.at(set.at, "this set appears twice in `DimensionSets`");
        }
        sets.push(indices);
    }
    if sets.is_empty() {
        log.at(node.at, "`DimensionSets` is empty, so nothing would be counted: write `[[]]` for the total alone");
    }
    sets
}
