//! A workload played on its own: its sample events go through the line, then each of its alarms fires and clears.
//!
//! What is played is in the workload's folder and in `events/`: nothing here knows a workload.

mod alarms;
mod plan;
mod quiet_day;
mod rules;
mod traffic;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use picket_alarms::{
    cases::{self, Suite},
    template::document,
};
use picket_rules::metrics::{self, MetricRules};
use picket_shared::clock::{Clock, SystemClock};

pub(super) use rules::Rules;

use super::steps::Steps;
use crate::{
    checkout::Checkout,
    line::{Line, Options},
    workloads,
};

/// A workload's folder, as far as it is played.
#[derive(Debug)]
pub(super) struct Workload {
    name: String,
    folder: PathBuf,
    /// Parameters of the root stack with which everything of the workload exists.
    example: Vec<(String, String)>,
    cases: Vec<Suite>,
    rules: Option<MetricRules>,
}

impl Workload {
    /// Reads the folder. A name that is none names those that are.
    pub(super) fn read(root: &Path, name: &str) -> Result<Self> {
        let mut all = playable(root)?;
        let names = all.keys().cloned().collect::<Vec<_>>().join(", ");
        let folder = all
            .remove(name)
            .with_context(|| format!("there is no workload {name:?}: {names}"))?;
        let read = |file: &str| {
            let path = folder.join(file);
            fs::read_to_string(&path).with_context(|| path.display().to_string())
        };
        let suites = cases::read(&read("alarms.test.yaml")?).context(folder.display().to_string());
        let rules = if folder.join("metrics.yaml").is_file() {
            let file = format!("workloads/{name}/metrics.yaml");
            Some(metrics::parse(&file, &read("metrics.yaml")?)?)
        } else {
            None
        };
        Ok(Self {
            name: name.to_owned(),
            example: example(&folder)?,
            cases: suites?,
            rules,
            folder,
        })
    }

    /// Deploys a line with everything of the workload. What the line or its options set already stays.
    pub(super) fn switch_on(&self, options: &mut Options) {
        for (name, value) in &self.example {
            let is_set = options.parameters.iter().any(|(other, _)| other == name);
            if !is_set && !Line::sets(name) {
                options.parameters.push((name.clone(), value.clone()));
            }
        }
    }
}

/// Deploys a line with everything of every workload.
pub(super) fn switch_all_on(root: &Path, options: &mut Options) -> Result<()> {
    for name in playable(root)?.keys() {
        Workload::read(root, name)?.switch_on(options);
    }
    Ok(())
}

/// The parameters of `example.yaml`, if there is one.
fn example(folder: &Path) -> Result<Vec<(String, String)>> {
    let path = folder.join("example.yaml");
    if !path.is_file() {
        return Ok(vec![]);
    }
    let text = fs::read_to_string(&path)?;
    let read = document::read(&text).with_context(|| path.display().to_string())?;
    let pairs: BTreeMap<String, serde_json::Value> =
        serde_json::from_value(read).with_context(|| path.display().to_string())?;
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    Ok(pairs
        .into_iter()
        .map(|(name, value)| (name, text(value)))
        .collect())
}

/// The workload of the line's own alarms. Its metrics are published while a play would put others.
const PICKET: &str = "picket";

/// The workloads that can be played, those outside the checkout among them, with their folders.
fn playable(root: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut all = workloads::folders(root)?;
    all.retain(|name, folder| name != PICKET && folder.join("alarms.test.yaml").is_file());
    Ok(all)
}

/// Plays a workload on a line that is deployed with its parameters.
pub(super) async fn play(
    line: &Line,
    checkout: &Checkout,
    workload: &Workload,
    on_prometheus: Option<&Rules>,
    steps: &mut Steps<SystemClock>,
) -> Result<()> {
    if let Some(rules) = &workload.rules {
        let events = traffic::samples(checkout.root(), &workload.name, &workload.folder)?;
        let sent = traffic::replay(line, rules, &events);
        steps.see("Sample events are counted", sent).await;
    }
    if let Some(rules) = on_prometheus {
        rules.play(line, checkout, steps).await?;
    }
    let given = line
        .parameters()
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    let nested = workloads::nested(checkout.root(), line.stack(), &given)?;
    let stack = nested
        .into_iter()
        .find(|nested| nested.name == workload.name)
        .with_context(|| {
            format!(
                "the line's stack does not have the workload {}",
                workload.name
            )
        })?;
    let plays = plan::plays(&stack.resolved, &workload.cases)?;
    let put = quiet_day::put(line, &plays);
    steps
        .see("A quiet day is in the metrics of the alarms", put)
        .await;
    let mut ends = plan::Ends::new(SystemClock.now());
    for play in plays {
        let step = format!("{} fires and clears", alarms::short(line, &play.alarm));
        let moments = ends.moments(&play)?;
        steps.see(&step, alarms::play(line, &play, &moments)).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    #[test]
    fn a_workload_that_is_none_names_those_that_are() {
        let error = Workload::read(root(), "shop").unwrap_err().to_string();
        assert!(
            error.contains("\"shop\"") && error.contains("bedrock-usage, "),
            "{error}"
        );
    }

    /// Without a line: each alarm that the emulator has can be made to fire and to clear by its cases.
    #[test]
    fn every_alarm_of_every_workload_has_a_case_that_fires_and_clears() {
        let mut alarms = 0;
        for name in playable(root()).unwrap().into_keys() {
            let workload = Workload::read(root(), &name).unwrap();
            let mut given: BTreeMap<String, serde_json::Value> = [
                ("Emulated", "true"),
                ("Environment", "dev"),
                ("Probes", "true"),
            ]
            .map(|(name, value)| (name.to_owned(), value.into()))
            .into();
            given.extend(
                workload
                    .example
                    .iter()
                    .map(|(name, value)| (name.clone(), value.as_str().into())),
            );
            let nested = workloads::nested(root(), "picket-demo", &given).unwrap();
            let stack = nested.into_iter().find(|nested| nested.name == name);
            let stack = stack.unwrap_or_else(|| panic!("example.yaml does not deploy {name}"));
            let plays = plan::plays(&stack.resolved, &workload.cases).unwrap();
            let existing = stack.resolved.alarms().unwrap();
            let metric = existing
                .iter()
                .filter(|alarm| plan::metric(&alarm.subject).is_some());
            assert_eq!(plays.len(), metric.count(), "{name}");
            alarms += plays.len();
        }
        assert!(alarms > 70, "{alarms}");
    }

    #[test]
    fn a_workload_with_rules_has_sample_events() {
        for name in playable(root()).unwrap().into_keys() {
            let workload = Workload::read(root(), &name).unwrap();
            if workload.rules.is_some() {
                let samples = traffic::samples(root(), &name, &workload.folder);
                assert!(!samples.unwrap().is_empty(), "{name}");
            }
        }
    }
}
