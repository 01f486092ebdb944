//! What is said of a plan.

use picket_aws::Fault;
use picket_shared::{
    alarm::Alarm,
    fleet::{Outcome, RemediationMessage},
    report::ErrorChain,
};

use crate::{change::Change, plan::Plan};

/// What is said of a plan before it is carried out; `None` where nobody needs to hear of it. For a change that is about to
/// be made it is what a crash would leave to say.
pub(crate) fn message(stack: &str, alarm: &Alarm, plan: &Plan) -> Option<RemediationMessage> {
    let say = |playbook: &str, target: Option<&str>, outcome, text, requests| RemediationMessage {
        stack: stack.to_owned(),
        alarm_name: alarm.name.clone(),
        alarm_arn: alarm.arn.clone(),
        state_changed_at: alarm.changed_at,
        playbook: Some(playbook.to_owned()),
        target: target.map(str::to_owned),
        outcome,
        text,
        requests,
    };
    let of_change = |change: &Change, outcome, text| {
        let requests = vec![change.request()];
        say(
            &change.playbook,
            Some(&change.function),
            outcome,
            text,
            requests,
        )
    };
    match plan {
        Plan::Act(change) => Some(of_change(change, Outcome::Failed, begun(change))),
        Plan::Propose(change) => Some(of_change(
            change,
            Outcome::Planned,
            format!(
                "Observing only. Picket would {change}. To put it back: {}",
                change.revert()
            ),
        )),
        Plan::Diagnose(diagnosis) => Some(say(
            &diagnosis.playbook,
            Some(&diagnosis.function),
            Outcome::Diagnosed,
            format!("{}: {}", diagnosis.function, diagnosis.finding),
            Vec::new(),
        )),
        Plan::Refuse(refused) => refused.playbook.as_deref().map(|playbook| {
            let text = format!("Nothing was done: {}", refused.refusal);
            say(
                playbook,
                refused.target.as_deref(),
                Outcome::Refused,
                text,
                Vec::new(),
            )
        }),
        Plan::Nothing(_) => None,
    }
}

fn begun(change: &Change) -> String {
    format!(
        "Picket began to {change}, and how it ended is not known. Look at the function. To put it back: {}",
        change.revert()
    )
}

/// What is said once the change was tried.
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

/// An outcome in a subject.
pub(crate) const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Planned => "planned",
        Outcome::Done => "done",
        Outcome::Failed => "failed",
        Outcome::Diagnosed => "diagnosed",
        Outcome::Refused => "refused",
    }
}
