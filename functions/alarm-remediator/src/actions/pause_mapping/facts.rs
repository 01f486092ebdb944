//! The facts about a function and its event source mappings.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::Fault;

use crate::{
    actions::{
        function::{Health, read_health, window_start},
        mapping::{Mapping, ReadMappings, one_enabled, read_tags},
    },
    audit::ReadAudit,
    guards::last_changed,
    model::{Candidate, Home},
    reads::{ReadMetrics, ReadSetting, ReadTags},
    setting::Setting,
};

/// A function and its event source mappings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseFacts {
    /// The function's tags.
    pub tags: BTreeMap<String, String>,
    /// Its event source mappings.
    pub mappings: Vec<Mapping>,
    /// The tags of the enabled mapping, where there is exactly one.
    pub mapping_tags: BTreeMap<String, String>,
    /// The function's metrics of the last minutes.
    pub health: Health,
    /// When the remediator last began a change of the function.
    pub last_changed: Option<Timestamp>,
}

/// Reads the facts; `None` where the function does not exist.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &(impl ReadSetting + ReadTags + ReadMetrics + ReadAudit + ReadMappings),
    now: Timestamp,
) -> Result<Option<PauseFacts>, Fault> {
    let function = &candidate.target;
    let setting = Setting::ReservedConcurrency {
        function: function.clone(),
    };
    if ports.setting(&setting).await?.is_none() {
        return Ok(None);
    }
    let arn = home.function_arn(function);
    let (tags, mappings, health, last_changed) = tokio::try_join!(
        ports.tags(&arn),
        ports.mappings(function),
        read_health(ports, function, None, window_start(now), now),
        last_changed(candidate, ports, now),
    )?;
    let mapping_tags = read_tags(one_enabled(mappings.iter()), home, ports).await?;
    Ok(Some(PauseFacts {
        tags,
        mappings,
        mapping_tags,
        health,
        last_changed,
    }))
}
