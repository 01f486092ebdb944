//! The facts about a function that falls behind its stream.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::Fault;

use crate::{
    actions::{
        function::{Health, read_health, total, window_start},
        mapping::{Mapping, ReadMappings, one_enabled, read_tags},
    },
    audit::ReadAudit,
    guards::last_changed,
    model::{Candidate, Home},
    reads::{MetricQuery, ReadMetrics, ReadSetting, ReadTags},
    setting::Setting,
};

/// A function that falls behind its stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LagFacts {
    /// The function's tags.
    pub tags: BTreeMap<String, String>,
    /// Its reserved concurrency, where it has a reservation.
    pub reserved: Option<u64>,
    /// Its event source mappings of streams.
    pub mappings: Vec<Mapping>,
    /// The tags of the enabled mapping, where there is exactly one.
    pub mapping_tags: BTreeMap<String, String>,
    /// The function's metrics of the last minutes.
    pub health: Health,
    /// The age of the last record of its batches in milliseconds, the most of each minute, the oldest first.
    pub ages: Vec<u64>,
    /// Its concurrent executions, the most of each minute.
    pub executions: Vec<u64>,
    /// When the remediator last began a change of the function.
    pub last_changed: Option<Timestamp>,
}

/// Reads the facts; `None` where the function does not exist.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &(impl ReadSetting + ReadTags + ReadMetrics + ReadAudit + ReadMappings),
    now: Timestamp,
) -> Result<Option<LagFacts>, Fault> {
    let function = &candidate.target;
    let setting = Setting::ReservedConcurrency {
        function: function.clone(),
    };
    let Some(reservation) = ports.setting(&setting).await? else {
        return Ok(None);
    };
    let arn = home.function_arn(function);
    let from = window_start(now);
    let (tags, mut mappings, health, (ages, executions), last_changed) = tokio::try_join!(
        ports.tags(&arn),
        ports.mappings(function),
        read_health(ports, function, None, from, now),
        read_lag(ports, function, from, now),
        last_changed(candidate, ports, now),
    )?;
    mappings.retain(Mapping::is_stream);
    let mapping_tags = read_tags(one_enabled(mappings.iter()), home, ports).await?;
    Ok(Some(LagFacts {
        tags,
        reserved: reservation.value.number(),
        mappings,
        mapping_tags,
        health,
        ages,
        executions,
        last_changed,
    }))
}

/// The iterator ages and the concurrent executions of a function.
async fn read_lag(
    ports: &impl ReadMetrics,
    function: &str,
    from: Timestamp,
    to: Timestamp,
) -> Result<(Vec<u64>, Vec<u64>), Fault> {
    let queries = ["IteratorAge", "ConcurrentExecutions"].map(|name| MetricQuery {
        namespace: "AWS/Lambda",
        name,
        dimensions: vec![("FunctionName", function.to_owned())],
        statistic: "Maximum",
    });
    let values = ports.metrics(&queries, from, to).await?;
    let of = |index: usize| {
        let values = values.get(index).into_iter().flatten();
        values.filter_map(|value| total(&[*value])).collect()
    };
    Ok((of(0), of(1)))
}
