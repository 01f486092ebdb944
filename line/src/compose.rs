//! The templates with the workloads outside the checkout in them (docs/decisions/0035).
//!
//! Lines are added to the templates' text, and nothing else in it changes, so that a stack without such workloads is
//! deployed from the very files of the checkout.

mod outside;
mod text;

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, bail, ensure};
use picket_alarms::template::document;
use serde_json::Value;

pub use outside::Outside;

use text::Lines;

/// The nested template that has the probe runner's role.
const PROBE_RUNNER: &str = "functions/probe-runner/template.yaml";

/// CloudFormation's quota of parameters in a template.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const MOST_PARAMETERS: usize = 200;

/// What the root template passes to a workload that has a parameter of the name without a default. Every other
/// parameter of a workload becomes one of the root template.
const PASSED: [(&str, &str); 10] = [
    ("StackName", "!Ref AWS::StackName"),
    ("Environment", "!Ref Environment"),
    ("Emulated", "!Ref Emulated"),
    ("CriticalTopicArn", "!Ref CriticalTopic"),
    ("WarningTopicArn", "!Ref WarningTopic"),
    ("InfoTopicArn", "!Ref InfoTopic"),
    ("RunbookBaseUrl", "!Ref RunbookBaseUrl"),
    (
        "PicketBlind",
        "!If [OnAws, !GetAtt PicketWorkload.Outputs.PicketBlind, \"\"]",
    ),
    ("EventStreamArn", "!GetAtt EventStream.Arn"),
    (
        SUBSCRIPTION_ROLE,
        "!If [SubscribesToLogs, !GetAtt LogSubscriptionRole.Arn, \"\"]",
    ),
];

/// The parameter of a workload that subscribes log groups.
const SUBSCRIPTION_ROLE: &str = "LogSubscriptionRoleArn";

/// The condition of the role that subscriptions use, always true: a role that no log group uses costs nothing.
const SUBSCRIBES: &str = "  SubscribesToLogs: !Or
    - !Condition SubscribesToLogsOfPicket
    - !Not [!Equals [!Ref AWS::StackName, \"\"]]
  SubscribesToLogsOfPicket: !Or";

/// Adds the workloads to the root template's text: the parameters that are their own, a nested stack of each, and their
/// namespaces in the role of the metrics publisher.
fn root(text: &str, workloads: &[Outside]) -> Result<String> {
    if workloads.is_empty() {
        return Ok(text.to_owned());
    }
    let document = document::read(text)?;
    let mut lines = Lines::of(text);
    for workload in workloads {
        let added = add(workload, &document, &mut lines);
        added.with_context(|| workload.folder.display().to_string())?;
    }
    if workloads.iter().any(Outside::subscribes) {
        lines.replace("  SubscribesToLogs: !Or", SUBSCRIBES)?;
    }
    let namespaces = workloads.iter().flat_map(Outside::namespaces_of_rules);
    allow(&mut lines, "MetricsPublisherRole", namespaces.collect())?;
    let text = lines.text();
    let composed = document::read(&text)?;
    let parameters = composed["Parameters"].as_object();
    let parameters = parameters.map_or(0, serde_json::Map::len);
    ensure!(
        parameters <= MOST_PARAMETERS,
        "the workloads' parameters and Picket's are {parameters}, and a template has at most {MOST_PARAMETERS}"
    );
    Ok(text)
}

/// Adds the namespaces of the workloads' probes to the probe runner's role in the text of its template.
fn probe_runner(text: &str, workloads: &[Outside]) -> Result<String> {
    let mut lines = Lines::of(text);
    let namespaces = workloads.iter().flat_map(Outside::namespaces_of_probes);
    allow(&mut lines, "ProbeRunnerRole", namespaces.collect())?;
    Ok(lines.text())
}

/// A template of the checkout with the workloads in it, by its path from the root.
pub fn of_checkout(root_folder: &Path, path: &str, workloads: &[Outside]) -> Result<String> {
    let text = fs::read_to_string(root_folder.join(path))
        .with_context(|| format!("{path} cannot be read"))?;
    match path {
        "template.yaml" => root(&text, workloads),
        PROBE_RUNNER => probe_runner(&text, workloads),
        _ => Ok(text),
    }
}

fn add(workload: &Outside, document: &Value, lines: &mut Lines) -> Result<()> {
    let Some(location) = workload.location()? else {
        return Ok(());
    };
    let stack = format!("{}Workload", workload.prefix());
    refuse_taken(document, "Resources", &stack)?;
    let mut resource = vec![
        format!("  {stack}:"),
        "    Type: AWS::CloudFormation::Stack".to_owned(),
        "    Properties:".to_owned(),
        format!("      TemplateURL: {}", Value::from(location)),
    ];
    let passed = passed(workload, document, lines)?;
    if !passed.is_empty() {
        resource.push("      Parameters:".to_owned());
        resource.extend(passed);
    }
    lines.after("Resources:", &resource.join("\n"))
}

/// Adds the parameters that are the workload's own, and returns what is passed to each of its parameters.
fn passed(workload: &Outside, document: &Value, lines: &mut Lines) -> Result<Vec<String>> {
    let (mut passed, mut own) = (Vec::new(), Vec::new());
    for (name, declared) in workload.parameters() {
        let known = PASSED.iter().find(|(known, _)| *known == name);
        if let Some((_, value)) = known.filter(|_| declared.get("Default").is_none()) {
            passed.push(format!("        {name}: {value}"));
            continue;
        }
        let lifted = format!("{}{name}", workload.prefix());
        refuse_taken(document, "Parameters", &lifted)?;
        passed.push(format!("        {name}: !Ref {lifted}"));
        lines.after("Parameters:", &format!("  {lifted}: {declared}"))?;
        let label = Value::from(format!("{}: {name}", workload.name));
        let label = format!("      {lifted}: {{ default: {label} }}");
        lines.after("    ParameterLabels:", &label)?;
        own.push(lifted);
    }
    if !own.is_empty() {
        let (name, own) = (&workload.name, own.join(", "));
        let group =
            format!("      - {{ Label: {{ default: \"Workload {name}\" }}, Parameters: [{own}] }}");
        lines.after("    ParameterGroups:", &group)?;
    }
    Ok(passed)
}

/// Refuses a logical id or a parameter that the root template has already.
fn refuse_taken(document: &Value, section: &str, name: &str) -> Result<()> {
    if document[section].get(name).is_some() {
        bail!("template.yaml has {name} in its {section} already: choose another name");
    }
    Ok(())
}

/// Adds namespaces to those that a role may publish to.
fn allow(lines: &mut Lines, role: &str, namespaces: BTreeSet<String>) -> Result<()> {
    let heading = format!("  {role}:");
    for namespace in namespaces {
        let item = Value::from(namespace);
        lines.item_after(
            &[&heading, "- Sid: Metrics", "cloudwatch:namespace:"],
            &item,
        )?;
    }
    Ok(())
}

/// A template's text with the locations of code and nested templates as absolute paths, so that it can lie anywhere.
/// The probe runner's template lies beside it.
pub fn located(text: &str, root_folder: &Path) -> String {
    let lines = text.split_inclusive('\n');
    lines.map(|line| located_line(line, root_folder)).collect()
}

fn located_line(line: &str, root_folder: &Path) -> String {
    let keys = ["CodeUri: ", "Code: ", "TemplateURL: "];
    let Some((before, key, value)) = keys.into_iter().find_map(|key| {
        let (before, value) = line.split_once(key)?;
        before
            .trim()
            .is_empty()
            .then_some((before, key, value.trim_end()))
    }) else {
        return line.to_owned();
    };
    let value = value.trim_start_matches("../");
    if value == PROBE_RUNNER {
        return format!("{before}{key}probe-runner.yaml\n");
    }
    if ["target/", "functions/", "workloads/"]
        .iter()
        .any(|start| value.starts_with(start))
    {
        let path = Value::from(root_folder.join(value).display().to_string());
        return format!("{before}{key}{path}\n");
    }
    line.to_owned()
}
