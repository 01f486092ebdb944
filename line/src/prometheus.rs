//! A real Prometheus on loopback, which a deployed line writes to and a test queries.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use picket_shared::{
    clock::{Clock, SystemClock},
    env::{Process, Variables},
};
use reqwest::Url;
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::checkout::Checkout;

/// Attempts, a tenth of a second apart: half a minute for a busy machine.
const MOST_LOOKS: u32 = 300;
/// See [`MOST_LOOKS`].
const POLL_EVERY: Duration = Duration::from_millis(100);

/// A running Prometheus, which ends when this is dropped.
#[derive(Debug)]
pub struct Prometheus {
    queries: Queries,
    _process: Child,
}

/// The query API of a running Prometheus.
#[derive(Debug, Clone)]
pub struct Queries {
    address: Url,
}

/// The result of a query: the labels and the value of each series.
pub type QueryResult = Vec<(BTreeMap<String, String>, f64)>;

impl Prometheus {
    /// Starts the one that `scripts/prometheus.sh` puts into `target/`, or the one on the path; `None` where there is
    /// neither. `folder` is for its data, and is emptied.
    pub async fn start(checkout: &Checkout, folder: &Path) -> Result<Option<Self>> {
        Self::configured(checkout, folder, "").await
    }

    /// Starts one with the text of a configuration, whose paths are absolute. `{address}` in it is its own host and port.
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
        let configuration = configuration.replace("{address}", &format!("127.0.0.1:{port}"));
        std::fs::write(folder.join("prometheus.yml"), configuration)?;
        let process = Command::new(&program)
            .current_dir(folder)
            .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"])
            .args(["--web.enable-remote-write-receiver", "--log.level=error"])
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} could not be started", program.display()))?;
        let address = Url::parse(&format!("http://127.0.0.1:{port}/"))?;
        let started = Self {
            queries: Queries { address },
            _process: process,
        };
        started.wait().await?;
        Ok(Some(started))
    }

    async fn wait(&self) -> Result<()> {
        let ready = self.queries.address.join("-/ready")?;
        for _ in 0..MOST_LOOKS {
            let answer = picket_aws::web::client().get(ready.clone()).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            SystemClock.sleep(POLL_EVERY).await;
        }
        bail!("Prometheus is not ready after half a minute")
    }

    /// Where it takes samples.
    pub fn endpoint(&self) -> Result<String> {
        Ok(self.queries.address.join("api/v1/write")?.to_string())
    }

    /// The template's parameters for a line that writes to it.
    pub fn parameters(&self) -> Result<Vec<(String, String)>> {
        let parameters = [
            ("PrometheusEndpoint", self.endpoint()?),
            ("PrometheusAuthorization", "none".to_owned()),
        ];
        Ok(parameters
            .map(|(name, value)| (name.to_owned(), value))
            .into())
    }

    /// Its query API.
    pub fn queries(&self) -> &Queries {
        &self.queries
    }
}

impl Queries {
    /// A client of the Prometheus at this address, which ends in a slash.
    pub fn at(address: &str) -> Result<Self> {
        let address =
            Url::parse(address).with_context(|| format!("{address:?} is not an address"))?;
        Ok(Self { address })
    }

    /// Its address.
    pub fn address(&self) -> &str {
        self.address.as_str()
    }

    /// The result of a query at the present time.
    pub async fn query(&self, query: &str) -> Result<QueryResult> {
        let mut address = self.address.join("api/v1/query")?;
        address.query_pairs_mut().append_pair("query", query);
        let answer = picket_aws::web::client().get(address).send().await?;
        let answer: Value = serde_json::from_str(&answer.text().await?)?;
        let result = answer["data"]["result"]
            .as_array()
            .with_context(|| format!("{query}: {answer}"))?;
        result.iter().map(read).collect()
    }

    /// Writes samples: the compressed body of a request of remote write.
    pub async fn write(&self, body: Vec<u8>) -> Result<()> {
        let address = self.address.join("api/v1/write")?;
        let request = picket_aws::web::client().post(address).body(body);
        let answer = request
            .header("Content-Encoding", "snappy")
            .header("Content-Type", "application/x-protobuf")
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "remote write: {status}: {text}");
        Ok(())
    }

    /// The one number of a query at the present time.
    pub async fn number(&self, query: &str) -> Result<f64> {
        let answer = self.query(query).await?;
        match answer.as_slice() {
            [(_, only)] => Ok(*only),
            all => bail!("{query} is {} numbers: {all:?}", all.len()),
        }
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

fn read(series: &Value) -> Result<(BTreeMap<String, String>, f64)> {
    let labels = serde_json::from_value(series["metric"].clone())?;
    let value = series["value"][1]
        .as_str()
        .context("a sample has a value")?;
    Ok((labels, value.parse()?))
}
