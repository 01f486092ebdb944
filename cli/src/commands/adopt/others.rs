//! The workload's other files: test cases, metric rules, runbook.

use picket_alarms::cases::{Case, Subject};

use super::{
    account::{MetricFilter, Transformation},
    adopted::Adopted,
    replaced::Replaced,
    template::{description, find},
    yaml::{flow, text, wrapped},
};

/// The widest line of a document.
const WIDTH: usize = 118;

/// The name of the stack in the test cases.
const STACK: &str = "picket-dev";

/// `alarms.test.yaml`.
pub(super) fn tests(alarms: &[Adopted<'_>], replaced: &Replaced) -> String {
    let environment = if replaced.is_read_by(alarms) {
        "  Environment: dev\n"
    } else {
        ""
    };
    let mut out = format!(
        "# Test cases of the alarms: series in, alarm states out. These are made from the thresholds: they show how the\n\
         # alarms behave, and not whether the thresholds are right. Write down what your metrics do.\nParameters:\n  \
         StackName: {STACK}\n{environment}  Emulated: \"false\"\n  CriticalTopicArn: critical\n  WarningTopicArn: warning\n  \
         RunbookBaseUrl: \"\"\nAlarms:\n"
    );
    for alarm in alarms {
        let Some(cases) = &alarm.cases else {
            out.extend([format!(
                "  # {}: no plain values make it fire and be OK.\n",
                alarm.id
            )]);
            continue;
        };
        out.extend([format!("  - Alarm: {}\n    Cases:\n", alarm.id)]);
        for case in cases {
            out.push_str(&written(case, alarm, alarms));
        }
    }
    out
}

fn written(case: &Case, alarm: &Adopted<'_>, all: &[Adopted<'_>]) -> String {
    let series: Vec<String> = case
        .series
        .iter()
        .map(|(name, tokens)| {
            let name = series_name(name, alarm, all);
            format!("{}: {}", text(&name), quoted(tokens))
        })
        .collect();
    format!(
        "      - Name: it {}\n        Series: {{ {} }}\n        States: {}\n",
        case.name,
        series.join(", "),
        case.states
    )
}

/// The series of a composite alarm have the names of its children in the stack.
fn series_name(name: &str, alarm: &Adopted<'_>, all: &[Adopted<'_>]) -> String {
    let adopted = match alarm.subject {
        Subject::Metric(_) => None,
        Subject::Composite(_) => find(name, all),
    };
    adopted.map_or_else(
        || name.to_owned(),
        |child| format!("{STACK}-{}", child.name),
    )
}

/// Tokens are text, also where there is one that looks like a number.
fn quoted(tokens: &str) -> String {
    if tokens.contains(' ') {
        tokens.to_owned()
    } else {
        format!("\"{tokens}\"")
    }
}

/// `metrics.yaml`.
pub(super) fn rules(workload: &str, filters: &[MetricFilter], replaced: &Replaced) -> String {
    let mut out = format!(
        "# Metrics of {workload}, from metric filters. Remove the filters once the log groups are subscribed: each metric \
         has one\n# source.\nWorkload: {workload}\n\nRules:\n"
    );
    let rules: Vec<String> = filters
        .iter()
        .map(|filter| rule(filter, replaced))
        .collect();
    out.push_str(&rules.join("\n"));
    out
}

fn rule(filter: &MetricFilter, replaced: &Replaced) -> String {
    let mut out = format!(
        "  # {} of {}\n  - FilterPattern: {}\n    MetricTransformations:\n",
        filter.filter_name,
        filter.log_group_name,
        // Always quoted: patterns begin with `{`, `[` and `?`.
        serde_json::Value::from(filter.filter_pattern.clone())
    );
    for metric in &filter.metric_transformations {
        out.push_str(&transformation(metric, replaced));
    }
    out
}

fn transformation(metric: &Transformation, replaced: &Replaced) -> String {
    let mut out = format!(
        "      - MetricNamespace: {}\n        MetricName: {}\n        MetricValue: {}\n",
        text(&metric.metric_namespace),
        text(&metric.metric_name),
        // `1` is text here, as in a metric filter.
        if metric.metric_value.parse::<f64>().is_ok() {
            metric.metric_value.clone()
        } else {
            text(&metric.metric_value)
        }
    );
    if let Some(value) = &metric.default_value {
        out.extend([format!("        DefaultValue: {value}\n")]);
    }
    if let Some(unit) = metric.unit.as_deref().filter(|unit| *unit != "None") {
        out.extend([format!("        Unit: {}\n", text(unit))]);
    }
    if replaced.needs_values(&metric.metric_namespace, &metric.metric_name) {
        out.push_str("        Kind: distribution\n");
    }
    if !metric.dimensions.is_empty() {
        let dimensions: Vec<serde_json::Value> = metric
            .dimensions
            .iter()
            .map(|(key, value)| serde_json::json!({"Key": key, "Value": value}))
            .collect();
        out.extend([format!(
            "        Dimensions: {}\n",
            flow(&serde_json::Value::from(dimensions))
        )]);
    }
    out
}

/// `runbook.md`.
pub(super) fn runbook(workload: &str, alarms: &[Adopted<'_>]) -> String {
    let mut out = format!(
        "# Runbook: {workload}\n\nOne section per alarm, named like the alarm without the name of the stack.\n"
    );
    for alarm in alarms {
        let text = description(alarm.properties).replace(['#', '`', '<', '>', '|'], " ");
        out.extend([format!("\n## {}\n\n", alarm.name)]);
        out.push_str(&wrapped(&text, WIDTH).join("\n"));
        out.push_str("\n\n");
        out.push_str(&wrapped(&watched(alarm), WIDTH).join("\n"));
        out.push_str(
            "\n\n1. To be written: what the reader checks first, and what follows from it.\n",
        );
    }
    out
}

fn watched(alarm: &Adopted<'_>) -> String {
    match alarm.subject {
        Subject::Metric(definition) => {
            let metrics: Vec<String> = definition
                .inputs()
                .iter()
                .map(|input| format!("`{} {}`", input.namespace, input.metric_name))
                .collect();
            let threshold = match definition.threshold.value() {
                Some(value) => format!("{} {value}", definition.comparison.as_str()),
                None => definition.comparison.as_str().to_owned(),
            };
            format!(
                "It watches {}: `{threshold}`, {} of {} periods of {} s.",
                metrics.join(", "),
                definition.datapoints_to_alarm,
                definition.evaluation_periods,
                definition.period
            )
        }
        Subject::Composite(composite) => {
            let mut children = composite.rule.children();
            children.sort_unstable();
            children.dedup();
            format!("It stands for {} other alarms.", children.len())
        }
    }
}
