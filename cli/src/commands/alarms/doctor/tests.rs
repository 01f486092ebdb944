use std::{fs, path::PathBuf};

use serde_json::json;

use super::*;
use crate::arguments::Sources;

/// Writes answers to files and examines them; returns the exit status, the values and the complaints.
async fn examined(alarms: &Value, history: Option<&Value>) -> (Exit, Vec<Value>, String) {
    examined_with(alarms, None, history).await
}

async fn examined_with(
    alarms: &Value,
    mute_rule: Option<&Value>,
    history: Option<&Value>,
) -> (Exit, Vec<Value>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &Value| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, text.to_string()).unwrap();
        path
    };
    let arguments = DoctorArguments {
        sources: Sources {
            files: [file("alarms.json", alarms)]
                .into_iter()
                .chain(mute_rule.map(|rule| file("mute.json", rule)))
                .collect(),
            parameters: vec![],
        },
        history: history
            .map(|history| file("history.json", history))
            .into_iter()
            .collect(),
        account: false,
    };
    let now = "2026-11-29T12:00:00Z".parse().unwrap();
    let (mut answers, mut complaints) = (vec![], vec![]);
    let mut output = Output::new(&mut answers, &mut complaints);
    output.use_json(true);
    let exit = run(&arguments, now, &mut output).await.unwrap();
    drop(output);
    let answers = String::from_utf8(answers).unwrap();
    let values = answers
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (
        exit,
        values.collect(),
        String::from_utf8(complaints).unwrap(),
    )
}

fn alarm(name: &str, ok_actions: &[&str]) -> Value {
    json!({
        "AlarmName": name, "ActionsEnabled": true, "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:a"],
        "OKActions": ok_actions, "StateValue": "OK", "StateReason": "Threshold Crossed",
        "StateUpdatedTimestamp": "2026-11-28T06:00:00Z", "Namespace": "AWS/Lambda", "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": "orders"}], "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    })
}

fn kinds(value: &Value) -> Vec<&str> {
    let findings = value["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| finding["finding"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_alarm_is_reported_with_its_findings_and_one_that_cannot_be_read_with_the_reason() {
    let mut misspelt = alarm("misspelt", &["arn:aws:sns:eu-west-1:111122223333:a"]);
    misspelt["MetricName"] = json!("Error");
    let mut promql = alarm("promql", &[]);
    promql["EvaluationCriteria"] = json!({"PromQLCriteria": {"Query": "up"}});
    let alarms = json!({
        "MetricAlarms": [alarm("silent-ok", &[]), misspelt, promql],
        "CompositeAlarms": [],
    });
    let (exit, values, _) = examined(&alarms, None).await;
    assert_eq!(exit, Exit::Failed);
    assert_eq!(kinds(&values[0]), ["no-ok-action"]);
    assert_eq!(kinds(&values[1]), ["unknown-metric"]);
    assert!(
        values[2]["error"]
            .as_str()
            .unwrap()
            .contains("EvaluationCriteria")
    );
    let total = json!({"alarms": 3, "with_findings": 2, "unread": 1});
    assert_eq!(values[3], total);
}

#[tokio::test]
async fn an_account_without_findings_ends_with_success_and_the_history_may_add_one() {
    let topic = ["arn:aws:sns:eu-west-1:111122223333:a"];
    let alarms = json!({"MetricAlarms": [alarm("good", &topic)], "CompositeAlarms": []});
    let (exit, values, _) = examined(&alarms, None).await;
    assert_eq!((exit, kinds(&values[0])), (Exit::Done, vec![]));
    let history = json!({"AlarmHistoryItems": []});
    let (exit, values, _) = examined(&alarms, Some(&history)).await;
    assert_eq!(
        (exit, kinds(&values[0])),
        (Exit::Failed, vec!["never-in-alarm"])
    );
}

#[tokio::test]
async fn an_alarm_that_is_muted_now_is_a_finding() {
    let topic = ["arn:aws:sns:eu-west-1:111122223333:a"];
    let alarms = json!({"MetricAlarms": [alarm("good", &topic), alarm("other", &topic)], "CompositeAlarms": []});
    let rule = |expression: &str| {
        json!({
            "Name": "noon", "AlarmMuteRuleArn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm-mute-rule:noon",
            "Rule": {"Schedule": {"Expression": expression, "Duration": "PT1H"}},
            "MuteTargets": {"AlarmNames": ["good"]}, "Status": "ACTIVE", "MuteType": "RECURRING",
        })
    };
    let (exit, values, _) = examined_with(&alarms, Some(&rule("cron(30 11 * * *)")), None).await;
    assert_eq!(exit, Exit::Failed);
    assert_eq!(
        (kinds(&values[0]), kinds(&values[1])),
        (vec!["muted"], vec![])
    );
    assert_eq!(
        values[0]["findings"][0]["text"],
        "the mute rule noon holds its actions back until 2026-11-29T12:30:00Z"
    );
    let (exit, ..) = examined_with(&alarms, Some(&rule("cron(0 11 * * *)")), None).await;
    assert_eq!(exit, Exit::Done);
    let (exit, values, complaints) =
        examined_with(&alarms, Some(&rule("rate(1 hour)")), None).await;
    assert_ne!(exit, Exit::Done);
    let said = format!("{values:?} {complaints}");
    assert!(
        said.contains("mute.json") && said.contains("rate(1 hour)"),
        "{said}"
    );
}

#[tokio::test]
async fn a_file_that_is_no_history_is_refused_by_name() {
    let alarms = json!({"MetricAlarms": [], "CompositeAlarms": []});
    let (exit, _, complaints) = examined(&alarms, Some(&json!({"MetricAlarms": []}))).await;
    assert_eq!(exit, Exit::Unreadable);
    assert!(
        complaints.contains("history.json: no answer of describe-alarm-history"),
        "{complaints}"
    );
}
