//! The rules that publish the events of AWS services to the topics: each off until a parameter names a severity, and
//! none for a kind that has no decoder of its own.

use serde_json::{Value, json};
use slack_forwarder::explain;

use crate::load::{resources, templates, words};

/// A type of event of each source whose rules name none.
const TYPES: [(&str, &str); 12] = [
    ("aws.health", "AWS Health Event"),
    ("aws.guardduty", "GuardDuty Finding"),
    ("aws.cloudformation", "CloudFormation Stack Status Change"),
    ("aws.batch", "Batch Job State Change"),
    ("aws.glue", "Glue Job State Change"),
    (
        "aws.glue-dataquality",
        "Data Quality Evaluation Results Available",
    ),
    ("aws.rds", "RDS DB Instance Event"),
    ("aws.elasticache", "Cache Cluster Event"),
    ("aws.dms", "DMS Replication Task State Change"),
    ("aws.backup", "Backup Job State Change"),
    ("aws.ec2", "EC2 Instance State-change Notification"),
    ("aws.ssm", "EC2 Command Status-change Notification"),
];

#[test]
fn every_rule_is_off_until_a_parameter_names_a_severity() {
    let template = templates().service_events();
    let rules = resources(template, "AWS::Events::Rule");
    assert!(rules.len() >= 30, "{} rules", rules.len());
    for rule in rules {
        let name = rule.id.strip_suffix("Rule").expect("a rule's id says so");
        let parameter = format!("{name}Events");
        assert_eq!(
            template["Parameters"][&parameter]["Default"], "off",
            "{parameter}"
        );
        let condition = rule.condition().unwrap_or_default();
        assert_eq!(condition, format!("Publishes{name}"));
        let expected = json!({"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, "off"]}]});
        assert_eq!(template["Conditions"][condition], expected);
        let topic =
            json!({"Topic": {"Fn::FindInMap": ["Severities", {"Ref": parameter}, "Topic"]}});
        let import = json!({"Fn::ImportValue": {"Fn::Sub": ["${PicketStack}-${Topic}", topic]}});
        assert_eq!(
            rule.properties()["Targets"][0]["Arn"],
            import,
            "{}",
            rule.id
        );
    }
}

#[test]
fn every_severity_leads_to_a_topic_that_the_root_stack_exports() {
    let severities = &templates().service_events()["Mappings"]["Severities"];
    for (severity, topic) in [
        ("critical", "CriticalTopic"),
        ("warning", "WarningTopic"),
        ("info", "InfoTopic"),
    ] {
        assert_eq!(severities[severity]["Topic"], topic);
        let output = &templates().source()["Outputs"][topic];
        assert_eq!(output["Value"], json!({"Ref": topic}));
        let name = json!({"Fn::Sub": format!("${{AWS::StackName}}-{topic}")});
        assert_eq!(output["Export"]["Name"], name);
    }
}

#[test]
fn what_a_rule_brings_has_a_decoder_of_its_own() {
    for template in [templates().service_events(), templates().account()] {
        for rule in resources(template, "AWS::Events::Rule") {
            let pattern = &rule.properties()["EventPattern"];
            for source in words(&pattern["source"]) {
                for kind in types(pattern, &source) {
                    let event = json!({"version": "0", "id": "e", "detail-type": kind, "source": source, "account": "111122223333",
                        "time": "2026-11-20T06:00:00Z", "region": "eu-west-1", "resources": [], "detail": {}});
                    let explained =
                        explain(event.to_string().as_bytes(), jiff::Timestamp::UNIX_EPOCH);
                    assert!(explained[0].dedicated, "{}: {kind}", rule.id);
                }
            }
        }
    }
}

/// The types of event that a pattern lets through, for a prefix one that begins so.
fn types(pattern: &Value, source: &str) -> Vec<String> {
    let named = |pattern: &Value| -> Vec<String> {
        // An exclusion names no type.
        let listed = pattern["detail-type"].as_array().into_iter().flatten();
        let listed = listed.filter(|entry| entry["anything-but"].is_null());
        let read = |entry: &Value| match entry.as_str() {
            Some(kind) => kind.to_owned(),
            None => format!("{}Something", entry["prefix"].as_str().unwrap_or_default()),
        };
        listed.map(read).collect()
    };
    let alternatives = pattern["$or"].as_array().into_iter().flatten();
    let all: Vec<String> = named(pattern)
        .into_iter()
        .chain(alternatives.flat_map(named))
        .collect();
    if !all.is_empty() {
        return all;
    }
    let known = TYPES.iter().find(|(known, _)| *known == source);
    let (_, kind) = known.unwrap_or_else(|| panic!("{source}: name a type of its events in TYPES"));
    vec![(*kind).to_owned()]
}
