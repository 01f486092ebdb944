//! Managed Prometheus has the rules and the configuration that the workload's files have, and the tests of those hold.

use serde_json::{Value, json};

use crate::load::{resources, templates, text, word};

/// The text of a property `!Sub |`.
fn template_text(value: &'static Value) -> &'static str {
    value["Fn::Sub"].as_str().expect("a text with placeholders")
}

#[test]
fn the_rules_of_a_workspace_are_those_of_the_files() {
    let mut seen = 0;
    for (workload, template) in templates().workloads() {
        for namespace in resources(template, "AWS::APS::RuleGroupsNamespace") {
            let properties = namespace.properties();
            let name = word(&properties["Name"]);
            let start = format!("${{StackName}}-{workload}-");
            let file = name.strip_prefix(&start).expect("a name of the stack");
            let rules = text(&format!(
                "workloads/{workload}/prometheus/rules/{file}.yaml"
            ));
            let rules = rules.replace("{{ $externalLabels.runbook_base }}", "${RunbookBaseUrl}");
            assert!(
                !rules.contains("externalLabels"),
                "{name}: it has none there"
            );
            assert!(rules.contains("${RunbookBaseUrl}workloads/"), "{name}");
            let is_same = template_text(&properties["Data"]) == rules;
            assert!(is_same, "{name}: run scripts/rules_into_templates.py");
            assert_eq!(
                properties["Workspace"],
                json!({"Ref": "PrometheusWorkspaceArn"})
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 5);
}

#[test]
fn the_alertmanager_of_the_workspace_is_that_of_the_file() {
    let workspaces = resources(templates().source(), "AWS::APS::Workspace");
    let definition = template_text(&workspaces[0].properties()["AlertManagerDefinition"]);
    let definition: Value = serde_saphyr::from_str(definition).expect("YAML");
    let inner = definition["alertmanager_config"].as_str().expect("a text");
    let given: Value = serde_saphyr::from_str(inner).expect("YAML within the text");
    let file = text("workloads/inquiry-pipeline/prometheus/alertmanager.yaml");
    let file = file
        .replace(
            "arn:aws:sns:eu-central-1:123456789012:picket-prod-CriticalTopic",
            "${CriticalTopic}",
        )
        .replace(
            "arn:aws:sns:eu-central-1:123456789012:picket-prod-WarningTopic",
            "${WarningTopic}",
        )
        .replace("eu-central-1", "${AWS::Region}");
    let expected: Value = serde_saphyr::from_str(&file).expect("YAML");
    assert_eq!(given, expected);
}
