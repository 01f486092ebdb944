//! The templates with workloads outside the checkout in them.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Result;
use picket_alarms::template::{document, resolve};
use picket_line::compose::{Outside, located, of_checkout};
use serde_json::{Value, json};

const PROBE_RUNNER: &str = "functions/probe-runner/template.yaml";

const RULES: &str = "Workload: orders-api
Rules:
  - FilterPattern: '{ $.event = orders.request }'
    MetricTransformations:
      - { MetricNamespace: Orders, MetricName: Requests, MetricValue: 1 }
      - { MetricNamespace: Picket, MetricName: Own, MetricValue: 1 }
";

const PROBES: &str = "Workload: orders-api
Probes:
  - Name: front
    Every: 1m
    Http: { Url: 'https://orders.example.com' }
    Metrics: [{ Value: status, MetricNamespace: Orders/Probes, MetricName: Status }]
";

const TEMPLATE: &str = "Parameters:
  StackName: { Type: String }
  LogSubscriptionRoleArn: { Type: String }
  PicketBlind: { Type: String }
  RunbookBaseUrl: { Type: String, Default: '' }
  Errors: { Type: Number, Default: 5, Description: 'Errors: too many.' }
Conditions:
  OnAws: !Equals [a, a]
Resources:
  Alarm: { Type: AWS::CloudWatch::Alarm, Properties: { Threshold: !Ref Errors } }
";

fn root_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn workload(files: &[(&str, &str)]) -> (tempfile::TempDir, Result<Outside>) {
    let folder = tempfile::tempdir().expect("as this test has it");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("as this test has it");
    }
    let read = Outside::read("orders-api".to_owned(), folder.path().to_owned());
    (folder, read)
}

fn text(path: &str) -> String {
    fs::read_to_string(root_folder().join(path)).expect("as this test has it")
}

#[test]
fn without_workloads_the_templates_are_those_of_the_checkout() {
    for path in ["template.yaml", PROBE_RUNNER] {
        assert_eq!(of_checkout(root_folder(), path, &[]).unwrap(), text(path));
    }
}

#[test]
fn a_workload_is_nested_with_its_parameters_and_its_namespaces_are_allowed() {
    let files = [
        ("metrics.yaml", RULES),
        ("template.yaml", TEMPLATE),
        ("probes.yaml", PROBES),
    ];
    let (folder, read) = workload(&files);
    let workloads = [read.unwrap()];
    let composed = of_checkout(root_folder(), "template.yaml", &workloads).unwrap();
    let document = document::read(&composed).unwrap();
    let errors = json!({"Type": "Number", "Default": 5, "Description": "Errors: too many."});
    assert_eq!(document["Parameters"]["OrdersApiErrors"], errors);
    let interface = &document["Metadata"]["AWS::CloudFormation::Interface"];
    assert_eq!(
        interface["ParameterGroups"][0]["Parameters"],
        json!(["OrdersApiRunbookBaseUrl", "OrdersApiErrors"])
    );
    assert_eq!(
        interface["ParameterLabels"]["OrdersApiErrors"]["default"],
        "orders-api: Errors"
    );
    let mut given: BTreeMap<String, Value> = BTreeMap::new();
    given.insert("Environment".to_owned(), json!("dev"));
    given.insert("OrdersApiErrors".to_owned(), json!(7));
    let resolved = resolve(&document, "picket-dev", &given).unwrap();
    let stack = &resolved.resources["OrdersApiWorkload"].properties;
    let path = folder.path().canonicalize().unwrap().join("template.yaml");
    assert_eq!(stack["TemplateURL"], path.to_str().unwrap());
    assert_eq!(stack["Parameters"]["StackName"], "picket-dev");
    assert_eq!(stack["Parameters"]["Errors"], 7);
    assert_eq!(stack["Parameters"]["RunbookBaseUrl"], "");
    assert_eq!(
        stack["Parameters"]["PicketBlind"],
        "PicketWorkload.Outputs.PicketBlind"
    );
    assert_eq!(stack["Parameters"].as_object().unwrap().len(), 5);
    // No log group is given, and the role exists: the nested stack gets its ARN.
    assert!(resolved.resources.contains_key("LogSubscriptionRole"));
    let namespaces = allowed(&document, "MetricsPublisherRole");
    assert!(namespaces.contains(&json!("Orders")), "{namespaces:?}");
    let own = namespaces
        .iter()
        .filter(|namespace| **namespace == json!("Picket"));
    assert_eq!(own.count(), 1);
    let probes = of_checkout(root_folder(), PROBE_RUNNER, &workloads).unwrap();
    let probes = allowed(&document::read(&probes).unwrap(), "ProbeRunnerRole");
    assert!(probes.contains(&json!("Orders/Probes")), "{probes:?}");
    assert_eq!(lines_less(&composed, &text("template.yaml")), [""; 0]);
}

/// The lines of a text that another one lacks.
fn lines_less<'t>(composed: &str, text: &'t str) -> Vec<&'t str> {
    let kept: Vec<&str> = composed.lines().collect();
    text.lines().filter(|line| !kept.contains(line)).collect()
}

fn allowed(document: &Value, role: &str) -> Vec<Value> {
    let policies = document["Resources"][role]["Properties"]["Policies"]
        .as_array()
        .expect("as this test has it");
    let statements = policies.iter().flat_map(|policy| {
        policy["PolicyDocument"]["Statement"]
            .as_array()
            .expect("as this test has it")
    });
    let statement = statements
        .into_iter()
        .find(|statement| statement["Sid"] == "Metrics")
        .expect("as this test has it");
    statement["Condition"]["StringEquals"]["cloudwatch:namespace"]
        .as_array()
        .expect("as this test has it")
        .clone()
}

#[test]
fn a_workload_of_rules_alone_has_no_stack_and_no_role() {
    let (_folder, read) = workload(&[("metrics.yaml", RULES)]);
    let composed = of_checkout(root_folder(), "template.yaml", &[read.unwrap()]).unwrap();
    assert_eq!(composed, text("template.yaml").replacen(
        "                    cloudwatch:namespace:\n                      - Picket\n",
        "                    cloudwatch:namespace:\n                      - \"Orders\"\n                      - Picket\n",
        1,
    ));
}

#[test]
fn what_cannot_be_nested_is_a_sentence() {
    let says = |files: &[(&str, &str)]| {
        let (_folder, read) = workload(files);
        let composed =
            read.and_then(|workload| of_checkout(root_folder(), "template.yaml", &[workload]));
        format!("{:#}", composed.unwrap_err())
    };
    let other = RULES.replace("orders-api", "orders");
    assert!(says(&[("metrics.yaml", &other)]).contains("the folder is \"orders-api\""));
    let target = PROBES.replace("Url: 'https://orders.example.com'", "Target: orders");
    assert!(says(&[("probes.yaml", &target)]).contains("has a `Url`"));
    let many: Vec<String> = (0..200)
        .map(|n| format!("  P{n}: {{ Type: String }}\n"))
        .collect();
    let many = many.concat();
    let many = format!("Parameters:\n{many}Resources: {{}}\n");
    assert!(says(&[("template.yaml", &many)]).ends_with("and a template has at most 200"));
}

#[test]
fn a_located_template_can_lie_anywhere() {
    let template = "  A:\n    CodeUri: target/lambda/a/\n    TemplateURL: workloads/a/template.yaml\n  \
                    TemplateURL: functions/probe-runner/template.yaml\n    Code: ../../target/lambda/b/\n    \
                    TemplateURL: \"/x/template.yaml\"\n";
    let expected = "  A:\n    CodeUri: \"/p/target/lambda/a/\"\n    TemplateURL: \"/p/workloads/a/template.yaml\"\n  \
                    TemplateURL: probe-runner.yaml\n    Code: \"/p/target/lambda/b/\"\n    \
                    TemplateURL: \"/x/template.yaml\"\n";
    assert_eq!(located(template, Path::new("/p")), expected);
}
