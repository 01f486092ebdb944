use picket_shared::alarm::State;

use super::*;
use crate::{
    model::StoredAlarm,
    setting::{Setting, Write},
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const BEGUN: &str = "2026-11-20T06:00:00Z";

/// Raised from 10 to 15 at six, to be verified at a quarter past, and reverted after half an hour of OK.
fn record() -> Record {
    Record {
        playbook: "lambda-throttles".into(),
        write: Write {
            setting: Setting::ReservedConcurrency {
                function: "checkout".into(),
            },
            from: Value::Number(10),
            to: Value::Number(15),
            revision: None,
        },
        restore: Value::Number(10),
        quota: None,
        alarms: vec!["throttles".into()],
        verify_at: at("2026-11-20T06:15:00Z"),
        healthy_seconds: Some(1_800),
        approved_by: None,
        stage: Stage::Made,
        verified: None,
        is_sent: false,
        is_reverting: false,
        is_held: false,
    }
}

/// The verdict on the record's change.
const HELPED: &str = "The change of the reserved concurrency of checkout to 15 helped: the alarm has been OK since \
                      2026-11-20T06:05:00Z. Picket puts the reserved concurrency of checkout back to 10 when the \
                      alarm has been OK for 30 min.";

fn alarm(state: State, changed_at: &str) -> Confirmation {
    Confirmation::Read(Some(StoredAlarm {
        arn: "arn".into(),
        state,
        changed_at: at(changed_at),
        metrics: Vec::new(),
    }))
}

fn ok() -> Confirmation {
    alarm(State::Ok, "2026-11-20T06:05:00Z")
}

/// A read of this number, in the form in which a follow-up gets it.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the form of a read, which may fail"
)]
fn value(number: u64) -> Result<Option<Reading>, String> {
    Ok(Some(Reading::settled(Value::Number(number))))
}

fn step_with(
    record: &Record,
    alarms: &[Confirmation],
    setting: &Result<Option<Reading>, String>,
    mode: &Mode,
    now: &str,
) -> Step {
    let observed = Observed {
        alarms,
        setting,
        mode,
        later: None,
    };
    follow_up(record, at(BEGUN), &observed, at(now))
}

fn step(record: &Record, alarm: Confirmation, number: u64, now: &str) -> Step {
    step_with(
        record,
        &[alarm],
        &value(number),
        &Mode::Act(Switch::On),
        now,
    )
}

#[test]
fn a_change_is_verified_then_reverted_after_the_healthy_time() {
    let mut record = record();
    let now = "2026-11-20T06:15:00Z";
    assert_eq!(
        step(&record, ok(), 15, now),
        Step::Verified(HELPED.into(), Some(at("2026-11-20T06:35:00Z")))
    );
    record.verified = Some(true);
    assert_eq!(
        step(&record, ok(), 15, "2026-11-20T06:34:59Z"),
        Step::Wait(at("2026-11-20T06:35:00Z"))
    );
    assert_eq!(
        step(&record, ok(), 15, "2026-11-20T06:35:00Z"),
        Step::Revert
    );
}

#[test]
fn an_alarm_that_is_not_ok_in_time_is_a_persons_and_is_reverted_when_it_is() {
    let mut record = record();
    let still = || alarm(State::Alarm, "2026-11-20T05:59:00Z");
    let now = "2026-11-20T06:15:00Z";
    assert_eq!(
        step(&record, still(), 15, now),
        Step::Escalate(
            "The change of the reserved concurrency of checkout to 15 did not help: the alarm is still in ALARM. \
             A person has to look for another cause. Picket puts the reserved concurrency of checkout back to 10 \
             when the alarm has been OK for 30 min."
                .into(),
            Some(at("2026-11-20T07:00:00Z"))
        )
    );
    record.verified = Some(false);
    assert_eq!(
        step(&record, still(), 15, "2026-11-20T08:00:00Z"),
        Step::Wait(at("2026-11-20T08:30:00Z"))
    );
    for unknown in [
        alarm(State::InsufficientData, "2026-11-20T06:01:00Z"),
        Confirmation::Read(None),
    ] {
        record.verified = None;
        assert!(matches!(
            step(&record, unknown, 15, now),
            Step::Escalate(..)
        ));
    }
}

#[test]
fn an_alarm_is_ok_for_long_enough_only_if_all_of_a_chain_are() {
    let mut record = record();
    record.verified = Some(true);
    let (early, late) = (ok(), alarm(State::Ok, "2026-11-20T06:20:00Z"));
    let now = "2026-11-20T06:40:00Z";
    let of = |alarms: &[Confirmation]| {
        step_with(&record, alarms, &value(15), &Mode::Act(Switch::On), now)
    };
    assert_eq!(of(std::slice::from_ref(&early)), Step::Revert);
    assert_eq!(
        of(&[early.clone(), late]),
        Step::Wait(at("2026-11-20T06:50:00Z"))
    );
    let red = alarm(State::Alarm, "2026-11-20T06:00:00Z");
    assert_eq!(
        of(&[early.clone(), red]),
        Step::Wait(at("2026-11-20T07:00:00Z"))
    );
    let unreachable = Confirmation::Unreachable("no answer".into());
    assert_eq!(
        of(&[early, unreachable]),
        Step::Wait(at("2026-11-20T06:45:00Z"))
    );
}

#[test]
fn a_persons_value_is_kept() {
    let mut record = record();
    record.verified = Some(true);
    let now = "2026-11-20T06:40:00Z";
    for number in [12, 20, 10, 0] {
        let text = format!(
            "A person or another tool has set the reserved concurrency of checkout to {number} since: Picket leaves it, and reverts nothing. AWS CloudTrail records who: `aws cloudtrail lookup-events`"
        );
        assert_eq!(
            step(&record, ok(), number, now),
            Step::End(Ending::Kept, Some(text)),
            "{number}"
        );
    }
    let gone = step_with(&record, &[ok()], &Ok(None), &Mode::Act(Switch::On), now);
    assert!(matches!(gone, Step::End(Ending::Kept, Some(_))), "{gone:?}");
}

#[test]
fn a_write_whose_answer_was_lost_is_found_out() {
    let mut record = record();
    record.stage = Stage::Begun;
    record.is_sent = true;
    let now = "2026-11-20T06:15:00Z";
    assert_eq!(
        step(&record, ok(), 10, now),
        Step::End(Ending::NotMade, None)
    );
    assert!(matches!(step(&record, ok(), 15, now), Step::Verified(..)));
    record.stage = Stage::Made;
    record.is_reverting = true;
    let reverted = step(&record, ok(), 10, now);
    assert_eq!(
        reverted,
        Step::End(
            Ending::Reverted,
            Some("The alarm has been OK for 30 min: Picket put the reserved concurrency of checkout back to 10".into())
        )
    );
}

/// The invocation was stopped between its row and its write, or between its write and its row: 15 is ours or a person's.
#[test]
fn a_value_that_may_be_a_persons_is_left_and_a_person_is_notified() {
    let record = Record {
        stage: Stage::Begun,
        ..record()
    };
    let still = || alarm(State::Alarm, "2026-11-20T05:59:00Z");
    let text = "Picket began to set the reserved concurrency of checkout to 15, and was stopped before it could record whether it did. It has that value now, which may be a person's: Picket leaves it. \
                To put it back: aws lambda put-function-concurrency --cli-input-json '{\"FunctionName\":\"checkout\",\"ReservedConcurrentExecutions\":10}'";
    for (alarm, now) in [
        (ok(), "2026-11-20T06:15:00Z"),
        (still(), "2026-11-20T06:15:00Z"),
        (ok(), "2026-11-20T06:40:00Z"),
        (ok(), "2026-11-24T06:00:00Z"),
    ] {
        let left = step(&record, alarm, 15, now);
        assert_eq!(left, Step::End(Ending::Kept, Some(text.into())), "{now}");
    }
}

#[test]
fn a_change_is_first_followed_up_when_it_may_be_reverted_or_is_to_be_verified() {
    for (healthy_seconds, first) in [
        (None, "2026-11-20T06:15:00Z"),
        (Some(1_800), "2026-11-20T06:15:00Z"),
        (Some(900), "2026-11-20T06:15:00Z"),
        (Some(60), "2026-11-20T06:01:00Z"),
        (Some(u64::MAX), "2026-11-20T06:15:00Z"),
    ] {
        let record = Record {
            healthy_seconds,
            ..record()
        };
        assert_eq!(record.first_follow_up(at(BEGUN)), at(first));
    }
}

#[test]
fn the_tries_of_two_invocations_become_one() {
    let five = SignedDuration::from_mins(5);
    for (now, next) in [
        ("2026-11-20T06:40:00Z", "2026-11-20T06:45:00Z"),
        ("2026-11-20T06:42:29Z", "2026-11-20T06:45:00Z"),
        ("2026-11-20T06:42:30Z", "2026-11-20T06:50:00Z"),
        ("2026-11-20T06:44:59Z", "2026-11-20T06:50:00Z"),
        ("2026-11-20T23:59:00Z", "2026-11-21T00:05:00Z"),
    ] {
        assert_eq!(again(at(now), five), at(next), "{now}");
    }
}

/// Kinesis scales a stream to half its shards at least.
#[test]
fn a_stream_that_grew_beyond_double_cannot_be_put_back_in_one_write() {
    for (restore, to, healthy_seconds, can) in [
        (4, 8, Some(1_800), true),
        (4, 7, Some(1_800), true),
        (4, 9, Some(1_800), false),
        (4, 16, Some(1_800), false),
        (4, 16, None, true),
    ] {
        let shards = Write {
            setting: Setting::ShardCount {
                stream: "orders".into(),
            },
            from: Value::Number(8),
            to: Value::Number(to),
            ..record().write
        };
        let record = Record {
            write: shards,
            restore: Value::Number(restore),
            healthy_seconds,
            ..record()
        };
        assert_eq!(record.can_be_put_back(), can, "{restore} to {to}");
    }
    assert!(record().can_be_put_back());
}

#[test]
fn the_value_is_uncertain_only_until_its_write_is_sent() {
    let begun = || Record {
        stage: Stage::Begun,
        ..record()
    };
    let sent = Record {
        is_sent: true,
        ..begun()
    };
    let reverted = Record {
        stage: Stage::Ended(Ending::Reverted),
        ..record()
    };
    let of = |record: &Record| (record.stage.is_open(), record.is_uncertain());
    assert_eq!(of(&record()), (true, false));
    assert_eq!(of(&begun()), (true, true));
    assert_eq!(of(&sent), (true, false));
    assert_eq!(of(&reverted), (false, false));
}

#[test]
fn a_revert_waits_for_the_switch_and_is_announced_once() {
    let mut record = record();
    record.verified = Some(true);
    let now = "2026-11-20T06:40:00Z";
    let of = |record: &Record, mode: Mode| step_with(record, &[ok()], &value(15), &mode, now);
    let again = at("2026-11-20T07:00:00Z");
    let held = "The alarm has been OK for 30 min, and the reserved concurrency of checkout is not put back: the kill switch reads \"off\". \
                To put it back: aws lambda put-function-concurrency --cli-input-json '{\"FunctionName\":\"checkout\",\"ReservedConcurrentExecutions\":10}'";
    let off = || Mode::Act(Switch::Off("off".into()));
    assert_eq!(of(&record, off()), Step::Hold(held.into(), again));
    for mode in [Mode::Observe, Mode::Withheld("broken".into())] {
        assert!(matches!(of(&record, mode), Step::Hold(..)));
    }
    let unreachable = Mode::Act(Switch::Unreachable("no answer".into()));
    assert_eq!(
        of(&record, unreachable),
        Step::Wait(at("2026-11-20T06:45:00Z"))
    );
    assert_eq!(of(&record, Mode::Approve(Switch::On)), Step::Revert);
    record.is_held = true;
    assert_eq!(of(&record, off()), Step::Wait(again));
    let unsettled = Ok(Some(Reading {
        settled: false,
        ..Reading::settled(Value::Number(15))
    }));
    let on = Mode::Act(Switch::On);
    assert_eq!(
        step_with(&record, &[ok()], &unsettled, &on, now),
        Step::Wait(at("2026-11-20T06:45:00Z"))
    );
}

#[test]
fn a_value_that_aws_still_changes_is_not_gone_by_and_the_alarm_is_verified() {
    let on = Mode::Act(Switch::On);
    let shown = |number| {
        let reading = Reading::settled(Value::Number(number));
        Ok(Some(Reading {
            settled: false,
            ..reading
        }))
    };
    let unread = Err("no answer".to_owned());
    // The value before the change, one between, and none.
    for setting in [shown(10), shown(12), unread] {
        let mut record = record();
        let of = |record: &Record, now: &str| step_with(record, &[ok()], &setting, &on, now);
        let wait = Step::Wait(at("2026-11-20T06:10:00Z"));
        assert_eq!(of(&record, "2026-11-20T06:05:00Z"), wait);
        // By a clock that is behind.
        let wait = Step::Wait(at("2026-11-20T06:15:00Z"));
        assert_eq!(of(&record, "2026-11-20T06:14:54Z"), wait);
        let verified = Step::Verified(HELPED.into(), Some(at("2026-11-20T06:35:00Z")));
        assert_eq!(of(&record, "2026-11-20T06:15:00Z"), verified);
        record.verified = Some(true);
        let wait = Step::Wait(at("2026-11-20T06:45:00Z"));
        assert_eq!(of(&record, "2026-11-20T06:40:00Z"), wait);
        let after_a_week = of(&record, "2026-11-27T06:15:00Z");
        assert!(matches!(after_a_week, Step::End(Ending::GivenUp, Some(_))));
        // Whether it was made is not known.
        record.stage = Stage::Begun;
        record.verified = None;
        let wait = Step::Wait(at("2026-11-20T06:20:00Z"));
        assert_eq!(of(&record, "2026-11-20T06:15:00Z"), wait);
    }
}

#[test]
fn a_change_without_a_revert_ends_with_its_verification() {
    let mut record = record();
    record.healthy_seconds = None;
    assert_eq!(
        step(&record, ok(), 15, "2026-11-20T06:10:00Z"),
        Step::Wait(at("2026-11-20T06:15:00Z"))
    );
    assert!(matches!(
        step(&record, ok(), 15, "2026-11-20T06:15:00Z"),
        Step::Verified(_, None)
    ));
    record.verified = Some(true);
    assert_eq!(
        step(&record, ok(), 15, "2026-11-20T06:20:00Z"),
        Step::End(Ending::Final, None)
    );
}

#[test]
fn a_change_is_followed_for_a_week() {
    let mut record = record();
    record.verified = Some(false);
    let still = alarm(State::Alarm, "2026-11-20T05:59:00Z");
    let at_end = step(&record, still.clone(), 15, "2026-11-27T06:00:00Z");
    assert!(
        matches!(at_end, Step::End(Ending::GivenUp, Some(_))),
        "{at_end:?}"
    );
    let before = step(&record, still.clone(), 15, "2026-11-27T05:59:59Z");
    assert!(matches!(before, Step::Wait(_)), "{before:?}");
    let off = Mode::Act(Switch::Off("off".into()));
    for (mode, now, is_over) in [
        (&off, "2026-11-27T05:59:59Z", false),
        (&off, "2026-11-27T06:00:00Z", true),
        (&Mode::Act(Switch::On), "2026-11-27T06:00:00Z", true),
    ] {
        let due = step_with(&record, &[ok()], &value(15), mode, now);
        let over = matches!(&due, Step::End(Ending::GivenUp, Some(text))
            if text.contains("made a week ago, and it could not be reverted: Picket ends its follow-up"));
        assert_eq!(over, is_over, "{due:?}");
    }
    let unread = Err("no answer".into());
    let on = Mode::Act(Switch::On);
    let unread = step_with(&record, &[still], &unread, &on, "2026-11-27T06:00:00Z");
    assert!(matches!(unread, Step::End(Ending::GivenUp, Some(_))));
}

#[test]
fn a_later_change_of_the_setting_reverts_both_unless_it_was_not_made() {
    let before = record();
    let mut later = Record {
        write: Write {
            from: Value::Number(15),
            to: Value::Number(22),
            ..before.write.clone()
        },
        alarms: vec!["again".into()],
        ..record()
    }
    .following(&before);
    assert_eq!(later.restore, Value::Number(10));
    assert_eq!(later.alarms, ["again", "throttles"]);
    let now = "2026-11-20T06:40:00Z";
    let of = |later: &Record, number: u64, now: &str| {
        let observed = Observed {
            alarms: &[ok()],
            setting: &value(number),
            mode: &Mode::Act(Switch::On),
            later: Some((at("2026-11-20T06:36:00Z"), later)),
        };
        follow_up(&before, at(BEGUN), &observed, at(now))
    };
    assert_eq!(of(&later, 22, now), Step::End(Ending::Superseded, None));
    later.stage = Stage::Begun;
    assert_eq!(of(&later, 22, now), Step::End(Ending::Superseded, None));
    assert_eq!(of(&later, 15, now), Step::Wait(at("2026-11-20T06:45:00Z")));
    // Cut off before its write: the change before it is followed as if it were alone.
    assert!(matches!(
        of(&later, 15, "2026-11-20T06:41:00Z"),
        Step::Verified(..)
    ));
    assert!(later.takes_the_place_of(&before));
    for ending in [
        Ending::NotMade,
        Ending::Refused,
        Ending::Declined,
        Ending::Expired,
    ] {
        later.stage = Stage::Ended(ending);
        assert!(!later.takes_the_place_of(&before), "{ending:?}");
    }
}

/// Raised to 15; a person set 12; raised to 15 again, which reverts to 12. The first change has the same value in force,
/// and must not revert it to 10.
#[test]
fn a_change_that_a_person_undid_ends_although_a_later_one_set_its_value_again() {
    let before = record();
    let mut later = Record {
        write: Write {
            from: Value::Number(12),
            ..before.write.clone()
        },
        restore: Value::Number(12),
        ..record()
    };
    for stage in [Stage::Made, Stage::Begun] {
        later.stage = stage;
        assert!(later.takes_the_place_of(&before));
        let observed = Observed {
            alarms: &[ok()],
            setting: &value(15),
            mode: &Mode::Act(Switch::On),
            later: Some((at("2026-11-20T06:10:00Z"), &later)),
        };
        let step = follow_up(&before, at(BEGUN), &observed, at("2026-11-20T07:00:00Z"));
        assert_eq!(step, Step::End(Ending::Superseded, None));
    }
}

#[test]
fn a_plan_that_waits_expires() {
    let mut record = record();
    record.stage = Stage::Waiting {
        plan: "1a2b3c4d".into(),
        expires_at: at("2026-11-20T06:30:00Z"),
    };
    assert_eq!(
        step(&record, ok(), 10, "2026-11-20T06:29:59Z"),
        Step::Wait(at("2026-11-20T06:30:00Z"))
    );
    assert_eq!(
        step(&record, ok(), 10, "2026-11-20T06:30:00Z"),
        Step::End(
            Ending::Expired,
            Some("Nobody approved the plan by 2026-11-20T06:30:00Z: nothing was done".into())
        )
    );
    record.stage = Stage::Ended(Ending::Kept);
    assert_eq!(
        step(&record, ok(), 10, "2026-11-20T07:00:00Z"),
        Step::Nothing
    );
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let mut record = record();
    record.quota = Some(crate::change::Quota {
        name: "UpdateShardCount of the stream orders".into(),
        allowed: 10,
        window_hours: 24,
    });
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
}

/// A move of messages that was started when there had been none.
fn run() -> Record {
    Record {
        write: Write {
            setting: Setting::Redrive {
                queue: "arn:aws:sqs:eu-west-1:123456789012:orders-dlq".into(),
                per_second: 10,
            },
            from: Value::Number(5),
            to: Value::NewRun,
            revision: None,
        },
        restore: Value::Number(5),
        healthy_seconds: None,
        ..record()
    }
}

#[test]
fn a_run_is_verified_by_its_alarm_and_never_reverted() {
    let mut record = run();
    let now = "2026-11-20T06:15:00Z";
    let helped =
        "The run that Picket started helped: the alarm has been OK since 2026-11-20T06:05:00Z.";
    assert_eq!(
        step(&record, ok(), 9, now),
        Step::Verified(helped.into(), None)
    );
    let still = alarm(State::Alarm, "2026-11-20T05:59:00Z");
    assert!(matches!(
        step(&record, still, 9, now),
        Step::Escalate(_, None)
    ));
    record.verified = Some(true);
    assert_eq!(step(&record, ok(), 9, now), Step::End(Ending::Final, None));
    // AWS accepted it, and lists it late.
    record.verified = None;
    assert!(matches!(step(&record, ok(), 5, now), Step::Verified(..)));
}

#[test]
fn a_run_that_was_begun_and_is_not_the_last_was_not_made() {
    let record = Record {
        stage: Stage::Begun,
        ..run()
    };
    let now = "2026-11-20T06:15:00Z";
    assert_eq!(
        step(&record, ok(), 5, now),
        Step::End(Ending::NotMade, None)
    );
    assert!(matches!(step(&record, ok(), 9, now), Step::Verified(..)));
}

#[test]
fn a_run_takes_no_other_ones_place() {
    assert!(!run().takes_the_place_of(&run()));
}
