use std::path::Path;

use picket_shared::report::ErrorChain;
use serde_json::json;

use super::*;

fn nothing(path: &Path) -> Result<String, String> {
    Err(format!("{} is not there", path.display()))
}

fn listed(text: &str, parameters: &[(&str, &str)], files: Files<'_>) -> Inventory {
    let parameters = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let mut inventory = Inventory::default();
    inventory
        .add("dir/template.yaml", text, &parameters, files)
        .unwrap();
    inventory
}

fn reasons(inventory: &Inventory) -> Vec<(String, String)> {
    let reason = |entry: &Entry| match &entry.subject {
        Ok(_) => String::new(),
        Err(error) => ErrorChain(error).to_string(),
    };
    inventory
        .alarms
        .iter()
        .map(|entry| (entry.id.clone(), reason(entry)))
        .collect()
}

const PUBLIC: &str = r#"
Transform: [AWS::Serverless-2016-10-31, TeamMacro]
Parameters:
  Stage: {Type: String}
  Limit: {Type: Number}
  Topics: {Type: CommaDelimitedList}
  Quota: {Type: "AWS::SSM::Parameter::Value<String>", Default: /quota}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  Never: !And [!Equals [a, b], !Condition IsProd]
Mappings:
  Limits: {prod: {Errors: 5}}
Resources:
  Names:
    Type: AWS::CloudWatch::Alarm
    Properties: &alarm
      AlarmName: !Sub "${Stage}-errors"
      AlarmActions: !Ref Topics
      Namespace: AWS/ApplicationELB
      MetricName: HTTPCode_Target_5XX_Count
      Dimensions: [{Name: LoadBalancer, Value: !Select [1, !Split ["loadbalancer/", !Ref Balancer]]}]
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 1
      ComparisonOperator: GreaterThanThreshold
  Threshold: {Type: AWS::CloudWatch::Alarm, Properties: {<<: *alarm, Threshold: !Ref Limit}}
  Mapped: {Type: AWS::CloudWatch::Alarm, Properties: {<<: *alarm, Threshold: !FindInMap [Limits, !Ref Stage, Errors]}}
  Defaulted:
    Type: AWS::CloudWatch::Alarm
    Properties: {<<: *alarm, Threshold: !FindInMap [Limits, other, Errors, DefaultValue: 7]}
  Conditional: {Type: AWS::CloudWatch::Alarm, Condition: IsProd, Properties: *alarm}
  Off: {Type: AWS::CloudWatch::Alarm, Condition: Never, Properties: *alarm}
  Wrong: {Type: AWS::CloudWatch::Alarm, Properties: {<<: *alarm, Colour: red}}
  Generated: {Type: AWS::CloudWatch::Alarm, Properties: {<<: *alarm, AlarmActions: [!Ref ApiRole]}}
  Composite:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties:
      AlarmRule: !Sub 'ALARM("${Names}")'
      ActionsEnabled: "true"
      ActionsSuppressor: s
      ActionsSuppressorWaitPeriod: "60"
      ActionsSuppressorExtensionPeriod: 60
  Named:
    Type: AWS::CloudWatch::Alarm
    Properties: {<<: *alarm, AlarmActions: !If [IsProd, [!Ref Topics], []], AlarmDescription: !If [IsProd, a, b]}
  Logs: {Type: AWS::CloudWatch::LogAlarm, Properties: {}}
  "Fn::ForEach::Alarms": [Name, [a, b], {}]
  Function: {Type: AWS::Lambda::Function, Properties: {Code: !Cidr [1, 2, 3]}}
  Remote: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "https://bucket/template.yaml"}}
  Absent: {Type: AWS::Serverless::Application, Properties: {Location: ../absent.yaml}}
"#;

#[test]
fn an_alarm_that_cannot_be_read_is_listed_with_its_reason_and_hides_no_other() {
    let inventory = listed(PUBLIC, &[], &nothing);
    let reasons = reasons(&inventory);
    let expected = [
        ("Names", ""),
        ("Threshold", "is not the value of a number"),
        ("Mapped", "the parameter Stage has no value"),
        ("Defaulted", ""),
        ("Conditional", "the parameter Stage has no value"),
        ("Wrong", "Colour"),
        ("Generated", ""),
        ("Composite", ""),
        ("Named", ""),
        (
            "Logs",
            "alarms of the type AWS::CloudWatch::LogAlarm are not evaluated",
        ),
        (
            "Fn::ForEach::Alarms",
            "Fn::ForEach::Alarms is expanded by CloudFormation alone",
        ),
    ];
    let ids: Vec<&str> = reasons.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, expected.map(|(id, _)| id));
    for ((id, reason), (_, expected)) in reasons.iter().zip(expected) {
        assert!(reason.contains(expected), "{id}: {reason}");
        assert_eq!(reason.is_empty(), expected.is_empty(), "{id}: {reason}");
    }
    assert_eq!(
        inventory.notes,
        [
            "dir/template.yaml: the transform TeamMacro is not applied: what it adds or changes is not seen",
            "dir/template.yaml: Off is left out by its condition Never",
            "dir/template.yaml: the alarms of the stack Remote are not listed: its template is at \
             https://bucket/template.yaml, and only files are read",
            "dir/template.yaml: the alarms of the stack Absent are not listed: absent.yaml is not there",
        ]
    );
}

#[test]
fn a_placeholder_stands_for_a_parameter_without_a_value() {
    let inventory = listed(PUBLIC, &[], &nothing);
    let alarm = &inventory.alarms[0];
    assert_eq!(alarm.name(), "{Stage}-errors");
    assert_eq!(alarm.properties["AlarmActions"], json!(["{Topics}"]));
    assert_eq!(alarm.properties["Dimensions"][0]["Value"], "{Balancer[1]}");
    assert!(alarm.open.iter().eq(["Stage", "Topics"]));
    // What can be known of an alarm that cannot be read.
    assert_eq!(inventory.alarms[2].name(), "{Stage}-errors");
    assert_eq!(inventory.alarms[2].properties.get("Threshold"), None);
    let Ok(Subject::Metric(defaulted)) = &inventory.alarms[3].subject else {
        panic!("a metric alarm");
    };
    assert_eq!(defaulted.threshold.value(), Some(7.0));
    let named = &inventory.alarms[8];
    assert_eq!(named.properties["AlarmActions"], json!(["{Stage?}"]));
    assert_eq!(named.properties["AlarmDescription"], "{Stage?}");
    assert!(named.open.contains("Stage"));
    let Ok(Subject::Composite(composite)) = &inventory.alarms[7].subject else {
        panic!("a composite alarm");
    };
    assert_eq!(composite.rule.children(), ["{Stage}-errors"]);
    assert_eq!(inventory.alarms[7].name(), "Composite");
}

#[test]
fn parameters_that_are_given_take_the_place_of_placeholders() {
    let given = [
        ("Stage", "prod"),
        ("Limit", "9"),
        ("Topics", "a, b"),
        ("Nobody", "1"),
    ];
    let inventory = listed(PUBLIC, &given, &nothing);
    assert_eq!(
        inventory.alarms[0].properties["AlarmActions"],
        json!(["a", "b"])
    );
    let thresholds: Vec<&Value> = inventory
        .alarms
        .iter()
        .map(|alarm| &alarm.properties["Threshold"])
        .take(5)
        .collect();
    assert_eq!(
        thresholds,
        [&json!(1), &json!("9"), &json!(5), &json!(7), &json!(1)]
    );
    assert!(inventory.alarms[4].subject.is_ok(), "Conditional");
    assert!(
        inventory
            .notes
            .contains(&"dir/template.yaml: the template has no parameter Nobody".to_owned())
    );
}

#[test]
fn nested_stacks_are_followed_with_their_parameters() {
    let child = "
Parameters: {Name: {Type: String}, Count: {Type: Number, Default: 3}, Stage: {Type: String}}
Conditions: {Big: !Equals [!Ref Stage, prod]}
Resources:
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub '${AWS::StackName}-${Name}'
      Namespace: N
      MetricName: M
      Statistic: Sum
      Period: 60
      EvaluationPeriods: !Ref Count
      Threshold: 1
      ComparisonOperator: GreaterThanThreshold
  Big: {Type: AWS::CloudWatch::Alarm, Condition: Big, Properties: {}}
  Again: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}
";
    let parent = "
Parameters: {Stage: {Type: String}}
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./nested/child.yaml
      Parameters: {Name: !Sub 'of-${Stage}', Stage: !Ref Stage}
";
    let files = |path: &Path| {
        assert_eq!(path, Path::new("dir/nested/child.yaml"));
        Ok(child.to_owned())
    };
    let inventory = listed(parent, &[("AWS::StackName", "shop")], &files);
    let alarm = &inventory.alarms[0];
    assert_eq!(
        (alarm.id.as_str(), alarm.name(), alarm.file.as_str()),
        (
            "Child/Alarm",
            "shop-Child-of-{Stage}",
            "dir/nested/child.yaml"
        )
    );
    let Ok(Subject::Metric(definition)) = &alarm.subject else {
        panic!("a metric alarm");
    };
    assert_eq!(definition.evaluation_periods, 3);
    // The parent's parameter has no value, so that neither has the child's.
    let reason = inventory.alarms[1]
        .subject
        .as_ref()
        .unwrap_err()
        .to_string();
    assert_eq!(reason, "the parameter Stage has no value and no default");
    let unnamed = &listed(parent, &[], &files).alarms[0];
    assert_eq!(unnamed.name(), "{AWS::StackName}-Child-of-{Stage}");
    assert!(unnamed.open.iter().eq(["AWS::StackName", "Name"]));
    let last = inventory.notes.last().unwrap();
    assert!(
        last.contains("stacks are read 8 deep (from dir/template.yaml)"),
        "{last}"
    );
}

#[test]
fn an_answer_of_describe_alarms_is_listed_with_what_is_not_evaluated() {
    let answer = json!({
        "MetricAlarms": [
            {"AlarmName": "errors", "AlarmArn": "arn", "StateValue": "OK", "ActionsEnabled": true, "OKActions": [],
             "AlarmActions": [], "InsufficientDataActions": [], "MetricName": "Errors", "Namespace": "App",
             "Statistic": "Sum", "Dimensions": [], "Period": 60, "EvaluationPeriods": 1, "Threshold": 1.0,
             "ComparisonOperator": "GreaterThanThreshold", "StateTransitionedTimestamp": "2026-11-01T00:00:00Z"},
            {"AlarmName": "promql", "EvaluationCriteria": {"PromQLCriteria": {"Query": "up"}}},
        ],
        "CompositeAlarms": [
            {"AlarmName": "any", "AlarmRule": "ALARM(errors)", "ActionsEnabled": true, "AlarmActions": [], "OKActions": [],
             "InsufficientDataActions": [], "AlarmArn": "arn", "AlarmDescription": "any",
             "AlarmConfigurationUpdatedTimestamp": "2026-11-01T00:00:00Z", "StateReason": "r", "StateReasonData": "{}",
             "StateUpdatedTimestamp": "2026-11-01T00:00:00Z", "StateTransitionedTimestamp": "2026-11-01T00:00:00Z",
             "StateValue": "OK", "ActionsSuppressedBy": "Alarm", "ActionsSuppressedReason": "r", "ActionsSuppressor": "s",
             "ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 60},
        ],
        "LogAlarms": [{"AlarmName": "log"}],
    });
    let inventory = listed(&answer.to_string(), &[], &nothing);
    let reasons = reasons(&inventory);
    let by_name = |name: &str| &reasons.iter().find(|(id, _)| id == name).unwrap().1;
    assert_eq!(
        (by_name("errors").as_str(), by_name("any").as_str()),
        ("", "")
    );
    assert!(
        by_name("promql").contains("PromQL"),
        "{}",
        by_name("promql")
    );
    assert!(
        by_name("log").contains("LogAlarms are not evaluated"),
        "{}",
        by_name("log")
    );
    assert!(inventory.notes.is_empty());
    let alone = listed("{\"MetricAlarms\": []}", &[], &nothing);
    assert!(
        alone.notes[0].contains("--alarm-types"),
        "{:?}",
        alone.notes
    );
}

#[test]
fn what_is_neither_template_nor_answer_is_refused() {
    let mut inventory = Inventory::default();
    for text in ["a: 1", "[1]", "{\"MetricAlarms\": 3}", "", "a: ]"] {
        let refused = inventory.add("f", text, &BTreeMap::new(), &nothing);
        assert!(refused.is_err(), "{text}");
    }
}
