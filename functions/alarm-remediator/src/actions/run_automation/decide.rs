//! The decision whether a document is run.

use std::{collections::BTreeMap, convert::Infallible};

use jiff::Timestamp;
use picket_rules::playbooks::RunAutomation;

use super::{
    facts::{AutomationFacts, setting},
    refusal::Refusal,
    values::values,
};
use crate::{
    change::{Change, Decision},
    guards::{allowed_as, cooled_down, not_own_stack},
    model::{Candidate, Scope},
    setting::{Value, Write},
};

/// Decides on a run: the alarm is the only cause that is known. `facts` is `None` where the document is not listed.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    bounds: &RunAutomation,
    facts: Option<&AutomationFacts>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Infallible>, Refusal> {
    let (name, arn) = (bounds.document.name(), bounds.document.arn());
    let facts = facts.ok_or_else(|| Refusal::NotListed(arn.to_owned()))?;
    // A document of another account or Region that has the same name is another document.
    if arn != scope.home.arn("ssm", &format!("document/{name}")) {
        return Err(Refusal::Absent(arn.to_owned()));
    }
    let document = facts.document.as_ref();
    let document = document.ok_or_else(|| Refusal::Absent(name.to_owned()))?;
    if document.kind != "Automation" {
        return Err(Refusal::NotAutomation {
            name: name.to_owned(),
            kind: document.kind.clone(),
        });
    }
    let values = values(bounds, candidate.playbook, candidate.alarm)?;
    if let Some(unknown) = values
        .keys()
        .find(|name| !document.parameters.contains(name))
    {
        return Err(Refusal::NoParameter {
            name: name.to_owned(),
            parameter: unknown.clone(),
        });
    }
    let of_document = format!("the document {name}");
    not_own_stack(&of_document, &facts.tags, scope)?;
    if !facts.last_run.settled {
        return Err(Refusal::Running(name.to_owned()));
    }
    cooled_down(candidate, facts.last_changed, now)?;
    allowed_as(&of_document, candidate, &facts.tags)?;
    Ok(Decision::Change(Box::new(run(
        candidate, bounds, facts, values,
    ))))
}

fn run(
    candidate: &Candidate<'_>,
    bounds: &RunAutomation,
    facts: &AutomationFacts,
    values: BTreeMap<String, String>,
) -> Change {
    let with: Vec<_> = values
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    let with = match with.as_slice() {
        [] => "without parameters".to_owned(),
        values => format!("with {}", values.join(", ")),
    };
    let action = format!("run the document {} {with}", bounds.document.name());
    let reason = format!(
        "the alarm {} is in ALARM, the only cause that is checked; what the document does is its author's",
        candidate.alarm.name
    );
    let alarm = candidate.alarm;
    let write = Write {
        setting: setting(bounds, values),
        from: facts.last_run.value.clone(),
        to: Value::NewRun,
        revision: Some(format!("{} {}", alarm.incident(), alarm.changed_at)),
    };
    Change::new(candidate, write, action, reason)
}
