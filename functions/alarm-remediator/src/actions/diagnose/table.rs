//! A table: its mode and state, and what throttled it and its indexes, by cause.

use jiff::Timestamp;

use super::part::{Known, known};
use crate::{
    actions::{
        raise_table_throughput::{Cause, Measured, Part, ReadTable, Units, measured, queries},
        window::WINDOW_MINUTES,
    },
    reads::ReadMetrics,
};

/// What was read about a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFacts {
    /// Whether it is on-demand, and whether it is `ACTIVE`; `None` where it does not exist.
    pub table: Known<Option<(bool, bool)>>,
    /// The table and its indexes, with their metrics.
    pub parts: Known<Vec<Measured>>,
}

/// Reads the parts.
pub(super) async fn read(
    name: &str,
    ports: &(impl ReadTable + ReadMetrics),
    from: Timestamp,
    now: Timestamp,
) -> TableFacts {
    let table = known(ports.table(name).await);
    let described = match &table {
        Ok(Some(table)) => table.parts.clone(),
        // The metrics of the table itself are there without a description of it.
        Ok(None) | Err(_) => vec![Part::default()],
    };
    let values = ports.metrics(&queries(name, &described), from, now).await;
    TableFacts {
        table: table.map(|table| table.map(|table| (table.on_demand, table.active))),
        parts: known(values).map(|values| measured(described, &values).0),
    }
}

impl TableFacts {
    /// What an operator reads.
    pub(super) fn sentences(&self) -> Vec<String> {
        let table = match &self.table {
            Err(sentence) => sentence.clone(),
            Ok(None) => "There is no such table in this account and region.".to_owned(),
            Ok(Some((on_demand, active))) => format!(
                "The table is {}{}.",
                if *on_demand {
                    "on-demand"
                } else {
                    "provisioned"
                },
                if *active {
                    ""
                } else {
                    ", and it or an index is being changed"
                }
            ),
        };
        let mut sentences = vec![table];
        match &self.parts {
            Err(sentence) => sentences.push(sentence.clone()),
            Ok(parts) => sentences.extend(parts.iter().filter_map(throttled)),
        }
        if sentences.len() == 1 && self.parts.is_ok() {
            sentences.push(format!(
                "Nothing was throttled in the last {WINDOW_MINUTES} minutes."
            ));
        }
        sentences
    }
}

/// What throttled a part, by cause; `None` where nothing did.
fn throttled(found: &Measured) -> Option<String> {
    let causes: Vec<_> = [
        Cause::KeyRange,
        Cause::Account,
        Cause::Provisioned,
        Cause::Ceiling,
    ]
    .into_iter()
    .map(|cause| (cause, found.throttled.of(cause)))
    .filter(|(_, events)| events.total() > 0)
    .map(|(cause, events)| format!("{events} by {cause}"))
    .collect();
    if causes.is_empty() {
        return None;
    }
    let part = match &found.part.index {
        None => "The table".to_owned(),
        Some(index) => format!("The index {index}"),
    };
    Some(format!(
        "{part} throttled in the last {WINDOW_MINUTES} minutes: {}; it consumed at most {} units a second{}.",
        causes.join(", "),
        found.consumed,
        of_capacity(found.part.capacity)
    ))
}

fn of_capacity(capacity: Units) -> String {
    if capacity == Units::default() {
        return String::new();
    }
    format!(
        " of {} read and {} write capacity units",
        capacity.read, capacity.write
    )
}
