use serde_json::json;

use super::*;

fn template() -> Value {
    json!({
        "Parameters": {
            "Environment": {"Type": "String"},
            "Shards": {"Type": "Number", "Default": 2},
            "Emulated": {"Type": "String", "Default": "false"},
        },
        "Mappings": {"Ages": {"2": {"Seconds": 600}}},
        "Conditions": {
            "OnAws": {"Fn::Equals": [{"Ref": "Emulated"}, "false"]},
            "Dev": {"Fn::And": [{"Condition": "OnAws"}, {"Fn::Not": [{"Fn::Equals": [{"Ref": "Environment"}, "prod"]}]}]},
        },
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Hot": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
                "AlarmName": {"Fn::Sub": "${AWS::StackName}-hot"},
                "AlarmDescription": {"Fn::If": ["Dev", "in dev", {"Ref": "AWS::NoValue"}]},
                "AlarmActions": [{"Ref": "Topic"}], "OKActions": [{"Fn::GetAtt": ["Topic", "TopicArn"]}],
                "Namespace": "App", "MetricName": "Heat", "Statistic": "Maximum", "Period": 60,
                "Dimensions": [{"Name": "Topic", "Value": {"Fn::GetAtt": "Topic.TopicName"}}],
                "EvaluationPeriods": {"Ref": "Shards"}, "Threshold": {"Fn::FindInMap": ["Ages", {"Ref": "Shards"}, "Seconds"]},
                "ComparisonOperator": "GreaterThanThreshold",
            }},
            "Any": {"Type": "AWS::CloudWatch::CompositeAlarm", "Condition": "OnAws", "Properties": {
                "AlarmName": {"Fn::Join": ["-", [{"Ref": "AWS::StackName"}, "any"]]},
                "AlarmRule": {"Fn::Sub": ["ALARM(\"${Hot}\") OR ${Never}", {"Never": "FALSE"}]},
            }},
        },
    })
}

fn resolved(parameters: &[(&str, &str)]) -> Resolved {
    let parameters = parameters
        .iter()
        .map(|&(name, value)| (name.to_owned(), json!(value)))
        .collect();
    resolve(&template(), "picket-dev", &parameters).unwrap()
}

#[test]
fn alarms_come_out_with_names_numbers_and_actions() {
    let alarms = resolved(&[("Environment", "dev")]).alarms().unwrap();
    let [any, hot] = alarms.as_slice() else {
        panic!("two alarms")
    };
    assert_eq!(
        (any.name.as_str(), hot.name.as_str()),
        ("picket-dev-any", "picket-dev-hot")
    );
    assert_eq!(
        any.subject,
        Subject::Composite(Box::new(
            crate::composite::Composite::from_properties(&json!({
                "AlarmName": "picket-dev-any", "AlarmRule": "ALARM(\"picket-dev-hot\") OR FALSE"
            }))
            .unwrap()
        ))
    );
    let Subject::Metric(hot) = &hot.subject else {
        panic!("a metric alarm")
    };
    assert_eq!(
        (hot.evaluation_periods, hot.threshold.value()),
        (2, Some(600.0))
    );
    assert_eq!(
        (hot.alarm_actions[0].as_str(), hot.ok_actions[0].as_str()),
        ("Topic", "Topic.TopicArn")
    );
    assert_eq!(
        hot.inputs()[0].dimensions,
        [("Topic".to_owned(), "Topic.TopicName".to_owned())]
    );
    assert_eq!(hot.description.as_deref(), Some("in dev"));
}

#[test]
fn conditions_leave_out_resources_and_properties() {
    let resolved = resolved(&[("Environment", "prod"), ("Emulated", "true")]);
    assert!(!resolved.resources.contains_key("Any"));
    assert_eq!(
        resolved.resources["Hot"].properties.get("AlarmDescription"),
        None
    );
}

#[test]
fn what_stands_for_nothing_is_an_error_with_its_name() {
    let error = resolve(&template(), "s", &BTreeMap::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the parameter Environment has no value and no default"
    );
    let mut broken = template();
    broken["Resources"]["Hot"]["Properties"]["Namespace"] = json!({"Fn::Sub": "${Nobody}"});
    let parameters = [("Environment".to_owned(), json!("dev"))].into();
    let error = resolve(&broken, "s", &parameters).unwrap_err().to_string();
    assert!(error.contains("Nobody"), "{error}");
}
