//! The default template of Alertmanager's SNS receiver, which is Managed Prometheus's too, and Grafana's.

use super::{Alert, of_alerts};
use crate::{
    decode::{lenient::word, notice::Notice},
    message::Message,
};

pub(crate) fn is_text(text: &str) -> bool {
    let has_line = |begin: &str| text.lines().any(|line| line.trim().starts_with(begin));
    has_line("Labels:") && has_line("- alertname =")
}

pub(crate) fn read_text(text: &str, _: &Message) -> Notice {
    let mut alerts: Vec<Alert> = Vec::new();
    let (mut is_firing, mut in_labels) = (true, true);
    for line in text.lines().map(str::trim) {
        let heading = line.trim_matches(['*', ':', ' ']).to_ascii_lowercase();
        match heading.as_str() {
            "alerts firing" | "firing" => is_firing = true,
            "alerts resolved" | "resolved" => is_firing = false,
            "annotations" => in_labels = false,
            "labels" => {
                in_labels = true;
                alerts.push(Alert {
                    name: "an alert".to_owned(),
                    is_firing,
                    labels: Vec::new(),
                    annotations: Vec::new(),
                    since: None,
                    until: None,
                    source: None,
                });
            }
            _ => {}
        }
        let Some(alert) = alerts.last_mut() else {
            continue;
        };
        if let Some(source) = line.strip_prefix("Source:") {
            alert.source = word(source);
        }
        let Some((name, value)) = line
            .strip_prefix("- ")
            .and_then(|pair| pair.split_once(" = "))
        else {
            continue;
        };
        let Some(value) = word(value) else { continue };
        match (in_labels, name) {
            (true, "alertname") => alert.name = value,
            (true, _) => alert.labels.push((name.to_owned(), value)),
            (false, _) => alert.annotations.push((name.to_owned(), value)),
        }
    }
    of_alerts(&alerts, None)
}
