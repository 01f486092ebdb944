//! The facts about a service whose tasks may be replaced.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::Fault;

use crate::{
    actions::service::{Name, ReadService, Service, name},
    audit::ReadAudit,
    guards::last_changed,
    model::{Candidate, Home},
    reads::ReadTags,
};

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedeployFacts {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The service as ECS has it.
    pub service: Service,
    /// When the remediator last began a change of it.
    pub last_changed: Option<Timestamp>,
}

/// Reads the facts; `None` where the service does not exist.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &(impl ReadService + ReadTags + ReadAudit),
    now: Timestamp,
) -> Result<Option<RedeployFacts>, Fault> {
    let Name { cluster, service } = name(&candidate.target);
    let Some(found) = ports.service(cluster, service).await? else {
        return Ok(None);
    };
    let arn = home.arn("ecs", &format!("service/{cluster}/{service}"));
    let (tags, last_changed) =
        tokio::try_join!(ports.tags(&arn), last_changed(candidate, ports, now))?;
    Ok(Some(RedeployFacts {
        tags,
        service: found,
        last_changed,
    }))
}
