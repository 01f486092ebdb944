//! A server of another project that runs beside the line: its process, its log, and the wait until it is ready.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use picket_shared::clock::{Clock, SystemClock};
use tokio::process::{Child, Command};

use crate::log;

/// Attempts, a tenth of a second apart: half a minute for a busy machine.
const MOST_LOOKS: u32 = 300;
/// See [`MOST_LOOKS`].
const POLL_EVERY: Duration = Duration::from_millis(100);
/// The log's name in a server's folder.
const LOG: &str = "stderr.log";

/// A running server, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Companion {
    name: &'static str,
    log: PathBuf,
    process: Child,
}

impl Companion {
    /// Starts the command. What it prints to standard error goes to a file in `folder`, not to the terminal.
    pub(crate) fn start(name: &'static str, command: &mut Command, folder: &Path) -> Result<Self> {
        let log = folder.join(LOG);
        let file = File::create(&log).with_context(|| log.display().to_string())?;
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{name} could not be started"))?;
        Ok(Self { name, log, process })
    }

    /// Waits until an address answers with success. An error names the log.
    pub(crate) async fn ready(&mut self, address: &str) -> Result<()> {
        let name = self.name;
        for _ in 0..MOST_LOOKS {
            if let Some(status) = self.process.try_wait()? {
                bail!("{name} has ended ({status}): {}", log::end(&self.log));
            }
            let answer = picket_aws::web::client().get(address).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            SystemClock.sleep(POLL_EVERY).await;
        }
        bail!(
            "{name} is not ready after half a minute: {}",
            log::end(&self.log)
        )
    }

    /// Its log.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_ends_names_its_log_and_the_last_line_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo the reason >&2; exit 3"]);
        let mut server = Companion::start("The server", &mut command, folder.path()).unwrap();
        // Nothing listens there.
        let error = server.ready("http://127.0.0.1:9").await.unwrap_err();
        let log = server.log().display().to_string();
        assert_eq!(
            error.to_string(),
            format!("The server has ended (exit status: 3): the reason; all of it is in {log}")
        );
        assert_eq!(std::fs::read_to_string(log).unwrap(), "the reason\n");
    }
}
