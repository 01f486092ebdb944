//! An alarm: state and severity first, then why in numbers, what and where, and where to go.

use picket_shared::{
    Severity,
    alarm::{Alarm, Comparison, Expression, Metric, State, Watches},
};

use super::{location_fields, mark, since, tags_field};
use crate::{
    decode::notice::Status,
    draft::{Draft, chart, mrkdwn::Mrkdwn},
    render::{console, description, reason},
};

/// Metrics and children that are listed; a composite may have a hundred, and the link shows all.
const LISTED: usize = 8;

pub(super) fn draft(alarm: &Alarm, severity: Severity) -> Draft {
    let sentence = sentence(alarm);
    let (reason, sentence) = match (reason::in_numbers(alarm), subject(&alarm.watches)) {
        (Some(numbers), Some(subject)) => (
            Mrkdwn::new().text(format!("{subject}: ")).bold(numbers),
            Some(sentence),
        ),
        (Some(numbers), None) => (Mrkdwn::new().bold(numbers), Some(sentence)),
        (None, _) => (Mrkdwn::new().text(sentence), None),
    };
    let description = alarm.description.as_deref().map(str::trim);
    let words = description.into_iter().chain(sentence);
    Draft {
        headline: headline(alarm, severity),
        reason,
        fields: fields(alarm),
        detail: words
            .map(|text| Mrkdwn::new().text(text))
            .chain(watched_in_detail(alarm))
            .collect(),
        chart: chart::of(alarm),
        links: console::alarm_link(alarm)
            .into_iter()
            .chain(description.and_then(description::link))
            .chain(console::graph_link(alarm))
            .chain(console::logs_link(alarm))
            .chain(description.and_then(description::dashboard))
            .collect(),
        ..Draft::default()
    }
}

/// CloudWatch's sentence. A composite's begins with the ARN of the child that moved it; the child's name is enough.
fn sentence(alarm: &Alarm) -> &str {
    let sentence = alarm.reason.trim();
    if sentence.starts_with("arn:") {
        child_name(sentence)
    } else {
        sentence
    }
}

/// The name of the measured value.
fn subject(watches: &Watches) -> Option<&str> {
    match watches {
        Watches::Metric(metric, _) => Some(&metric.name),
        Watches::Expression { metrics, .. } => match judged(watches) {
            Some(expression) => expression.label.as_deref(),
            None => metrics.first().map(|metric| metric.name.as_str()),
        },
        Watches::Composite { .. } | Watches::Unknown => None,
    }
}

/// The expression whose value is compared; `None` where it is a metric that is held against a band.
fn judged(watches: &Watches) -> Option<&Expression> {
    let Watches::Expression {
        expressions,
        threshold_metric_id: band,
        ..
    } = watches
    else {
        return None;
    };
    expressions
        .iter()
        .find(|each| Some(&each.id) != band.as_ref())
}

fn child_name(child: &str) -> &str {
    child
        .split_once(":alarm:")
        .or_else(|| child.split_once(":alarm-mute-rule:"))
        .map_or(child, |(_, name)| name)
}

fn headline(alarm: &Alarm, severity: Severity) -> String {
    let (status, state) = match alarm.state {
        State::Alarm => (Status::Bad, "ALARM"),
        State::Ok => (Status::Good, "OK"),
        State::InsufficientData => (Status::Unknown, "INSUFFICIENT DATA"),
    };
    let contributor = alarm
        .contributor
        .as_ref()
        .map(|contributor| format!(" ({})", pairs(&contributor.attributes)));
    format!(
        "{} {state} · {severity} · {}{}",
        mark(status, severity),
        alarm.name,
        contributor.unwrap_or_default()
    )
}

fn fields(alarm: &Alarm) -> Vec<(String, Mrkdwn)> {
    let mut fields: Vec<(&str, Mrkdwn)> = Vec::new();
    match &alarm.watches {
        Watches::Metric(metric, _) => fields.extend(metric_fields(alarm, metric)),
        Watches::Expression { metrics, .. } => match (judged(&alarm.watches), metrics.first()) {
            (Some(expression), _) => fields.push(expression_field(expression)),
            (None, Some(metric)) => fields.extend(metric_fields(alarm, metric)),
            (None, None) => {}
        },
        Watches::Composite { rule, .. } => fields.push(("Rule", Mrkdwn::new().code(rule.as_str()))),
        Watches::Unknown => {}
    }
    if let Some(contributor) = &alarm.contributor {
        fields.push((
            "Contributor",
            Mrkdwn::new().code(pairs(&contributor.attributes)),
        ));
    }
    if let Some(previous) = alarm.previous_state {
        fields.push(("Was", Mrkdwn::new().text(previous.as_str())));
    }
    if let Some(suppressor) = &alarm.actions_suppressed_by {
        fields.push((
            "Actions held back by",
            Mrkdwn::new().text(suppressor.as_str()),
        ));
    }
    if let Some(rule) = &alarm.muted_by {
        fields.push(("Muted by", Mrkdwn::new().code(child_name(rule))));
    }
    let tags: Vec<(String, String)> = alarm.tags.clone().into_iter().flatten().collect();
    let own = fields
        .into_iter()
        .map(|(label, value)| (label.to_owned(), value));
    own.chain(location_fields(Some(&alarm.account), Some(&alarm.region)))
        .chain(since(Some(alarm.changed_at)))
        .chain(tags_field(tags.iter()))
        .collect()
}

fn metric_fields(alarm: &Alarm, metric: &Metric) -> Vec<(&'static str, Mrkdwn)> {
    let mut fields = vec![("Metric", Mrkdwn::new().code(metric_line(metric)))];
    if !metric.dimensions.is_empty() {
        fields.push(("Dimensions", Mrkdwn::new().code(dimensions(metric))));
    }
    if let Some(account) = console::foreign_account(alarm, metric) {
        fields.push(("Account of the metric", Mrkdwn::new().text(account)));
    }
    fields
}

fn expression_field(expression: &Expression) -> (&'static str, Mrkdwn) {
    let value = match &expression.label {
        Some(label) => Mrkdwn::new()
            .text(format!("{label}\n"))
            .code(expression.expression.as_str()),
        None => Mrkdwn::new().code(expression.expression.as_str()),
    };
    ("Expression", value)
}

/// `Shop Duration, p99 of 60 s`
fn metric_line(metric: &Metric) -> String {
    let name = format!("{} {}", metric.namespace, metric.name);
    match (&metric.statistic, metric.period) {
        (Some(statistic), Some(period)) => format!("{name}, {statistic} of {period} s"),
        (Some(statistic), None) => format!("{name}, {statistic}"),
        (None, _) => name,
    }
}

fn dimensions(metric: &Metric) -> String {
    pairs(&metric.dimensions)
}

fn pairs(pairs: &[(String, String)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join(", ")
}

/// The lines that do not fit into a field: what feeds an expression, which children moved a composite, what it is
/// compared with.
fn watched_in_detail(alarm: &Alarm) -> Vec<Mrkdwn> {
    let watches = &alarm.watches;
    match watches {
        Watches::Metric(_, comparison) => treatment(comparison).into_iter().collect(),
        Watches::Expression {
            expressions,
            metrics,
            comparison,
            ..
        } => {
            let judged = judged(watches);
            let others = expressions
                .iter()
                .filter(|each| Some(*each) != judged)
                .map(|each| format!("{} = {}", each.id, each.expression));
            let lines = metrics.iter().map(|metric| {
                let dimensions = dimensions(metric);
                let comma = if dimensions.is_empty() { "" } else { ", " };
                let account = console::foreign_account(alarm, metric);
                let account = account.map(|account| format!(" (account {account})"));
                let account = account.unwrap_or_default();
                format!("{}{comma}{dimensions}{account}", metric_line(metric))
            });
            let fed = listed("Fed by", others.chain(lines).collect());
            fed.into_iter().chain(treatment(comparison)).collect()
        }
        Watches::Composite { triggering, .. } => {
            let lines = triggering.iter().map(|(child, state)| {
                let name = child_name(child);
                state.map_or_else(
                    || name.to_owned(),
                    |state| format!("{name} is in {}", state.as_str()),
                )
            });
            listed("Moved by", lines.collect()).into_iter().collect()
        }
        Watches::Unknown => Vec::new(),
    }
}

fn listed(label: &str, lines: Vec<String>) -> Option<Mrkdwn> {
    let more = lines.len().saturating_sub(LISTED);
    let mut shown = lines.into_iter().take(LISTED).collect::<Vec<_>>();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    (!shown.is_empty()).then(|| Mrkdwn::new().bold(label).text("\n").fence(shown.join("\n")))
}

/// Missing data matters to a reader only where it is treated as a breach: silence then is the alarm.
fn treatment(comparison: &Comparison) -> Option<Mrkdwn> {
    (comparison.treat_missing_data.as_deref() == Some("breaching"))
        .then(|| Mrkdwn::new().text("Missing data counts as breaching."))
}
