//! A workload's rules and its configuration of Alertmanager, for servers on loopback: as shipped, but for the places of
//! topics and for the waits, which nobody would watch.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::exporters::Place;

/// How often rules are evaluated, how long a condition must hold, and how long a group waits.
const SOON: &str = "1s";
/// The external label with the address of the runbooks.
const RUNBOOK_BASE: &str = "runbook_base";
/// The topics of the shipped configuration, by severity.
const TOPICS: [&str; 2] = [
    "arn:aws:sns:eu-central-1:123456789012:picket-prod-CriticalTopic",
    "arn:aws:sns:eu-central-1:123456789012:picket-prod-WarningTopic",
];

/// Where Alertmanager publishes.
#[derive(Debug, Clone, Copy)]
pub struct Publication<'a> {
    /// The address that takes `Publish`.
    pub address: &'a str,
    /// Its access key, and the secret.
    pub key: &'a str,
    /// The topic of critical alerts.
    pub critical: &'a str,
    /// The topic of warnings.
    pub warning: &'a str,
}

/// Copies the rules of a folder, each with a short time that its condition must hold.
pub fn copy_rules(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    let entries = fs::read_dir(from).with_context(|| from.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        let rules = with_value(&fs::read_to_string(&path)?, "        for: ", SOON);
        fs::write(to.join(path.file_name().unwrap_or_default()), rules)?;
    }
    Ok(())
}

/// The configuration of a Prometheus with these rules, which scrapes these targets. JSON is YAML. `runbook_base` is what
/// the links to the runbook begin with; the label is dropped from alerts, as in the shipped configuration.
pub fn prometheus(
    rules: &Path,
    alertmanager: &str,
    targets: &[Place<'_>],
    runbook_base: Option<&str>,
) -> String {
    let mut jobs: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for place in targets {
        let labels = json!({"instance": place.instance, "__metrics_path__": place.path});
        let target = json!({"targets": [place.address], "labels": labels});
        jobs.entry(place.job).or_default().push(target);
    }
    let job = |(name, targets): (&str, Vec<Value>)| {
        json!({
            "job_name": name, "scrape_interval": SOON, "scrape_timeout": SOON, "static_configs": targets,
        })
    };
    let scraped: Vec<Value> = jobs.into_iter().map(job).collect();
    let labels: BTreeMap<_, _> = runbook_base
        .map(|base| (RUNBOOK_BASE, base))
        .into_iter()
        .collect();
    json!({
        "global": {"evaluation_interval": SOON, "external_labels": labels},
        "rule_files": [format!("{}/*.yaml", rules.display())],
        "alerting": {
            "alert_relabel_configs": [{"regex": RUNBOOK_BASE, "action": "labeldrop"}],
            "alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}],
        },
        "scrape_configs": scraped,
    })
    .to_string()
}

/// The shipped configuration of Alertmanager with these topics, and without its waits.
pub fn alertmanager(shipped: &str, publication: &Publication<'_>) -> Result<String> {
    let mut changed = shipped.to_owned();
    for (topic, own) in TOPICS
        .iter()
        .zip([publication.critical, publication.warning])
    {
        ensure!(
            changed.contains(topic),
            "the configuration names no {topic}"
        );
        changed = changed.replace(topic, own);
    }
    let sigv4 = "        sigv4:\n";
    let Publication { address, key, .. } = publication;
    let reached = format!(
        "        api_url: {address}\n{sigv4}          access_key: {key}\n          secret_key: {key}\n"
    );
    changed = changed.replace(sigv4, &reached);
    // SNS looks a topic up in the Region that a request is signed for.
    if let Some(region) = publication.critical.split(':').nth(3) {
        changed = with_value(&changed, "          region: ", region);
    }
    for wait in ["  group_wait: ", "      group_wait: ", "  group_interval: "] {
        changed = with_value(&changed, wait, SOON);
    }
    Ok(changed)
}

/// The text with another value on each line that begins so.
fn with_value(text: &str, start: &str, value: &str) -> String {
    let line = |line: &str| {
        if line.starts_with(start) {
            format!("{start}{value}\n")
        } else {
            format!("{line}\n")
        }
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str =
        include_str!("../../workloads/inquiry-pipeline/prometheus/alertmanager.yaml");

    #[test]
    fn only_waits_and_places_differ_from_what_is_shipped() {
        let publication = Publication {
            address: "http://127.0.0.1:1",
            key: "key",
            critical: "arn:c",
            warning: "arn:w",
        };
        let changed = alertmanager(SHIPPED, &publication).unwrap();
        let places = [
            "group_wait",
            "group_interval",
            "topic_arn",
            "api_url",
            "_key: ",
        ];
        let kept = |text: &str| {
            let lines = text.lines();
            let kept = lines.filter(|line| !places.iter().any(|place| line.contains(place)));
            kept.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(kept(SHIPPED), kept(&changed));
        assert_eq!(changed.matches("group_wait: 1s").count(), 2);
        assert_eq!(changed.matches("api_url: http://127.0.0.1:1").count(), 2);
        assert!(changed.contains("topic_arn: arn:c") && changed.contains("topic_arn: arn:w"));
    }
}
