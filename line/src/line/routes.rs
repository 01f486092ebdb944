//! The checkout's routes with the line's sinks: with a bot token, an incident is one message that is edited and has a
//! thread, which a webhook cannot do.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, anyhow};
use picket_alarms::template::document;
use serde_json::{Value, json};

/// The routes of a checkout, which are built into the forwarder.
const FILE: &str = "functions/slack-forwarder/routes.yaml";

/// The channel in the place of each of these webhooks.
const CHANNELS: [(&str, &str); 2] = [("critical", "C0CRITICAL"), ("warning", "C0WARNING")];

/// Routes for the override bucket.
#[derive(Debug, PartialEq)]
pub(super) struct Routes {
    /// Their text: JSON, which is YAML.
    pub(super) text: String,
    /// The webhooks that they name.
    pub(super) webhooks: BTreeSet<String>,
    /// The PagerDuty integrations that they name.
    pub(super) integrations: BTreeSet<String>,
}

/// Reads the routes of a checkout.
pub(super) fn read(root: &Path) -> Result<Routes> {
    let path = root.join(FILE);
    let text = fs::read_to_string(&path).with_context(|| format!("{FILE} cannot be read"))?;
    picket_rules::routes::parse(FILE, &text).map_err(|problems| anyhow!("{problems}"))?;
    mapped(&text)
}

fn mapped(text: &str) -> Result<Routes> {
    let mut document = document::read(text)?;
    for route in document["routes"].as_array_mut().into_iter().flatten() {
        // In the thread of the incident that they are about: most repairs are of critical alarms.
        let kind = route["match"]["kind"].as_str();
        let only = (kind == Some("remediation")).then_some(CHANNELS[0].1);
        for sink in route["sinks"].as_array_mut().into_iter().flatten() {
            if let Some(channel) = channel(sink, only) {
                *sink = json!({"slack": channel});
            }
        }
    }
    Ok(Routes {
        text: document.to_string(),
        webhooks: named(&document, "webhook"),
        integrations: named(&document, "pagerduty"),
    })
}

/// The channel in the place of a sink.
fn channel(sink: &Value, only: Option<&'static str>) -> Option<&'static str> {
    let webhook = sink["webhook"].as_str()?;
    let own = CHANNELS.into_iter().find(|(name, _)| *name == webhook);
    only.or(own.map(|(_, channel)| channel))
}

/// The names of the sinks of a kind, in routes and digest.
fn named(document: &Value, kind: &str) -> BTreeSet<String> {
    let routes = document["routes"].as_array().into_iter().flatten();
    let lists = routes
        .map(|route| &route["sinks"])
        .chain([&document["digest"]]);
    lists
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|sink| Some(sink[kind].as_str()?.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_routes_are_valid_with_the_lines_sinks() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let routes = read(root).unwrap();
        let parsed = picket_rules::routes::parse("routes.yaml", &routes.text);
        assert!(parsed.is_ok(), "{parsed:?}");
        assert_eq!(routes.webhooks, BTreeSet::from(["info".to_owned()]));
        assert_eq!(routes.integrations, BTreeSet::from(["on-call".to_owned()]));
    }

    #[test]
    fn a_route_of_ones_own_is_kept_and_its_webhook_is_named() {
        let routes = mapped(
            "routes:
  - name: findings
    match: { kind: event, attributes.source: aws.guardduty }
    sinks: [{ webhook: security }, { webhook: critical }, { email: warning }]
  - name: repairs
    match: { kind: remediation }
    sinks: [{ webhook: warning }, { pagerduty: platform }]
digest: [{ webhook: info }]
",
        )
        .unwrap();
        let expected = json!({
            "routes": [
                {
                    "name": "findings", "match": {"kind": "event", "attributes.source": "aws.guardduty"},
                    "sinks": [{"webhook": "security"}, {"slack": "C0CRITICAL"}, {"email": "warning"}],
                },
                {
                    "name": "repairs", "match": {"kind": "remediation"},
                    "sinks": [{"slack": "C0CRITICAL"}, {"pagerduty": "platform"}],
                },
            ],
            "digest": [{"webhook": "info"}],
        });
        assert_eq!(
            serde_json::from_str::<Value>(&routes.text).unwrap(),
            expected
        );
        let webhooks = ["info", "security"].map(str::to_owned);
        assert_eq!(routes.webhooks, BTreeSet::from(webhooks));
    }
}
