//! `picket dashboards`.

use std::{fs, path::Path};

use crate::{picket, written};

const SOURCE: &str = "
Resource: Board
Name: shop
Title: Shop
Runbook: runbook.md
Namespace: Shop
Rows:
  - Widgets:
      - Graph:
          Title: Errors
          Unit: Count
          Statistic: Sum
          Period: 60
          Series: [{ Alarm: ErrorsAlarm, Label: errors }]
";

const TEMPLATE: &str = "
Parameters: { StackName: { Type: String }, RunbookBaseUrl: { Type: String }, Most: { Type: Number } }
Resources:
  ErrorsAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub ${StackName}-errors
      Namespace: Shop
      MetricName: Errors
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: !Ref Most
      ComparisonOperator: GreaterThanThreshold
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      # Begin dashboards/main.yaml, written by `picket dashboards write`.
      # End dashboards/main.yaml.
";

fn workload(folder: &Path) -> String {
    fs::create_dir(folder.join("dashboards")).expect("a temporary folder can be written to");
    written(folder, "dashboards/main.yaml", SOURCE);
    written(folder, "template.yaml", TEMPLATE);
    folder.to_string_lossy().into_owned()
}

#[tokio::test]
async fn a_template_that_differs_fails_until_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let workload = workload(folder.path());
    let differs = picket(&["dashboards", "check", "--json", &workload]).await;
    assert!(differs.ended_with(1));
    assert_eq!(differs.values()[0]["state"], "differs");
    let source = folder.path().join("dashboards/main.yaml");
    let source = source.to_string_lossy();
    assert!(picket(&["check", &source]).await.ended_with(1));

    let answer = picket(&["dashboards", "write", &workload]).await;
    assert!(answer.ended_with(0), "{}", answer.answers);
    assert!(
        answer.answers.starts_with("written   "),
        "{}",
        answer.answers
    );
    let template = fs::read_to_string(folder.path().join("template.yaml")).unwrap();
    assert!(template.contains("\"value\": ${Most}"), "{template}");
    for arguments in [
        vec!["dashboards", "check", &workload],
        vec!["check", &source],
        vec!["dashboards", "write", &workload],
    ] {
        let answer = picket(&arguments).await;
        assert!(answer.ended_with(0), "{}", answer.answers);
        assert!(
            answer.answers.starts_with("valid     "),
            "{}",
            answer.answers
        );
    }

    let other = template.replace("above ${Most}", "above 7");
    written(folder.path(), "template.yaml", &other);
    assert!(
        picket(&["dashboards", "check", &workload])
            .await
            .ended_with(1)
    );
}

#[tokio::test]
async fn a_dashboard_that_cannot_be_made_is_named_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let workload = workload(folder.path());
    for (from, to, expected) in [
        (
            "ErrorsAlarm",
            "ErorrsAlarm",
            "the alarm ErorrsAlarm is not in the template",
        ),
        ("Unit: Count", "Unit: Number", "\"Number\" is not a unit"),
        ("Title: Shop", "Titel: Shop", "Titel"),
    ] {
        written(
            folder.path(),
            "dashboards/main.yaml",
            &SOURCE.replace(from, to),
        );
        let answer = picket(&["dashboards", "write", "--json", &workload]).await;
        assert!(answer.ended_with(1));
        let problem = answer.values()[0]["problems"][0].clone();
        let message = problem["message"].as_str().unwrap_or_default();
        assert!(message.contains(expected), "{message}");
        assert_eq!(problem["file"], "dashboards/main.yaml");
    }
    fs::remove_file(folder.path().join("dashboards/main.yaml")).unwrap();
    let answer = picket(&["dashboards", "check", &workload]).await;
    assert!(answer.ended_with(1) && answer.answers.contains("has a section for it"));
    assert_eq!(
        fs::read_to_string(folder.path().join("template.yaml")).unwrap(),
        TEMPLATE,
        "a refused template is not written"
    );
}

#[tokio::test]
async fn a_folder_without_a_template_is_an_answer_and_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let workload = folder.path().to_string_lossy().into_owned();
    let answer = picket(&["dashboards", "check", &workload]).await;
    assert!(answer.ended_with(1) && answer.answers.contains("cannot be read"));
}

const BOARD: &str = "
Id: shop-overview
Title: Shop
About: Requests.
Tags: [shop]
Refresh: 30s
Range: 3h
Rows:
  - Panels:
      - Lines: { Title: Requests, Unit: reqps, Queries: [{ Query: requests, Legend: all }] }
";

#[tokio::test]
async fn files_of_grafana_are_those_of_their_sources_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let within = |path: &str| folder.path().join(path);
    fs::create_dir_all(within("prometheus/dashboards")).unwrap();
    fs::create_dir_all(within("prometheus/grafana/dashboards")).unwrap();
    written(folder.path(), "prometheus/dashboards/overview.yaml", BOARD);
    written(
        folder.path(),
        "prometheus/grafana/dashboards/old.json",
        "{}",
    );
    let workload = folder.path().to_string_lossy().into_owned();
    let check = ["dashboards", "check", &workload];
    assert!(picket(&check).await.ended_with(1));
    assert!(
        picket(&["dashboards", "write", &workload])
            .await
            .ended_with(0)
    );
    assert!(picket(&check).await.ended_with(0));
    assert!(!within("prometheus/grafana/dashboards/old.json").exists());
    let file = within("prometheus/grafana/dashboards/shop-overview.json");
    let text = fs::read_to_string(&file).unwrap();
    let body: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(body["refresh"], "30s");

    fs::write(&file, text.replace("30s", "5m")).unwrap();
    assert!(
        picket(&check).await.ended_with(1),
        "the file was changed by hand"
    );
    let wrong = BOARD.replace("30s", "45s");
    written(folder.path(), "prometheus/dashboards/overview.yaml", &wrong);
    let refused = picket(&["dashboards", "write", "--json", &workload]).await;
    assert!(refused.ended_with(1));
    assert_eq!(refused.values()[0]["state"], "invalid");
}
