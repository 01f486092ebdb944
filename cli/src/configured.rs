//! The configuration that a command tries: of files that are named, of the checkout around the working directory, or
//! built in.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use picket_rules::{
    Problems,
    metrics::{self, MetricRules},
    playbooks::{self, Playbooks},
    prices::{self, ImportedPrices, PriceBook},
    routes::{self, Routes},
};

use crate::{checkout, input};

/// A configuration, and where it comes from.
#[derive(Debug)]
pub(crate) struct Configured<T> {
    pub(crate) value: T,
    /// The paths, or that it is built in.
    pub(crate) origin: String,
}

/// The sentence on why there is none.
type Refused = String;

/// Where the kinds of configuration come from that are not named.
#[derive(Debug)]
pub(crate) struct Sources {
    checkout: Option<PathBuf>,
}

impl Sources {
    /// The checkout around the working directory, or what is built in.
    pub(crate) fn here() -> Self {
        Self {
            checkout: checkout::here(),
        }
    }

    /// The rules of the files, or of every workload.
    pub(crate) fn rules(&self, files: &[PathBuf]) -> Result<Configured<Vec<MetricRules>>, Refused> {
        let files: Vec<PathBuf> = match &self.checkout {
            _ if !files.is_empty() => files.iter().map(|file| of_workload(file)).collect(),
            Some(root) => checkout::workloads(root)?
                .iter()
                .map(|workload| workload.join("metrics.yaml"))
                .filter(|path| path.is_file())
                .collect(),
            None => return Ok(built_in(metrics::built_in().to_vec())),
        };
        let read = files.iter().map(|path| read(path, metrics::parse));
        let value = read.collect::<Result<Vec<_>, _>>()?;
        refuse_any(metrics::one_source(&value))?;
        Ok(Configured {
            value,
            origin: named(&files),
        })
    }

    /// The prices of a file, or of `shared/rules/prices.yaml`, with the imported rows beside it.
    pub(crate) fn prices(&self, file: Option<&Path>) -> Result<Configured<PriceBook>, Refused> {
        let files = match (file, &self.checkout) {
            (Some(file), _) => vec![file.to_owned()],
            (None, Some(root)) => {
                let own = root.join(prices::BUILT_IN.0);
                let others = of_workloads(root, "prices.yaml")?;
                std::iter::once(own).chain(others).collect()
            }
            (None, None) => return Ok(built_in(prices::built_in().clone())),
        };
        let imported = match &self.checkout {
            Some(root) => {
                let path = root.join(prices::BUILT_IN_IMPORTED.0);
                Arc::new(read(&path, ImportedPrices::parse)?)
            }
            None => prices::built_in_imported(),
        };
        let texts = texts(&files)?;
        let texts = texts
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        let joined = prices::joined(texts).map_err(|problems| problems.to_string())?;
        Ok(Configured {
            value: joined.with_imported(imported),
            origin: named(&files),
        })
    }

    /// The routes of a file, or of the Slack forwarder.
    pub(crate) fn routes(&self, file: Option<&Path>) -> Result<Configured<Routes>, Refused> {
        let built = || slack_forwarder::route::built_in().clone();
        self.one(
            file,
            "functions/slack-forwarder/routes.yaml",
            routes::parse,
            built,
        )
    }

    /// The playbooks of a file, or of the workloads and the alarm remediator.
    pub(crate) fn playbooks(&self, file: Option<&Path>) -> Result<Configured<Playbooks>, Refused> {
        let built = || alarm_remediator::playbook::built_in().clone();
        let own = "functions/alarm-remediator/playbooks.yaml";
        let one = self.one(file, own, playbooks::parse, built)?;
        let (None, Some(root)) = (file, &self.checkout) else {
            return Ok(one);
        };
        let files = of_workloads(root, "playbooks.yaml")?;
        let texts = texts(&files)?;
        let texts = texts
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        let joined =
            playbooks::joined(&one.value, texts).map_err(|problems| problems.to_string())?;
        let origins = files.iter().map(|path| path.display().to_string());
        let origins: Vec<String> = origins.chain([one.origin]).collect();
        Ok(Configured {
            value: joined,
            origin: origins.join(", "),
        })
    }

    fn one<T>(
        &self,
        file: Option<&Path>,
        own: &str,
        parse: Parse<T>,
        built: fn() -> T,
    ) -> Result<Configured<T>, Refused> {
        let path = match (file, &self.checkout) {
            (Some(file), _) => file.to_owned(),
            (None, Some(root)) => root.join(own),
            (None, None) => return Ok(built_in(built())),
        };
        Ok(Configured {
            value: read(&path, parse)?,
            origin: path.display().to_string(),
        })
    }
}

type Parse<T> = fn(&str, &str) -> Result<T, Problems>;

fn built_in<T>(value: T) -> Configured<T> {
    Configured {
        value,
        origin: "built in".to_owned(),
    }
}

/// The files of this name that the workloads have.
fn of_workloads(root: &Path, name: &str) -> Result<Vec<PathBuf>, Refused> {
    let folders = checkout::workloads(root)?;
    let files = folders.iter().map(|folder| folder.join(name));
    Ok(files.filter(|path| path.is_file()).collect())
}

/// The texts of files, each with its path.
fn texts(files: &[PathBuf]) -> Result<Vec<(String, String)>, Refused> {
    let text = |path: &PathBuf| Ok((path.display().to_string(), input::text(path)?));
    files.iter().map(text).collect()
}

fn named(files: &[PathBuf]) -> String {
    let names: Vec<String> = files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    names.join(", ")
}

/// The rules of a workload whose folder is named.
fn of_workload(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join("metrics.yaml")
    } else {
        path.to_owned()
    }
}

fn read<T>(path: &Path, parse: Parse<T>) -> Result<T, Refused> {
    let text = input::text(path)?;
    parse(&path.display().to_string(), &text).map_err(|problems| problems.to_string())
}

fn refuse_any(problems: Vec<picket_rules::Problem>) -> Result<(), Refused> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Problems(problems).to_string())
    }
}
