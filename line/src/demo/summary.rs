use std::{fs, io, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

pub(super) const FILE: &str = "summary.json";

/// The result of a run of the demo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Every step had its result.
    pub complete: bool,
    /// Seconds from the first step's beginning to the last one's end.
    pub seconds: f64,
    /// The steps, in order.
    pub steps: Vec<StepSummary>,
}

/// The result of one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepSummary {
    /// Its name.
    pub step: String,
    /// The result; `None` where it did not arrive.
    pub seen: Option<String>,
    /// Why nothing was.
    pub missed: Option<String>,
    /// How long it took.
    pub seconds: f64,
}

impl Summary {
    /// How many steps had their result.
    pub fn seen(&self) -> usize {
        let seen = self.steps.iter().filter(|step| step.seen.is_some());
        seen.count()
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let file = folder.join(FILE);
        fs::write(&file, serde_json::to_string_pretty(self)?)
            .with_context(|| format!("{} cannot be written", file.display()))
    }

    /// The summary of a scenario that was played to its end.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let text = fs::read_to_string(folder.join(FILE)).context("there is no summary")?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Removes the summary of an earlier run.
    pub(super) fn forget(folder: &Path) -> Result<()> {
        let file = folder.join(FILE);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("{} cannot be removed", file.display()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_read_as_it_was_written_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let step = StepSummary {
            step: "one".into(),
            seen: Some("it".into()),
            missed: None,
            seconds: 0.5,
        };
        let summary = Summary {
            complete: true,
            seconds: 0.5,
            steps: vec![step],
        };
        summary.write(folder.path()).unwrap();
        assert_eq!(Summary::read(folder.path()).unwrap(), summary);
        Summary::forget(folder.path()).unwrap();
        Summary::forget(folder.path()).unwrap();
        assert!(Summary::read(folder.path()).is_err());
    }
}
