mod composites;
mod documents;
mod dynamodb;
mod ecs;
mod functions;
mod kinesis;
mod logs;
mod sqs;

use aws_config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_sdk_cloudwatch::{
    operation::{describe_alarms::DescribeAlarmsOutput, get_metric_data::GetMetricDataOutput},
    primitives::DateTime,
    types::{
        self, AlarmType, MetricAlarm, MetricDataQuery, MetricDataResult, MetricStat, StateValue,
    },
};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_mocks::{MockResponseInterceptor, Rule, create_mock_http_client, mock};
use jiff::Timestamp;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use super::*;
use crate::{
    actions::reserved_concurrency::{AccountLimits, ReadAccount},
    audit::{ConditionalPut, Entry, Key},
    ledger::{Ledger, Made},
    model::StoredAlarm,
    ports::{
        HoldLease, NoteAlarm, OpenAudit, ReadAlarm, ReadAlarming, ReadAudit, ReadLedger,
        ReadMetrics, ReadPlan, ReadSetting, ReadTags, ScheduleFollowUp, UpdateAudit, WriteLedger,
        WritePlan, WriteSetting,
    },
    reads::MetricQuery,
    record::{Record, Stage},
    setting::{Reading, Setting, Value as SettingValue, Write},
    testing::throttles,
};
use picket_shared::{
    alarm::{Metric, State},
    fleet::{Outcome, RemediationMessage},
};

async fn server(status: u16, body: Value) -> MockServer {
    let server = MockServer::start().await;
    let kind = body["__type"].as_str().unwrap_or_default().to_owned();
    let answer = ResponseTemplate::new(status)
        .insert_header("x-amzn-errortype", kind.as_str())
        .set_body_raw(body.to_string(), "application/json");
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn sdk(endpoint: String) -> SdkConfig {
    let credentials = Credentials::from_keys("AKIDTEST", "secret", None);
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

pub(super) fn ports_at(endpoint: String) -> Adapters {
    let config = Config {
        environment: "dev".into(),
        stack: "picket-dev".into(),
        remediation_table: "remediation".into(),
        info_topic_arn: "arn:aws:sns:eu-west-1:123456789012:info".into(),
        mode: picket_rules::playbooks::Mode::Act,
        kill_switch_parameter: "/picket/dev/remediation".into(),
        follow_up_group: "picket-dev-follow-ups".into(),
        follow_up_role_arn: "arn:aws:iam::123456789012:role/follow-up".into(),
        failure_queue_arn: "arn:aws:sqs:eu-west-1:123456789012:failures".into(),
        override_bucket: None,
        documents: vec!["arn:aws:ssm:eu-west-1:123456789012:document/restart".into()],
        resources: crate::resources::Resources::default(),
    };
    Adapters::new(&sdk(endpoint), &config)
}

pub(super) async fn answering(status: u16, body: Value) -> (Adapters, MockServer) {
    let server = server(status, body).await;
    (ports_at(server.uri()), server)
}

/// Method, path and body of the one request.
pub(super) async fn request(server: &MockServer) -> (String, String, Value) {
    let request = server.received_requests().await.unwrap().remove(0);
    let body = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
    (
        request.method.to_string(),
        request.url.path().to_owned(),
        body,
    )
}

/// A write to a value from none, which an adapter does not look at.
async fn written(ports: &Adapters, setting: Setting, to: &SettingValue) -> Result<(), Fault> {
    let write = Write {
        setting,
        from: SettingValue::Absent,
        to: to.clone(),
        revision: None,
    };
    ports.write(&write).await
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn reservation() -> Setting {
    Setting::ReservedConcurrency {
        function: "checkout".into(),
    }
}

#[tokio::test]
async fn a_reservation_is_there_absent_or_without_a_function() {
    let missing = json!({"__type": "ResourceNotFoundException", "Message": "no such function"});
    for (status, body, expected) in [
        (
            200,
            json!({"ReservedConcurrentExecutions": 10}),
            Some(SettingValue::Number(10)),
        ),
        (
            200,
            json!({"ReservedConcurrentExecutions": 0}),
            Some(SettingValue::Number(0)),
        ),
        (200, json!({}), Some(SettingValue::Absent)),
        (404, missing, None),
    ] {
        let (ports, server) = answering(status, body).await;
        assert_eq!(
            ports.setting(&reservation()).await.unwrap(),
            expected.map(Reading::settled)
        );
        let path = "/2019-09-30/functions/checkout/concurrency".to_owned();
        assert_eq!(
            request(&server).await,
            ("GET".to_owned(), path, Value::Null)
        );
    }
    let denied = json!({"__type": "AccessDeniedException", "Message": "no"});
    let (ports, _server) = answering(403, denied).await;
    assert_eq!(
        ports.setting(&reservation()).await.unwrap_err().to_string(),
        "this function may not read the reservation of the function checkout; allow it in the function's role"
    );
}

#[tokio::test]
async fn a_reservation_is_set_and_deleted() {
    let write = |to| Write {
        setting: reservation(),
        from: SettingValue::Number(10),
        to,
        revision: None,
    };
    for (to, method, path, sent) in [
        (
            SettingValue::Number(15),
            "PUT",
            "/2017-10-31/functions/checkout/concurrency",
            json!({"ReservedConcurrentExecutions": 15}),
        ),
        (
            SettingValue::Absent,
            "DELETE",
            "/2017-10-31/functions/checkout/concurrency",
            Value::Null,
        ),
    ] {
        let (ports, server) = answering(200, json!({})).await;
        ports.write(&write(to)).await.unwrap();
        let (method, path) = (method.to_owned(), path.to_owned());
        assert_eq!(request(&server).await, (method, path, sent));
    }
    let (ports, server) = answering(200, json!({})).await;
    let fault = ports.write(&write(SettingValue::Text("many".into()))).await;
    assert_eq!(
        fault.unwrap_err().to_string(),
        "many is not a value of this setting"
    );
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_accounts_limits_are_whole_or_a_fault() {
    let limits = json!({"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 880}});
    let (ports, _server) = answering(200, limits).await;
    let expected = AccountLimits {
        concurrent: 1_000,
        unreserved: 880,
    };
    assert_eq!(ports.account().await.unwrap(), expected);
    for part in [
        json!({}),
        json!({"AccountLimit": {"ConcurrentExecutions": 1000}}),
        json!({"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": -1}}),
    ] {
        let (ports, _server) = answering(200, part).await;
        assert!(ports.account().await.is_err());
    }
}

#[tokio::test]
async fn tags_are_read_by_arn() {
    let (ports, server) = answering(200, json!({"Tags": {"picket:remediate": "true"}})).await;
    let tags = ports
        .tags("arn:aws:lambda:eu-west-1:123456789012:function:checkout")
        .await
        .unwrap();
    assert_eq!(tags["picket:remediate"], "true");
    let (_, path, _) = request(&server).await;
    assert!(path.starts_with("/2017-03-31/tags/arn"), "{path}");
}

#[tokio::test]
async fn the_switch_is_read_afresh_each_time() {
    let (ports, server) = answering(200, json!({"Parameter": {"Value": "on"}})).await;
    assert_eq!(ports.switch().await.unwrap(), "on");
    assert_eq!(ports.switch().await.unwrap(), "on");
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
    assert_eq!(
        request(&server).await.2,
        json!({"Name": "/picket/dev/remediation"})
    );
}

/// The ports with a CloudWatch that answers by this rule.
fn with_cloudwatch(rule: &Rule) -> Adapters {
    let sdk = sdk("http://127.0.0.1:9".into());
    let client = aws_sdk_cloudwatch::config::Builder::from(&sdk)
        .http_client(create_mock_http_client())
        .interceptor(MockResponseInterceptor::new().with_rule(rule))
        .build();
    Adapters {
        cloudwatch: aws_sdk_cloudwatch::Client::from_conf(client),
        ..ports_at("http://127.0.0.1:9".into())
    }
}

const ALARM_ARN: &str = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:throttles";

fn function_name(function: &str) -> types::Dimension {
    types::Dimension::builder()
        .name("FunctionName")
        .value(function)
        .build()
}

/// `throttles` as CloudWatch answers, over one metric.
fn metric_alarm() -> aws_sdk_cloudwatch::types::builders::MetricAlarmBuilder {
    MetricAlarm::builder()
        .alarm_name("throttles")
        .alarm_arn(ALARM_ARN)
        .state_value(StateValue::Alarm)
        .state_updated_timestamp(DateTime::from_secs(at("2026-11-20T06:00:30Z").as_second()))
        .state_transitioned_timestamp(DateTime::from_millis(1_795_154_400_123))
        .namespace("AWS/Lambda")
        .metric_name("Throttles")
        .dimensions(function_name("checkout"))
}

async fn described(alarm: Option<MetricAlarm>) -> Result<Option<StoredAlarm>, Fault> {
    let output = DescribeAlarmsOutput::builder()
        .set_metric_alarms(alarm.map(|alarm| vec![alarm]))
        .build();
    let rule = mock!(aws_sdk_cloudwatch::Client::describe_alarms)
        .match_requests(|request| {
            request.alarm_names() == ["throttles"]
                && request.alarm_types() == [AlarmType::MetricAlarm]
                && request.alarm_name_prefix().is_none()
        })
        .then_output(move || output.clone());
    with_cloudwatch(&rule).alarm("throttles").await
}

#[tokio::test]
async fn an_alarm_is_read_by_its_name_with_its_metrics() {
    let expected = StoredAlarm {
        arn: ALARM_ARN.into(),
        state: State::Alarm,
        changed_at: at("2026-11-20T06:00:00.123Z"),
        metrics: vec![Metric {
            statistic: None,
            period: None,
            ..throttles("checkout")
        }],
    };
    let found = described(Some(metric_alarm().build())).await.unwrap();
    assert_eq!(found.as_ref(), Some(&expected));
    assert_eq!(described(None).await.unwrap(), None);

    let metric = types::Metric::builder()
        .namespace("AWS/Lambda")
        .metric_name("Throttles")
        .dimensions(function_name("checkout"))
        .build();
    let query = MetricDataQuery::builder()
        .id("m1")
        .account_id("444455556666")
        .metric_stat(MetricStat::builder().metric(metric).build())
        .build();
    let expression = MetricDataQuery::builder().id("e1").expression("m1").build();
    let listed = MetricAlarm::builder()
        .alarm_name("throttles")
        .alarm_arn(ALARM_ARN)
        .state_value(StateValue::Ok)
        .state_updated_timestamp(DateTime::from_millis(1_795_154_400_123))
        .metrics(expression)
        .metrics(query)
        .build();
    let [own] = expected.metrics.as_slice() else {
        unreachable!("one metric")
    };
    let foreign = Metric {
        account: Some("444455556666".into()),
        ..own.clone()
    };
    let expected = StoredAlarm {
        state: State::Ok,
        metrics: vec![foreign],
        ..expected
    };
    assert_eq!(described(Some(listed)).await.unwrap(), Some(expected));
}

#[tokio::test]
async fn an_answer_about_an_alarm_that_is_not_whole_is_a_fault() {
    for alarm in [
        metric_alarm().set_alarm_arn(None),
        metric_alarm().set_state_value(None),
        metric_alarm().state_value(StateValue::from("ODD")),
        metric_alarm().set_metric_name(None),
        metric_alarm()
            .set_state_updated_timestamp(None)
            .set_state_transitioned_timestamp(None),
        metric_alarm().dimensions(types::Dimension::builder().name("Resource").build()),
    ] {
        let fault = described(Some(alarm.build())).await.unwrap_err();
        assert_eq!(
            fault.to_string(),
            "CloudWatch's answer about the alarm throttles is not whole"
        );
    }
    let other = metric_alarm().alarm_name("throttles-again").build();
    assert_eq!(
        described(Some(other)).await.unwrap(),
        None,
        "another alarm is not this one"
    );
}

#[tokio::test]
async fn metrics_come_in_the_order_of_their_queries_and_no_data_is_empty() {
    let result = |id: &str, values: &[f64]| {
        MetricDataResult::builder()
            .id(id)
            .set_values(Some(values.to_vec()))
            .build()
    };
    let output = GetMetricDataOutput::builder()
        .metric_data_results(result("q2", &[18.0, 24.0]))
        .metric_data_results(result("q0", &[7.0, 10.0, 9.0]))
        .metric_data_results(result("q1", &[]))
        .build();
    let rule = mock!(aws_sdk_cloudwatch::Client::get_metric_data)
        .match_requests(|request| {
            let dimensions = request.metric_data_queries().iter().map(|query| {
                let metric = query.metric_stat().and_then(|stat| stat.metric());
                metric.map_or(0, |metric| metric.dimensions().len())
            });
            dimensions.eq([1, 0, 1])
                && request.start_time().map(DateTime::secs)
                    == Some(at("2026-11-20T05:46:00Z").as_second())
        })
        .then_output(move || output.clone());
    let query = |name, dimensions| MetricQuery {
        namespace: "AWS/Lambda",
        name,
        dimensions,
        statistic: "Sum",
    };
    let of_function = || vec![("FunctionName", "checkout".to_owned())];
    let queries = [
        query("ConcurrentExecutions", of_function()),
        query("ConcurrentExecutions", Vec::new()),
        query("Throttles", of_function()),
    ];
    let (from, to) = (at("2026-11-20T05:46:00Z"), at("2026-11-20T06:01:00Z"));
    let values = with_cloudwatch(&rule).metrics(&queries, from, to).await;
    assert_eq!(
        values.unwrap(),
        [vec![7.0, 10.0, 9.0], vec![], vec![18.0, 24.0]]
    );
}

fn key() -> Key {
    Key {
        target: "checkout".into(),
        entry: "audit#2026-11-20T06:00:00.123Z#throttles".into(),
    }
}

fn entry() -> Entry {
    Entry {
        recorded_at: at("2026-11-20T06:01:00Z"),
        owner: "r1".into(),
        changed: true,
        record: Some(Record {
            playbook: "lambda-throttles".into(),
            write: Write {
                setting: reservation(),
                from: SettingValue::Number(10),
                to: SettingValue::Number(15),
                revision: None,
            },
            restore: SettingValue::Number(10),
            quota: None,
            alarms: vec!["throttles".into()],
            verify_at: at("2026-11-20T06:16:00Z"),
            healthy_seconds: Some(1_800),
            approved_by: None,
            stage: Stage::Made,
            verified: None,
            is_sent: false,
            is_reverting: false,
            is_held: false,
        }),
        again_until: None,
        version: 3,
        announced: false,
        message: RemediationMessage {
            stack: "picket-dev".into(),
            alarm_name: "throttles".into(),
            alarm_arn: "arn".into(),
            state_changed_at: at("2026-11-20T06:00:00.123Z"),
            playbook: Some("lambda-throttles".into()),
            target: Some("checkout".into()),
            outcome: Outcome::Done,
            text: "Picket did it.".into(),
            requests: Vec::new(),
            plan: None,
            revert: None,
            step: None,
        },
    }
}

#[tokio::test]
async fn a_row_is_opened_once_and_holds_the_revert_plan() {
    let (ports, server) = answering(200, json!({})).await;
    assert_eq!(
        ports.open(&key(), &entry()).await.unwrap(),
        ConditionalPut::Written
    );
    let (_, _, body) = request(&server).await;
    assert_eq!(body["ConditionExpression"], "attribute_not_exists(#target)");
    assert_eq!(body["Item"]["previous"], json!({"S": "10"}));
    assert_eq!(body["Item"]["outcome"], json!({"S": "done"}));
    // 2026-11-20 06:01:00 and 396 days.
    assert_eq!(body["Item"]["expires_at"], json!({"N": "1829368860"}));
    let taken =
        json!({"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"});
    let (ports, _server) = answering(400, taken).await;
    assert_eq!(
        ports.open(&key(), &entry()).await.unwrap(),
        ConditionalPut::Rejected
    );
}

#[tokio::test]
async fn a_put_whose_answer_was_lost_is_one_that_was_written() {
    let (ports, server) = answering(200, json!({})).await;
    ports.open(&key(), &entry()).await.unwrap();
    let (_, _, body) = request(&server).await;
    assert_eq!(body["ReturnValuesOnConditionCheckFailure"], "ALL_OLD");
    let mut other = body["Item"].clone();
    other["owner"] = json!({"S": "r2"});
    for (found, expected) in [
        (body["Item"].clone(), ConditionalPut::Written),
        (other, ConditionalPut::Rejected),
    ] {
        let failed = json!({
            "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
            "Item": found,
        });
        let (ports, _server) = answering(400, failed).await;
        assert_eq!(ports.open(&key(), &entry()).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn a_row_is_written_over_by_its_version_or_by_its_owner_where_it_has_none() {
    let (ports, server) = answering(200, json!({})).await;
    let put = ports.update(&key(), &entry()).await.unwrap();
    assert_eq!(put, ConditionalPut::Written);
    let (_, _, body) = request(&server).await;
    assert_eq!(
        body["ConditionExpression"],
        "#version = :before OR (attribute_not_exists(#version) AND #owner = :owner)"
    );
    assert_eq!(
        body["ExpressionAttributeValues"],
        json!({":owner": {"S": "r1"}, ":before": {"N": "3"}})
    );
    assert_eq!(body["Item"]["version"], json!({"N": "4"}));
    let stored: Entry = serde_json::from_str(body["Item"]["body"]["S"].as_str().unwrap()).unwrap();
    assert_eq!(stored.version, 4);
}

#[tokio::test]
async fn the_ledger_is_written_over_its_version_before() {
    let (ports, server) = answering(200, json!({})).await;
    let made = Made {
        at: at("2026-11-20T06:01:00Z"),
        playbook: "lambda-throttles".into(),
        target: "checkout".into(),
        incident: ALARM_ARN.into(),
        quota: None,
        price_per_hour: None,
        is_revert: false,
    };
    let before = Ledger {
        version: 6,
        changes: Vec::new(),
    };
    let ledger = before.with(made);
    let put = ports.write_ledger(&ledger).await.unwrap();
    assert_eq!(put, ConditionalPut::Written);
    let (_, _, body) = request(&server).await;
    assert_eq!(
        body["ConditionExpression"],
        "attribute_not_exists(#target) OR #version = :before"
    );
    assert_eq!(
        body["ExpressionAttributeValues"],
        json!({":before": {"N": "6"}})
    );
    assert_eq!(body["Item"]["version"], json!({"N": "7"}));
    let item = json!({"target": {"S": "account#ledger"}, "entry": {"S": "ledger"}, "body": body["Item"]["body"]});
    let (ports, _server) = answering(200, json!({"Items": [item]})).await;
    assert_eq!(ports.ledger().await.unwrap(), ledger);
    let (ports, _server) = answering(200, json!({"Items": []})).await;
    assert_eq!(ports.ledger().await.unwrap(), Ledger::default());
    let damaged = json!({"target": {"S": "account#ledger"}, "body": {"S": "{}"}});
    let (ports, _server) = answering(200, json!({"Items": [damaged]})).await;
    assert!(ports.ledger().await.is_err(), "damaged is not empty");
}

#[tokio::test]
async fn the_targets_of_alarms_are_noted_by_time() {
    let (ports, server) = answering(200, json!({})).await;
    let noted = at("2026-11-20T06:01:00Z");
    ports.note_alarm("checkout", noted).await.unwrap();
    let (_, _, body) = request(&server).await;
    let entry = json!({"S": "2026-11-20T06:01:00.000Z#checkout"});
    assert_eq!(body["Item"]["entry"], entry);
    let item = |target: &str| json!({"alarming": {"S": target}});
    let items = json!({"Items": [item("checkout"), item("basket"), item("checkout")]});
    let (ports, server) = answering(200, items).await;
    let alarming = ports.alarming(at("2026-11-20T05:51:00Z")).await.unwrap();
    assert_eq!(
        alarming.into_iter().collect::<Vec<_>>(),
        ["basket", "checkout"]
    );
    let (_, _, body) = request(&server).await;
    assert_eq!(
        body["ExpressionAttributeValues"][":since"],
        json!({"S": "2026-11-20T05:51:00.000Z#"})
    );
}

#[tokio::test]
async fn a_plan_leads_to_the_key_of_its_row() {
    let (ports, server) = answering(200, json!({})).await;
    let expires = at("2026-11-20T06:31:00Z");
    ports.write_plan("1a2b3c4d", &key(), expires).await.unwrap();
    let (_, _, body) = request(&server).await;
    assert_eq!(body["Item"]["target"], json!({"S": "plan#1a2b3c4d"}));
    let (ports, _server) = answering(200, json!({"Items": [body["Item"]]})).await;
    assert_eq!(ports.plan_key("1a2b3c4d").await.unwrap(), Some(key()));
    let (ports, _server) = answering(200, json!({"Items": []})).await;
    assert_eq!(ports.plan_key("1a2b3c4d").await.unwrap(), None);
}

const FUNCTION_ARN: &str = "arn:aws:lambda:eu-west-1:123456789012:function:picket";

#[tokio::test]
async fn a_follow_up_is_one_schedule_that_deletes_itself() {
    let (ports, server) = answering(200, json!({"ScheduleArn": "arn"})).await;
    let due = at("2026-11-20T06:16:00.9Z");
    ports.schedule(FUNCTION_ARN, &key(), due).await.unwrap();
    let (method, path, body) = request(&server).await;
    assert_eq!(method, "POST");
    let name = path.strip_prefix("/schedules/").unwrap();
    assert!(name.len() <= 64 && name.ends_with("-1795155361"), "{name}");
    assert_eq!(body["GroupName"], "picket-dev-follow-ups");
    assert_eq!(body["ScheduleExpression"], "at(2026-11-20T06:16:01)");
    assert_eq!(body["ScheduleExpressionTimezone"], "UTC");
    assert_eq!(body["ActionAfterCompletion"], "DELETE");
    assert_eq!(body["FlexibleTimeWindow"], json!({"Mode": "OFF"}));
    assert_eq!(body["Target"]["Arn"], FUNCTION_ARN);
    let input: Value = serde_json::from_str(body["Target"]["Input"].as_str().unwrap()).unwrap();
    assert_eq!(
        input,
        json!({"picket": {"kind": "follow-up", "version": 1}, "target": key().target, "entry": key().entry})
    );
    let taken = json!({"__type": "ConflictException", "Message": "exists"});
    let (ports, _server) = answering(409, taken).await;
    ports.schedule(FUNCTION_ARN, &key(), due).await.unwrap();
    let denied = json!({"__type": "AccessDeniedException", "Message": "no"});
    let (ports, _server) = answering(403, denied).await;
    ports.schedule(FUNCTION_ARN, &key(), due).await.unwrap_err();
}

#[tokio::test]
async fn a_lease_is_taken_where_there_is_none_it_ended_or_it_is_ours() {
    let (ports, server) = answering(200, json!({})).await;
    let (now, until) = (at("2026-11-20T06:01:00Z"), at("2026-11-20T06:02:30Z"));
    let taken = ports.lease("checkout", "r1", now, until).await.unwrap();
    assert_eq!(taken, ConditionalPut::Written);
    let (_, _, body) = request(&server).await;
    assert_eq!(
        body["ConditionExpression"],
        "attribute_not_exists(#target) OR #held_until <= :now OR #owner = :owner"
    );
    assert_eq!(body["Item"]["entry"], json!({"S": "lease"}));
    assert_eq!(body["Item"]["held_until"], json!({"N": "1795154550000"}));
    assert_eq!(
        body["ExpressionAttributeValues"][":now"],
        json!({"N": "1795154460000"})
    );
}

#[tokio::test]
async fn rows_come_back_as_they_were_written() {
    let body = serde_json::to_string(&entry()).unwrap();
    let item =
        json!({"target": {"S": key().target}, "entry": {"S": key().entry}, "body": {"S": body}});
    let (ports, server) = answering(200, json!({"Items": [item], "Count": 1})).await;
    let rows = ports
        .entries("checkout", at("2026-11-20T05:00:00Z"))
        .await
        .unwrap();
    assert_eq!(rows, [(key(), entry())]);
    let (_, _, body) = request(&server).await;
    assert_eq!(body["ConsistentRead"], true);
    assert_eq!(
        body["ExpressionAttributeValues"][":since"],
        json!({"S": "audit#2026-11-20T05:00:00.000Z#"})
    );
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_a_fault_and_not_an_empty_history() {
    let item = json!({"target": {"S": "checkout"}, "entry": {"S": "audit#x"}, "body": {"S": "{}"}});
    let (ports, _server) = answering(200, json!({"Items": [item]})).await;
    let fault = ports
        .entries("checkout", at("2026-11-20T05:00:00Z"))
        .await
        .unwrap_err();
    assert_eq!(
        fault.to_string(),
        "row checkout audit#x of the remediation table remediation cannot be read"
    );
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named() {
    let missing = json!({"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"});
    let (ports, _server) = answering(400, missing).await;
    let fault = ports.open(&key(), &entry()).await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "the remediation table remediation does not exist; deploy the stack or correct REMEDIATION_TABLE"
    );
}
