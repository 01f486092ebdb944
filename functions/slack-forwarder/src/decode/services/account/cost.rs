//! Money: Cost Anomaly Detection, as JSON and as an event, and the text of AWS Budgets.

use crate::decode::event::Event;
use crate::{
    decode::{
        lenient::{Node, timestamp, word},
        notice::{Location, Notice, Status},
    },
    draft::number,
    message::Message,
};

pub(super) fn is_anomaly(document: Node<'_>) -> bool {
    document.has_all(&["anomalyId", "impact"])
}

pub(super) fn anomaly_event(event: &Event<'_>) -> Notice {
    let location = event.location();
    anomaly_of(event.detail).location(location)
}

pub(super) fn anomaly(document: Node<'_>) -> Notice {
    anomaly_of(document).location(Location::new(document.text("accountId"), None))
}

fn anomaly_of(anomaly: Node<'_>) -> Notice {
    let subject = anomaly.first(&["dimensionalValue", "monitorName", "anomalyId"]);
    let causes = anomaly.list("rootCauses").into_iter().filter_map(|cause| {
        let parts = [
            "service",
            "usageType",
            "region",
            "linkedAccountName",
            "linkedAccount",
        ];
        let named: Vec<String> = parts.iter().filter_map(|part| cause.text(part)).collect();
        let share = cause
            .number("impact/contribution")
            .map(|amount| format!(" ({})", dollars(amount)));
        (!named.is_empty()).then(|| named.join(" · ") + &share.unwrap_or_default())
    });
    Notice::new(
        "COST ANOMALY",
        subject.unwrap_or_else(|| "an account".to_owned()),
    )
    .status(Status::Bad)
    .because(impact(anomaly))
    .field("From", anomaly.text("anomalyStartDate"))
    .field("To", anomaly.text("anomalyEndDate"))
    .field(
        "Score",
        anomaly
            .number("anomalyScore/currentScore")
            .map(number::value),
    )
    .field("Monitor", anomaly.first(&["monitorName", "monitorType"]))
    .field("Subscription", anomaly.first(&["subscriptionName"]))
    .field("Account name", anomaly.text("accountName"))
    .lines("Root causes", causes.collect())
    .at(anomaly.timestamp("anomalyStartDate"))
    .aws_link("Open the anomaly", anomaly.text("anomalyDetailsLink"))
    .incident(anomaly.text("anomalyId"))
}

/// `$120 more than expected: $150 against $30 (+400 %)`
fn impact(anomaly: Node<'_>) -> Option<String> {
    let total = anomaly.number("impact/totalImpact")?;
    let against = match (
        anomaly.number("impact/totalActualSpend"),
        anomaly.number("impact/totalExpectedSpend"),
    ) {
        (Some(actual), Some(expected)) => {
            format!(": {} against {}", dollars(actual), dollars(expected))
        }
        _ => String::new(),
    };
    let percent = anomaly
        .number("impact/totalImpactPercentage")
        .map(|percent| format!(" (+{} %)", number::value(percent.round())));
    Some(format!(
        "{} more than expected{against}{}",
        dollars(total),
        percent.unwrap_or_default()
    ))
}

fn dollars(amount: f64) -> String {
    format!("${}", number::value(amount))
}

pub(super) fn is_budget(text: &str) -> bool {
    let names_one = text.contains("Budget Name:");
    let has_field = text.contains("Alert Type:") || text.contains("Budgeted Amount:");
    (names_one && has_field) || text.trim_start().starts_with("AWS Budget Notification")
}

pub(super) fn budget(text: &str, _: &Message) -> Notice {
    let line = |label: &str| {
        let line = text
            .lines()
            .map(str::trim)
            .find(|line| line.starts_with(label))?;
        word(line.get(label.len()..)?.trim_start_matches(':'))
    };
    let kind = line("Alert Type").unwrap_or_else(|| "ACTUAL".to_owned());
    // `ACTUAL Amount: $83.12`, or for a reservation `ACTUAL Utilization: 75 %`.
    let amount = text.lines().map(str::trim).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_amount = name.starts_with(kind.as_str()) && name.len() > kind.len();
        word(value).filter(|_| is_amount)
    });
    let threshold = line("Alert Threshold");
    let because = amount
        .as_ref()
        .zip(threshold.as_ref())
        .map(|(amount, threshold)| {
            let limit = line("Budgeted Amount")
                .map(|limit| format!(", of {limit} budgeted"))
                .unwrap_or_default();
            format!("{kind} {amount} {threshold}{limit}")
        });
    let account = text
        .lines()
        .find_map(|line| word(line.trim().strip_prefix("AWS Account")?));
    let date = text
        .lines()
        .find_map(|line| word(line.trim().strip_prefix("AWS Budget Notification")?));
    let state = if kind == "FORECASTED" {
        "BUDGET FORECAST EXCEEDED"
    } else {
        "BUDGET EXCEEDED"
    };
    Notice::new(
        state,
        line("Budget Name").unwrap_or_else(|| "a budget".to_owned()),
    )
    .because(because.or(amount))
    .field("Budget type", line("Budget Type"))
    .field("Budgeted", line("Budgeted Amount"))
    .field("Threshold", threshold)
    .field("Date", date)
    .location(Location::new(account, None))
    .at(line("Date").as_deref().and_then(timestamp))
    .aws_link(
        "Open Budgets",
        Some("https://console.aws.amazon.com/billing/home#/budgets".to_owned()),
    )
}
