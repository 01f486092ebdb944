//! The messages about a plan.

use picket_aws::Fault;
use picket_shared::{
    alarm::{Alarm, Comparison, State, Watches},
    fleet::{Outcome, RemediationMessage},
    report::ErrorChain,
};

use crate::{
    actions,
    change::Change,
    follow_up::afterwards,
    model::{Home, StoredAlarm},
    plan::Plan,
    record::Record,
    refusal::Refusal,
};

/// The sentence about a change of a property of templates: a deployment of `CloudFormation` sets the template's value when
/// the template's value changes, and not before.
const DRIFT: &str = "If a CloudFormation template sets this property, it is drift: the next deployment that changes the \
                     property sets the template's value again.";

/// The message about a plan before it is carried out.
pub(crate) fn message(stack: &str, alarm: &Alarm, plan: &Plan) -> RemediationMessage {
    let (playbook, target, outcome, text) = match plan {
        Plan::Act(change) => about(change, Outcome::Failed, began(change, &change.put_back())),
        Plan::Await(change) => about(change, Outcome::AwaitingApproval, awaited(change)),
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
            refused_as(&refused.refusal),
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
        revert: change_of(plan).and_then(Change::revert),
        step: None,
    }
}

/// A playbook that its own changes did not help has no further step: a person has to act.
fn refused_as(refusal: &actions::Refusal) -> Outcome {
    if let actions::Refusal::Shared(Refusal::Disarmed { .. }) = refusal {
        Outcome::Escalated
    } else {
        Outcome::Refused
    }
}

/// The change that a plan makes or proposes.
pub(crate) fn change_of(plan: &Plan) -> Option<&Change> {
    match plan {
        Plan::Act(change) | Plan::Await(change) | Plan::Propose(change) => Some(change),
        Plan::Diagnose(_) | Plan::Refuse(_) => None,
    }
}

fn about(change: &Change, outcome: Outcome, text: String) -> (&str, Option<&str>, Outcome, String) {
    (&change.playbook, Some(&change.target), outcome, text)
}

fn proposed(change: &Change) -> String {
    format!(
        "Observing only. Picket would {change}. {}",
        change.put_back()
    )
}

fn awaited(change: &Change) -> String {
    format!("Picket would {change}.")
}

fn began(change: &Change, put_back: &str) -> String {
    format!(
        "Picket began to {change}. Whether AWS made the change is not known: check the setting. {put_back}"
    )
}

/// The message about a change that is about to be made, which a crash leaves. What puts it back is the record's: after
/// several changes of a setting, that is the value before the first.
pub(crate) fn begun(
    message: RemediationMessage,
    change: &Change,
    record: &Record,
) -> RemediationMessage {
    RemediationMessage {
        text: began(change, &record.put_back()),
        revert: record.revert(),
        ..message
    }
}

/// The message once the change was tried.
pub(crate) fn ended(
    message: RemediationMessage,
    change: &Change,
    record: &Record,
    result: Result<(), Fault>,
) -> RemediationMessage {
    let (outcome, text) = match result {
        Ok(()) => (Outcome::Done, done(change, record)),
        Err(fault) => (
            Outcome::Failed,
            format!(
                "Picket tried to {change}, and the request failed: {}. AWS may have made the change all the same: check \
                 the setting. {}",
                ErrorChain(&fault),
                record.put_back()
            ),
        ),
    };
    RemediationMessage {
        outcome,
        text,
        ..message
    }
}

fn done(change: &Change, record: &Record) -> String {
    let mut sentences = vec![format!("Done: {change}.")];
    if let Some(by) = &record.approved_by {
        sentences.push(format!("Approved by {by}."));
    }
    if !change.write.setting.is_run() {
        sentences.push(DRIFT.to_owned());
    }
    let verify_at = record.verify_at;
    sentences.push(format!("Picket checks the alarm at {verify_at:.0}."));
    sentences.push(afterwards(record));
    sentences.join(" ")
}

/// An alarm as CloudWatch has it, in the form in which a notification brings it.
pub(crate) fn alarm_from(stored: &StoredAlarm, name: &str, home: &Home) -> Alarm {
    Alarm {
        name: name.to_owned(),
        arn: stored.arn.clone(),
        account: home.account.clone(),
        region: home.region.clone(),
        partition: home.partition.clone(),
        description: None,
        state: stored.state,
        previous_state: None,
        changed_at: stored.changed_at,
        reason: String::new(),
        reason_data: None,
        watches: Watches::Expression {
            expressions: Vec::new(),
            metrics: stored.metrics.clone(),
            comparison: Comparison {
                operator: None,
                threshold: None,
                evaluation_periods: None,
                datapoints_to_alarm: None,
                treat_missing_data: None,
            },
            threshold_metric_id: None,
        },
        actions_suppressed_by: None,
        muted_by: None,
        contributor: None,
        tags: None,
    }
}

/// The alarm of a plan, as CloudWatch has it: in ALARM by the change of state that the plan was made for, or it is not
/// confirmed.
pub(crate) fn alarm_of(stored: &StoredAlarm, planned: &RemediationMessage, home: &Home) -> Alarm {
    Alarm {
        arn: planned.alarm_arn.clone(),
        changed_at: planned.state_changed_at,
        state: State::Alarm,
        ..alarm_from(stored, &planned.alarm_name, home)
    }
}
