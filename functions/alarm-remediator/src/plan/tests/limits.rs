//! The limits on changes over time, with the modes: worked numbers.

use std::time::Duration;

use jiff::SignedDuration;
use picket_rules::playbooks::{self, Limits, Playbook, Storm};
use rust_decimal::Decimal;

use super::*;
use crate::{
    change::Quota,
    guards::within_limits,
    ledger::{Ledger, Made},
};

fn playbook() -> Playbook {
    Playbook {
        actions_per_day: 3,
        disarm_after: 2,
        ..book().all()[0].clone()
    }
}

fn limits() -> Limits {
    Limits {
        actions_per_hour: 2,
        actions_per_day: 4,
        storm: Storm {
            targets: 2,
            within: Duration::from_mins(10),
        },
    }
}

/// A change so many minutes ago, by the playbook, of a target.
fn made(minutes: i64, playbook: &str, target: &str) -> Made {
    Made {
        at: now() - SignedDuration::from_mins(minutes),
        playbook: playbook.into(),
        target: target.into(),
        incident: "incident".into(),
        quota: None,
        price_per_hour: None,
        is_revert: false,
    }
}

fn limited(
    change: &Change,
    playbook: &Playbook,
    made: Vec<Made>,
    alarming: &[&str],
) -> Option<String> {
    let history = History {
        ledger: Ledger {
            version: 7,
            changes: made,
        },
        alarming: alarming.iter().map(|target| (*target).to_owned()).collect(),
    };
    within_limits(change, "incident", playbook, &limits(), &history, now())
        .err()
        .map(|refusal| refusal.to_string())
}

fn checkout() -> Change {
    change(facts())
}

#[test]
fn a_window_counts_the_changes_inside_it() {
    let own = "lambda-throttles";
    for (made, sentence) in [
        (vec![], None),
        (vec![made(59, "other", "a")], None),
        (
            vec![made(59, "other", "a"), made(1, "other", "b")],
            Some("the account made 2 changes in the last 1 h, which is the limit"),
        ),
        (vec![made(60, "other", "a"), made(1, "other", "b")], None),
        (
            [70, 80, 90, 100]
                .map(|ago| made(ago, "other", "a"))
                .to_vec(),
            Some("the account made 4 changes in the last 24 h, which is the limit"),
        ),
        (
            vec![
                made(70, "o", "a"),
                made(80, "o", "a"),
                made(90, "o", "a"),
                made(1_440, "o", "a"),
            ],
            None,
        ),
        (
            ["a", "b", "c"].map(|target| made(70, own, target)).to_vec(),
            Some(
                "the playbook lambda-throttles made 3 changes in the last 24 h, which is the limit",
            ),
        ),
        (
            vec![made(70, own, "checkout"), made(600, own, "checkout")],
            Some(
                "the playbook lambda-throttles has changed checkout 2 times in 24 h and is disarmed for it: \
                 the cause is another, and a person has to act; it is armed again when the changes are a day old",
            ),
        ),
        (
            vec![made(70, own, "checkout"), made(1_440, own, "checkout")],
            None,
        ),
        // By a clock that is wrong.
        (
            vec![made(-600, "other", "a"), made(-5, "other", "b")],
            Some("the account made 2 changes in the last 1 h, which is the limit"),
        ),
    ] {
        let found = limited(&checkout(), &playbook(), made.clone(), &["checkout"]);
        assert_eq!(found.as_deref(), sentence, "{made:?}");
    }
}

#[test]
fn reverts_count_against_no_limit_of_our_own() {
    let revert = |minutes| Made {
        is_revert: true,
        ..made(minutes, "lambda-throttles", "checkout")
    };
    let made = (1..=9).map(revert).collect();
    assert_eq!(limited(&checkout(), &playbook(), made, &["checkout"]), None);
}

#[test]
fn so_many_targets_at_one_time_are_a_storm() {
    let of = |alarming: &[&str]| limited(&checkout(), &playbook(), Vec::new(), alarming);
    assert_eq!(of(&["checkout", "basket"]), None);
    assert_eq!(
        of(&["checkout", "basket", "invoices"]).as_deref(),
        Some(
            "3 targets are in ALARM within 10 minutes, more than 2: so many have one cause, which no single repair removes"
        )
    );
}

#[test]
fn the_last_of_awss_quota_is_a_persons() {
    let quota = "UpdateShardCount of the stream orders";
    let mut change = checkout();
    change.quota = Some(Quota {
        name: quota.into(),
        allowed: 10,
        window_hours: 24,
    });
    let used = |count: i64, is_revert| {
        let one = |index| Made {
            quota: Some(quota.into()),
            is_revert,
            ..made(120 + index, "other", &format!("t{index}"))
        };
        (0..count).map(one).collect::<Vec<_>>()
    };
    let limits = Limits {
        actions_per_day: 100,
        ..limits()
    };
    let reverting = Playbook {
        healthy_for: Some(Duration::from_mins(30)),
        ..playbook()
    };
    let by = |playbook: &Playbook, made: Vec<Made>| {
        let history = History {
            ledger: Ledger {
                version: 1,
                changes: made,
            },
            ..History::default()
        };
        within_limits(&change, "incident", playbook, &limits, &history, now())
            .err()
            .map(|refusal| refusal.to_string())
    };
    let of = |made| by(&reverting, made);
    // Seven used, a change and its revert: nine, and one is left.
    assert_eq!(of(used(7, false)), None);
    let sentence = "AWS allows 10 of UpdateShardCount of the stream orders in 24 h, and Picket has made 8: \
                    the change, and its revert where the playbook has one, would not leave the last one for a person";
    // Without a revert, eight and one are nine.
    assert_eq!(by(&playbook(), used(8, false)), None);
    assert!(by(&playbook(), used(9, false)).is_some());
    for is_revert in [false, true] {
        assert_eq!(of(used(8, is_revert)).as_deref(), Some(sentence));
    }
    let mut old = used(8, false);
    for made in &mut old {
        made.at = now() - SignedDuration::from_hours(24);
    }
    assert_eq!(of(old), None);
}

#[test]
fn a_budget_is_of_an_incident_and_a_day() {
    let cents = |cents: i64| Some(Decimal::new(cents, 2));
    let playbook = Playbook {
        budget: cents(500),
        ..playbook()
    };
    let mut change = checkout();
    change.price_per_hour = cents(10);
    let before = |price, incident: &str| Made {
        price_per_hour: price,
        incident: incident.into(),
        ..made(120, "other", "a")
    };
    for (made, sentence) in [
        // 24 × 0.10 = 2.40
        (vec![], None),
        // 24 × 0.20 = 4.80
        (vec![before(cents(10), "incident")], None),
        // 24 × 0.21 = 5.04
        (
            vec![before(cents(11), "incident")],
            Some(
                "the changes for this incident would cost $5.04 a day, and the playbook's budget is $5.00",
            ),
        ),
        (vec![before(cents(11), "another")], None),
        (vec![before(None, "incident")], None),
    ] {
        let found = limited(&change, &playbook, made, &["checkout"]);
        assert_eq!(found.as_deref(), sentence);
    }
    change.price_per_hour = Some(Decimal::MAX);
    assert!(limited(&change, &playbook, Vec::new(), &[]).is_some());
}

#[test]
fn the_lowest_of_three_modes_counts() {
    use playbooks::Mode::{Act, Approve, Observe};
    let on = || Switch::On;
    for (stack, playbook, kind, expected) in [
        (Mode::Act(on()), Act, Act, "act"),
        (Mode::Act(on()), Act, Approve, "await"),
        (Mode::Act(on()), Approve, Act, "await"),
        (Mode::Act(on()), Observe, Act, "propose"),
        (Mode::Act(on()), Act, Observe, "propose"),
        (Mode::Approve(on()), Act, Act, "await"),
        (Mode::Approve(on()), Observe, Act, "propose"),
        (Mode::Observe, Act, Act, "propose"),
        (Mode::Act(Switch::Off("off".into())), Act, Act, "refuse"),
        (Mode::Approve(Switch::Off("off".into())), Act, Act, "refuse"),
        (
            Mode::Act(Switch::Unreachable("no".into())),
            Approve,
            Act,
            "refuse",
        ),
        (Mode::Withheld("broken".into()), Approve, Act, "refuse"),
        (Mode::Withheld("broken".into()), Observe, Act, "propose"),
    ] {
        let mut change = checkout();
        change.mode = kind;
        let found = match permitted(&stack, playbook, Box::new(change)) {
            Ok(Plan::Act(_)) => "act",
            Ok(Plan::Await(_)) => "await",
            Ok(Plan::Propose(_)) => "propose",
            Ok(Plan::Diagnose(_) | Plan::Refuse(_)) => "other",
            Err(_) => "refuse",
        };
        assert_eq!(found, expected, "{stack:?} {playbook} {kind}");
    }
}

#[test]
fn what_could_not_be_read_of_mutes_and_history_forbids_a_change() {
    let (playbooks, home, alarm) = (book(), home(), alarm("checkout"));
    let scope = Scope {
        playbooks: &playbooks,
        home: &home,
    };
    let Ok(Triage::Candidate(candidate)) = triage(&alarm, &scope, alarm.changed_at, now()) else {
        panic!("a candidate")
    };
    let Action::RaiseReservedConcurrency(bounds) = &candidate.playbook.action else {
        panic!("it raises a reservation")
    };
    let facts = Facts::ReservedConcurrency(bounds, Some(facts()));
    let confirmation = Confirmation::Read(Some(stored(&alarm)));
    let (mode, history) = (Mode::Act(Switch::On), History::default());
    let with = |mutes, history| {
        let situation = Situation {
            confirmation: &confirmation,
            mutes,
            history,
            mode: &mode,
        };
        match plan(&candidate, &situation, &facts, &scope, now()) {
            Plan::Refuse(refused) => refused.refusal.to_string(),
            Plan::Act(_) => "act".to_owned(),
            plan => panic!("{plan:?}"),
        }
    };
    let none = || Ok(Vec::new());
    assert_eq!(with(none(), Ok(&history)), "act");
    assert_eq!(
        with(Ok(vec!["arn:rule".into()]), Ok(&history)),
        "the alarm's actions are muted (arn:rule)"
    );
    let unread = "what must be known could not be read: no answer";
    assert_eq!(with(Err("no answer".into()), Ok(&history)), unread);
    assert_eq!(with(none(), Err("no answer".into())), unread);
}
