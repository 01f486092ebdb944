//! The workload's template.

use picket_alarms::cases::Subject;
use serde_json::Value;

use super::{
    account::{Account, Dashboard, SavedQuery},
    adopted::{Adopted, name_of},
    names::{Names, logical_id, slug},
    replaced::Replaced,
    yaml::{block, flow, text, wrapped},
};

/// The properties of a metric alarm that decide its state, in the order in which they are written.
const DECIDING: [&str; 17] = [
    "Namespace",
    "MetricName",
    "Dimensions",
    "Statistic",
    "ExtendedStatistic",
    "Unit",
    "Metrics",
    "Period",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ThresholdMetricId",
    "ComparisonOperator",
    "TreatMissingData",
    "EvaluateLowSampleCountPercentile",
    "EvaluationWindow",
    "WarmUpConfiguration",
];

/// The widest line of a description.
const WIDTH: usize = 112;

/// The template of a workload.
pub(super) fn template(
    workload: &str,
    alarms: &[Adopted<'_>],
    account: &Account,
    replaced: &Replaced,
) -> String {
    let has_critical = alarms.iter().any(|alarm| alarm.is_critical);
    let has_warning = alarms.iter().any(|alarm| !alarm.is_critical);
    let mut lines = vec![
        "AWSTemplateFormatVersion: \"2010-09-09\"".to_owned(),
        format!(
            "Description: \"Picket: alarms of the workload {workload}. A nested stack of template.yaml.\""
        ),
        String::new(),
        "Parameters:".to_owned(),
        "  StackName: { Type: String, Description: Name of the root stack; the prefix of names. }".to_owned(),
        "  Emulated: { Type: String, AllowedValues: [\"true\", \"false\"], Description: Leaves out what the emulator lacks. }"
            .to_owned(),
    ];
    if replaced.is_read_by(alarms) {
        lines.push(
            "  Environment: { Type: String, Description: Dimension of every metric of the rules. }"
                .to_owned(),
        );
    }
    if has_critical {
        lines.push(
            "  CriticalTopicArn: { Type: String, Description: Topic for critical alerts. }"
                .to_owned(),
        );
    }
    if has_warning {
        lines.push(
            "  WarningTopicArn: { Type: String, Description: Topic for warnings. }".to_owned(),
        );
    }
    lines.push(
        "  RunbookBaseUrl: { Type: String, Description: Prefix of the runbook links. }".to_owned(),
    );
    lines.push(String::new());
    lines.push("Conditions:".to_owned());
    lines.push("  OnAws: !Equals [!Ref Emulated, \"false\"]".to_owned());
    lines.push(String::new());
    lines.push("Resources:".to_owned());
    let mut blocks: Vec<String> = alarms
        .iter()
        .map(|alarm| resource(workload, alarm, alarms, replaced))
        .collect();
    let mut ids = Names::default();
    blocks.extend(
        account
            .dashboards
            .iter()
            .map(|one| dashboard(one, &mut ids)),
    );
    blocks.extend(
        account
            .queries
            .iter()
            .map(|one| query(workload, one, &mut ids)),
    );
    format!("{}\n{}\n", lines.join("\n"), blocks.join("\n\n"))
}

fn resource(
    workload: &str,
    alarm: &Adopted<'_>,
    all: &[Adopted<'_>],
    replaced: &Replaced,
) -> String {
    let (kind, is_composite) = match alarm.subject {
        Subject::Metric(_) => ("AWS::CloudWatch::Alarm", false),
        Subject::Composite(_) => ("AWS::CloudWatch::CompositeAlarm", true),
    };
    let topic = if alarm.is_critical {
        "CriticalTopicArn"
    } else {
        "WarningTopicArn"
    };
    let mut lines = vec![format!("  {}:", alarm.id), format!("    Type: {kind}")];
    if is_composite {
        lines.push("    Condition: OnAws".to_owned());
    }
    lines.push("    Properties:".to_owned());
    lines.push(format!(
        "      AlarmName: !Sub ${{StackName}}-{}",
        alarm.name
    ));
    lines.push("      AlarmDescription: !Sub >-".to_owned());
    let description = description(alarm.properties);
    lines.extend(
        wrapped(&escaped(&description), WIDTH)
            .into_iter()
            .map(|line| format!("        {line}")),
    );
    lines.push(format!(
        "        Runbook: ${{RunbookBaseUrl}}workloads/{workload}/runbook.md#{}",
        alarm.name
    ));
    if !is_composite {
        lines.push("      ActionsEnabled: !If [OnAws, true, false]".to_owned());
    }
    lines.push(format!("      AlarmActions: [!Ref {topic}]"));
    lines.push(format!("      OKActions: [!Ref {topic}]"));
    match alarm.subject {
        Subject::Metric(_) => lines.extend(deciding(&replaced.read(alarm.properties))),
        Subject::Composite(composite) => {
            let rule = alarm.properties["AlarmRule"].as_str().unwrap_or_default();
            let rule = rule_of(rule, &composite.rule.children(), all);
            lines.push("      AlarmRule: !Sub >-".to_owned());
            lines.extend(
                wrapped(&rule, WIDTH)
                    .into_iter()
                    .map(|line| format!("        {line}")),
            );
            if let Some(suppressor) = &composite.suppressor {
                lines.push(format!(
                    "      ActionsSuppressor: {}",
                    reference(&suppressor.alarm, all)
                ));
                lines.push(format!(
                    "      ActionsSuppressorWaitPeriod: {}",
                    suppressor.wait
                ));
                lines.push(format!(
                    "      ActionsSuppressorExtensionPeriod: {}",
                    suppressor.extension
                ));
            }
        }
    }
    lines.join("\n")
}

/// Its description, or what it was called.
pub(super) fn description(properties: &Value) -> String {
    let text = properties["AlarmDescription"].as_str().unwrap_or_default();
    let name = properties["AlarmName"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return format!("Adopted from the alarm {name}.");
    }
    text.to_owned()
}

/// `Fn::Sub` replaces `${Name}`, and writes `${!Name}` as `${Name}`.
fn escaped(text: &str) -> String {
    text.replace("${", "${!")
}

fn deciding(properties: &Value) -> Vec<String> {
    let mut lines = vec![];
    for name in DECIDING {
        match &properties[name] {
            Value::Null => {}
            Value::Array(values) if values.is_empty() => {}
            Value::Array(values) if name == "Metrics" => {
                lines.push("      Metrics:".to_owned());
                lines.extend(
                    values
                        .iter()
                        .map(|value| format!("        - {}", flow(value))),
                );
            }
            value => lines.push(format!("      {name}: {}", flow(value))),
        }
    }
    lines
}

/// The rule with the children's new names.
fn rule_of(rule: &str, children: &[&str], all: &[Adopted<'_>]) -> String {
    let mut rule = escaped(rule);
    let mut children = children.to_vec();
    children.sort_unstable();
    children.dedup();
    for child in children {
        let Some(adopted) = find(child, all) else {
            continue;
        };
        let new = format!("\"${{{}}}\"", adopted.id);
        let old = escaped(child);
        // A name stands in quotation marks, or alone between parentheses and commas.
        rule = rule.replace(&format!("\"{old}\""), &new);
        for (before, after) in [
            ("(", ")"),
            ("(", ","),
            (", ", ","),
            (", ", ")"),
            (",", ","),
            (",", ")"),
        ] {
            rule = rule.replace(
                &format!("{before}{old}{after}"),
                &format!("{before}{new}{after}"),
            );
        }
    }
    rule
}

fn reference(name: &str, all: &[Adopted<'_>]) -> String {
    match find(name, all) {
        Some(adopted) => format!("!Ref {}", adopted.id),
        None => text(name),
    }
}

/// The adopted alarm of a name or ARN in the account.
pub(super) fn find<'a, 'b>(name: &str, all: &'a [Adopted<'b>]) -> Option<&'a Adopted<'b>> {
    all.iter().find(|adopted| adopted.old == name_of(name))
}

fn dashboard(dashboard: &Dashboard, ids: &mut Names) -> String {
    let id = ids.unique(format!("{}Dashboard", logical_id(&dashboard.name)));
    let body = serde_json::to_string_pretty(&dashboard.body).unwrap_or_default();
    format!(
        "  {id}:\n    Type: AWS::CloudWatch::Dashboard\n    Condition: OnAws\n    Properties:\n      DashboardBody: \
         |\n{}",
        block(&body, 8)
    )
}

fn query(workload: &str, query: &SavedQuery, ids: &mut Names) -> String {
    let name = slug(&query.name);
    let id = ids.unique(format!("{}Query", logical_id(&query.name)));
    let groups = if query.log_group_names.is_empty() {
        String::new()
    } else {
        format!(
            "      LogGroupNames: {}\n",
            flow(&Value::from(query.log_group_names.clone()))
        )
    };
    format!(
        "  {id}:\n    Type: AWS::Logs::QueryDefinition\n    Condition: OnAws\n    Properties:\n      Name: !Sub \
         ${{StackName}}/{workload}/{name}\n{groups}      QueryString: |\n{}",
        block(&query.query_string, 8)
    )
}
