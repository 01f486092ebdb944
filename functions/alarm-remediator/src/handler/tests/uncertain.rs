//! Invocations that were stopped, and writes whose answers were lost: what is known of them, and what is not.

use super::{follow_up::due, *};
use crate::record::{Ending, Stage};

/// As the built-in playbook, with a revert, and a cooldown that another alarm outlasts.
pub(super) const SHORT_COOLDOWN: &str = "\
playbooks:
  - name: throttles
    mode: act
    match: { namespace: AWS/Lambda, metric: Throttles }
    action:
      raise-reserved-concurrency: { factor: 1.5, maximum: 200, keep-unreserved: 100 }
    cooldown: 5m
    verify-within: 15m
    healthy-for: 30m
";

/// An invocation that was stopped after it had written its row.
fn stopped() -> Fleet {
    let fleet = Fleet::with_playbooks(SHORT_COOLDOWN);
    fleet.hang_at_write();
    assert!(invoke(&fleet, Mode::Act, "r1").now_or_never().is_none());
    fleet.mend();
    fleet
}

fn stage(fleet: &Fleet) -> Stage {
    fleet.entries()[0].1.record.as_ref().unwrap().stage.clone()
}

#[tokio::test]
async fn a_change_that_was_begun_and_not_made_ends() {
    let fleet = stopped();
    let handled = due(&fleet, "2026-11-20T06:16:00Z").await.unwrap();
    assert_eq!(handled[0].result, HandledAs::Noted);
    assert_eq!(stage(&fleet), Stage::Ended(Ending::NotMade));
    assert!(fleet.take_follow_ups().is_empty());
}

#[tokio::test]
async fn a_value_that_may_be_a_persons_is_neither_reverted_nor_changed_again() {
    let fleet = stopped();
    fleet.set_reserved(15);
    fleet.set_now("2026-11-20T06:10:00Z");
    let other = event("throttles-again", "ALARM");
    let refused = invoke_with(&fleet, Mode::Act, "r2", &other).await;
    assert_eq!(
        announced(Outcome::Refused, &refused),
        "Nothing was done: an earlier change of the reserved concurrency of checkout to 15 was begun, \
         and how it ended is not known: its follow-up has to end first"
    );
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    let left = due(&fleet, "2026-11-20T06:16:00Z").await;
    let text = announced(Outcome::Kept, &left);
    assert!(
        text.contains("which may be a person's: Picket leaves it. To put it back: "),
        "{text}"
    );
    assert_eq!(stage(&fleet), Stage::Ended(Ending::Kept));
    assert!(fleet.take_follow_ups().is_empty());
    assert_eq!(fleet.reserved(), 15);
    let journal = fleet.journal();
    assert!(!journal.iter().any(|call| call.starts_with("write ")));
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_verified_and_put_back() {
    let fleet = Fleet::with_playbooks(SHORT_COOLDOWN);
    fleet.fail(&["write"]);
    announced(Outcome::Failed, &invoke(&fleet, Mode::Act, "r1").await);
    fleet.mend();
    // AWS carried it out.
    fleet.set_reserved(15);
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    announced(
        Outcome::Verified,
        &due(&fleet, "2026-11-20T06:16:00Z").await,
    );
    announced(
        Outcome::Reverted,
        &due(&fleet, "2026-11-20T06:35:00Z").await,
    );
    assert_eq!(fleet.reserved(), 10);
}

/// The value that the newest change is put back to, after a third step from 15 at 06:16.
async fn restored_after_a_third_step(fleet: &Fleet) -> String {
    fleet.set_now("2026-11-20T06:16:00Z");
    fleet.fire("throttles", at("2026-11-20T06:15:00Z"));
    let third = event_at("throttles", "ALARM", "2026-11-20T06:15:00.000+0000");
    let third = invoke_with(fleet, Mode::Act, "r3", &third).await;
    let text = announced(Outcome::Done, &third);
    assert!(text.contains("from 15 to "), "{text}");
    let entries = fleet.entries();
    let newest = entries.iter().max_by_key(|(_, entry)| entry.recorded_at);
    let record = newest.unwrap().1.record.clone().unwrap();
    record.restore.to_string()
}

#[tokio::test]
async fn a_value_that_a_person_set_after_two_steps_stays_theirs() {
    let fleet = Fleet::with_playbooks(SHORT_COOLDOWN);
    announced(Outcome::Done, &invoke(&fleet, Mode::Act, "r1").await);
    fleet.set_now("2026-11-20T06:10:00Z");
    let other = event("throttles-again", "ALARM");
    let second = invoke_with(&fleet, Mode::Act, "r2", &other).await;
    announced(Outcome::Done, &second);
    // The value of the first step.
    fleet.set_reserved(15);
    assert_eq!(restored_after_a_third_step(&fleet).await, "15");
}

#[tokio::test]
async fn a_step_that_aws_refused_leaves_the_one_before_in_force() {
    let fleet = Fleet::with_playbooks(SHORT_COOLDOWN);
    announced(Outcome::Done, &invoke(&fleet, Mode::Act, "r1").await);
    fleet.set_now("2026-11-20T06:10:00Z");
    fleet.fail(&["write"]);
    let other = event("throttles-again", "ALARM");
    let second = invoke_with(&fleet, Mode::Act, "r2", &other).await;
    announced(Outcome::Failed, &second);
    fleet.mend();
    assert_eq!(restored_after_a_third_step(&fleet).await, "10");
}
