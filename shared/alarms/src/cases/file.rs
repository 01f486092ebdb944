//! A file of cases.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::Suite;

/// The reason why a file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the alarm cases cannot be read: {0}")]
pub struct InvalidSuites(String);

/// A file of cases.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CaseFile {
    /// The template's path from the folder of the file.
    #[serde(default = "beside")]
    pub template: String,
    /// Parameters of the template.
    #[serde(default)]
    pub parameters: BTreeMap<String, Value>,
    /// The cases.
    pub alarms: Vec<Suite>,
}

fn beside() -> String {
    "template.yaml".to_owned()
}

/// Reads the cases of a file.
pub fn read(yaml: &str) -> Result<Vec<Suite>, InvalidSuites> {
    read_file(yaml).map(|file| file.alarms)
}

/// Reads a file.
pub fn read_file(yaml: &str) -> Result<CaseFile, InvalidSuites> {
    let mut lines = yaml.lines().map(str::trim_start);
    let first = lines.find(|line| !(line.is_empty() || line.starts_with('#') || *line == "---"));
    let is_list = first.is_none_or(|line| line.starts_with('-') || line.starts_with('['));
    let read = if is_list {
        serde_saphyr::from_str(yaml).map(|alarms| CaseFile {
            template: beside(),
            parameters: BTreeMap::new(),
            alarms,
        })
    } else {
        serde_saphyr::from_str(yaml)
    };
    read.map_err(|error| InvalidSuites(error.to_string()))
}
