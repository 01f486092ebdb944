//! The circuit breaker of docs/remediation.md: open, wait a minute, closed, and after `disarm-after` times a person.

use jiff::{SignedDuration, Timestamp};

use super::*;

const ALARM: &str = "picket-dev-bedrock-error-rate";

/// The examples of `set-parameter` in the page, with the circuit breaker in mode act. It is the workload's alarm.
fn documented() -> &'static str {
    let page = include_str!("../../../../../docs/remediation.md");
    let examples = page.split("```yaml\n").skip(1);
    let example = examples
        .filter_map(|rest| rest.split("```").next())
        .find(|example| example.contains("- name: circuit-breaker"))
        .unwrap();
    let acting = example.replace(
        "- name: circuit-breaker\n    mode: approve",
        "- name: circuit-breaker\n    mode: act",
    );
    assert_ne!(acting, example);
    acting.leak()
}

/// The change of state that CloudWatch has of the alarm.
fn alarm_event(fleet: &Fleet) -> Vec<u8> {
    let alarm = json!({
        "AlarmName": ALARM,
        "AlarmArn": format!("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{ALARM}"),
        "NewStateValue": "ALARM",
        "StateChangeTime": fleet.changed_at(ALARM).to_string(),
        "Trigger": {
            "MetricName": "APIErrors",
            "Namespace": "BedrockUsage",
            "Dimensions": [{"name": "Environment", "value": "dev"}],
        },
    });
    let record = json!({"Sns": {"MessageId": "m", "Message": alarm.to_string()}});
    serde_json::to_vec(&json!({"Records": [record]})).unwrap()
}

/// The alarm fires at this time, and is heard a minute later.
async fn fires(fleet: &Fleet, at: Timestamp) -> Result<Vec<Handled>, Error> {
    fleet.fire(ALARM, at);
    fleet.set_now(&(at + SignedDuration::from_mins(1)).to_string());
    let request = format!("r{at}");
    invoke_with(fleet, Mode::Act, &request, &alarm_event(fleet)).await
}

/// Runs the follow-ups in the order of their times until `until`.
async fn follow_ups(fleet: &Fleet, until: Timestamp) {
    let mut due = fleet.take_follow_ups();
    loop {
        due.sort_by_key(|(_, at)| *at);
        if due.first().is_none_or(|(_, at)| *at > until) {
            return;
        }
        let (key, at) = due.remove(0);
        fleet.set_now(&at.to_string());
        let event = json!({
            "picket": {"kind": "follow-up", "version": 1},
            "target": key.target,
            "entry": key.entry,
        });
        let event = serde_json::to_vec(&event).unwrap();
        invoke_with(fleet, Mode::Act, "follow-up", &event)
            .await
            .unwrap();
        due.extend(fleet.take_follow_ups());
    }
}

fn outcomes(fleet: &Fleet) -> Vec<Outcome> {
    fleet
        .messages()
        .iter()
        .map(|message| message.outcome)
        .collect()
}

#[tokio::test]
async fn it_opens_waits_a_minute_closes_and_is_left_to_a_person_after_three_times() {
    let fleet = Fleet::with_playbooks(documented());
    let begin = at("2026-11-20T06:00:00Z");
    for time in 0..3 {
        // An hour apart, since the cooldown and the account's changes of an hour are other limits.
        let fired = begin + SignedDuration::from_hours(time);
        announced(Outcome::Done, &fires(&fleet, fired).await);
        assert_eq!(fleet.breaker(), "open");
        // No requests, so that the metric has no data, which does not breach.
        fleet.clear(ALARM, &(fired + SignedDuration::from_mins(2)).to_string());
        follow_ups(&fleet, fired + SignedDuration::from_mins(30)).await;
        assert_eq!(fleet.breaker(), "closed");
        assert_eq!(outcomes(&fleet).last(), Some(&Outcome::Reverted));
    }
    let opened = fleet
        .journal()
        .iter()
        .filter(|call| *call == "write open")
        .count();
    assert_eq!(opened, 3);
    let fourth = fires(&fleet, begin + SignedDuration::from_hours(3)).await;
    let text = announced(Outcome::Escalated, &fourth);
    assert!(
        text.contains("is disarmed for it: the cause is another"),
        "{text}"
    );
    assert_eq!(fleet.breaker(), "closed");
}

#[tokio::test]
async fn it_does_not_close_before_the_alarm_was_ok_for_a_minute() {
    let fleet = Fleet::with_playbooks(documented());
    let fired = at("2026-11-20T06:00:00Z");
    announced(Outcome::Done, &fires(&fleet, fired).await);
    let end = fired + SignedDuration::from_mins(30);
    follow_ups(&fleet, end).await;
    assert_eq!(fleet.breaker(), "open", "the alarm is in ALARM still");
    assert!(outcomes(&fleet).contains(&Outcome::Escalated));
}
