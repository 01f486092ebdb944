use super::*;

fn alarms(event: &[u8]) -> Alarms {
    match read(event).unwrap() {
        Input::Alarms(alarms) => alarms,
        other => panic!("{other:?}"),
    }
}

fn topic(messages: &[&str]) -> Vec<u8> {
    let records: Vec<_> = messages
        .iter()
        .map(|message| serde_json::json!({"EventSource": "aws:sns", "Sns": {"MessageId": "m", "Message": message}}))
        .collect();
    serde_json::to_vec(&serde_json::json!({"Records": records})).unwrap()
}

#[test]
fn what_is_on_a_topic_and_no_alarm_is_passed_over() {
    let alarm = r#"{"AlarmName": "a", "NewStateValue": "OK", "StateChangeTime": "2026-11-20T06:00:00.123+0000"}"#;
    let messages = [
        "a person's words",
        r#"{"picket": {"kind": "heartbeat", "version": 1}}"#,
        alarm,
        "[]",
    ];
    let input = alarms(&topic(&messages));
    assert_eq!(input.alarms.len(), 1);
    assert_eq!(input.passed_over.len(), 3);
    assert_eq!(input.passed_over[0], "SNS message m: not JSON");
    assert!(input.passed_over[1].starts_with("SNS message m: not a CloudWatch alarm"));
}

#[test]
fn an_alarm_without_description_or_arn_is_read_all_the_same() {
    let alarm = r#"{"AlarmName": "a", "AlarmDescription": null, "NewStateValue": "ALARM", "StateChangeTime": "2026-11-20T06:00:00.123+0000"}"#;
    let input = alarms(&topic(&[alarm]));
    assert_eq!(
        (
            input.alarms[0].description.as_deref(),
            input.alarms[0].arn.as_str()
        ),
        (None, "")
    );
}

#[test]
fn an_event_of_our_own_is_an_invocation_and_never_a_message_of_a_topic() {
    let follow_up = r#"{"picket": {"kind": "follow-up", "version": 1}, "target": "checkout", "entry": "audit#x"}"#;
    let approval = r#"{"picket": {"kind": "approval", "version": 1}, "plan": "1a2b3c4d", "decision": "approve", "by": "ana"}"#;
    let key = Key {
        target: "checkout".into(),
        entry: "audit#x".into(),
    };
    assert_eq!(read(follow_up.as_bytes()).unwrap(), Input::FollowUp(key));
    let decision = Input::Decision {
        plan: "1a2b3c4d".into(),
        decision: Decision::Approve,
        by: "ana".into(),
    };
    assert_eq!(read(approval.as_bytes()).unwrap(), decision);
    let on_topic = alarms(&topic(&[follow_up, approval]));
    assert_eq!((on_topic.alarms.len(), on_topic.passed_over.len()), (0, 2));
}

#[test]
fn an_event_of_another_source_is_refused() {
    for event in [
        "",
        "{}",
        "null",
        r#"{"Records": []}"#,
        r#"{"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}"#,
        r#"{"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": ""}}]}"#,
        r#"{"picket": {"kind": "daily-report", "version": 1}}"#,
        r#"{"picket": {"kind": "follow-up", "version": 2}, "target": "checkout", "entry": "audit#x"}"#,
        r#"{"picket": {"kind": "approval", "version": 1}, "target": "checkout", "entry": "audit#x"}"#,
        r#"{"picket": {"kind": "approval", "version": 1}, "plan": "p", "decision": "perhaps", "by": "ana"}"#,
        r#"{"detail-type": "CloudWatch Alarm Configuration Change", "source": "aws.cloudwatch", "detail": {}}"#,
    ] {
        assert!(read(event.as_bytes()).is_err(), "{event}");
    }
}
