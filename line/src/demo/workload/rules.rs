//! A workload's rules on a real Prometheus: events of trouble make its alerts fire, and events of health resolve them.
//!
//! `prometheus/demo.yaml` of the workload's folder says which events, and which alerts.

mod script;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use futures::FutureExt;
use picket_alarms::template::document;
use picket_aws::stream::OutgoingRecord;
use picket_shared::clock::{Clock, SystemClock};

use script::{Events, Script};

use crate::{
    alerting::{self, Publication},
    alertmanager::Alertmanager,
    checkout::Checkout,
    demo::{expectations, steps::Steps},
    emulator::ROOT_KEY,
    exporters::Exporters,
    line::Line,
};

/// The headline of a message about many alerts.
const STORM: &str = "Storm";

/// The rules, and the servers that evaluate them.
#[derive(Debug)]
pub(in crate::demo) struct Rules {
    script: Script,
    /// The workload's files.
    source: PathBuf,
    /// The line's copies.
    folder: PathBuf,
    /// Alertmanager's place, before it runs: it is started when the topics are there.
    port: u16,
    /// What Prometheus scrapes.
    exporters: Exporters,
}

impl Rules {
    /// Reads what a workload plays; `None` where it has no rules.
    pub(in crate::demo) async fn read(
        root: &Path,
        name: &str,
        folder: &Path,
    ) -> Result<Option<Self>> {
        let source = root.join("workloads").join(name).join("prometheus");
        let path = source.join("demo.yaml");
        if !path.is_file() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path)?;
        let read = document::read(&text).with_context(|| path.display().to_string())?;
        let script: Script =
            serde_json::from_value(read).with_context(|| path.display().to_string())?;
        Ok(Some(Self {
            exporters: Exporters::start(script.targets.clone()).await?,
            script,
            source,
            folder: folder.join("alerting"),
            port: Alertmanager::free_port()?,
        }))
    }

    /// The configuration of the line's Prometheus.
    pub(in crate::demo) fn configuration(&self) -> Result<String> {
        fs::create_dir_all(&self.folder)?;
        let rules = self.folder.canonicalize()?.join("rules");
        alerting::copy_rules(&self.source.join("rules"), &rules)?;
        let target = format!("127.0.0.1:{}", self.port);
        let places = self.exporters.places();
        Ok(alerting::prometheus(&rules, &target, &places, None))
    }

    /// Starts Alertmanager, which publishes to the stack's topics.
    async fn alertmanager(&self, line: &Line, checkout: &Checkout) -> Result<Alertmanager> {
        let shipped = fs::read_to_string(self.source.join("alertmanager.yaml"))?;
        let publication = Publication {
            address: line.clients.endpoint(),
            key: ROOT_KEY,
            critical: line.outputs.get("CriticalTopic")?,
            warning: line.outputs.get("WarningTopic")?,
        };
        let configuration = alerting::alertmanager(&shipped, &publication)?;
        let folder = self.folder.join("alertmanager");
        let started = Alertmanager::start(checkout, &folder, &configuration, self.port).await?;
        started.context("there is no Alertmanager: run scripts/prometheus.sh")
    }

    /// Each alert fires, and is resolved.
    pub(super) async fn play(
        &self,
        line: &Line,
        checkout: &Checkout,
        steps: &mut Steps<SystemClock>,
    ) -> Result<()> {
        let alertmanager = self.alertmanager(line, checkout).await?;
        let log = || format!("Alertmanager's log: {}", alertmanager.log().display());
        let mark = line.journal.len();
        let Script {
            trouble,
            alerts,
            health,
            ..
        } = &self.script;
        let sent = send(line, trouble, "trouble");
        steps.see("Trouble reaches Prometheus", sent).await;
        for alert in alerts {
            let step = format!("{alert} fires in Prometheus");
            let fired = arrived(line, mark, alert, "FIRING").map(|fired| fired.with_context(log));
            steps.see(&step, fired).await;
        }
        let mark = line.journal.len();
        let sent = send(line, health, "health");
        steps.see("Health reaches Prometheus", sent).await;
        for alert in alerts {
            let step = format!("{alert} is resolved");
            let over = arrived(line, mark, alert, "RESOLVED").map(|over| over.with_context(log));
            steps.see(&step, over).await;
        }
        Ok(())
    }

    /// The events of one slice of the traffic that goes on.
    pub(in crate::demo) fn traffic(&self) -> Vec<OutgoingRecord> {
        script::records(
            &self.script.traffic,
            "traffic",
            script::tide(SystemClock.now()),
        )
    }
}

/// The message of an alert in Slack, or that of a storm with it.
async fn arrived(line: &Line, mark: usize, alert: &str, state: &str) -> Result<String> {
    let (own, storm) = ([state, alert], [STORM]);
    tokio::select! {
        own = expectations::slack(line, mark, &own, "") => own,
        storm = expectations::slack(line, mark, &storm, alert) => storm,
    }
}

/// Puts the events on the stream; the publisher writes what they come to.
async fn send(line: &Line, events: &[Events], name: &str) -> Result<String> {
    let records = script::records(events, name, 1.0);
    line.send(&records).await?;
    line.tick().await?;
    Ok(format!("{} events", records.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_script_names_alerts_of_its_rules_and_events_that_rules_count() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let folder = std::env::temp_dir();
        let rules = Rules::read(root, "inquiry-pipeline", &folder)
            .await
            .unwrap()
            .unwrap();
        let text = fs::read_to_string(rules.source.join("rules/application.yaml")).unwrap();
        for alert in &rules.script.alerts {
            assert!(text.contains(&format!("- alert: {alert}\n")), "{alert}");
        }
        let metrics = fs::read_to_string(rules.source.join("../metrics.yaml")).unwrap();
        for events in rules.script.trouble.iter().chain(&rules.script.health) {
            let kind = events.event["event"].as_str().unwrap();
            assert!(metrics.contains(&format!("\"{kind}\"")), "{kind}");
        }
        assert!(rules.script.alerts.len() > 2);
        assert!(
            Rules::read(root, "bedrock-usage", &folder)
                .await
                .unwrap()
                .is_none()
        );
    }
}
