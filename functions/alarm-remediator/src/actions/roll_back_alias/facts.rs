//! The facts about an alias and the versions of its function.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::Fault;

use super::ports::{ReadVersions, Version};
use crate::{
    actions::function::{Health, qualifier, read_health, window_start},
    audit::ReadAudit,
    guards::last_changed,
    model::{Candidate, Home},
    reads::{ReadMetrics, ReadSetting, ReadTags},
    setting::{Reading, Setting},
};

/// An alias, and the versions of its function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasFacts {
    /// The alias.
    pub alias: String,
    /// The function's tags.
    pub tags: BTreeMap<String, String>,
    /// The version that the alias points to; not settled where it has weights.
    pub version: Reading,
    /// The published versions of the function.
    pub versions: Vec<Version>,
    /// The alias's metrics of the minutes before its version was published.
    pub before: Health,
    /// The alias's metrics since.
    pub since: Health,
    /// When the remediator last began a change of the function.
    pub last_changed: Option<Timestamp>,
}

impl AliasFacts {
    /// The published version that the alias points to.
    pub(crate) fn current(&self) -> Option<&Version> {
        current(&self.version, &self.versions)
    }

    /// The newest version below `current`.
    pub(crate) fn previous(&self, current: &Version) -> Option<&Version> {
        self.versions
            .iter()
            .filter(|version| version.number < current.number)
            .max_by_key(|version| version.number)
    }
}

fn current<'a>(version: &Reading, versions: &'a [Version]) -> Option<&'a Version> {
    let text = version.value.to_string();
    versions
        .iter()
        .find(|version| version.number.to_string() == text)
}

/// Reads the facts; `None` where the function or the alias does not exist.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &(impl ReadSetting + ReadTags + ReadMetrics + ReadAudit + ReadVersions),
    now: Timestamp,
) -> Result<Option<AliasFacts>, Fault> {
    let function = &candidate.target;
    let Some(alias) = qualifier(candidate.playbook, candidate.alarm, function) else {
        return Ok(None);
    };
    let setting = Setting::AliasVersion {
        function: function.clone(),
        alias: alias.clone(),
    };
    let Some(version) = ports.setting(&setting).await? else {
        return Ok(None);
    };
    let arn = home.function_arn(function);
    let (tags, versions, last_changed) = tokio::try_join!(
        ports.tags(&arn),
        ports.versions(function),
        last_changed(candidate, ports, now),
    )?;
    // Nothing is decided on the metrics of an alias whose version is not published.
    let published =
        current(&version, &versions).map_or(now, |version| version.modified_at.min(now));
    let (before, since) = tokio::try_join!(
        read_health(
            ports,
            function,
            Some(&alias),
            window_start(published),
            published
        ),
        read_health(ports, function, Some(&alias), published, now),
    )?;
    Ok(Some(AliasFacts {
        alias,
        tags,
        version,
        versions,
        before,
        since,
        last_changed,
    }))
}
