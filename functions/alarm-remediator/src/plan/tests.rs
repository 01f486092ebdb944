//! The rules, each with worked numbers, and what holds whatever the facts.

mod limits;
mod properties;
mod refusals;

use std::{collections::BTreeMap, time::Duration};

use picket_rules::playbooks::{self, Action, Playbooks};
use picket_shared::alarm::{Alarm, Comparison, Metric, State, Watches};

use super::*;
use crate::{
    actions::reserved_concurrency::{
        AccountLimits, Finding as FunctionFinding, FunctionFacts, Measured,
    },
    guards::STACK_TAGS,
    model::StoredAlarm,
    playbook::NoPlaybook,
    setting::Value,
    testing::{alarm, home, now, throttles},
    triage::{Ignored, Triage, triage},
};

pub(crate) fn book() -> Playbooks {
    let text = "
playbooks:
  - name: lambda-throttles
    mode: act
    match: { namespace: AWS/Lambda, metric: Throttles }
    action:
      raise-reserved-concurrency: { factor: 1.5, maximum: 200, keep-unreserved: 100 }
    allow-tag: picket:remediate=true
    cooldown: 30m
";
    playbooks::parse("playbooks.yaml", text).unwrap()
}

/// A tagged function that runs at its reservation of 10, in an account with room.
pub(crate) fn facts() -> FunctionFacts {
    FunctionFacts {
        tags: BTreeMap::from([("picket:remediate".into(), "true".into())]),
        reserved: Some(10),
        account: AccountLimits {
            concurrent: 1_000,
            unreserved: 900,
        },
        measured: Measured {
            function_peak: Some(10),
            account_peak: Some(40),
            throttles: Some(42),
        },
        last_changed: None,
    }
}

pub(crate) fn decide_on(alarm: &Alarm, facts: FunctionFacts, mode: &Mode) -> Result<Plan, Ignored> {
    planned(alarm, &Read::Facts(Some(facts)), mode)
}

/// The alarm as CloudWatch has it, as the message says.
pub(crate) fn stored(alarm: &Alarm) -> StoredAlarm {
    StoredAlarm {
        arn: alarm.arn.clone(),
        state: alarm.state,
        changed_at: alarm.changed_at,
        metrics: alarm.watches.metrics().to_vec(),
    }
}

/// The result of reading the facts.
pub(crate) enum Read {
    Failed(&'static str),
    Facts(Option<FunctionFacts>),
}

pub(crate) fn planned(alarm: &Alarm, read: &Read, mode: &Mode) -> Result<Plan, Ignored> {
    let confirmation = Confirmation::Read(Some(stored(alarm)));
    planned_by(alarm, &confirmation, read, mode)
}

pub(crate) fn planned_by(
    alarm: &Alarm,
    confirmation: &Confirmation,
    read: &Read,
    mode: &Mode,
) -> Result<Plan, Ignored> {
    let (playbooks, home) = (book(), home());
    let scope = Scope {
        playbooks: &playbooks,
        home: &home,
    };
    let candidate = match triage(alarm, &scope, alarm.changed_at, now())? {
        Triage::Refused(refused) => return Ok(Plan::Refuse(refused)),
        Triage::Candidate(candidate) => candidate,
    };
    let Action::RaiseReservedConcurrency(bounds) = &candidate.playbook.action else {
        panic!("the playbook raises a reservation")
    };
    let facts = match read {
        Read::Failed(reason) => Facts::Unreachable((*reason).to_owned()),
        Read::Facts(facts) => Facts::ReservedConcurrency(bounds, facts.clone()),
    };
    let history = History::default();
    let situation = Situation {
        confirmation,
        mutes: Ok(Vec::new()),
        history: Ok(&history),
        mode,
    };
    Ok(plan(&candidate, &situation, &facts, &scope, now()))
}

fn change(facts: FunctionFacts) -> Change {
    match decide_on(&alarm("checkout"), facts, &Mode::Observe) {
        Ok(Plan::Propose(change)) => *change,
        plan => panic!("{plan:?}"),
    }
}

/// The values before and after a change, where they are numbers.
fn values(change: &Change) -> (u64, u64) {
    match (&change.write.from, &change.write.to) {
        (Value::Number(from), Value::Number(to)) => (*from, *to),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_step_ends_at_the_nearest_bound() {
    // Reserved, peak, unreserved in the account; then what it is raised to, by which bound, and what stays unreserved.
    for (reserved, peak, unreserved, to, bound, after) in [
        (10, 10, 900, 15, "the playbook's growth", 895),
        (1, 1, 900, 2, "the playbook's growth", 899),
        (10, 9, 900, 15, "the playbook's growth", 895),
        (150, 150, 900, 200, "the playbook's maximum", 850),
        (199, 190, 900, 200, "the playbook's maximum", 899),
        (10, 10, 103, 13, "what the account can spare", 100),
        (10, 10, 105, 15, "the playbook's growth", 100),
        (150, 150, 101, 151, "what the account can spare", 100),
    ] {
        let mut facts = facts();
        facts.reserved = Some(u32::try_from(reserved).unwrap());
        facts.measured.function_peak = Some(peak);
        facts.account.unreserved = unreserved;
        let change = change(facts);
        assert_eq!(values(&change), (reserved, to));
        let sentence =
            format!("{after} of the account's executions stay unreserved; {bound} ends the step");
        assert!(change.reason.ends_with(&sentence), "{}", change.reason);
    }
}

#[test]
fn a_change_shows_its_exact_request_and_how_to_put_it_back() {
    let change = change(facts());
    assert_eq!(
        change.request(),
        r#"aws lambda put-function-concurrency --cli-input-json '{"FunctionName":"checkout","ReservedConcurrentExecutions":15}'"#
    );
    assert_eq!(
        change.revert().unwrap(),
        r#"aws lambda put-function-concurrency --cli-input-json '{"FunctionName":"checkout","ReservedConcurrentExecutions":10}'"#
    );
    assert_eq!(
        change.to_string(),
        "raise the reserved concurrency of checkout from 10 to 15 (it ran 10 executions at one time and 42 invocations were throttled in the last 15 minutes; \
         895 of the account's executions stay unreserved; the playbook's growth ends the step)"
    );
}

#[test]
fn the_mode_says_what_becomes_of_a_change() {
    let act = |switch| decide_on(&alarm("checkout"), facts(), &Mode::Act(switch));
    assert!(matches!(act(Switch::On), Ok(Plan::Act(change)) if values(&change) == (10, 15)));
    assert!(matches!(
        act(Switch::Off("off".into())),
        Ok(Plan::Refuse(_))
    ));
    assert!(matches!(
        act(Switch::Unreachable("it did not answer".into())),
        Ok(Plan::Refuse(_))
    ));
    assert!(matches!(
        decide_on(&alarm("checkout"), facts(), &Mode::Observe),
        Ok(Plan::Propose(_))
    ));
}

#[test]
fn what_the_playbook_cannot_repair_is_diagnosed_with_its_numbers() {
    let diagnosed = |reserved, function_peak, account_peak| {
        let mut facts = facts();
        facts.reserved = reserved;
        facts.measured = Measured {
            function_peak,
            account_peak,
            throttles: Some(1),
        };
        facts.tags.clear();
        match decide_on(&alarm("checkout"), facts, &Mode::Act(Switch::On)) {
            Ok(Plan::Diagnose(diagnosis)) => diagnosis.finding,
            plan => panic!("{plan:?}"),
        }
    };
    for (reserved, function_peak, account_peak, finding, word) in [
        (
            None,
            Some(880),
            Some(950),
            FunctionFinding::AccountLimit {
                peak: 950,
                limit: 1_000,
                unreserved: 900,
            },
            "950 of its 1000 executions",
        ),
        (
            None,
            Some(60),
            Some(899),
            FunctionFinding::ScalingRate {
                function_peak: Some(60),
                peak: 899,
                limit: 1_000,
            },
            "only 899 of its 1000 executions at one time, 60 of them this function's",
        ),
        (
            None,
            None,
            None,
            FunctionFinding::NoReservation {
                limit: 1_000,
                unreserved: 900,
            },
            "the 900 unreserved of the account's 1000",
        ),
        (
            Some(10),
            Some(8),
            Some(40),
            FunctionFinding::ReservationNotReached {
                reserved: 10,
                function_peak: 8,
            },
            "at most 8 of its 10 reserved executions",
        ),
    ] {
        let found = diagnosed(reserved, function_peak, account_peak);
        assert!(found.to_string().contains(word), "{found}");
        assert_eq!(found, Finding::ReservedConcurrency(finding));
    }
}

#[test]
fn an_alarm_that_is_not_in_alarm_is_composite_or_has_no_playbook_is_ignored() {
    let ignored = |alarm: &Alarm| decide_on(alarm, facts(), &Mode::Observe).unwrap_err();
    for state in [State::Ok, State::InsufficientData] {
        let mut quiet = alarm("checkout");
        quiet.state = state;
        assert_eq!(ignored(&quiet), Ignored::State(state));
    }
    let mut other = alarm("checkout");
    other.watches = Watches::Unknown;
    assert_eq!(ignored(&other), Ignored::NoPlaybook);
    other.watches = Watches::Composite {
        rule: "ALARM(a)".into(),
        triggering: Vec::new(),
    };
    assert_eq!(ignored(&other), Ignored::Composite);
    assert_eq!(
        Ignored::Composite.to_string(),
        "a composite alarm names no resource: the alarms in its rule do"
    );
}

#[test]
fn a_qualified_function_is_the_function_itself() {
    for name in [
        "checkout",
        "checkout:live",
        "checkout:$LATEST",
        "arn:aws:lambda:eu-west-1:123456789012:function:checkout",
        "arn:aws:lambda:eu-west-1:123456789012:function:checkout:live",
    ] {
        match decide_on(&alarm(name), facts(), &Mode::Observe) {
            Ok(Plan::Propose(change)) => assert_eq!(change.target, "checkout"),
            plan => panic!("{name}: {plan:?}"),
        }
    }
}

#[test]
fn a_metric_of_no_built_in_playbook_is_left_alone() {
    assert_eq!(
        crate::playbook_for(crate::playbook::built_in(), &alarm("checkout")),
        Ok("lambda-throttles")
    );
    let mut errors = throttles("checkout");
    errors.name = "DeadLetterErrors".into();
    let mut other = alarm("checkout");
    other.watches = Watches::Expression {
        expressions: Vec::new(),
        metrics: vec![errors.clone()],
        comparison: Comparison {
            operator: None,
            threshold: None,
            evaluation_periods: None,
            datapoints_to_alarm: None,
            treat_missing_data: None,
        },
        threshold_metric_id: None,
    };
    assert_eq!(
        crate::playbook_for(crate::playbook::built_in(), &other),
        Err(NoPlaybook::OtherMetric(
            "AWS/Lambda DeadLetterErrors".into()
        ))
    );
}
