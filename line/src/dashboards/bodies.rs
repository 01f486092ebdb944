//! The bodies of the templates, as a stack would have them.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use picket_alarms::template::{document, resolve};
use serde_json::Value;

/// A dashboard.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// Its name.
    pub name: String,
    /// Its body.
    pub body: Value,
}

/// Reads the dashboards of all workloads that a stack with these parameters has. The emulator has none, so that they
/// are resolved as on AWS; names of functions and queues are their logical ids.
pub fn read(root: &Path, stack: &str, parameters: &[(String, String)]) -> Result<Vec<Board>> {
    let mut given: BTreeMap<String, Value> = parameters
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect();
    given.insert("Emulated".to_owned(), "false".into());
    let resolved = resolve(&template(&root.join("template.yaml"))?, stack, &given)?;
    let mut boards = Vec::new();
    for resource in resolved.resources.values() {
        let url = resource.properties["TemplateURL"].as_str();
        let Some(url) = url.filter(|url| url.starts_with("workloads/")) else {
            continue;
        };
        let given = serde_json::from_value(resource.properties["Parameters"].clone())?;
        let nested = resolve(&template(&root.join(url))?, stack, &given).context(url.to_owned())?;
        for (id, resource) in nested.resources {
            if resource.kind == "AWS::CloudWatch::Dashboard" {
                let text = |name: &str| resource.properties[name].as_str().unwrap_or_default();
                let body = serde_json::from_str(text("DashboardBody")).context(id)?;
                boards.push(Board {
                    name: text("DashboardName").to_owned(),
                    body,
                });
            }
        }
    }
    boards.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(boards)
}

fn template(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    document::read(&text).with_context(|| path.display().to_string())
}
