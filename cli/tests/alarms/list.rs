//! `picket alarms list`.

use serde_json::json;

use crate::{picket, written};

const TEMPLATE: &str = r#"
Parameters: {Stage: {Type: String}, Limit: {Type: Number, Default: 5}}
Resources:
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties: &errors
      AlarmName: !Sub 'shop-${Stage}-errors'
      AlarmDescription: "Requests fail. Runbook: https://example.com/run#errors"
      AlarmActions: [!Ref Topic]
      Namespace: Shop
      MetricName: Errors
      Dimensions: [{Name: Stage, Value: !Ref Stage}]
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 3
      DatapointsToAlarm: 2
      Threshold: !Ref Limit
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
  Wrong: {Type: AWS::CloudWatch::Alarm, Properties: {<<: *errors, Threshold: !Ref Stage}}
  Topic: {Type: AWS::SNS::Topic}
"#;

#[tokio::test]
async fn a_template_is_listed_with_prices_and_what_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "template.yaml", TEMPLATE);
    let answer = picket(&["alarms", "list", &file]).await;
    assert!(answer.ended_with(0));
    let expected = format!(
        "shop-{{Stage}}-errors  $0.10 a month  {file} Errors
  Sum of Shop Errors Stage={{Stage}}
  in ALARM where > 5 in 2 of 3 periods of 60 s; missing data: notBreaching
  actions ALARM to Topic
  runbook https://example.com/run#errors
  parameters without a value Stage
shop-{{Stage}}-errors  {file} Wrong
  cannot be read: the alarm Wrong cannot be read: these are not the properties of an alarm: \
  \"{{Stage}}\" is not the value of a number or truth
  actions ALARM to Topic
  runbook https://example.com/run#errors
  parameters without a value Stage
2 alarms, $0.10 a month; 1 cannot be read
"
    );
    assert_eq!(answer.answers, expected);
}

#[tokio::test]
async fn parameters_are_taken_and_values_are_json_one_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "template.yaml", TEMPLATE);
    let answer = picket(&[
        "alarms",
        "list",
        &file,
        "--json",
        "--parameter",
        "Stage=7",
        "--parameter",
        "Limit=9",
    ])
    .await;
    let values = answer.values();
    let [errors, wrong, total] = values.as_slice() else {
        panic!("two alarms and a total, not {}", answer.answers)
    };
    assert_eq!(errors["name"], "shop-7-errors");
    assert_eq!(errors["metrics"][0]["dimensions"], json!({"Stage": "7"}));
    assert_eq!(
        (&errors["threshold"], &wrong["threshold"]),
        (&json!(9.0), &json!(7.0))
    );
    assert_eq!(total["monthly_usd"], "0.20");
    let wrong = picket(&["alarms", "list", &file, "--parameter", "Stage"]).await;
    assert!(wrong.ended_with(2), "{}", wrong.complaints);
}

#[tokio::test]
async fn an_answer_of_describe_alarms_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let answer = json!({
        "MetricAlarms": [
            {"AlarmName": "fast", "Namespace": "App", "MetricName": "Errors", "Statistic": "Sum", "Period": 10,
             "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold"},
            {"AlarmName": "query", "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "LessThanThreshold",
             "Metrics": [{"Id": "q", "Expression": "SELECT MAX(M) FROM N", "Period": 60}]},
        ],
        "CompositeAlarms": [{"AlarmName": "any\u{1b}[2J", "AlarmRule": "ALARM(fast) OR ALARM(query)",
                             "ActionsEnabled": false, "AlarmActions": ["arn:topic"]}],
        "LogAlarms": [{"AlarmName": "log"}],
    });
    let file = written(folder.path(), "alarms.json", &answer.to_string());
    let listed = picket(&["alarms", "list", &file]).await.answers;
    for expected in [
        "fast  $0.30 a month",
        "query  $0.10 a month for each metric analysed",
        "q = SELECT MAX(M) FROM N",
        "any\\u{1b}[2J  $0.50 a month",
        "in ALARM where ALARM(fast) OR ALARM(query)",
        "switched off: ALARM to arn:topic",
        "alarms of the type LogAlarms are not evaluated",
        "4 alarms, $0.80 a month, and 1 whose price depends on the account; 1 cannot be read",
    ] {
        assert!(listed.contains(expected), "{expected} is not in {listed}");
    }
}

/// The rule begins each minute and lasts two: it always mutes.
#[tokio::test]
async fn contributors_and_mute_rules_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let template = r#"
Resources:
  Hosts:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: hosts
      Metrics: [{Id: q, Expression: "SELECT MAX(M) FROM N GROUP BY Host, Zone", Period: 60}]
      EvaluationPeriods: 1
      Threshold: 1
      ComparisonOperator: GreaterThanThreshold
  Always:
    Type: AWS::CloudWatch::AlarmMuteRule
    Properties:
      Name: always
      Rule: {Schedule: {Expression: cron(* * * * *), Duration: PT2M, Timezone: Europe/London}}
      MuteTargets: {AlarmNames: [!Ref Hosts]}
  Once:
    Type: AWS::CloudWatch::AlarmMuteRule
    Properties:
      Rule: {Schedule: {Expression: at(2026-01-01T00:00), Duration: P1D}}
      MuteTargets: {AlarmNames: [!Ref Hosts]}
  Odd:
    Type: AWS::CloudWatch::AlarmMuteRule
    Properties:
      Rule: {Schedule: {Expression: rate(1 day), Duration: P1D}}
"#;
    let file = written(folder.path(), "template.yaml", template);
    let listed = picket(&["alarms", "list", &file]).await.answers;
    for expected in [
        "a contributor for each Host and Zone\n",
        "muted by always: cron(* * * * *) for PT2M in Europe/London, now until 20",
        "muted by Once: at(2026-01-01T00:00) for P1D in UTC\n",
        "the mute rule Odd cannot be read: the schedule \"rate(1 day)\" cannot be read",
    ] {
        assert!(listed.contains(expected), "{expected} is not in {listed}");
    }
    let values = picket(&["alarms", "list", &file, "--json"]).await.values();
    assert_eq!(values[0]["contributors_by"], json!(["Host", "Zone"]));
    let rules = values[0]["mute_rules"].as_array().unwrap();
    let muted = |name: &str| {
        rules
            .iter()
            .any(|rule| rule["name"] == name && rule["muted_until"].is_string())
    };
    assert!(muted("always") && !muted("Once"));
}

#[tokio::test]
async fn without_files_the_checkouts_templates_are_listed() {
    let answer = picket(&["alarms", "list", "--json"]).await;
    let values = answer.values();
    let total = values.last().unwrap();
    assert_eq!(total["unread"], 0, "{total}");
    let files: std::collections::BTreeSet<&str> = values
        .iter()
        .filter_map(|value| value["file"].as_str())
        .collect();
    for expected in [
        "workloads/picket/template.yaml",
        "account.yaml",
        "service-events.yaml",
    ] {
        assert!(
            files.iter().any(|file| file.ends_with(expected)),
            "{expected}"
        );
    }
}
