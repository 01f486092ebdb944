//! What there is to check: the files that are named, everything in a checkout, or what is built in.

use std::path::{Path, PathBuf};

use picket_alarms::{cases, template::document};
use picket_rules::{check::Format, outside};

use crate::{
    checkout::{self, WORKLOADS},
    refusal::Refusal,
};

/// The files of a checkout that are in no workload.
const OF_FUNCTIONS: [&str; 4] = [
    "functions/slack-forwarder/routes.yaml",
    "functions/alarm-remediator/playbooks.yaml",
    "shared/rules/prices.yaml",
    "shared/rules/prices-imported.csv",
];

/// The folder of dashboards' sources in a workload.
const DASHBOARDS: &str = "dashboards";

/// The ending of files with cases of alarms.
const CASES: &str = ".test.yaml";

/// What there is to check, by how it is checked.
#[derive(Debug, Default)]
pub(super) struct Subjects {
    /// Metrics, probes, routes, playbooks and prices.
    pub(super) configurations: Vec<PathBuf>,
    /// Files with cases of alarms, and templates without cases.
    pub(super) cases: Vec<PathBuf>,
    /// Folders of workloads with dashboards.
    pub(super) dashboards: Vec<PathBuf>,
    /// Files that nothing reads.
    pub(super) refused: Vec<Refusal>,
}

impl Subjects {
    /// Everything in a checkout.
    pub(super) fn of_checkout(root: &Path) -> Self {
        let mut all = Self::default();
        match checkout::workloads(root) {
            Ok(workloads) => workloads
                .iter()
                .for_each(|workload| all.add_workload(workload)),
            Err(sentence) => all
                .refused
                .push(Refusal::of_file(outside::VARIABLE, sentence)),
        }
        let others = OF_FUNCTIONS.iter().map(|path| root.join(path));
        all.configurations.extend(others);
        all
    }

    /// The files that are named, and everything in the workloads' folders that are.
    pub(super) fn of_files(files: &[PathBuf]) -> Self {
        let mut all = Self::default();
        for file in files {
            if file.is_dir() {
                all.add_workload(file);
            } else {
                all.add_file(file);
            }
        }
        all
    }

    fn add_workload(&mut self, folder: &Path) {
        let (cases, all) = (self.cases.len(), self.count());
        let template = folder.join("template.yaml");
        for path in checkout::listed(folder) {
            if path != template && is_yaml(&path) && !is_template(&path) {
                self.add_of_workload(&path);
            }
        }
        if self.cases.len() == cases && template.is_file() {
            self.cases.push(template);
        }
        if folder.join(DASHBOARDS).is_dir() {
            self.add_dashboards(folder);
        }
        if self.count() == all {
            let error = format!("the folder has nothing to check: {PARTS}");
            let name = folder.display().to_string();
            self.refused.push(Refusal::of_file(&name, error));
        }
    }

    /// A file of a workload's folder, which the build and the tests find by its name.
    fn add_of_workload(&mut self, path: &Path) {
        match name(path) {
            "metrics.yaml" | "probes.yaml" | "health.yaml" | "prices.yaml" | "playbooks.yaml" => {
                self.configurations.push(path.to_owned());
            }
            name if name.ends_with(CASES) => self.cases.push(path.to_owned()),
            // Parameters of a stack, which the tests of the templates deploy.
            "example.yaml" => {}
            _ => self.refused.push(unread(path)),
        }
    }

    fn add_dashboards(&mut self, workload: &Path) {
        if !self.dashboards.iter().any(|known| known == workload) {
            self.dashboards.push(workload.to_owned());
        }
        let sources = checkout::listed(&workload.join(DASHBOARDS));
        let others = sources
            .iter()
            .filter(|path| path.extension().is_none_or(|extension| extension != "yaml"));
        for path in others {
            let error = "no dashboard is made of this file: its source is named NAME.yaml";
            let path = path.display().to_string();
            self.refused.push(Refusal::of_file(&path, error));
        }
    }

    fn add_file(&mut self, path: &Path) {
        let folder = path.parent().unwrap_or(Path::new(""));
        if folder.ends_with(DASHBOARDS)
            && let Some(workload) = folder.parent()
        {
            self.add_dashboards(workload);
        } else if name(path).ends_with(CASES) {
            self.cases.push(path.to_owned());
        } else if is_in_workload(path) && is_yaml(path) && !is_template(path) {
            self.add_of_workload(path);
        } else {
            self.configurations.push(path.to_owned());
        }
    }

    fn count(&self) -> usize {
        self.configurations.len() + self.cases.len() + self.dashboards.len() + self.refused.len()
    }
}

/// The parts of a workload's folder.
const PARTS: &str = "a workload has metrics.yaml, probes.yaml, health.yaml, prices.yaml, playbooks.yaml, template.yaml, example.yaml, *.test.yaml and dashboards/*.yaml";

/// A YAML file in a workload's folder under a name by which nothing finds it.
fn unread(path: &Path) -> Refusal {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let file = path.display().to_string();
    let meant = match Format::of(&file, &text) {
        Some(
            format @ (Format::Metrics
            | Format::Probes
            | Format::Health
            | Format::Prices
            | Format::Playbooks),
        ) => format!(": rename it to {}.yaml", format.as_str()),
        _ if cases::read_file(&text).is_ok_and(|read| !read.alarms.is_empty()) => {
            ": rename it to alarms.test.yaml".to_owned()
        }
        _ => format!(": {PARTS}"),
    };
    Refusal::of_file(&file, format!("nothing reads a file of this name{meant}"))
}

fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

fn is_yaml(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    path.is_file() && matches!(ending, Some("yaml" | "yml"))
}

/// Whether a file is a template, such as a nested stack beside `template.yaml`.
fn is_template(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let document = document::read(&text).ok();
    document.is_some_and(|document| document.get("Resources").is_some())
}

/// Whether a file lies in the folder of a workload of a checkout, or of one outside it.
fn is_in_workload(path: &Path) -> bool {
    let Some(path) = path.canonicalize().ok() else {
        return false;
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let own = checkout::around(&path).map(|root| root.join(WORKLOADS));
    if own.is_some() && folder.parent() == own.as_deref() {
        return true;
    }
    let outside = checkout::here().and_then(|root| outside::outside(&root).ok());
    let mut outside = outside.iter().flat_map(|workloads| workloads.values());
    outside.any(|workload| {
        workload
            .canonicalize()
            .is_ok_and(|workload| workload == folder)
    })
}
