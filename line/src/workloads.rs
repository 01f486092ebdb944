//! The workloads' templates, as a stack with certain parameters has them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use picket_alarms::template::{Resolved, document, resolve};
use picket_rules::outside;
use serde_json::Value;

use crate::compose::{self, Outside};

/// A workload that a stack has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Nested {
    /// The name of its folder.
    pub(crate) name: String,
    /// Its template.
    pub(crate) resolved: Resolved,
}

/// The folders of all workloads by name, those outside the checkout among them.
pub(crate) fn folders(root: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut all = outside::of_checkout(root);
    all.extend(outside::outside(root).map_err(|sentence| anyhow!(sentence))?);
    Ok(all)
}

/// Reads the workloads of a stack: those that the conditions of the root template leave in.
pub(crate) fn nested(
    root: &Path,
    stack: &str,
    parameters: &BTreeMap<String, Value>,
) -> Result<Vec<Nested>> {
    let composed = compose::of_checkout(root, "template.yaml", &Outside::all(root)?)?;
    let composed = document::read(&composed).context("template.yaml")?;
    let resolved = resolve(&composed, stack, parameters)?;
    let mut all = Vec::new();
    for resource in resolved.resources.values() {
        let url = resource.properties["TemplateURL"].as_str();
        let Some((name, url)) = url.and_then(|url| Some((folder(url)?, url))) else {
            continue;
        };
        let given = serde_json::from_value(resource.properties["Parameters"].clone())?;
        let resolved =
            resolve(&template(&root.join(url))?, stack, &given).context(url.to_owned())?;
        all.push(Nested {
            name: name.to_owned(),
            resolved,
        });
    }
    Ok(all)
}

/// `workloads/web-api/template.yaml` is in `web-api`, and so is an absolute path of a workload outside the checkout.
fn folder(url: &str) -> Option<&str> {
    let folder = url.strip_suffix("/template.yaml")?;
    match folder.strip_prefix("workloads/") {
        None if folder.starts_with('/') => folder.rsplit('/').next(),
        name => name,
    }
}

fn template(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    document::read(&text).with_context(|| path.display().to_string())
}
