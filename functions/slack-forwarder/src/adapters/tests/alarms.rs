use aws_sdk_cloudwatch::{
    operation::describe_alarms::DescribeAlarmsOutput,
    primitives::DateTime,
    types::{AlarmType, CompositeAlarm, LogAlarm, MetricAlarm, StateValue},
};
use aws_smithy_mocks::{Rule, mock};
use picket_shared::alarm::State;

use super::*;
use crate::{confirmation::AlarmState, ports::ReadAlarmStates};

const NAMES: [&str; 2] = ["orders", "checkout"];

async fn read(rules: &[&Rule]) -> Result<Vec<AlarmState>, Fault> {
    let (client, config) = cloudwatch(rules).await;
    let adapters = Adapters {
        alarms: client,
        ..adapters(&config)
    };
    adapters.read_alarm_states(&NAMES.map(str::to_owned)).await
}

fn arn(name: &str) -> String {
    format!("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}")
}

fn metric_alarm() -> aws_sdk_cloudwatch::types::builders::MetricAlarmBuilder {
    MetricAlarm::builder()
        .alarm_arn(arn("orders"))
        .state_value(StateValue::Alarm)
        .state_updated_timestamp(DateTime::from_millis(1_795_154_999_000))
        .state_transitioned_timestamp(DateTime::from_secs_f64(1_795_154_400.123))
}

#[tokio::test]
async fn the_alarms_of_every_type_are_read_by_their_names() {
    let first = DescribeAlarmsOutput::builder()
        .metric_alarms(metric_alarm().build())
        .next_token("more")
        .build();
    let composite = CompositeAlarm::builder()
        .alarm_arn(arn("checkout"))
        .state_value(StateValue::Ok)
        .build();
    let log = LogAlarm::builder()
        .alarm_arn(arn("errors"))
        .state_value(StateValue::InsufficientData)
        .build();
    let second = DescribeAlarmsOutput::builder()
        .composite_alarms(composite)
        .log_alarms(log)
        .build();
    let types = [
        AlarmType::MetricAlarm,
        AlarmType::CompositeAlarm,
        AlarmType::LogAlarm,
    ];
    let first = mock!(aws_sdk_cloudwatch::Client::describe_alarms)
        .match_requests(move |request| {
            request.alarm_names() == NAMES
                && request.alarm_types() == types
                && request.max_records() == Some(100)
        })
        .then_output(move || first.clone());
    let second = mock!(aws_sdk_cloudwatch::Client::describe_alarms)
        .match_requests(|request| request.next_token() == Some("more"))
        .then_output(move || second.clone());
    let state = |name, state, changed_at: Option<&str>| AlarmState {
        arn: arn(name),
        state,
        changed_at: changed_at.map(|at| at.parse().unwrap()),
    };
    assert_eq!(
        read(&[&first, &second]).await.unwrap(),
        [
            state("orders", State::Alarm, Some("2026-11-20T06:00:00.123Z")),
            state("checkout", State::Ok, None),
            state("errors", State::InsufficientData, None),
        ]
    );
}

#[tokio::test]
async fn an_answer_that_is_not_whole_is_a_fault() {
    for alarm in [
        metric_alarm().set_alarm_arn(None),
        metric_alarm().set_state_value(None),
        metric_alarm().state_value(StateValue::from("ODD")),
    ] {
        let output = DescribeAlarmsOutput::builder()
            .metric_alarms(alarm.build())
            .build();
        let rule =
            mock!(aws_sdk_cloudwatch::Client::describe_alarms).then_output(move || output.clone());
        let fault = read(&[&rule]).await.unwrap_err();
        assert!(fault.to_string().contains("not whole"), "{fault}");
    }
}

#[tokio::test]
async fn a_denied_or_throttled_request_is_a_fault() {
    for (code, is_transient) in [("AccessDenied", false), ("Throttling", true)] {
        // CBOR: a map of one text, `__type`, which is a text.
        let mut body = vec![0xa1, 0x66];
        body.extend_from_slice(b"__type");
        body.push(0x60 + u8::try_from(code.len()).unwrap());
        body.extend_from_slice(code.as_bytes());
        let template = ResponseTemplate::new(400)
            .insert_header("smithy-protocol", "rpc-v2-cbor")
            .set_body_raw(body, "application/cbor");
        let (server, config) = aws(template).await;
        let names = NAMES.map(str::to_owned);
        let fault = adapters(&config)
            .read_alarm_states(&names)
            .await
            .unwrap_err();
        assert_eq!(fault.is_transient(), is_transient, "{fault}");
        let asked = &server.received_requests().await.unwrap()[0];
        assert!(asked.url.path().ends_with("/DescribeAlarms"));
        let signed = asked.headers["authorization"].to_str().unwrap();
        assert!(signed.contains("/eu-west-1/monitoring/"), "{signed}");
    }
}
