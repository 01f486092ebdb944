//! Composite alarms, in whose place those behind them are handled.

use serde_json::Value;

use super::{follow_up::REVERTED, *};

/// The composite alarm `checkout-down` in ALARM, with these fields besides.
fn composite_event(besides: &Value) -> Vec<u8> {
    let mut composite = json!({
        "AlarmName": "checkout-down",
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-down",
        "NewStateValue": "ALARM",
        "AlarmRule": "ALARM(throttles)",
        "StateChangeTime": "2026-11-20T06:00:30.000+0000",
    });
    for (name, value) in besides.as_object().unwrap() {
        composite[name] = value.clone();
    }
    let record = json!({"Sns": {"MessageId": "m", "Message": composite.to_string()}});
    serde_json::to_vec(&json!({"Records": [record]})).unwrap()
}

#[tokio::test]
async fn a_composite_alarm_leads_to_the_alarms_behind_it() {
    let event = composite_event(&json!({}));
    let fleet = Fleet::with_playbooks(REVERTED);
    let handled = invoke_with(&fleet, Mode::Act, "r1", &event).await.unwrap();
    assert_eq!(
        handled[0].result,
        HandledAs::Noted,
        "CloudWatch has no such alarm"
    );
    fleet.composite_over("checkout-down", &["checkout-below"]);
    fleet.composite_over("checkout-below", &["throttles", "checkout-down"]);
    announced(
        Outcome::Done,
        &invoke_with(&fleet, Mode::Act, "r2", &event).await,
    );
    assert_eq!(fleet.reserved(), 15);
    // Its own notification comes too.
    let handled = invoke(&fleet, Mode::Act, "r3").await.unwrap();
    assert_eq!(handled[0].result, HandledAs::Repeated);
}

/// A mute rule of the composite alarm itself, or of one below it.
const NIGHT: &str = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm-mute-rule:night";

/// What is noted of the composite alarm, of which nothing else is done.
async fn noted_of(fleet: &Fleet, event: &[u8]) -> String {
    let mut handled = invoke_with(fleet, Mode::Act, "r1", event).await.unwrap();
    let only = handled.pop().unwrap();
    assert!(handled.is_empty(), "{handled:?}");
    assert_eq!(only.result, HandledAs::Noted, "{}", only.text);
    assert_eq!(fleet.journal(), [""; 0]);
    assert_eq!(fleet.reserved(), 10);
    only.text
}

#[tokio::test]
async fn a_composite_alarm_whose_message_says_that_it_is_suppressed_or_muted_repairs_nothing() {
    for (besides, expected) in [
        (
            json!({"ActionsSuppressedBy": "WaitPeriod"}),
            "the alarm's actions are suppressed (WaitPeriod)".to_owned(),
        ),
        (
            json!({"muteDetail": {"mutedByArn": NIGHT}}),
            format!("the alarm's actions are muted ({NIGHT})"),
        ),
    ] {
        let fleet = Fleet::with_playbooks(REVERTED);
        fleet.composite_over("checkout-down", &["throttles"]);
        let text = noted_of(&fleet, &composite_event(&besides)).await;
        assert_eq!(text, expected);
    }
}

#[tokio::test]
async fn a_composite_alarm_that_cloudwatch_has_suppressed_repairs_nothing() {
    for suppressed in ["checkout-down", "checkout-below"] {
        let fleet = Fleet::with_playbooks(REVERTED);
        fleet.composite_over("checkout-down", &["checkout-below"]);
        fleet.composite_over("checkout-below", &["throttles"]);
        fleet.suppress(suppressed);
        let text = noted_of(&fleet, &composite_event(&json!({}))).await;
        let expected = format!("the actions of {suppressed} are suppressed (Alarm)");
        assert_eq!(text, expected);
    }
}

#[tokio::test]
async fn a_composite_alarm_that_a_rule_mutes_or_whose_rules_are_not_known_repairs_nothing() {
    for muted in ["checkout-down", "checkout-below"] {
        let fleet = Fleet::with_playbooks(REVERTED);
        fleet.composite_over("checkout-down", &["checkout-below"]);
        fleet.composite_over("checkout-below", &["throttles"]);
        fleet.mute(muted, NIGHT);
        let text = noted_of(&fleet, &composite_event(&json!({}))).await;
        assert_eq!(text, format!("the actions of {muted} are muted ({NIGHT})"));
    }
    let fleet = Fleet::with_playbooks(REVERTED);
    fleet.composite_over("checkout-down", &["throttles"]);
    fleet.fail(&["mutes"]);
    let text = noted_of(&fleet, &composite_event(&json!({}))).await;
    assert_eq!(text, "mutes does not answer");
}

#[tokio::test]
async fn a_message_of_another_change_of_the_composite_alarm_repairs_nothing() {
    let fleet = Fleet::with_playbooks(REVERTED);
    fleet.composite_over("checkout-down", &["throttles"]);
    fleet.composite_since("checkout-down", "2026-11-18T06:00:30Z");
    let text = noted_of(&fleet, &composite_event(&json!({}))).await;
    assert_eq!(
        text,
        "CloudWatch has checkout-down in ALARM since 2026-11-18T06:00:30Z, \
         not since 2026-11-20T06:00:30Z as the message says"
    );
}

#[tokio::test]
async fn an_alarm_that_is_in_alarm_for_more_than_a_day_is_a_persons() {
    for (since, is_repaired) in [
        ("2026-11-19T05:46:00Z", true),
        ("2026-11-19T05:45:00Z", false),
    ] {
        let fleet = Fleet::with_playbooks(REVERTED);
        fleet.composite_over("checkout-down", &["throttles"]);
        fleet.fire("throttles", at(since));
        let event = composite_event(&json!({}));
        let handled = invoke_with(&fleet, Mode::Act, "r1", &event).await;
        if is_repaired {
            announced(Outcome::Done, &handled);
        } else {
            assert_eq!(
                announced(Outcome::Refused, &handled),
                "Nothing was done: the alarm has been in ALARM for 24 h; \
                 after 24 h it is not repaired, and a person has to act"
            );
        }
        assert_eq!(fleet.reserved(), if is_repaired { 15 } else { 10 });
    }
}
