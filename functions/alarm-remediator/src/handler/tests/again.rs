//! An alarm whose cause may pass while it stays in ALARM: a dead-letter queue whose consumer becomes healthy.

use super::*;
use crate::audit::Key;
use picket_shared::alarm::State;

const REDRIVE: &str = "\
playbooks:
  - name: dead-letters
    mode: act
    match: { namespace: AWS/SQS, metric: ApproximateNumberOfMessagesVisible }
    action: { redrive-queue: { per-second: 10, most: 1000 } }
    cooldown: 30m
";

const APPROVED: &str = "\
playbooks:
  - name: dead-letters
    mode: approve
    match: { namespace: AWS/SQS, metric: ApproximateNumberOfMessagesVisible }
    action: { redrive-queue: { per-second: 10, most: 1000 } }
    cooldown: 30m
";

const FINDING: &str = "queue/orders-dlq: the consumer orders-consumer is not healthy: 4 invocations failed and 0 were throttled \
                       in the last 15 minutes; the messages would come back. It is planned for again every half hour, for a day";

fn dead_letters() -> Vec<u8> {
    let alarm = json!({
        "AlarmName": "orders-dlq",
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders-dlq",
        "NewStateValue": "ALARM",
        "StateChangeTime": "2026-11-20T06:00:00.123+0000",
        "Trigger": {
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Namespace": "AWS/SQS",
            "Dimensions": [{"name": "QueueName", "value": "orders-dlq"}],
        },
    });
    let record = json!({"Sns": {"MessageId": "m", "Message": alarm.to_string()}});
    serde_json::to_vec(&json!({"Records": [record]})).unwrap()
}

/// The alarm's first notification, while the consumer fails.
async fn found(playbooks: &'static str, mode: Mode) -> Fleet {
    let fleet = Fleet::with_playbooks(playbooks);
    let handled = invoke_with(&fleet, mode, "r1", &dead_letters()).await;
    assert_eq!(announced(Outcome::Diagnosed, &handled), FINDING);
    fleet
}

/// Runs the one follow-up that is scheduled, at its time.
async fn next(fleet: &Fleet, mode: Mode) -> (Key, Result<Vec<Handled>, Error>) {
    let mut follow_ups = fleet.take_follow_ups();
    assert_eq!(follow_ups.len(), 1, "{follow_ups:?}");
    let (key, due) = follow_ups.remove(0);
    fleet.set_now(&due.to_string());
    let event = json!({
        "picket": {"kind": "follow-up", "version": 1},
        "target": key.target,
        "entry": key.entry,
    });
    let event = serde_json::to_vec(&event).unwrap();
    let handled = invoke_with(fleet, mode, "follow-up", &event).await;
    (key, handled)
}

fn noted(handled: &Result<Vec<Handled>, Error>) -> &str {
    match handled.as_deref() {
        Ok([one]) if one.result == HandledAs::Noted => &one.text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn messages_are_moved_once_when_the_consumer_is_healthy_again() {
    let fleet = found(REDRIVE, Mode::Act).await;
    // The alarm's second notification finds the row.
    let handled = invoke_with(&fleet, Mode::Act, "r2", &dead_letters()).await;
    assert_eq!(handled.unwrap()[0].result, HandledAs::Repeated);
    let (_, handled) = next(&fleet, Mode::Act).await;
    assert_eq!(
        noted(&handled),
        "it is planned for again at 2026-11-20T07:01:00Z"
    );
    fleet.dead_letters(|letters| letters.errors = 0);
    let (key, handled) = next(&fleet, Mode::Act).await;
    let text = announced(Outcome::Done, &handled);
    assert!(
        text.starts_with("Done: move the messages of queue/orders-dlq back to the queue orders")
            && text.ends_with("It ends by itself, and cannot be taken back."),
        "{text}"
    );
    assert_eq!(fleet.dead_letters(|letters| letters.moves), 1);
    assert!(fleet.messages().last().unwrap().revert.is_none());
    fleet.clear("orders-dlq", "2026-11-20T07:10:00Z");
    let (verified, handled) = next(&fleet, Mode::Act).await;
    assert_eq!(verified, key);
    announced(Outcome::Verified, &handled);
    assert_eq!(fleet.dead_letters(|letters| letters.moves), 1);
    assert!(fleet.take_follow_ups().is_empty());
}

#[tokio::test]
async fn the_looking_ends_with_the_alarm_and_after_a_day() {
    let fleet = found(REDRIVE, Mode::Act).await;
    let mut looks = 0;
    loop {
        let (_, handled) = next(&fleet, Mode::Act).await;
        let text = noted(&handled);
        if text == "a day has passed: it is not planned for again" {
            break;
        }
        looks += 1;
    }
    // Every half hour from the first half hour on.
    assert_eq!(looks, 47);
    assert!(fleet.take_follow_ups().is_empty());
    let fleet = found(REDRIVE, Mode::Act).await;
    fleet.clear("orders-dlq", "2026-11-20T06:10:00Z");
    fleet.dead_letters(|letters| letters.errors = 0);
    let (_, handled) = next(&fleet, Mode::Act).await;
    assert_eq!(
        noted(&handled),
        format!(
            "CloudWatch has arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders-dlq in {}, not in ALARM",
            State::Ok.as_str()
        )
    );
    assert!(fleet.take_follow_ups().is_empty());
    assert_eq!(fleet.dead_letters(|letters| letters.moves), 0);
}

#[tokio::test]
async fn every_guard_rail_holds_for_a_later_plan_too() {
    for (mode, switch, outcome) in [
        (Mode::Act, "off", None),
        (Mode::Observe, "on", Some(Outcome::Planned)),
    ] {
        let fleet = found(REDRIVE, mode).await;
        fleet.dead_letters(|letters| letters.errors = 0);
        fleet.set_switch(switch);
        let (_, handled) = next(&fleet, mode).await;
        match outcome {
            None => assert!(noted(&handled).starts_with("it is planned for again")),
            Some(outcome) => assert!(
                announced(outcome, &handled).starts_with("Observing only. Picket would move")
            ),
        }
        assert_eq!(fleet.dead_letters(|letters| letters.moves), 0);
    }
    let fleet = found(APPROVED, Mode::Act).await;
    fleet.dead_letters(|letters| letters.errors = 0);
    let (_, handled) = next(&fleet, Mode::Act).await;
    announced(Outcome::AwaitingApproval, &handled);
    assert_eq!(fleet.dead_letters(|letters| letters.moves), 0);
}

#[tokio::test]
async fn a_plan_whose_row_could_not_be_written_is_made_again() {
    let fleet = found(REDRIVE, Mode::Act).await;
    fleet.dead_letters(|letters| letters.errors = 0);
    fleet.contend_for_the_ledger();
    let (_, handled) = next(&fleet, Mode::Act).await;
    assert!(noted(&handled).starts_with("it is planned for again"));
    assert_eq!(fleet.dead_letters(|letters| letters.moves), 0);
    assert_eq!(fleet.take_follow_ups().len(), 1);
}

#[tokio::test]
async fn no_run_is_started_after_a_person_started_one_since_the_plan() {
    let fleet = found(REDRIVE, Mode::Act).await;
    fleet.dead_letters(|letters| {
        letters.errors = 0;
        letters.is_moved_meanwhile = true;
    });
    let (_, handled) = next(&fleet, Mode::Act).await;
    let text = announced(Outcome::Refused, &handled);
    assert!(
        text.ends_with("is 1 by now, and the plan was made for none"),
        "{text}"
    );
    assert_eq!(fleet.dead_letters(|letters| letters.moves), 1);
}

#[tokio::test]
async fn without_a_schedule_the_finding_says_nothing_of_a_later_look() {
    let fleet = Fleet::with_playbooks(REDRIVE);
    fleet.fail(&["schedule"]);
    let handled = invoke_with(&fleet, Mode::Act, "r1", &dead_letters()).await;
    let text = announced(Outcome::Diagnosed, &handled);
    assert!(text.ends_with("the messages would come back"), "{text}");
}
