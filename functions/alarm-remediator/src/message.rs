//! The messages about a plan.

use picket_aws::Fault;
use picket_shared::{
    alarm::Alarm,
    fleet::{Outcome, RemediationMessage},
    report::ErrorChain,
};

use crate::{change::Change, plan::Plan};

/// The message about a plan before it is carried out. For a change that is about to be made it is the one that a crash
/// leaves.
pub(crate) fn message(stack: &str, alarm: &Alarm, plan: &Plan) -> RemediationMessage {
    let (playbook, target, outcome, text) = match plan {
        Plan::Act(change) => about(change, Outcome::Failed, begun(change)),
        Plan::Propose(change) => about(change, Outcome::Planned, proposed(change)),
        Plan::Diagnose(diagnosis) => (
            diagnosis.playbook.as_str(),
            Some(diagnosis.target.as_str()),
            Outcome::Diagnosed,
            format!("{}: {}", diagnosis.target, diagnosis.finding),
        ),
        Plan::Refuse(refused) => (
            refused.playbook.as_str(),
            refused.target.as_deref(),
            Outcome::Refused,
            format!("Nothing was done: {}", refused.refusal),
        ),
    };
    RemediationMessage {
        stack: stack.to_owned(),
        alarm_name: alarm.name.clone(),
        alarm_arn: alarm.arn.clone(),
        state_changed_at: alarm.changed_at,
        playbook: Some(playbook.to_owned()),
        target: target.map(str::to_owned),
        outcome,
        text,
        requests: change_of(plan).map(Change::request).into_iter().collect(),
        plan: None,
        revert: change_of(plan).map(Change::revert),
        step: None,
    }
}

/// The change that a plan makes or proposes.
pub(crate) fn change_of(plan: &Plan) -> Option<&Change> {
    match plan {
        Plan::Act(change) | Plan::Propose(change) => Some(change),
        Plan::Diagnose(_) | Plan::Refuse(_) => None,
    }
}

fn about(change: &Change, outcome: Outcome, text: String) -> (&str, Option<&str>, Outcome, String) {
    (&change.playbook, Some(&change.target), outcome, text)
}

fn proposed(change: &Change) -> String {
    format!(
        "Observing only. Picket would {change}. To put it back: {}",
        change.revert()
    )
}

fn begun(change: &Change) -> String {
    format!(
        "Picket began to {change}, and how it ended is not known. Look at it. To put it back: {}",
        change.revert()
    )
}

/// The message once the change was tried.
pub(crate) fn ended(
    message: RemediationMessage,
    change: &Change,
    result: Result<(), Fault>,
) -> RemediationMessage {
    let (outcome, text) = match result {
        Ok(()) => (
            Outcome::Done,
            format!("Picket did {change}. To put it back: {}", change.revert()),
        ),
        Err(fault) => (
            Outcome::Failed,
            format!(
                "Picket tried to {change}, and it failed: {}",
                ErrorChain(&fault)
            ),
        ),
    };
    RemediationMessage {
        outcome,
        text,
        ..message
    }
}
