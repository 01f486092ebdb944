//! A real Alertmanager on loopback, to which a Prometheus sends its alerts.

use std::{net::TcpListener, path::Path};

use anyhow::Result;
use tokio::process::Command;

use crate::{checkout::Checkout, companion::Companion, prometheus::INSTALLED};

/// A running Alertmanager, which ends when this is dropped.
#[derive(Debug)]
pub struct Alertmanager {
    process: Companion,
}

impl Alertmanager {
    /// Starts the one that `scripts/prometheus.sh` puts into `target/`; `None` where there is none. `folder` is for its
    /// data and its log, and is emptied; `port` is a free one.
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
        let mut command = Command::new(&program);
        command
            // It reads its templates from the working directory (scripts/prometheus.sh).
            .current_dir(installed.join("share/prometheus/alertmanager"))
            .arg(format!(
                "--config.file={}",
                folder.join("alertmanager.yml").display()
            ))
            .arg(format!("--storage.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address={target}"))
            // One alone: it looks for no others.
            .args(["--cluster.listen-address=", "--log.level=warn"]);
        let mut process = Companion::start("Alertmanager", &mut command, &folder)?;
        process.ready(&format!("http://{target}/-/ready")).await?;
        Ok(Some(Self { process }))
    }

    /// A port that nothing listens on, so that a Prometheus can be configured with it before.
    pub fn free_port() -> Result<u16> {
        Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
    }

    /// The file with what it says.
    pub fn log(&self) -> &Path {
        self.process.log()
    }
}
