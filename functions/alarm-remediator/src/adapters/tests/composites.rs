//! Composite alarms on the wire.

use aws_sdk_cloudwatch::types::{ActionsSuppressedBy, CompositeAlarm};

use super::*;
use crate::{model::StoredComposite, ports::ReadComposite};

/// A composite alarm in ALARM with this rule.
fn ports_with(rule: &'static str, suppressed: Option<ActionsSuppressedBy>) -> Adapters {
    let rule = mock!(aws_sdk_cloudwatch::Client::describe_alarms)
        .match_requests(|request| {
            request.alarm_names() == ["checkout-down"]
                && request.alarm_types() == [AlarmType::CompositeAlarm]
        })
        .then_output(move || {
            let alarm = CompositeAlarm::builder()
                .alarm_name("checkout-down")
                .state_value(StateValue::Alarm)
                .alarm_rule(rule)
                .state_updated_timestamp(DateTime::from_secs(1_795_158_000))
                .state_transitioned_timestamp(DateTime::from_secs(1_795_154_400))
                .set_actions_suppressed_by(suppressed.clone())
                .build();
            DescribeAlarmsOutput::builder()
                .composite_alarms(alarm)
                .build()
        });
    with_cloudwatch(&rule)
}

#[tokio::test]
async fn the_children_are_those_of_the_rule_by_every_function_of_it() {
    for (rule, children) in [
        ("ALARM(a) OR OK(b)", vec!["a"]),
        ("ALARM(a) AND NOT ALARM(b) AND NOT OK(c)", vec!["a", "c"]),
        ("NOT (ALARM(a) OR NOT ALARM(b))", vec!["b"]),
        ("NOT AT_LEAST(2, ALARM, (a, b))", vec![]),
        (
            "ALARM(\"a b\") AND NOT INSUFFICIENT_DATA(arn:aws:cloudwatch:eu-west-1:123456789012:alarm:c)",
            vec!["a b", "c"],
        ),
        ("AT_LEAST(2, ALARM, (a, b, c))", vec!["a", "b", "c"]),
        (
            "AT_LEAST(50%, NOT OK, (a, arn:aws:cloudwatch:eu-west-1:123456789012:alarm:b)) OR ALARM(a)",
            vec!["a", "b"],
        ),
        ("TRUE", vec![]),
    ] {
        let found = ports_with(rule, None).composite("checkout-down").await;
        let expected = StoredComposite {
            state: State::Alarm,
            changed_at: at("2026-11-20T06:00:00Z"),
            suppressed_by: None,
            children: children.into_iter().map(str::to_owned).collect(),
        };
        assert_eq!(found.unwrap(), Some(expected), "{rule}");
    }
}

#[tokio::test]
async fn a_rule_that_cannot_be_read_is_an_error_and_no_rule_without_children() {
    let ports = ports_with("SOME(2, (a, b))", None);
    let fault = ports.composite("checkout-down").await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "the rule of the composite alarm checkout-down cannot be read"
    );
    assert!(!fault.is_transient());
}

#[tokio::test]
async fn a_suppressor_is_read() {
    let ports = ports_with("ALARM(a)", Some(ActionsSuppressedBy::Alarm));
    let found = ports.composite("checkout-down").await.unwrap().unwrap();
    assert_eq!(found.suppressed_by.as_deref(), Some("Alarm"));
}
