//! The facts about a parameter.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::Fault;
use picket_rules::playbooks::SetParameter;

use crate::{
    audit::ReadAudit,
    guards::last_changed,
    model::{Candidate, Home},
    reads::{ReadSetting, ReadTags},
    setting::{Reading, Setting},
};

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterFacts {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its value.
    pub value: Reading,
    /// When the remediator last began a change of it.
    pub last_changed: Option<Timestamp>,
}

/// Reads the facts; `None` where the parameter does not exist.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    bounds: &SetParameter,
    home: &Home,
    ports: &(impl ReadSetting + ReadTags + ReadAudit),
    now: Timestamp,
) -> Result<Option<ParameterFacts>, Fault> {
    let setting = Setting::Parameter {
        name: bounds.parameter.clone(),
    };
    let Some(value) = ports.setting(&setting).await? else {
        return Ok(None);
    };
    let arn = home.parameter_arn(&bounds.parameter);
    let (tags, last_changed) =
        tokio::try_join!(ports.tags(&arn), last_changed(candidate, ports, now))?;
    Ok(Some(ParameterFacts {
        tags,
        value,
        last_changed,
    }))
}
