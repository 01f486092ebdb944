//! A real Alertmanager on loopback, to which a Prometheus sends its alerts.

use std::{net::TcpListener, path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result, bail};
use picket_shared::clock::{Clock, SystemClock};
use tokio::process::{Child, Command};

use crate::{checkout::Checkout, prometheus::INSTALLED};

/// Attempts, a tenth of a second apart: half a minute for a busy machine.
const MOST_LOOKS: u32 = 300;
/// See [`MOST_LOOKS`].
const POLL_EVERY: Duration = Duration::from_millis(100);

/// A running Alertmanager, which ends when this is dropped.
#[derive(Debug)]
pub struct Alertmanager {
    /// Host and port.
    target: String,
    _process: Child,
}

impl Alertmanager {
    /// Starts the one that `scripts/prometheus.sh` puts into `target/`; `None` where there is none. `folder` is for its
    /// data, and is emptied; `port` is a free one.
    pub async fn start(
        checkout: &Checkout,
        folder: &Path,
        configuration: &str,
        port: u16,
    ) -> Result<Option<Self>> {
        let installed = checkout.root().join(INSTALLED).canonicalize();
        let Ok(installed) = installed else {
            return Ok(None);
        };
        let program = installed.join("bin/prometheus-alertmanager");
        if !program.is_file() {
            return Ok(None);
        }
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        std::fs::write(folder.join("alertmanager.yml"), configuration)?;
        let target = format!("127.0.0.1:{port}");
        let process = Command::new(&program)
            // It reads its templates from the working directory (scripts/prometheus.sh).
            .current_dir(installed.join("share/prometheus/alertmanager"))
            .arg(format!(
                "--config.file={}",
                folder.join("alertmanager.yml").display()
            ))
            .arg(format!("--storage.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address={target}"))
            // One alone: it looks for no others.
            .args(["--cluster.listen-address=", "--log.level=error"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} could not be started", program.display()))?;
        let started = Self {
            target,
            _process: process,
        };
        started.wait().await?;
        Ok(Some(started))
    }

    /// A port that nothing listens on, so that a Prometheus can be told of it before.
    pub fn free_port() -> Result<u16> {
        Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
    }

    async fn wait(&self) -> Result<()> {
        let ready = format!("http://{}/-/ready", self.target);
        for _ in 0..MOST_LOOKS {
            let answer = picket_aws::web::client().get(&ready).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            SystemClock.sleep(POLL_EVERY).await;
        }
        bail!("Alertmanager is not ready after half a minute")
    }
}
