use std::collections::BTreeMap;

use picket_alarms::{
    cases::{Subject, read},
    template::{document, resolve},
};
use picket_rules::metrics;
use serde_json::{Value, json};

use super::*;

/// An account's answers: alarms with the mistakes that are common, a filter, a dashboard and a saved query.
fn answers() -> Vec<(&'static str, String)> {
    let alarm = |name: &str, changes: Value| {
        let mut all = json!({
            "AlarmName": name, "AlarmArn": format!("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}"),
            "AlarmDescription": "Orders fail: ${why} is in the log.", "ActionsEnabled": true,
            "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:old"],
            "OKActions": ["arn:aws:sns:eu-west-1:111122223333:old"],
            "StateValue": "OK", "StateReason": "Threshold Crossed", "StateUpdatedTimestamp": "2026-11-28T06:00:00Z",
            "Namespace": "Shop", "MetricName": "OrderErrors", "Dimensions": [], "Statistic": "Sum", "Period": 60,
            "EvaluationPeriods": 3, "Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        });
        for (property, value) in changes.as_object().unwrap() {
            all[property] = value.clone();
        }
        all
    };
    let alarms = json!({
        "MetricAlarms": [
            alarm("Orders: failing", json!({})),
            alarm("orders-failing", json!({"OKActions": [], "MetricName": "OrderErors"})),
            alarm("queue", json!({"Namespace": "AWS/SQS", "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{"Name": "Queue", "Value": "yes"}], "Statistic": "Maximum"})),
            alarm("idle", json!({"ComparisonOperator": "LessThanThreshold", "StateValue": "INSUFFICIENT_DATA",
                "StateUpdatedTimestamp": "2026-11-01T06:00:00Z"})),
            alarm("promql", json!({"EvaluationCriteria": {"PromQLCriteria": {"Query": "up == 0"}}})),
        ],
        "CompositeAlarms": [{
            "AlarmName": "down", "AlarmRule": "ALARM(\"Orders: failing\") OR (ALARM(queue) AND NOT ALARM(elsewhere))",
            "ActionsEnabled": true, "AlarmActions": ["a"], "OKActions": ["a"], "StateValue": "OK",
            "ActionsSuppressor": "idle", "ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 120,
        }],
    });
    let filters = json!({"metricFilters": [{
        "filterName": "errors", "filterPattern": "{ $.level = \"ERROR\" }", "logGroupName": "/shop/orders",
        "creationTime": 1, "metricTransformations": [
            {"metricName": "OrderErrors", "metricNamespace": "Shop", "metricValue": "1", "defaultValue": 0.0,
                "unit": "Count"}],
    }, {
        "filterName": "latency", "filterPattern": "{ $.ms = * }", "logGroupName": "/shop/orders",
        "metricTransformations": [{"metricName": "LatencyMs", "metricNamespace": "Shop", "metricValue": "$.ms",
            "unit": "None", "dimensions": {"Route": "$.route"}}],
    }]});
    let body = json!({"widgets": [{"type": "text", "properties": {"markdown": "Orders ${x}"}}]});
    vec![
        ("alarms.json", alarms.to_string()),
        ("filters.json", filters.to_string()),
        ("dashboard.json", json!({"DashboardName": "orders", "DashboardBody": body.to_string()}).to_string()),
        ("queries.json", json!({"queryDefinitions": [{"name": "errors/last hour", "queryString": "fields @message\n| limit 5",
            "logGroupNames": ["/shop/orders"]}]}).to_string()),
    ]
}

fn account() -> Account {
    let answers = answers();
    let (account, refused) = Account::read(
        answers.iter().map(|(path, text)| (*path, text.as_str())),
        &BTreeMap::new(),
    );
    assert_eq!(refused, []);
    account
}

fn now() -> Timestamp {
    "2026-11-29T12:00:00Z".parse().unwrap()
}

#[test]
fn the_template_has_the_accounts_alarms_which_the_generated_cases_fire_and_leave_silent() {
    let account = account();
    let critical = ["down".parse().unwrap()];
    let (alarms, _) = adopt(&account, "shop", &critical, now());
    let files = workload_files("shop", &alarms, &account, true);
    let template = document::read(&files["template.yaml"])
        .unwrap_or_else(|error| panic!("{error}\n{}", files["template.yaml"]));
    let given = |pairs: &[(&str, &str)]| -> BTreeMap<String, Value> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect()
    };
    let parameters = given(&[
        ("StackName", "picket-dev"),
        ("Environment", "dev"),
        ("Emulated", "false"),
        ("CriticalTopicArn", "arn:critical"),
        ("WarningTopicArn", "arn:warning"),
        ("RunbookBaseUrl", "https://example.com/"),
    ]);
    let resolved = resolve(&template, "nested", &parameters).unwrap();
    let found = resolved.alarms().unwrap();
    let by_id: BTreeMap<&str, &Subject> = found
        .iter()
        .map(|alarm| (alarm.id.as_str(), &alarm.subject))
        .collect();
    assert_eq!(
        by_id.keys().copied().collect::<Vec<_>>(),
        [
            "ShopDownAlarm",
            "ShopIdleAlarm",
            "ShopOrdersFailingAlarm",
            "ShopOrdersFailingAlarm2",
            "ShopQueueAlarm"
        ]
    );
    let property = |id: &str, name: &str| resolved.resources[id].properties[name].clone();
    assert_eq!(
        property("ShopOrdersFailingAlarm", "AlarmName"),
        "picket-dev-shop-orders-failing"
    );
    assert_eq!(
        property("ShopOrdersFailingAlarm", "AlarmDescription"),
        "Orders fail: ${why} is in the log. Runbook: https://example.com/workloads/shop/runbook.md#shop-orders-failing"
    );
    assert_eq!(
        property("ShopQueueAlarm", "Dimensions"),
        json!([{"Name": "Queue", "Value": "yes"}])
    );
    assert_eq!(
        property("ShopDownAlarm", "AlarmActions"),
        json!(["arn:critical"])
    );
    assert_eq!(
        property("ShopQueueAlarm", "OKActions"),
        json!(["arn:warning"])
    );
    assert_eq!(
        property("ShopDownAlarm", "AlarmRule"),
        "ALARM(\"picket-dev-shop-orders-failing\") OR (ALARM(\"picket-dev-shop-queue\") AND NOT ALARM(elsewhere))"
    );
    assert_eq!(
        property("ShopDownAlarm", "ActionsSuppressor"),
        "picket-dev-shop-idle"
    );
    let body = property("OrdersDashboard", "DashboardBody");
    let body: Value = serde_json::from_str(body.as_str().unwrap()).unwrap();
    assert_eq!(body["widgets"][0]["properties"]["markdown"], "Orders ${x}");
    assert_eq!(
        property("ErrorsLastHourQuery", "QueryString")
            .as_str()
            .unwrap()
            .trim_end(),
        "fields @message\n| limit 5"
    );
    let suites = read(&files["alarms.test.yaml"]).unwrap();
    assert_eq!(suites.len(), alarms.len());
    for suite in &suites {
        for case in &suite.cases {
            // A composite alarm's children have their new names in the template, and the cases name them so.
            let subject = by_id[suite.alarm.as_str()];
            assert_eq!(case.run(subject), Ok(()), "{}: {case:?}", suite.alarm);
        }
    }
    for alarm in &alarms {
        assert!(files["runbook.md"].contains(&format!("\n## {}\n", alarm.name)));
    }
}

#[test]
fn metric_filters_become_rules_that_picket_reads() {
    let account = account();
    let (alarms, _) = adopt(&account, "shop", &[], now());
    let without = workload_files("shop", &alarms, &account, false);
    assert!(!without.contains_key("metrics.yaml"));
    let files = workload_files("shop", &alarms, &account, true);
    let rules = metrics::parse("metrics.yaml", &files["metrics.yaml"])
        .unwrap_or_else(|problems| panic!("{problems}\n{}", files["metrics.yaml"]));
    assert_eq!((rules.workload.as_str(), rules.rules.len()), ("shop", 2));
}

/// The rules add the dimension, and an alarm without it would have no data.
#[test]
fn an_alarm_on_a_metric_that_a_rule_replaces_has_its_dimension_and_its_percentiles() {
    let mut answers = answers();
    let mut alarms: Value = serde_json::from_str(&answers[0].1).unwrap();
    let mut slow = alarms["MetricAlarms"][0].clone();
    for (property, value) in [
        ("AlarmName", json!("slow")),
        ("MetricName", json!("LatencyMs")),
        ("Dimensions", json!([{"Name": "Route", "Value": "/a"}])),
        ("Statistic", Value::Null),
        ("ExtendedStatistic", json!("p99")),
    ] {
        slow[property] = value;
    }
    alarms["MetricAlarms"].as_array_mut().unwrap().push(slow);
    answers[0].1 = alarms.to_string();
    let texts = answers.iter().map(|(path, text)| (*path, text.as_str()));
    let (account, _) = Account::read(texts, &BTreeMap::new());
    let (alarms, _) = adopt(&account, "shop", &[], now());
    let own = "{ Name: Environment, Value: { Ref: Environment } }";
    // Three alarms read such a metric.
    for (rules, expected) in [(false, 0), (true, 3)] {
        let files = workload_files("shop", &alarms, &account, rules);
        let template = &files["template.yaml"];
        assert_eq!(template.matches(own).count(), expected, "{template}");
        assert_eq!(template.contains("  Environment: {"), rules);
        assert_eq!(
            files["alarms.test.yaml"].contains("Environment: dev"),
            rules
        );
        if rules {
            let rules = &files["metrics.yaml"];
            assert_eq!(rules.matches("Kind: distribution").count(), 1, "{rules}");
        }
    }
}

#[test]
fn each_alarm_is_reported_with_what_is_wrong_with_it() {
    let account = account();
    let (alarms, unread) = adopt(&account, "shop", &[], now());
    let findings = |name: &str| -> Vec<String> {
        let alarm = alarms.iter().find(|alarm| alarm.old == name).unwrap();
        let answer = serde_json::to_value(AdoptedAlarm::of(alarm)).unwrap();
        let findings = answer["findings"].as_array().unwrap().iter();
        findings
            .map(|each| each["finding"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(findings("Orders: failing"), Vec::<String>::new());
    assert_eq!(
        findings("orders-failing"),
        ["no-ok-action", "unpublished-metric"]
    );
    assert_eq!(findings("queue"), ["unknown-metric"]);
    assert_eq!(findings("idle"), ["silence-is-no-alarm", "no-data"]);
    assert_eq!(findings("down"), ["unknown-child"]);
    let [(name, reason)] = &unread[..] else {
        panic!("{unread:?}")
    };
    assert_eq!(*name, "promql");
    assert!(reason.contains("EvaluationCriteria"), "{reason}");
}

#[tokio::test]
async fn a_folder_that_exists_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let alarms = folder.path().join("alarms.json");
    let answers = answers();
    fs::write(&alarms, &answers[0].1).unwrap();
    let arguments = || AdoptArguments {
        name: "shop".parse().unwrap(),
        files: vec![alarms.clone()],
        account: false,
        parameters: vec![],
        into: folder.path().join("workloads"),
        critical: vec![],
        rules: false,
    };
    let adopt = async || {
        let (mut answers, mut complaints) = (vec![], vec![]);
        let mut output = Output::new(&mut answers, &mut complaints);
        let exit = run(&arguments(), now(), &mut output).await.unwrap();
        drop(output);
        (exit, String::from_utf8(answers).unwrap())
    };
    let (exit, text) = adopt().await;
    assert_eq!(exit, Exit::Done);
    assert!(text.contains("5 alarms"), "{text}");
    let template = folder.path().join("workloads/shop/template.yaml");
    fs::write(&template, "mine").unwrap();
    assert_eq!(adopt().await.0, Exit::Unreadable);
    assert_eq!(fs::read_to_string(&template).unwrap(), "mine");
}
