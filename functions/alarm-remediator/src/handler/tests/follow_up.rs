//! Follow-ups and approvals, from the change to its end.

use super::*;
use crate::{
    audit::Key,
    ledger::{Ledger, Made},
    record::{Ending, Stage},
};

/// As the built-in playbook, with a revert.
pub(super) const REVERTED: &str = "\
playbooks:
  - name: throttles
    mode: act
    match: { namespace: AWS/Lambda, metric: Throttles }
    action:
      raise-reserved-concurrency: { factor: 1.5, maximum: 200, keep-unreserved: 100 }
    cooldown: 30m
    verify-within: 15m
    healthy-for: 30m
";

/// The same, for approval.
pub(super) const APPROVED: &str = "\
playbooks:
  - name: throttles
    mode: approve
    match: { namespace: AWS/Lambda, metric: Throttles }
    action:
      raise-reserved-concurrency: { factor: 1.5, maximum: 200, keep-unreserved: 100 }
    cooldown: 30m
";

/// Runs the follow-up of a row.
pub(super) async fn follow_up(fleet: &Fleet, key: &Key) -> Result<Vec<Handled>, Error> {
    let event = json!({
        "picket": {"kind": "follow-up", "version": 1},
        "target": key.target,
        "entry": key.entry,
    });
    let event = serde_json::to_vec(&event).unwrap();
    invoke_with(fleet, Mode::Act, "follow-up", &event).await
}

async fn decide(fleet: &Fleet, plan: &str, decision: &str) -> Result<Vec<Handled>, Error> {
    decide_in(fleet, Mode::Act, plan, decision).await
}

/// The decision of ana, in a stack of this mode.
pub(super) async fn decide_in(
    fleet: &Fleet,
    mode: Mode,
    plan: &str,
    decision: &str,
) -> Result<Vec<Handled>, Error> {
    let event = json!({
        "picket": {"kind": "approval", "version": 1},
        "plan": plan,
        "decision": decision,
        "by": "ana",
    });
    let event = serde_json::to_vec(&event).unwrap();
    invoke_with(fleet, mode, "approval", &event).await
}

/// Takes the one follow-up that is due at this time, and runs it.
pub(super) async fn due(fleet: &Fleet, now: &str) -> Result<Vec<Handled>, Error> {
    let mut follow_ups = fleet.take_follow_ups();
    assert_eq!(follow_ups.len(), 1, "{follow_ups:?}");
    let (key, due) = follow_ups.remove(0);
    assert_eq!(due, at(now));
    fleet.set_now(now);
    follow_up(fleet, &key).await
}

/// A function raised from 10 to 15 at a minute past six.
async fn raised() -> Fleet {
    let fleet = Fleet::with_playbooks(REVERTED);
    announced(Outcome::Done, &invoke(&fleet, Mode::Act, "r1").await);
    fleet
}

fn outcomes(fleet: &Fleet) -> Vec<String> {
    let messages = fleet.messages();
    let word = |outcome: Outcome| outcome.to_string();
    messages
        .iter()
        .map(|message| word(message.outcome))
        .collect()
}

/// The stage of the first row.
fn stage(fleet: &Fleet) -> Stage {
    fleet.entries()[0].1.record.as_ref().unwrap().stage.clone()
}

#[tokio::test]
async fn a_change_that_helped_is_verified_and_put_back() {
    let fleet = raised().await;
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    let verified = due(&fleet, "2026-11-20T06:16:00Z").await;
    announced(Outcome::Verified, &verified);
    assert_eq!(fleet.reserved(), 15);
    let reverted = due(&fleet, "2026-11-20T06:35:00Z").await;
    let text = announced(Outcome::Reverted, &reverted);
    assert_eq!(
        text,
        "The alarm has been OK for 30 min: Picket put the reserved concurrency of checkout back to 10"
    );
    assert_eq!(fleet.reserved(), 10);
    assert_eq!(outcomes(&fleet), ["done", "verified", "reverted"]);
    assert_eq!(stage(&fleet), Stage::Ended(Ending::Reverted));
    // The follow-up that would have found out how a revert ended that was cut off.
    let again = due(&fleet, "2026-11-20T06:40:00Z").await.unwrap();
    assert_eq!(again[0].result, HandledAs::Noted);
    assert_eq!(outcomes(&fleet).len(), 3);
    assert!(fleet.take_follow_ups().is_empty());
}

#[tokio::test]
async fn each_step_has_an_audit_row_that_says_what_its_message_says() {
    let fleet = raised().await;
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    due(&fleet, "2026-11-20T06:16:00Z").await.unwrap();
    due(&fleet, "2026-11-20T06:35:00Z").await.unwrap();
    for message in fleet.messages() {
        let rows = fleet.entries();
        let row = rows.iter().find(|(key, _)| *key == message.audit_key());
        assert_eq!(row.map(|(_, entry)| &entry.message), Some(&message));
    }
}

#[tokio::test]
async fn a_follow_up_that_comes_twice_does_nothing_twice() {
    let fleet = raised().await;
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    let (key, _) = fleet.take_follow_ups().remove(0);
    fleet.set_now("2026-11-20T06:16:00Z");
    for _ in 0..3 {
        follow_up(&fleet, &key).await.unwrap();
    }
    assert_eq!(outcomes(&fleet), ["done", "verified"]);
    fleet.set_now("2026-11-20T06:35:00Z");
    for _ in 0..3 {
        follow_up(&fleet, &key).await.unwrap();
    }
    assert_eq!(outcomes(&fleet), ["done", "verified", "reverted"]);
    let writes = fleet.journal();
    let writes: Vec<_> = writes
        .iter()
        .filter(|call| call.starts_with("write "))
        .collect();
    assert_eq!(writes, ["write 15", "write 10"]);
}

#[tokio::test]
async fn a_change_that_did_not_help_is_escalated_and_stays_until_the_alarm_is_ok() {
    let fleet = raised().await;
    let escalated = due(&fleet, "2026-11-20T06:16:00Z").await;
    announced(Outcome::Escalated, &escalated);
    due(&fleet, "2026-11-20T07:00:00Z").await.unwrap();
    assert_eq!(fleet.reserved(), 15);
    fleet.clear("throttles", "2026-11-20T07:10:00Z");
    due(&fleet, "2026-11-20T07:30:00Z").await.unwrap();
    let reverted = due(&fleet, "2026-11-20T07:40:00Z").await;
    announced(Outcome::Reverted, &reverted);
    assert_eq!(fleet.reserved(), 10);
}

#[tokio::test]
async fn a_persons_change_is_kept() {
    let fleet = raised().await;
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    fleet.set_reserved(40);
    let kept = due(&fleet, "2026-11-20T06:16:00Z").await;
    let text = announced(Outcome::Kept, &kept);
    assert!(
        text.starts_with(
            "A person or another tool has set the reserved concurrency of checkout to 40 since"
        ),
        "{text}"
    );
    assert_eq!(fleet.reserved(), 40);
    assert_eq!(stage(&fleet), Stage::Ended(Ending::Kept));
    assert!(fleet.take_follow_ups().is_empty());
}

#[tokio::test]
async fn a_persons_change_right_before_the_revert_is_kept() {
    let fleet = raised().await;
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    announced(
        Outcome::Verified,
        &due(&fleet, "2026-11-20T06:16:00Z").await,
    );
    fleet.change_before_write(30);
    let reverted = due(&fleet, "2026-11-20T06:35:00Z").await.unwrap();
    assert_eq!(reverted[0].text, "the setting has changed meanwhile");
    assert_eq!(fleet.reserved(), 30);
}

#[tokio::test]
async fn a_persons_change_that_aws_still_applies_is_kept_at_the_revert() {
    let fleet = raised().await;
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    announced(
        Outcome::Verified,
        &due(&fleet, "2026-11-20T06:16:00Z").await,
    );
    fleet.unsettle_before_write();
    let reverted = due(&fleet, "2026-11-20T06:35:00Z").await.unwrap();
    assert_eq!(reverted[0].text, "the setting has changed meanwhile");
    assert_eq!(fleet.reserved(), 15);
    assert_eq!(fleet.take_follow_ups().len(), 1);
}

#[tokio::test]
async fn a_change_between_plan_and_write_is_respected() {
    let fleet = Fleet::with_playbooks(REVERTED);
    fleet.change_before_write(30);
    let handled = invoke(&fleet, Mode::Act, "r1").await;
    let text = announced(Outcome::Refused, &handled);
    assert_eq!(
        text,
        "Nothing was done: the reserved concurrency of checkout is 30 by now, and the plan was made for 10"
    );
    assert_eq!(fleet.reserved(), 30);
    assert_eq!(stage(&fleet), Stage::Ended(Ending::Refused));
    assert!(
        !fleet.entries()[0].1.changed,
        "nothing was changed: no cooldown"
    );
}

#[tokio::test]
async fn the_last_change_of_a_limit_that_another_invocation_takes_is_not_taken_twice() {
    let made = |target: &str| Made {
        at: at("2026-11-20T06:00:59Z"),
        playbook: "another".into(),
        target: target.into(),
        incident: "incident".into(),
        quota: None,
        price_per_hour: None,
        is_revert: false,
    };
    let with = |count: usize| {
        let targets = ["a", "b", "c", "d", "e"].into_iter().take(count);
        targets.fold(Ledger::default(), |ledger, target| {
            ledger.with(made(target))
        })
    };
    for (count, outcome, reserved) in [(4, Outcome::Done, 15), (5, Outcome::Refused, 10)] {
        let fleet = Fleet::with_playbooks(REVERTED);
        fleet.write_ledger_meanwhile(with(count));
        let handled = invoke(&fleet, Mode::Act, "r1").await;
        let text = announced(outcome, &handled);
        assert_eq!(fleet.reserved(), reserved, "{text}");
        if count == 5 {
            assert_eq!(
                text,
                "Nothing was done: the account made 5 changes in the last 1 h, which is the limit"
            );
        }
    }
}

#[tokio::test]
async fn the_kill_switch_holds_a_revert_and_says_so_once() {
    let fleet = raised().await;
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    due(&fleet, "2026-11-20T06:16:00Z").await.unwrap();
    fleet.set_switch("off");
    due(&fleet, "2026-11-20T06:35:00Z").await.unwrap();
    due(&fleet, "2026-11-20T07:00:00Z").await.unwrap();
    assert_eq!(fleet.reserved(), 15);
    assert_eq!(outcomes(&fleet), ["done", "verified", "kept"]);
    fleet.set_switch("on");
    due(&fleet, "2026-11-20T07:30:00Z").await.unwrap();
    assert_eq!(fleet.reserved(), 10);
}

#[tokio::test]
async fn a_revert_that_fails_is_tried_again() {
    let fleet = raised().await;
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    due(&fleet, "2026-11-20T06:16:00Z").await.unwrap();
    fleet.fail(&["write"]);
    let failed = due(&fleet, "2026-11-20T06:35:00Z").await;
    announced(Outcome::Failed, &failed);
    // Said once, and tried again after five minutes, and then each hour.
    due(&fleet, "2026-11-20T06:40:00Z").await.unwrap();
    due(&fleet, "2026-11-20T08:00:00Z").await.unwrap();
    fleet.mend();
    due(&fleet, "2026-11-20T09:00:00Z").await.unwrap();
    assert_eq!(fleet.reserved(), 10);
    assert_eq!(outcomes(&fleet), ["done", "verified", "failed", "reverted"]);
}

/// EventBridge Scheduler invokes at some second of the minute. The name of a schedule is that of its time.
#[tokio::test]
async fn a_follow_up_that_comes_before_its_time_schedules_another_for_another_time() {
    let fleet = raised().await;
    let (key, at_first) = fleet.take_follow_ups().remove(0);
    assert_eq!(at_first, at("2026-11-20T06:16:00Z"));
    fleet.set_now("2026-11-20T06:15:20Z");
    let early = follow_up(&fleet, &key).await;
    announced_nothing(&early);
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    announced(
        Outcome::Verified,
        &due(&fleet, "2026-11-20T06:16:20Z").await,
    );
}

#[tokio::test]
async fn a_message_that_could_not_be_published_is_published_by_the_retry_of_the_follow_up() {
    let fleet = raised().await;
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    let (key, _) = fleet.take_follow_ups().remove(0);
    fleet.set_now("2026-11-20T06:16:00Z");
    fleet.fail(&["publish"]);
    follow_up(&fleet, &key).await.unwrap_err();
    fleet.mend();
    announced(Outcome::Verified, &follow_up(&fleet, &key).await);
    assert_eq!(outcomes(&fleet), ["done", "verified"]);
    assert_eq!(fleet.take_follow_ups().len(), 1);
}

#[tokio::test]
async fn a_follow_up_of_no_change_does_nothing() {
    let fleet = Fleet::default();
    let key = Key {
        target: "checkout".into(),
        entry: "audit#2026-11-20T06:00:00.123Z#throttles".into(),
    };
    let handled = follow_up(&fleet, &key).await.unwrap();
    assert_eq!(handled[0].result, HandledAs::Noted);
    invoke(&fleet, Mode::Observe, "r1").await.unwrap();
    let handled = follow_up(&fleet, &key).await.unwrap();
    assert_eq!(handled[0].text, "the change has ended before");
}

#[tokio::test]
async fn a_plan_waits_for_a_person_and_is_made_when_approved() {
    let fleet = Fleet::with_playbooks(APPROVED);
    let handled = invoke(&fleet, Mode::Act, "r1").await;
    let text = announced(Outcome::AwaitingApproval, &handled);
    let plan = fleet.messages()[0].plan.clone().unwrap();
    let command = format!(
        "It waits for approval until 2026-11-20T06:31:00Z: picket remediation approve {plan} --stack picket-dev"
    );
    assert!(text.ends_with(&command), "{text}");
    assert_eq!(fleet.reserved(), 10);
    let handled = decide(&fleet, &plan, "approve").await;
    announced(Outcome::Done, &handled);
    assert_eq!(fleet.reserved(), 15);
    let rows = fleet.entries();
    let record = rows[0].1.record.as_ref().unwrap();
    assert_eq!(record.approved_by.as_deref(), Some("ana"));
    let again = decide(&fleet, &plan, "approve").await.unwrap();
    assert_eq!(
        again[0].text,
        format!(
            "the plan {plan} does not wait for a decision: it was decided, it expired, or another plan took its place"
        )
    );
    assert_eq!(fleet.reserved(), 15);
}

#[tokio::test]
async fn a_plan_that_is_declined_or_expires_is_not_made() {
    for (decision, now, outcome) in [
        ("decline", "2026-11-20T06:05:00Z", Outcome::Declined),
        ("approve", "2026-11-20T06:31:00Z", Outcome::Expired),
    ] {
        let fleet = Fleet::with_playbooks(APPROVED);
        invoke(&fleet, Mode::Act, "r1").await.unwrap();
        let plan = fleet.messages()[0].plan.clone().unwrap();
        fleet.set_now(now);
        announced(outcome, &decide(&fleet, &plan, decision).await);
        announced_nothing(&decide(&fleet, &plan, "approve").await);
        assert_eq!(fleet.reserved(), 10);
    }
    let fleet = Fleet::with_playbooks(APPROVED);
    invoke(&fleet, Mode::Act, "r1").await.unwrap();
    announced(Outcome::Expired, &due(&fleet, "2026-11-20T06:31:00Z").await);
    announced_nothing(&decide(&fleet, "00000000", "approve").await);
}

fn announced_nothing(handled: &Result<Vec<Handled>, Error>) {
    assert_eq!(handled.as_ref().unwrap()[0].result, HandledAs::Noted);
}

#[tokio::test]
async fn a_plan_is_made_again_where_its_facts_have_changed() {
    let fleet = Fleet::with_playbooks(APPROVED);
    invoke(&fleet, Mode::Act, "r1").await.unwrap();
    let plan = fleet.messages()[0].plan.clone().unwrap();
    fleet.set_reserved(20);
    announced(
        Outcome::AwaitingApproval,
        &decide(&fleet, &plan, "approve").await,
    );
    assert_eq!(fleet.reserved(), 20, "the plan was for another value");
    announced_nothing(&decide(&fleet, &plan, "approve").await);
    let Stage::Waiting { plan: second, .. } = stage(&fleet) else {
        panic!("{:?}", stage(&fleet))
    };
    announced(Outcome::Done, &decide(&fleet, &second, "approve").await);
    assert_eq!(fleet.reserved(), 30);
}

#[tokio::test]
async fn an_approved_plan_is_refused_where_the_alarm_is_ok_or_the_switch_is_off() {
    let fleet = Fleet::with_playbooks(APPROVED);
    invoke(&fleet, Mode::Act, "r1").await.unwrap();
    let plan = fleet.messages()[0].plan.clone().unwrap();
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    announced(Outcome::Refused, &decide(&fleet, &plan, "approve").await);
    assert_eq!(fleet.reserved(), 10);
    let fleet = Fleet::with_playbooks(APPROVED);
    invoke(&fleet, Mode::Act, "r1").await.unwrap();
    let plan = fleet.messages()[0].plan.clone().unwrap();
    fleet.set_switch("off");
    announced(Outcome::Refused, &decide(&fleet, &plan, "approve").await);
    assert_eq!(fleet.reserved(), 10);
}
