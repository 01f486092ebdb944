//! A workload outside the checkout.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, ensure};
use picket_alarms::template::document;
use picket_rules::{
    metrics::{self, MetricRules},
    outside,
    probes::{self, Probes},
};
use serde_json::Value;

use super::SUBSCRIPTION_ROLE;

/// A workload outside the checkout.
#[derive(Debug, Clone, PartialEq)]
pub struct Outside {
    /// The name: that of its folder.
    pub name: String,
    pub(super) folder: PathBuf,
    template: Option<Value>,
    rules: Option<MetricRules>,
    probes: Option<Probes>,
}

impl Outside {
    /// Reads the workloads of the folders that `WORKLOADS` names.
    pub fn all(root: &Path) -> Result<Vec<Self>> {
        let found = outside::outside(root).map_err(|sentence| anyhow!(sentence))?;
        let read = found
            .into_iter()
            .map(|(name, folder)| Self::read(name, folder));
        read.collect()
    }

    /// Reads a workload's folder.
    pub fn read(name: String, folder: PathBuf) -> Result<Self> {
        let template = text(&folder, "template.yaml")?;
        let template = template.map(|(file, text)| document::read(&text).context(file));
        let rules = text(&folder, "metrics.yaml")?;
        let rules = rules
            .map(|(file, text)| metrics::parse(&file, &text))
            .transpose()?;
        let probes = text(&folder, "probes.yaml")?;
        let probes = probes
            .map(|(file, text)| probes::parse(&file, &text))
            .transpose()?;
        let named = rules.iter().map(|rules| rules.workload.clone());
        let named = named.chain(probes.iter().map(|probes| probes.workload.to_string()));
        for workload in named {
            ensure!(
                workload == name,
                "{}: `Workload` is {workload:?}, and the folder is {name:?}",
                folder.display()
            );
        }
        let mut targets = probes.iter().flat_map(|file| &file.probes);
        let with_target = targets.find(|probe| probe.target().is_some());
        ensure!(
            with_target.is_none(),
            "{}: a probe of a workload outside the checkout has a `Url`: a `Target` needs a parameter of the root \
             template",
            folder.join("probes.yaml").display()
        );
        Ok(Self {
            name,
            folder,
            template: template.transpose()?,
            rules,
            probes,
        })
    }

    /// `OrdersApi` for `orders-api`: the beginning of logical ids and parameters in the root template.
    pub fn prefix(&self) -> String {
        let words = self.name.split('-').map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        });
        words.collect()
    }

    /// The absolute path of its template, if it has one.
    pub(super) fn location(&self) -> Result<Option<String>> {
        if self.template.is_none() {
            return Ok(None);
        }
        let path = self.folder.join("template.yaml").canonicalize()?;
        let path = path.to_str().context("the path is not UTF-8")?;
        Ok(Some(path.to_owned()))
    }

    /// The parameters of its template.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&str, &Value)> {
        let all = self
            .template
            .iter()
            .filter_map(|template| template["Parameters"].as_object());
        all.flatten()
            .map(|(name, declared)| (name.as_str(), declared))
    }

    /// Whether it can subscribe log groups.
    pub(super) fn subscribes(&self) -> bool {
        self.parameters().any(|(name, _)| name == SUBSCRIPTION_ROLE)
    }

    /// The namespaces of its rules.
    pub(super) fn namespaces_of_rules(&self) -> BTreeSet<String> {
        let named = self.rules.iter().flat_map(MetricRules::namespaces);
        named.map(|(namespace, _)| namespace.to_owned()).collect()
    }

    /// The namespaces of its probes.
    pub(super) fn namespaces_of_probes(&self) -> BTreeSet<String> {
        let named = self.probes.iter().flat_map(Probes::namespaces);
        named.map(|(namespace, _)| namespace.to_owned()).collect()
    }
}

/// A file of a folder with its path, if it is there.
fn text(folder: &Path, file: &str) -> Result<Option<(String, String)>> {
    let path = folder.join(file);
    if !path.is_file() {
        return Ok(None);
    }
    let name = path.display().to_string();
    let text = fs::read_to_string(&path).with_context(|| format!("{name} cannot be read"))?;
    Ok(Some((name, text)))
}
