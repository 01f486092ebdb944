//! `picket alarms backtest`.

use std::path::Path;

use serde_json::{Value, json};

use crate::{picket, written};

const MINUTE: i64 = 60;
const START: i64 = 1_795_996_800;

fn alarms() -> Value {
    json!({
        "MetricAlarms": [
            {"AlarmName": "shop-latency", "Namespace": "Shop", "MetricName": "Latency", "Statistic": "Maximum",
             "Dimensions": [{"Name": "Stage", "Value": "<prod>"}], "Period": 60, "EvaluationPeriods": 1, "Threshold": 5.0,
             "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
             "AlarmActions": ["arn:aws:sns:eu-west-1:1:pages"]},
            {"AlarmName": "hosts", "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "LessThanThreshold",
             "Metrics": [{"Id": "q", "Expression": "SELECT MAX(M) FROM N GROUP BY Host LIMIT 5", "Period": 60}]},
            {"AlarmName": "absent", "Namespace": "Shop", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
             "EvaluationPeriods": 1, "Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold"},
        ],
        "CompositeAlarms": [{"AlarmName": "shop-down", "AlarmRule": "ALARM(shop-latency) AND NOT FALSE"}],
    })
}

/// Two peaks of half an hour, to 6 and 9, and one of three minutes to 7.
fn answer(id: &str) -> Value {
    let peak = |minute: i64| match minute {
        30..60 => 6.0,
        90..120 => 9.0,
        200..203 => 7.0,
        _ => 1.0,
    };
    let at = |minute: i64| {
        let at = jiff::Timestamp::from_second(START + minute * MINUTE).expect("a time of 2026");
        at.to_string().replace('Z', "+00:00")
    };
    // CloudWatch's order is the newest first.
    let minutes: Vec<i64> = (0..240).rev().collect();
    json!({"MetricDataResults": [{
        "Id": id, "Label": "any", "StatusCode": "Complete",
        "Timestamps": minutes.iter().map(|minute| at(*minute)).collect::<Vec<_>>(),
        "Values": minutes.iter().map(|minute| peak(*minute)).collect::<Vec<f64>>(),
    }], "Messages": []})
}

/// The files of alarms and of the answer to the queries that the command prints.
async fn recorded(folder: &Path) -> (String, String) {
    let alarms = written(folder, "alarms.json", &alarms().to_string());
    let asked = picket(&["alarms", "backtest", &alarms, "--queries", "--json"]).await;
    assert!(asked.ended_with(0));
    assert!(asked.complaints.is_empty(), "{}", asked.complaints);
    // A request can have one Metrics Insights query.
    let requests = asked.values();
    let [queries, insights] = requests.as_slice() else {
        panic!("{requests:?}")
    };
    assert_eq!(insights.as_array().map(Vec::len), Some(1));
    assert_eq!(
        insights[0]["Expression"],
        "SELECT MAX(M) FROM N GROUP BY Host"
    );
    assert!(insights[0].get("Label").is_none());
    let latency = &queries[0];
    assert_eq!(
        latency["MetricStat"],
        json!({"Metric": {"Namespace": "Shop", "MetricName": "Latency", "Dimensions": [{"Name": "Stage", "Value": "<prod>"}]},
               "Period": 60, "Stat": "Maximum"})
    );
    let answer = answer(latency["Id"].as_str().expect("a query has an id"));
    (alarms, written(folder, "metrics.json", &answer.to_string()))
}

#[tokio::test]
async fn it_says_when_an_alarm_would_have_fired_and_at_which_threshold_how_often() {
    let folder = tempfile::tempdir().unwrap();
    let (alarms, metrics) = recorded(folder.path()).await;
    let answer = picket(&[
        "alarms",
        "backtest",
        &alarms,
        "--metrics",
        &metrics,
        "--thresholds",
        "5,6,8",
    ])
    .await;
    assert!(answer.ended_with(0), "{}", answer.complaints);
    let expected = "shop-latency > 5 in 1 of 1 periods of 60 s
  evaluated from 2026-11-30T00:03:00Z to 2026-11-30T04:00:00Z, datapoints of 60 s
  3 pages, 1 of them flaps, 1h 3m in ALARM
    2026-11-30T00:31:00Z to 2026-11-30T01:01:00Z  30m
    2026-11-30T01:31:00Z to 2026-11-30T02:01:00Z  30m
    2026-11-30T03:21:00Z to 2026-11-30T03:24:00Z  3m  flap
     threshold  pages  flaps  in ALARM
 *           5      3      1  1h 3m
             6      2      1  33m
             8      1      0  30m
  at 5 this would have paged 3 times, at 8 once
hosts
  not evaluated: the answers have no series for q: ask for the queries that --queries prints
absent
  not evaluated: the answers have no series for Errors: ask for the queries that --queries prints
shop-down
  evaluated from 2026-11-30T00:03:00Z to 2026-11-30T04:00:00Z
  3 pages, 1 of them flaps, 1h 3m in ALARM
    2026-11-30T00:31:00Z to 2026-11-30T01:01:00Z  30m
    2026-11-30T01:31:00Z to 2026-11-30T02:01:00Z  30m
    2026-11-30T03:21:00Z to 2026-11-30T03:24:00Z  3m  flap
";
    assert_eq!(answer.answers, expected);
}

/// The alarm on hosts alone, and an answer with a series for each of two hosts, below 1 at some time.
fn recorded_hosts(folder: &Path) -> (String, String) {
    let mut hosts = alarms()["MetricAlarms"][1].clone();
    hosts["AlarmActions"] = json!(["arn:aws:sns:eu-west-1:1:pages"]);
    let alarms = json!({"MetricAlarms": [hosts], "CompositeAlarms": []});
    let of = |host: &str, low: &[(i64, i64)]| {
        let mut one = answer("q")["MetricDataResults"][0].clone();
        one["Label"] = json!(host);
        let value = |minute: i64| {
            if low.iter().any(|&(from, to)| (from..to).contains(&minute)) {
                0.0
            } else {
                2.0
            }
        };
        one["Values"] = (0..240).rev().map(value).collect();
        one
    };
    let results = [
        of("i-a", &[(30, 60), (62, 64)]),
        of("i-b", &[(40, 90)]),
        of("i-c", &[]),
    ];
    let answer = json!({"MetricDataResults": results, "Messages": []});
    (
        written(folder, "hosts.json", &alarms.to_string()),
        written(folder, "answer.json", &answer.to_string()),
    )
}

#[tokio::test]
async fn it_says_which_contributors_of_a_query_would_have_fired() {
    let folder = tempfile::tempdir().unwrap();
    let (alarms, metrics) = recorded_hosts(folder.path());
    let command = ["alarms", "backtest", &alarms, "--metrics", &metrics];
    let answer = picket(&[&command[..], &["--thresholds", "0"]].concat()).await;
    assert!(answer.ended_with(0), "{}", answer.complaints);
    let expected = "hosts < 1 in 1 of 1 periods of 60 s, for each Host
  evaluated from 2026-11-30T00:03:00Z to 2026-11-30T04:00:00Z, datapoints of 60 s
  the alarm itself: 1 page, 0 of them flaps, 1h in ALARM
    2026-11-30T00:31:00Z to 2026-11-30T01:31:00Z  1h
  3 contributors, 2 of them in ALARM at some time: 3 pages, 1 of them flaps, 1h 22m in ALARM
    Host=i-a  2 pages, 1 of them flaps, 32m in ALARM
      2026-11-30T00:31:00Z to 2026-11-30T01:01:00Z  30m
      2026-11-30T01:03:00Z to 2026-11-30T01:05:00Z  2m  flap
    Host=i-b  1 page, 0 of them flaps, 50m in ALARM
      2026-11-30T00:41:00Z to 2026-11-30T01:31:00Z  50m
     threshold  pages  flaps  in ALARM  pages and flaps of contributors, and the alarm's time in ALARM
             0      0      0  0s
 *           1      3      1  1h
  at 1 this would have paged 3 times, at 0 never
";
    assert_eq!(answer.answers, expected);
    let values = picket(&[&command[..], &["--json"]].concat()).await.values();
    let contributors = &values[0]["contributors"];
    assert_eq!(
        (&contributors["pages"], &contributors["were_in_alarm"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(contributors["each"][0]["labels"], json!({"Host": "i-a"}));
    assert_eq!(contributors["each"][2]["pages"], 0);
    assert_eq!(
        values[0]["thresholds"][1]["contributors"]["pages"].as_u64(),
        Some(3)
    );
}

#[tokio::test]
async fn values_are_json_and_the_picture_is_xml() {
    let folder = tempfile::tempdir().unwrap();
    let (alarms, metrics) = recorded(folder.path()).await;
    let picture = folder.path().join("out.svg");
    let picture = picture.to_str().unwrap();
    let answer = picket(&[
        "alarms",
        "backtest",
        &alarms,
        "--json",
        "--alarm",
        "shop-latency",
        "--svg",
        picture,
        "--metrics",
        &metrics,
    ])
    .await;
    let values = answer.values();
    assert_eq!(values.len(), 1);
    assert_eq!(
        (&values[0]["pages"], &values[0]["seconds_in_alarm"]),
        (&json!(3), &json!(63 * 60))
    );
    assert_eq!(values[0]["firings"][2]["flap"], true);
    let thresholds = values[0]["thresholds"].as_array().unwrap();
    assert!(thresholds.iter().any(|row| row["threshold"] == 5.0) && thresholds.len() > 2);
    let svg = std::fs::read_to_string(picture).unwrap();
    assert_eq!(svg.matches("<svg").count(), 1);
    assert!(
        svg.contains("shop-latency &gt; 5 in 1 of 1 periods"),
        "{svg}"
    );
    assert_eq!(svg.matches("fill-opacity").count(), 3);
    for tag in ["<path", "<line", "<text"] {
        assert!(svg.contains(tag), "{tag}");
    }
}

#[tokio::test]
async fn what_makes_no_sense_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let (alarms, metrics) = recorded(folder.path()).await;
    let empty = written(folder.path(), "empty.json", "{\"MetricDataResults\": []}");
    for (arguments, expected) in [
        (
            vec!["--metrics", &metrics, "--alarm", "nobody"],
            "no alarm is named nobody",
        ),
        (
            vec!["--metrics", &alarms],
            "it is not an answer of get-metric-data",
        ),
        (
            vec!["--metrics", &empty],
            "the recorded answers have no datapoints",
        ),
        (
            vec!["--metrics", &metrics, "--thresholds", "10..1"],
            "no range of thresholds",
        ),
    ] {
        let command = [vec!["alarms", "backtest", &alarms], arguments].concat();
        let answer = picket(&command).await;
        assert!(answer.ended_with(2), "{expected}");
        assert!(
            answer.complaints.contains(expected),
            "{}",
            answer.complaints
        );
    }
}
