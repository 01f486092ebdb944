use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde::Serialize;

pub(super) const FILE: &str = "summary.json";

/// What a run of the demo came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Every step was seen.
    pub complete: bool,
    /// Seconds from the first step's beginning to the last one's end.
    pub seconds: f64,
    /// The steps, in order.
    pub steps: Vec<StepSummary>,
}

/// What came of one step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepSummary {
    /// Its name.
    pub step: String,
    /// What was seen; `None` where nothing was.
    pub seen: Option<String>,
    /// Why nothing was.
    pub missed: Option<String>,
    /// How long it took.
    pub seconds: f64,
}

impl Summary {
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let file = folder.join(FILE);
        fs::write(&file, serde_json::to_string_pretty(self)?)
            .with_context(|| format!("{} cannot be written", file.display()))
    }
}
