//! The facts about a document.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::Fault;
use picket_rules::playbooks::RunAutomation;

use super::{
    ports::{Document, ReadDocument},
    values::values,
};
use crate::{
    audit::ReadAudit,
    guards::last_changed,
    model::Candidate,
    reads::{ReadSetting, ReadTags},
    setting::{Reading, Setting},
};

/// A document that the stack's parameter lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutomationFacts {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The document; `None` where it does not exist.
    pub document: Option<Document>,
    /// Its last run.
    pub last_run: Reading,
    /// When the remediator last ran it for this target.
    pub last_changed: Option<Timestamp>,
}

/// Reads the facts; `None` where the stack's parameter does not list the document, of which nothing is read then.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    bounds: &RunAutomation,
    ports: &(impl ReadDocument + ReadSetting + ReadTags + ReadAudit),
    now: Timestamp,
) -> Result<Option<AutomationFacts>, Fault> {
    let arn = bounds.document.arn();
    if !ports.is_listed(arn) {
        return Ok(None);
    }
    let Some(document) = ports.document(bounds.document.name()).await? else {
        return Ok(Some(AutomationFacts {
            tags: BTreeMap::new(),
            document: None,
            last_run: Reading::settled(crate::setting::Value::Absent),
            last_changed: None,
        }));
    };
    // The decision refuses an alarm whose values are not legal; the last run of the document is the same for all values.
    let parameters = values(bounds, candidate.playbook, candidate.alarm).unwrap_or_default();
    let setting = setting(bounds, parameters);
    let (tags, last_run, last_changed) = tokio::try_join!(
        ports.tags(arn),
        ports.setting(&setting),
        last_changed(candidate, ports, now)
    )?;
    Ok(last_run.map(|last_run| AutomationFacts {
        tags,
        document: Some(document),
        last_run,
        last_changed,
    }))
}

pub(super) fn setting(bounds: &RunAutomation, parameters: BTreeMap<String, String>) -> Setting {
    Setting::Automation {
        document: bounds.document.name().to_owned(),
        parameters,
    }
}
