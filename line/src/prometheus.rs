//! A real Prometheus on loopback, which a deployed line writes to and a test queries.

mod queries;

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
};

use anyhow::Result;
use picket_shared::env::{Process, Variables};
use tokio::process::Command;

pub use queries::{Queries, QueryResult, Range, SeriesOverTime};

use crate::{checkout::Checkout, companion::Companion};

/// A running Prometheus, which ends when this is dropped.
#[derive(Debug)]
pub struct Prometheus {
    queries: Queries,
    process: Companion,
}

impl Prometheus {
    /// Starts the one that `scripts/prometheus.sh` puts into `target/`, or the one on the path; `None` where there is
    /// neither. `folder` is for its data and its log, and is emptied.
    pub async fn start(checkout: &Checkout, folder: &Path) -> Result<Option<Self>> {
        Self::configured(checkout, folder, "").await
    }

    /// Starts one with the text of a configuration, whose paths are absolute.
    pub async fn configured(
        checkout: &Checkout,
        folder: &Path,
        configuration: &str,
    ) -> Result<Option<Self>> {
        let Some(program) = installed(checkout) else {
            return Ok(None);
        };
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        std::fs::write(folder.join("prometheus.yml"), configuration)?;
        let mut command = Command::new(&program);
        command
            .current_dir(folder)
            .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"])
            .args(["--web.enable-remote-write-receiver", "--log.level=warn"])
            .arg(format!("--web.listen-address=127.0.0.1:{port}"));
        let mut process = Companion::start("Prometheus", &mut command, folder)?;
        let address = format!("http://127.0.0.1:{port}/");
        process.ready(&format!("{address}-/ready")).await?;
        let queries = Queries::at(&address)?;
        Ok(Some(Self { queries, process }))
    }

    /// Where it takes samples.
    pub fn endpoint(&self) -> String {
        format!("{}api/v1/write", self.queries.address())
    }

    /// The template's parameters for a line that writes to it.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let parameters = [
            ("PrometheusEndpoint", self.endpoint()),
            ("PrometheusAuthorization", "none".to_owned()),
        ];
        parameters
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    }

    /// Its query API.
    pub fn queries(&self) -> &Queries {
        &self.queries
    }

    /// The file with what it says.
    pub fn log(&self) -> &Path {
        self.process.log()
    }
}

/// The folder into which `scripts/prometheus.sh` installs.
pub(crate) const INSTALLED: &str = "target/prometheus/usr";

fn installed(checkout: &Checkout) -> Option<PathBuf> {
    let ours = checkout.root().join(INSTALLED).join("bin/prometheus");
    let path = Process.get("PATH").unwrap_or_default();
    let on_path = path
        .split(':')
        .map(|folder| Path::new(folder).join("prometheus"));
    [ours]
        .into_iter()
        .chain(on_path)
        .find(|file| file.is_file())
}
