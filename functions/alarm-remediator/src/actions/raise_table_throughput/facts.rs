//! The facts about a table and its indexes, and the reads that collect them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use picket_aws::Fault;

use super::{
    causes::Cause,
    measured::{Measured, Spare, dominant, measured, queries},
    ports::ReadPorts,
    target,
};
use crate::{
    actions::window::{WINDOW_MINUTES, before},
    audit::ReadAudit,
    guards::last_changed,
    model::{Candidate, Home},
    reads::{ReadMetrics, ReadTags},
};

/// The most indexes whose metrics are read: with ten queries each, half of what one `GetMetricData` takes (500). A
/// table has at most 20 by default.
const INDEXES_READ: usize = 24;

/// A table, its indexes and the account around it.
#[derive(Debug, Clone, PartialEq)]
pub struct TableFacts {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Whether requests are billed instead of capacity.
    pub on_demand: bool,
    /// Whether the table and all its indexes are `ACTIVE`.
    pub active: bool,
    /// How many replicas it has in other regions.
    pub replicas: usize,
    /// The table itself, and then its indexes.
    pub parts: Vec<Measured>,
    /// The indexes that are not among the parts, since the table has more than are read.
    pub unread_indexes: usize,
    /// The parts whose capacity Application Auto Scaling manages, by index; `None` is the table itself. Read where a lack of
    /// provisioned capacity throttles most.
    pub auto_scaled: BTreeSet<Option<String>>,
    /// The account's provisioned capacity that is not in use: reads and writes, where CloudWatch has it.
    pub spare: Spare,
    /// When the remediator last began a change of it.
    pub last_changed: Option<Timestamp>,
}

/// Reads the facts; `None` where the table does not exist.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &(impl ReadPorts + ReadTags + ReadMetrics + ReadAudit),
    now: Timestamp,
) -> Result<Option<TableFacts>, Fault> {
    let name = target::name(&candidate.target);
    let Some(table) = ports.table(name).await? else {
        return Ok(None);
    };
    let arn = home.arn("dynamodb", &format!("table/{name}"));
    let unread_indexes = table.parts.len().saturating_sub(1 + INDEXES_READ);
    let mut described = table.parts;
    described.truncate(1 + INDEXES_READ);
    let queries = queries(name, &described);
    let from = before(now, WINDOW_MINUTES);
    let (tags, values, last_changed) = tokio::try_join!(
        ports.tags(&arn),
        ports.metrics(&queries, from, now),
        last_changed(candidate, ports, now),
    )?;
    let (found, spare) = measured(described, &values);
    let mut auto_scaled = BTreeSet::new();
    if let Some((_, Cause::Provisioned)) = dominant(&found) {
        for index in found.iter().map(|part| &part.part.index) {
            if ports.auto_scaled(name, index.as_deref()).await? {
                auto_scaled.insert(index.clone());
            }
        }
    }
    Ok(Some(TableFacts {
        tags,
        on_demand: table.on_demand,
        active: table.active,
        replicas: table.replicas,
        parts: found,
        unread_indexes,
        auto_scaled,
        spare,
        last_changed,
    }))
}
