//! The file by which other programs find a running line: `target/local/line.json`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;

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
    /// The address of the Prometheus that the line writes to, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prometheus: Option<String>,
}

impl Local {
    /// The line that runs in the checkout around the working directory.
    pub async fn here() -> Result<Self> {
        Self::find(&Checkout::find()?).await
    }

    /// The line that runs in this checkout.
    pub async fn find(checkout: &Checkout) -> Result<Self> {
        let running = Self::read(&checkout.root().join("target/local"))?;
        match running {
            Some(local) if local.answers().await => Ok(local),
            _ => bail!("no line is running in this checkout: start one with `picket demo`"),
        }
    }

    /// Refuses where a line already runs in this checkout: two would overwrite each other's files.
    pub async fn refuse_another(folder: &Path) -> Result<()> {
        match Self::read(folder)? {
            Some(local) if local.answers().await => {
                bail!(
                    "a line is already running in this checkout (its page is {}): end it first",
                    local.page
                )
            }
            _ => Ok(()),
        }
    }

    /// The note, where there is one. A line that was killed leaves it behind.
    fn read(folder: &Path) -> Result<Option<Self>> {
        let file = folder.join(FILE);
        let Ok(text) = fs::read_to_string(&file) else {
            return Ok(None);
        };
        let local = serde_json::from_str(&text);
        local
            .map(Some)
            .with_context(|| format!("{} is not a line's note: remove it", file.display()))
    }

    async fn answers(&self) -> bool {
        let address = self.endpoint.trim_start_matches("http://");
        TcpStream::connect(address).await.is_ok()
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

    fn local(endpoint: &str) -> Local {
        Local {
            endpoint: endpoint.into(),
            region: REGION.into(),
            stack: "s".into(),
            page: "http://p".into(),
            process_group: 7,
            prometheus: None,
        }
    }

    #[test]
    fn the_note_lives_as_long_as_the_line() {
        let folder = tempfile::tempdir().unwrap();
        let made = local("http://127.0.0.1:1");
        let announcement = Announcement::make(folder.path(), &made).unwrap();
        assert_eq!(Local::read(folder.path()).unwrap(), Some(made));
        drop(announcement);
        assert_eq!(Local::read(folder.path()).unwrap(), None);
    }

    #[tokio::test]
    async fn a_second_line_is_refused_unless_the_first_was_killed() {
        let folder = tempfile::tempdir().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let _announcement = Announcement::make(folder.path(), &local(&endpoint)).unwrap();
        let error = Local::refuse_another(folder.path())
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("already running") && error.contains("http://p"),
            "{error}"
        );
        drop(listener);
        Local::refuse_another(folder.path()).await.unwrap();
    }
}
