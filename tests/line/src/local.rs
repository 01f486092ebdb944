//! The note that tells other programs of a running line: `target/local/line.json`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::checkout::Checkout;

const FILE: &str = "line.json";

/// A running line, as others find it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Local {
    /// The emulator's address.
    pub endpoint: String,
    /// The region.
    pub region: String,
    /// The stack.
    pub stack: String,
    /// The page's address.
    pub page: String,
    /// The process group of the emulator and the functions.
    pub process_group: u32,
}

impl Local {
    /// The line that runs in this checkout.
    pub fn find(checkout: &Checkout) -> Result<Self> {
        let file = checkout.root().join("target/local").join(FILE);
        let text = fs::read_to_string(&file)
            .context("no line is running in this checkout: start one with `picket demo`")?;
        serde_json::from_str(&text)
            .with_context(|| format!("{} is not a line's note: remove it", file.display()))
    }
}

/// The note, which is removed when this value is dropped.
#[derive(Debug)]
pub struct Announcement(PathBuf);

impl Announcement {
    /// Writes it.
    pub fn make(folder: &Path, local: &Local) -> Result<Self> {
        let file = folder.join(FILE);
        fs::write(&file, serde_json::to_string_pretty(local)?)
            .with_context(|| format!("{} cannot be written", file.display()))?;
        Ok(Self(file))
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::REGION;

    #[test]
    fn the_note_lives_as_long_as_the_line() {
        let folder = tempfile::tempdir().unwrap();
        let made = Local {
            endpoint: "http://e".into(),
            region: REGION.into(),
            stack: "s".into(),
            page: "http://p".into(),
            process_group: 7,
        };
        let announcement = Announcement::make(folder.path(), &made).unwrap();
        let text = fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert_eq!(serde_json::from_str::<Local>(&text).unwrap(), made);
        drop(announcement);
        assert!(!folder.path().join(FILE).exists());
    }
}
