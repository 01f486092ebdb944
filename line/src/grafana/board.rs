//! The files of the dashboards.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::workloads;

/// Where a workload has them.
const FILES: &str = "prometheus/grafana/dashboards";

/// The dashboards of all workloads, by id.
pub(super) fn read(root: &Path) -> Result<BTreeMap<String, Value>> {
    let mut boards = BTreeMap::new();
    for folder in workloads::folders(root)?.into_values() {
        let Ok(entries) = fs::read_dir(folder.join(FILES)) else {
            continue;
        };
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            let text = fs::read_to_string(&path)?;
            let body: Value =
                serde_json::from_str(&text).with_context(|| path.display().to_string())?;
            let uid = body["uid"].as_str().context("a dashboard has an id");
            let uid = uid.with_context(|| path.display().to_string())?.to_owned();
            boards.insert(uid, body);
        }
    }
    Ok(boards)
}

/// The values of the texts that a person can change at the top: those that are asked for, or those of the file.
pub(super) fn variables<'a>(
    body: &Value,
    asked: impl Fn(&str) -> Option<&'a String>,
) -> BTreeMap<String, String> {
    let all = body["templating"]["list"].as_array().into_iter().flatten();
    let texts = all.filter(|variable| variable["type"] == "textbox");
    texts
        .filter_map(|variable| {
            let name = variable["name"].as_str()?;
            let own = variable["query"].as_str().unwrap_or_default();
            let value = asked(name).map_or(own, String::as_str);
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}
