//! The facts about a log group, and the reads that collect them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::Fault;

use super::{
    ports::{LogGroup, ReadLogGroup},
    target,
};
use crate::{
    audit::ReadAudit,
    guards::last_changed,
    model::{Candidate, Home},
    reads::ReadTags,
};

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFacts {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The group as `DescribeLogGroups` has it.
    pub group: LogGroup,
    /// When the remediator last began a change of it.
    pub last_changed: Option<Timestamp>,
}

/// Reads the facts; `None` where the group does not exist.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &(impl ReadLogGroup + ReadTags + ReadAudit),
    now: Timestamp,
) -> Result<Option<GroupFacts>, Fault> {
    let name = target::name(&candidate.target);
    let Some(group) = ports.log_group(name).await? else {
        return Ok(None);
    };
    // The ARN of the tagging API has no `:*` at its end.
    let arn = home.arn("logs", &format!("log-group:{name}"));
    let (tags, last_changed) =
        tokio::try_join!(ports.tags(&arn), last_changed(candidate, ports, now))?;
    Ok(Some(GroupFacts {
        tags,
        group,
        last_changed,
    }))
}
