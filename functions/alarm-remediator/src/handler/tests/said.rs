//! What the messages of changes and refusals say, besides what was done.

use super::{
    follow_up::{APPROVED, REVERTED, decide_in},
    uncertain::SHORT_COOLDOWN,
    *,
};

const DRIFT: &str = " If a CloudFormation template sets this property, it is drift: the next deployment that changes \
                     the property sets the template's value again. Picket checks the alarm at \
                     2026-11-20T06:16:00Z. ";

/// The playbook of [`APPROVED`], which observes.
const OBSERVED: &str = "\
playbooks:
  - name: throttles
    mode: observe
    match: { namespace: AWS/Lambda, metric: Throttles }
    action:
      raise-reserved-concurrency: { factor: 1.5, maximum: 200, keep-unreserved: 100 }
    cooldown: 30m
";

/// A plan that waits, and its id.
async fn waiting() -> (Fleet, String) {
    let fleet = Fleet::with_playbooks(APPROVED);
    invoke(&fleet, Mode::Act, "r1").await.unwrap();
    let plan = fleet.messages()[0].plan.clone().unwrap();
    (fleet, plan)
}

#[tokio::test]
async fn a_change_is_said_to_be_drift_and_one_that_failed_is_not() {
    let fleet = Fleet::default();
    let handled = invoke(&fleet, Mode::Act, "r1").await;
    let text = announced(Outcome::Done, &handled);
    assert!(
        text.starts_with("Done: raise the reserved concurrency of checkout from 10 to 15 ("),
        "{text}"
    );
    assert!(text.contains(DRIFT), "{text}");
    let fleet = Fleet::failing(&["write"]);
    let handled = invoke(&fleet, Mode::Act, "r1").await;
    let text = announced(Outcome::Failed, &handled);
    assert!(!text.contains("drift"), "{text}");
}

#[tokio::test]
async fn the_message_of_a_change_names_who_approved_it() {
    let (fleet, plan) = waiting().await;
    let handled = decide_in(&fleet, Mode::Act, &plan, "approve").await;
    let text = announced(Outcome::Done, &handled);
    assert!(text.contains("). Approved by ana. If a"), "{text}");
    let fleet = Fleet::with_playbooks(REVERTED);
    let handled = invoke(&fleet, Mode::Act, "r1").await;
    let text = announced(Outcome::Done, &handled);
    assert!(!text.contains("Approved"), "{text}");
}

#[tokio::test]
async fn the_second_step_says_that_it_is_put_back_to_the_value_before_the_first() {
    let back = r#"aws lambda put-function-concurrency --cli-input-json '{"FunctionName":"checkout","ReservedConcurrentExecutions":10}'"#;
    let other = event("throttles-again", "ALARM");
    for is_stopped in [false, true] {
        let fleet = Fleet::with_playbooks(SHORT_COOLDOWN);
        announced(Outcome::Done, &invoke(&fleet, Mode::Act, "r1").await);
        fleet.set_now("2026-11-20T06:10:00Z");
        if is_stopped {
            fleet.hang_at_write();
            let stopped = invoke_with(&fleet, Mode::Act, "r2", &other).now_or_never();
            assert!(stopped.is_none());
            fleet.mend();
        }
        let handled = invoke_with(&fleet, Mode::Act, "r2", &other).await;
        let outcome = if is_stopped {
            Outcome::Failed
        } else {
            Outcome::Done
        };
        let text = announced(outcome, &handled);
        assert!(text.contains("from 15 to "), "{text}");
        let end = if is_stopped {
            format!("To put it back: {back}")
        } else {
            "Picket puts the reserved concurrency of checkout back to 10 when the alarm has been OK for 30 min."
                .to_owned()
        };
        assert!(text.ends_with(&end), "{text}");
        let messages = fleet.messages();
        assert_eq!(messages.last().unwrap().revert.as_deref(), Some(back));
    }
}

#[tokio::test]
async fn an_approved_plan_says_whether_the_stack_or_the_playbook_observes_by_now() {
    let (fleet, plan) = waiting().await;
    let handled = decide_in(&fleet, Mode::Observe, &plan, "approve").await;
    assert_eq!(
        announced(Outcome::Refused, &handled),
        "Nothing was done: the stack only observes by now: its RemediationMode is observe"
    );
    let (fleet, plan) = waiting().await;
    fleet.set_playbooks(OBSERVED);
    let handled = decide_in(&fleet, Mode::Act, &plan, "approve").await;
    assert_eq!(
        announced(Outcome::Refused, &handled),
        "Nothing was done: the playbook throttles only observes this kind of change by now"
    );
    assert_eq!(fleet.reserved(), 10);
}

#[tokio::test]
async fn a_ledger_that_others_write_at_each_try_is_a_refusal_with_the_number_of_tries() {
    let fleet = Fleet::default();
    fleet.contend_for_the_ledger();
    let handled = invoke(&fleet, Mode::Act, "r1").await;
    assert_eq!(
        announced(Outcome::Refused, &handled),
        "Nothing was done: other changes were written into the account's ledger at each of 4 tries, \
         so that its limits could not be held"
    );
    assert_eq!(fleet.reserved(), 10);
}

#[tokio::test]
async fn a_setting_that_aws_still_changes_is_a_refusal_with_its_value() {
    let fleet = Fleet::default();
    fleet.unsettle();
    let handled = invoke(&fleet, Mode::Act, "r1").await;
    assert_eq!(
        announced(Outcome::Refused, &handled),
        "Nothing was done: AWS is still applying a change to the reserved concurrency of checkout, which is 10 now"
    );
    assert_eq!(fleet.reserved(), 10);
}
