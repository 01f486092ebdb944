//! `picket alarms test`.

use std::path::Path;

use crate::{picket, written};

const TEMPLATE: &str = "
Parameters: {Limit: {Type: Number}}
Resources:
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties: &errors
      Namespace: Shop
      MetricName: Errors
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: !Ref Limit
      ComparisonOperator: GreaterThanThreshold
  Untested: {Type: AWS::CloudWatch::Alarm, Properties: *errors}
";

const CASES: &str = "
Parameters: {Limit: 5}
Alarms:
- Alarm: Errors
  Cases:
    - {Name: one is too many, Series: {Errors: 0 1 0}, States: OK ALARM}
    - {Name: many, Series: {Errors: 5 6x2}, States: ALARM, Actions: ALARM -}
    - {Name: few, Series: {Errors: 5 _}, States: OKx2}
    - {Name: another series, Series: {Latency: 5}, States: OK}
- Alarm: Gone
  Cases:
    - {Name: who knows, Series: {Errors: 5}, States: OK}
";

fn shop(folder: &Path, cases: &str) -> String {
    written(folder, "template.yaml", TEMPLATE);
    written(folder, "alarms.test.yaml", cases);
    folder.to_string_lossy().into_owned()
}

#[tokio::test]
async fn failures_are_shown_all_at_once_each_as_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path(), CASES);
    let answer = picket(&["alarms", "test", &shop]).await;
    assert!(answer.ended_with(1));
    let expected = "failed Errors: one is too many  SHOP/alarms.test.yaml
  at                    Errors  expected  got
  1970-01-05T00:01:00Z  0                 OK
  1970-01-05T00:02:00Z  1       OK        OK
  1970-01-05T00:03:00Z  0       ALARM     OK
failed Errors: many  SHOP/alarms.test.yaml
  at                    Errors  expected  got
  1970-01-05T00:01:00Z  5                 -
  1970-01-05T00:02:00Z  6       ALARM     -
  1970-01-05T00:03:00Z  6       -         -
failed Errors: another series  SHOP/alarms.test.yaml
  the case gives the series [\"Latency\"], and the alarm reads [\"Errors\"]
failed Gone: who knows  SHOP/alarms.test.yaml
  template.yaml has no alarm Gone
no case SHOP/alarms.test.yaml: Untested
5 cases, 1 of 2 alarms with one that fires and one that is silent
";
    assert_eq!(answer.answers.replace(&shop, "SHOP"), expected);
}

#[tokio::test]
async fn cases_that_hold_and_cover_every_alarm_end_with_0() {
    let folder = tempfile::tempdir().unwrap();
    let cases = "
Parameters: {Limit: 5}
Alarms:
- Alarm: Errors
  Cases: &cases
    - {Name: many, Series: {Errors: 5 6x2}, States: OK ALARMx2}
    - {Name: few, Series: {Errors: 5 _}, States: OKx2}
- Alarm: Untested
  Cases: *cases
";
    let shop = shop(folder.path(), cases);
    let answer = picket(&["alarms", "test", &shop, "--json"]).await;
    assert!(answer.ended_with(0), "{}", answer.answers);
    let values = answer.values();
    assert_eq!(values.len(), 5);
    assert!(values[..4].iter().all(|value| value["holds"] == true));
    assert_eq!(
        (&values[4]["tested"], &values[4]["cases"]),
        (&2.into(), &4.into())
    );
}

#[tokio::test]
async fn an_alarm_without_both_kinds_of_cases_ends_with_1() {
    let silent = "{Name: few, Series: {Errors: 5}, States: OK}";
    let fires = "{Name: many, Series: {Errors: 6}, States: ALARM}";
    for (cases, expected) in [
        (format!("[{silent}]"), "fires in no case"),
        (format!("[{fires}]"), "fires in every case"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let cases = format!(
            "Parameters: {{Limit: 5}}\nAlarms:\n- {{Alarm: Errors, Cases: {cases}}}\n- {{Alarm: Untested, Cases: [{silent}, {fires}]}}"
        );
        let shop = shop(folder.path(), &cases);
        let answer = picket(&["alarms", "test", &shop]).await;
        assert!(answer.ended_with(1), "{expected}");
        assert!(answer.answers.contains(expected), "{}", answer.answers);
    }
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), "template.yaml", TEMPLATE);
    let answer = picket(&["alarms", "test", &folder.path().to_string_lossy()]).await;
    assert!(
        answer.ended_with(1) && answer.answers.contains("no case"),
        "{}",
        answer.answers
    );
}

#[tokio::test]
async fn the_checkouts_own_alarms_are_covered() {
    let answer = picket(&["alarms", "test"]).await;
    assert!(answer.ended_with(0), "{}", answer.answers);
    assert!(!answer.answers.contains("failed"), "{}", answer.answers);
}
