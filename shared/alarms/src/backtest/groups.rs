//! The groups of Metrics Insights queries in answers of `GetMetricData`: a series for each, with the query's id.

use jiff::SignedDuration;

use super::{
    answers::Recorded,
    queries::{Needed, Part},
};
use crate::{Definition, Puts, insights};

/// Puts the groups of the queries.
pub(super) fn put<'a>(
    puts: &mut Puts,
    definition: &Definition,
    length: SignedDuration,
    found: impl Iterator<Item = (&'a Needed, &'a Vec<&'a Recorded>)>,
) {
    let queries = definition.queries();
    for (one, series) in found.filter(|(one, _)| one.part == Part::Groups) {
        let Some((_, query)) = queries.iter().find(|(id, _)| *id == one.name) else {
            continue;
        };
        for series in series {
            let attributes = attributes(query, &series.label);
            for (at, value) in &series.points {
                puts.put_group(&one.name, &attributes, (*at, *at + length), *value);
            }
        }
    }
}

/// The labels of a group, from that of its series. AWS does not publish how the latter is made: it has the values of the
/// group with spaces between them. Where a value has a space itself they cannot be distinguished, and are one.
fn attributes(query: &insights::Query, label: &str) -> Vec<(String, String)> {
    let names = &query.group_by;
    let values: Vec<&str> = label.split(' ').collect();
    match names.len() {
        0 => Vec::new(),
        1 => vec![(names[0].clone(), label.to_owned())],
        count if count == values.len() => {
            let values = values.into_iter().map(str::to_owned);
            names.iter().cloned().zip(values).collect()
        }
        _ => vec![(names.join(" "), label.to_owned())],
    }
}

#[cfg(test)]
mod tests;
