//! The handler against a fleet in memory that keeps a journal of every call.

mod again;
mod circuit_breaker;
mod composites;
mod fleet;
mod follow_up;
mod others;
mod quota;
mod said;
mod uncertain;

use futures::FutureExt;
use lambda_runtime::Diagnostic;
use picket_shared::fleet::Outcome;
use serde_json::json;

use super::*;
use fleet::{Fixed, Fleet, at};
use picket_rules::playbooks::Mode;

const FUNCTION_ARN: &str =
    "arn:aws:lambda:eu-west-1:123456789012:function:picket-dev-AlarmRemediator-1";

fn event(name: &str, state: &str) -> Vec<u8> {
    event_at(name, state, "2026-11-20T06:00:00.123+0000")
}

fn event_at(name: &str, state: &str, changed_at: &str) -> Vec<u8> {
    let alarm = json!({
        "AlarmName": name,
        "AlarmArn": format!("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}"),
        "NewStateValue": state,
        "StateChangeTime": changed_at,
        "Trigger": {
            "MetricName": "Throttles",
            "Namespace": "AWS/Lambda",
            "Dimensions": [{"name": "FunctionName", "value": "checkout"}],
        },
    });
    let record = json!({"Sns": {"MessageId": "m", "Message": alarm.to_string()}});
    serde_json::to_vec(&json!({"Records": [record]})).unwrap()
}

async fn invoke(fleet: &Fleet, mode: Mode, request_id: &str) -> Result<Vec<Handled>, Error> {
    invoke_with(fleet, mode, request_id, &event("throttles", "ALARM")).await
}

async fn invoke_with(
    fleet: &Fleet,
    mode: Mode,
    request_id: &str,
    event: &[u8],
) -> Result<Vec<Handled>, Error> {
    let config = Config {
        environment: "dev".into(),
        stack: "picket-dev".into(),
        remediation_table: "remediation".into(),
        info_topic_arn: "topic".into(),
        mode,
        kill_switch_parameter: "/picket/switch".into(),
        follow_up_group: "follow-ups".into(),
        follow_up_role_arn: "role".into(),
        failure_queue_arn: "queue".into(),
        override_bucket: Some("overrides".into()),
        documents: Vec::new(),
        resources: crate::resources::Resources::default(),
    };
    let invocation = Invocation {
        request_id: request_id.into(),
        function_arn: FUNCTION_ARN.into(),
    };
    let handler = Handler::new(config, fleet, Fixed(fleet.now()));
    Box::pin(handler.handle(event, &invocation)).await
}

fn announced(outcome: Outcome, handled: &Result<Vec<Handled>, Error>) -> &str {
    match handled.as_deref() {
        Ok(
            [
                Handled {
                    result: HandledAs::Announced(found),
                    text,
                    ..
                },
            ],
        ) if *found == outcome => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn observing_plans_audits_and_announces_and_changes_nothing() {
    let fleet = Fleet::default();
    let handled = invoke(&fleet, Mode::Observe, "r1").await;
    let text = announced(Outcome::Planned, &handled);
    assert!(
        text.starts_with(
            "Observing only. Picket would raise the reserved concurrency of checkout from 10 to 15"
        ),
        "{text}"
    );
    assert_eq!(
        fleet.journal(),
        [
            "lease",
            "open planned",
            "publish planned",
            "update planned announced",
            "release"
        ]
    );
    let message = &fleet.messages()[0];
    assert_eq!(
        message.requests,
        [
            r#"aws lambda put-function-concurrency --cli-input-json '{"FunctionName":"checkout","ReservedConcurrentExecutions":15}'"#
        ]
    );
    assert_eq!(
        (message.playbook.as_deref(), message.target.as_deref()),
        (Some("lambda-throttles"), Some("checkout"))
    );
    let entry = &fleet.entries()[0].1;
    let write = &entry.record.as_ref().unwrap().write;
    assert_eq!(
        (entry.changed, write.from.number(), write.to.number()),
        (false, Some(10), Some(15))
    );
}

#[tokio::test]
async fn acting_writes_lease_and_audit_first() {
    let fleet = Fleet::default();
    let handled = invoke(&fleet, Mode::Act, "r1").await;
    let text = announced(Outcome::Done, &handled);
    assert!(
        text.ends_with("back to 10 when the alarm has been OK for 120 min."),
        "{text}"
    );
    assert_eq!(
        fleet.journal(),
        [
            "lease",
            "open failed",
            "write 15",
            "update done",
            "publish done",
            "update done announced",
            "release"
        ],
        "until it has ended, the row says what a crash would leave to say"
    );
    assert_eq!(fleet.reserved(), 15);
}

#[tokio::test]
async fn one_change_of_state_by_three_ways_is_dealt_with_once() {
    let fleet = Fleet::default();
    announced(Outcome::Done, &invoke(&fleet, Mode::Act, "r1").await);
    for request_id in ["r1", "r2", "r3"] {
        let handled = invoke(&fleet, Mode::Act, request_id).await.unwrap();
        assert_eq!(handled[0].result, HandledAs::Repeated);
    }
    assert_eq!((fleet.reserved(), fleet.messages().len()), (15, 1));
}

#[tokio::test]
async fn another_alarm_on_the_function_waits_for_the_cooldown() {
    let fleet = Fleet::default();
    announced(Outcome::Done, &invoke(&fleet, Mode::Act, "r1").await);
    let other = event("throttles-again", "ALARM");
    let handled = invoke_with(&fleet, Mode::Act, "r2", &other).await;
    let text = announced(Outcome::Refused, &handled);
    assert_eq!(
        text,
        "Nothing was done: checkout was changed 0 s ago; the playbook leaves it alone for 1800 s"
    );
    assert_eq!(fleet.reserved(), 15);
}

#[tokio::test]
async fn a_failed_change_is_announced_and_counts_for_the_cooldown() {
    let fleet = Fleet::failing(&["write"]);
    let handled = invoke(&fleet, Mode::Act, "r1").await;
    let text = announced(Outcome::Failed, &handled);
    assert!(
        text.contains("and the request failed: write does not answer"),
        "{text}"
    );
    assert!(fleet.entries()[0].1.changed);
}

#[tokio::test]
async fn whatever_cannot_be_reached_means_that_nothing_is_done_and_that_it_is_said() {
    for port in [
        "alarm", "setting", "tags", "account", "metrics", "entries", "switch", "lease", "open",
        "schedule",
    ] {
        let fleet = Fleet::failing(&[port]);
        let handled = invoke(&fleet, Mode::Act, "r1").await;
        let text = announced(Outcome::Refused, &handled);
        assert!(text.starts_with("Nothing was done: "), "{text}");
        assert!(text.contains(&format!("{port} does not answer")), "{text}");
        assert_eq!(
            (fleet.reserved(), fleet.messages().len()),
            (10, 1),
            "{port}"
        );
        assert!(
            !fleet.journal().iter().any(|call| call.starts_with("write")),
            "{port}"
        );
    }
}

#[tokio::test]
async fn a_message_about_an_alarm_that_cloudwatch_does_not_have_changes_nothing() {
    for mode in [Mode::Act, Mode::Observe] {
        let fleet = Fleet::without_alarms();
        let handled = invoke(&fleet, mode, "r1").await;
        let text = announced(Outcome::Refused, &handled);
        assert_eq!(
            text,
            "Nothing was done: CloudWatch has no metric alarm \
             arn:aws:cloudwatch:eu-west-1:123456789012:alarm:throttles: \
             the message is not CloudWatch's, or the alarm was deleted"
        );
        assert_eq!(fleet.reserved(), 10);
        assert_eq!(
            fleet.messages()[0].requests,
            [""; 0],
            "no request is proposed"
        );
    }
}

#[tokio::test]
async fn a_switch_that_is_not_on_changes_nothing() {
    for text in ["off", "", "ON", "true"] {
        let fleet = Fleet::switched(text);
        announced(Outcome::Refused, &invoke(&fleet, Mode::Act, "r1").await);
        assert_eq!(fleet.reserved(), 10, "{text}");
    }
}

#[tokio::test]
async fn an_audit_row_that_cannot_be_completed_keeps_nothing_silent() {
    let fleet = Fleet::failing(&["update"]);
    announced(Outcome::Done, &invoke(&fleet, Mode::Act, "r1").await);
    assert_eq!(fleet.messages().len(), 1);
}

#[tokio::test]
async fn a_message_that_cannot_be_published_fails_the_invocation_and_its_retry_acts_only_once() {
    let fleet = Fleet::failing(&["publish"]);
    let error = invoke(&fleet, Mode::Act, "r1").await.unwrap_err();
    let diagnostic = Diagnostic::from(error);
    assert_eq!(diagnostic.error_type, "PublishFailed");
    assert_eq!(
        diagnostic.error_message,
        "what came of throttles could not be published: publish does not answer"
    );
    fleet.mend();
    let handled = invoke(&fleet, Mode::Act, "r1").await;
    announced(Outcome::Done, &handled);
    assert_eq!((fleet.reserved(), fleet.messages().len()), (15, 1));
    let writes = fleet
        .journal()
        .iter()
        .filter(|call| call.starts_with("write"))
        .count();
    assert_eq!(writes, 1);
}

#[tokio::test]
async fn a_crash_after_the_audit_is_reported_by_the_retry_and_not_acted_on_again() {
    let fleet = Fleet::default();
    fleet.hang_at_write();
    // The sandbox is stopped while the change is on its way.
    assert!(invoke(&fleet, Mode::Act, "r1").now_or_never().is_none());
    fleet.mend();
    let handled = invoke(&fleet, Mode::Act, "r1").await;
    let text = announced(Outcome::Failed, &handled);
    assert!(text.starts_with("Picket began to raise"), "{text}");
    assert!(
        text.contains("Whether AWS made the change is not known"),
        "{text}"
    );
    assert!(!fleet.journal().iter().any(|call| call == "write 15"));
}

#[tokio::test]
async fn a_target_that_is_leased_is_left_for_a_retry() {
    let fleet = Fleet::default();
    fleet.leased_to("another run", at("2026-11-20T06:02:00Z"));
    let error = invoke(&fleet, Mode::Act, "r1").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "another invocation is handling checkout, until 2026-11-20T06:02:30Z at most; try throttles again then"
    );
    assert_eq!(fleet.journal(), [""; 0]);
    fleet.leased_to("another run that died", at("2026-11-20T06:00:59Z"));
    announced(Outcome::Done, &invoke(&fleet, Mode::Act, "r1").await);
}

#[tokio::test]
async fn an_alarm_that_asks_nothing_touches_nothing() {
    let fleet = Fleet::default();
    let handled = invoke_with(&fleet, Mode::Act, "r1", &event("throttles", "OK"))
        .await
        .unwrap();
    assert_eq!(
        (handled[0].result, handled[0].text.as_str()),
        (HandledAs::Noted, "the alarm is OK")
    );
    assert_eq!(fleet.journal(), [""; 0]);
}

#[tokio::test]
async fn a_function_that_does_not_know_where_it_runs_does_nothing() {
    let fleet = Fleet::default();
    let invocation = Invocation {
        request_id: "r".into(),
        function_arn: String::new(),
    };
    let config = Config {
        environment: "dev".into(),
        stack: "picket-dev".into(),
        remediation_table: "remediation".into(),
        info_topic_arn: "topic".into(),
        mode: Mode::Act,
        kill_switch_parameter: "/picket/switch".into(),
        follow_up_group: "follow-ups".into(),
        follow_up_role_arn: "role".into(),
        failure_queue_arn: "queue".into(),
        override_bucket: None,
        documents: Vec::new(),
        resources: crate::resources::Resources::default(),
    };
    let event = event("throttles", "ALARM");
    let handler = Handler::new(config, &fleet, Fixed(fleet.now()));
    let error = Box::pin(handler.handle(&event, &invocation))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Home(_)));
    assert_eq!(fleet.journal(), [""; 0]);
}

/// As the built-in playbook, but with a lower maximum.
const LOWER: &str = "\
playbooks:
  - name: night
    mode: act
    match: { namespace: AWS/Lambda, metric: Throttles }
    action:
      raise-reserved-concurrency: { factor: 1.5, maximum: 12, keep-unreserved: 100 }
    allow-tag: picket:remediate=true
    cooldown: 30m
";

#[tokio::test]
async fn playbooks_in_the_bucket_take_the_place_of_the_built_in_ones() {
    let fleet = Fleet::with_playbooks(LOWER);
    invoke(&fleet, Mode::Act, "r").await.unwrap();
    // By the built-in ones it would have been 15.
    assert_eq!(fleet.reserved(), 12);
    assert_eq!(fleet.messages()[0].playbook.as_deref(), Some("night"));
}

#[tokio::test]
async fn nothing_is_repaired_while_the_playbooks_in_the_bucket_are_broken_or_out_of_reach() {
    let broken = Fleet::with_playbooks("playbooks:\n  - nmae: x\n");
    for (fleet, why) in [
        (broken, "s3://overrides/picket-dev/playbooks.yaml:2:"),
        (Fleet::failing(&["overrides"]), "overrides does not answer"),
    ] {
        let handled = invoke(&fleet, Mode::Act, "r").await.unwrap();
        assert_eq!(fleet.reserved(), 10);
        assert!(
            handled[0].text.contains(why) && handled[0].text.contains("from 10 to 15"),
            "{}",
            handled[0].text
        );
    }
    // An observer proposes what the built-in ones would do.
    let fleet = Fleet::failing(&["overrides"]);
    let handled = invoke(&fleet, Mode::Observe, "r").await.unwrap();
    assert_eq!(handled[0].result, HandledAs::Announced(Outcome::Planned));
}
