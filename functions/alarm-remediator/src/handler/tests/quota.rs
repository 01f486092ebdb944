//! AWS's quota of a revert, and runs, which have no revert.

use std::time::Duration;

use super::{
    follow_up::{REVERTED, follow_up},
    *,
};
use crate::{
    change::{Change, Quota},
    ledger::{Ledger, Made},
    record::{Record, Stage, Timing},
    setting::{Setting, Value, Write},
};

/// A change of half past six that counts against the quota.
fn made() -> Made {
    Made {
        at: at("2026-11-20T06:30:00Z"),
        playbook: "another".into(),
        target: "another".into(),
        incident: "another".into(),
        quota: Some("changes".into()),
        price_per_hour: None,
        is_revert: false,
    }
}

/// A function whose revert is due at 06:35, and of which AWS allows so many changes, after one more change.
async fn raised(allowed: u32) -> Fleet {
    let fleet = Fleet::with_playbooks(REVERTED);
    announced(Outcome::Done, &invoke(&fleet, Mode::Act, "r1").await);
    fleet.clear("throttles", "2026-11-20T06:05:00Z");
    let quota = Quota {
        name: "changes".into(),
        allowed,
        window_hours: 24,
    };
    let counted = |record: &mut Record| {
        record.verified = Some(true);
        record.quota = Some(quota.clone());
    };
    fleet.edit(counted, Ledger::default().with(made()));
    fleet
}

/// Takes the next follow-up, and runs it at this time.
async fn follow_up_at(fleet: &Fleet, now: &str) {
    fleet.set_now(now);
    let (key, _) = fleet.take_follow_ups().remove(0);
    follow_up(fleet, &key).await.unwrap();
}

/// The same, after its revert was tried.
async fn due(allowed: u32) -> Fleet {
    let fleet = raised(allowed).await;
    follow_up_at(&fleet, "2026-11-20T06:35:00Z").await;
    fleet
}

#[tokio::test]
async fn a_revert_leaves_the_last_of_awss_quota_to_a_person() {
    let fleet = due(2).await;
    assert_eq!(fleet.reserved(), 15);
    let text = fleet.messages().pop().unwrap().text;
    assert!(
        text.starts_with("The revert is held back: AWS allows 2 of changes in 24 h"),
        "{text}"
    );
    assert_eq!(fleet.ledger().changes, [made()]);
}

#[tokio::test]
async fn a_revert_is_in_the_ledger_and_counts_against_awss_quota() {
    let fleet = due(3).await;
    assert_eq!(fleet.reserved(), 10);
    let ledger = fleet.ledger();
    let (now, day) = (fleet.now(), jiff::SignedDuration::from_hours(24));
    assert_eq!(ledger.against_quota("changes", day, now), 2);
    assert_eq!(ledger.changes_within(day, now).count(), 1);
}

#[tokio::test]
async fn the_tries_of_one_revert_count_once_against_awss_quota() {
    let fleet = raised(3).await;
    fleet.fail(&["write"]);
    follow_up_at(&fleet, "2026-11-20T06:35:00Z").await;
    assert_eq!(fleet.reserved(), 15);
    fleet.mend();
    follow_up_at(&fleet, "2026-11-20T06:40:00Z").await;
    assert_eq!(fleet.reserved(), 10);
    let (now, day) = (fleet.now(), jiff::SignedDuration::from_hours(24));
    assert_eq!(fleet.ledger().against_quota("changes", day, now), 2);
}

#[test]
fn a_run_has_no_revert_whatever_its_playbook_says() {
    let timing = Timing {
        verify_within: Duration::from_mins(15),
        healthy_for: Some(Duration::from_mins(30)),
    };
    let healthy = |setting: Setting, to: Value| {
        let write = Write {
            setting,
            from: Value::Absent,
            to,
            revision: None,
        };
        let change = Change {
            playbook: "playbook".into(),
            target: "target".into(),
            write,
            action: "change it".into(),
            reason: "because".into(),
            price_per_hour: None,
            quota: None,
            mode: Mode::Act,
        };
        let now = at("2026-11-20T06:00:00Z");
        Record::new(&change, "alarm", timing, now, Stage::Begun).healthy_seconds
    };
    let run = Setting::Redrive {
        queue: "arn:aws:sqs:eu-west-1:123456789012:orders-dlq".into(),
        per_second: 10,
    };
    let function = "checkout".into();
    assert_eq!(healthy(run, Value::NewRun), None);
    let reservation = Setting::ReservedConcurrency { function };
    assert_eq!(healthy(reservation, Value::Number(15)), Some(1_800));
}
