//! The facts about a function that may be stopped.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::Fault;

use crate::{
    actions::function::{Health, read_health, window_start},
    audit::ReadAudit,
    guards::last_changed,
    model::{Candidate, Home},
    reads::{ReadMetrics, ReadSetting, ReadTags},
    setting::{Reading, Setting},
};

/// A function that may be stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopFacts {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its reserved concurrency.
    pub reservation: Reading,
    /// Its metrics of the last minutes.
    pub health: Health,
    /// When the remediator last began a change of it.
    pub last_changed: Option<Timestamp>,
}

/// Reads the facts; `None` where the function does not exist.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &(impl ReadSetting + ReadTags + ReadMetrics + ReadAudit),
    now: Timestamp,
) -> Result<Option<StopFacts>, Fault> {
    let function = &candidate.target;
    let setting = Setting::ReservedConcurrency {
        function: function.clone(),
    };
    let Some(reservation) = ports.setting(&setting).await? else {
        return Ok(None);
    };
    let arn = home.function_arn(function);
    let (tags, health, last_changed) = tokio::try_join!(
        ports.tags(&arn),
        read_health(ports, function, None, window_start(now), now),
        last_changed(candidate, ports, now),
    )?;
    Ok(Some(StopFacts {
        tags,
        reservation,
        health,
        last_changed,
    }))
}
