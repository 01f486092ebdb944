//! The bodies of the templates, as a stack would have them.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::workloads;

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
    let mut boards = Vec::new();
    for workload in workloads::nested(root, stack, &given)? {
        for (id, resource) in workload.resolved.resources {
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
