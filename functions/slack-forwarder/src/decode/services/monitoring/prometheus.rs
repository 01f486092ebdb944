//! Alertmanager, Managed Prometheus and Grafana: JSON; JSON that a template broke; the default text.

mod broken;
mod group;
mod text;

use crate::decode::{
    lenient::Node,
    notice::{Notice, Status},
};

pub(super) use broken::{is_broken, read_broken};
pub(super) use text::{is_text, read_text};

fn has_alerts(document: Node<'_>) -> bool {
    let alert = document.at("alerts/0");
    document.has("alerts")
        && (alert.has("labels")
            || alert.has("annotations")
            || document.has("groupLabels")
            || document.has("commonLabels")
            || document.has_all(&["receiver", "status"]))
}

pub(super) fn is_grafana(document: Node<'_>) -> bool {
    let unified =
        has_alerts(document) && (document.has("orgId") || document.has("alerts/0/silenceURL"));
    let legacy = document.has_all(&["ruleName", "state"])
        && (document.has("evalMatches") || document.has("ruleUrl"));
    unified || legacy
}

pub(super) fn is_alertmanager(document: Node<'_>) -> bool {
    let one =
        document.has("labels/alertname") && (document.has("status") || document.has("startsAt"));
    (has_alerts(document) || one) && !is_grafana(document)
}

/// The labels and annotations that the alerts of one group share, by kind.
pub(super) struct Alert {
    pub(super) name: String,
    pub(super) is_firing: bool,
    pub(super) labels: Vec<(String, String)>,
    pub(super) annotations: Vec<(String, String)>,
    pub(super) since: Option<jiff::Timestamp>,
    /// When it was resolved; Go's first moment while it fires.
    pub(super) until: Option<jiff::Timestamp>,
    pub(super) source: Option<String>,
}

impl Alert {
    /// When it came to be as it is.
    fn changed_at(&self) -> Option<jiff::Timestamp> {
        if self.is_firing {
            self.since
        } else {
            self.until
        }
    }
}

fn alert(alert: Node<'_>, status: &str) -> Alert {
    let own = alert.text("status").unwrap_or_else(|| status.to_owned());
    Alert {
        name: alert
            .text("labels/alertname")
            .unwrap_or_else(|| "an alert".to_owned()),
        is_firing: own != "resolved",
        labels: alert.pairs("labels"),
        annotations: alert.pairs("annotations"),
        since: alert.timestamp("startsAt"),
        until: alert.timestamp("endsAt"),
        source: alert.first(&["panelURL", "dashboardURL", "generatorURL"]),
    }
}

pub(super) fn read(document: Node<'_>) -> Notice {
    if document.has("ruleName") {
        return legacy(document);
    }
    let status = document
        .text("status")
        .unwrap_or_else(|| "firing".to_owned());
    let listed = document.list("alerts");
    let alerts = if listed.is_empty() {
        vec![alert(document, &status)]
    } else {
        listed
            .into_iter()
            .map(|each| alert(each, &status))
            .collect()
    };
    let named = document.first(&["commonLabels/alertname", "groupLabels/alertname"]);
    let notice = of_alerts(&alerts, named);
    notice
        .field("Receiver", document.text("receiver"))
        .field(
            "Cut off",
            document
                .text("truncatedAlerts")
                .filter(|count| count != "0"),
        )
        .link(
            "Open in Alertmanager",
            document
                .text("externalURL")
                .filter(|_| !is_grafana(document)),
        )
        .link(
            "Open Grafana",
            document
                .text("externalURL")
                .filter(|_| is_grafana(document)),
        )
        .link("Silence", document.text("alerts/0/silenceURL"))
        .incident(group::key(document))
        .condition(group::condition(&alerts))
}

/// The state of a group: how many fire, and the first's story.
pub(super) fn of_alerts(alerts: &[Alert], named: Option<String>) -> Notice {
    let firing = alerts.iter().filter(|alert| alert.is_firing).count();
    let (state, status) = match (firing, alerts.len()) {
        (0, _) => ("RESOLVED".to_owned(), Status::Good),
        (1, 1) => ("FIRING".to_owned(), Status::Bad),
        (firing, _) => (format!("FIRING {firing}"), Status::Bad),
    };
    let Some(first) = alerts
        .iter()
        .find(|alert| alert.is_firing)
        .or(alerts.first())
    else {
        return Notice::new(&state, "an alert group without alerts").status(status);
    };
    let changed_at = alerts.iter().filter_map(Alert::changed_at).max();
    let label = |name: &str| found(&first.labels, name);
    let annotation = |name: &str| found(&first.annotations, name);
    let summary = annotation("summary").or_else(|| annotation("message"));
    let description = annotation("description");
    let lines = alerts.iter().map(|alert| {
        let mark = if alert.is_firing {
            "firing"
        } else {
            "resolved"
        };
        let labels = alert
            .labels
            .iter()
            .filter(|(name, _)| name != "alertname")
            .map(|(name, value)| format!("{name}={value}"));
        format!(
            "{mark} {}: {}",
            alert.name,
            labels.collect::<Vec<_>>().join(", ")
        )
    });
    let shown = [
        "severity",
        "instance",
        "job",
        "namespace",
        "service",
        "cluster",
    ];
    let mut notice = Notice::new(&state, named.unwrap_or_else(|| first.name.clone()))
        .status(status)
        .because(summary.clone().or_else(|| description.clone()))
        .at(changed_at.or(first.since))
        .prose(description.filter(|_| summary.is_some()));
    for name in shown {
        notice = notice.field(name, label(name));
    }
    let either = |name: &str, other: &str| annotation(name).or_else(|| annotation(other));
    notice
        .link_or_text("Runbook", either("runbook_url", "runbook"))
        .link("Open the graph", first.source.clone())
        .link("Dashboard", either("dashboard", "dashboard_url"))
        .lines("Alerts", lines.collect())
}

fn found(pairs: &[(String, String)], name: &str) -> Option<String> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.clone())
}

/// Grafana's alerting before version 9.
fn legacy(document: Node<'_>) -> Notice {
    let state = document
        .text("state")
        .unwrap_or_else(|| "alerting".to_owned());
    let matches = document
        .list("evalMatches")
        .into_iter()
        .filter_map(|matched| {
            Some(format!(
                "{}: {}",
                matched.text("metric")?,
                matched.text("value")?
            ))
        });
    let matches: Vec<String> = matches.collect();
    Notice::new(
        &state,
        document.first(&["ruleName", "title"]).unwrap_or_default(),
    )
    .status(if state == "no_data" {
        Status::Unknown
    } else {
        Status::of(&state)
    })
    .because(
        document
            .text("message")
            .or_else(|| matches.first().cloned()),
    )
    .lines("Values", matches)
    .tags(document.pairs("tags"))
    .link("Open in Grafana", document.text("ruleUrl"))
    .incident(document.text("ruleId"))
}

#[cfg(test)]
mod tests;
