//! The Prometheus process, and queries to it.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use picket_shared::{
    clock::{Clock, SystemClock},
    env::{Process, Variables},
};
use reqwest::Url;
use serde_json::Value;
use tokio::process::{Child, Command};

/// Tries, a tenth of a second apart: half a minute for a busy machine.
const MOST_TRIES: u32 = 300;

pub(super) struct Prometheus {
    /// Stopped when dropped.
    _process: Child,
    _folder: tempfile::TempDir,
    pub(super) address: Url,
}

pub(super) fn installed() -> Option<PathBuf> {
    let ours =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/prometheus/usr/bin/prometheus");
    let path = Process.get("PATH").unwrap_or_default();
    let on_path = path
        .split(':')
        .map(|folder| Path::new(folder).join("prometheus"));
    [ours]
        .into_iter()
        .chain(on_path)
        .find(|file| file.is_file())
}

impl Prometheus {
    pub(super) async fn start(program: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("prometheus.yml"), "").unwrap();
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let process = Command::new(program)
            .current_dir(folder.path())
            .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"])
            .args(["--web.enable-remote-write-receiver", "--log.level=error"])
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let address: Url = format!("http://127.0.0.1:{port}/").parse().unwrap();
        let ready = address.join("-/ready").unwrap();
        for _ in 0..MOST_TRIES {
            let answer = picket_aws::web::client().get(ready.clone()).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Self {
                    _process: process,
                    _folder: folder,
                    address,
                };
            }
            SystemClock.sleep(Duration::from_millis(100)).await;
        }
        panic!("Prometheus is not ready after half a minute");
    }

    /// The one number that a query comes to at a moment, in milliseconds since 1970.
    pub(super) async fn ask(&self, query: &str, at: i64) -> f64 {
        let mut address = self.address.join("api/v1/query").unwrap();
        let time = format!("{}.{:03}", at / 1_000, at % 1_000);
        address
            .query_pairs_mut()
            .append_pair("query", query)
            .append_pair("time", &time);
        let answer = picket_aws::web::client().get(address).send().await.unwrap();
        let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let result = &answer["data"]["result"];
        assert_eq!(
            result.as_array().map(Vec::len),
            Some(1),
            "{query}: {answer}"
        );
        result[0]["value"][1].as_str().unwrap().parse().unwrap()
    }
}
