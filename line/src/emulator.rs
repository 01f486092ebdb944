//! MiniStack, the AWS on this machine: started on a free port, and gone when this value is.

use std::{
    fs::{self, File},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Error, Result, anyhow, bail};
use picket_shared::clock::{Clock, SystemClock};

use crate::{checkout::Checkout, log};

/// Runs MiniStack, and ends the process group when our end of its standard input closes, however this program ends.
const SERVER: &str = include_str!("emulator/server.py");

/// The root key that MiniStack accepts when it enforces IAM.
pub const ROOT_KEY: &str = "test";

/// The region that everything is deployed to.
pub const REGION: &str = "us-east-1";

/// It answers within two seconds; thirty allow for a machine that compiles at the same time.
const PATIENCE: Duration = Duration::from_secs(30);
const ASK_EVERY: Duration = Duration::from_millis(50);
/// The interval of looking whether it still runs.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A running MiniStack and every function process in it.
#[derive(Debug)]
pub struct Emulator {
    child: Mutex<Child>,
    group: u32,
    leash: Option<ChildStdin>,
    port: u16,
    log: PathBuf,
}

impl Emulator {
    /// Starts MiniStack with IAM enforced and waits until it answers. `folder` takes its log and its files;
    /// `environment` goes to the server and from there to every function, which inherit all of it and nothing else.
    pub async fn start(
        checkout: &Checkout,
        folder: &Path,
        environment: &[(String, String)],
    ) -> Result<Self> {
        let python = checkout.python_program("python")?;
        checkout.python_program("ministack")?;
        let files = folder.join("emulator");
        let _ = fs::remove_dir_all(&files);
        fs::create_dir_all(&files)
            .with_context(|| format!("{} cannot be made", files.display()))?;
        let port = free_port()?;
        let log = folder.join("emulator.log");
        let mut child = Command::new(python)
            .args(["-c", SERVER])
            .env_clear()
            .envs(server_environment(port, &files))
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&files)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(writer(&log)?)
            .stderr(File::options().append(true).open(&log)?)
            .spawn()
            .context("MiniStack could not be started")?;
        let leash = child.stdin.take();
        let emulator = Self {
            group: child.id(),
            child: Mutex::new(child),
            leash,
            port,
            log,
        };
        emulator.wait_until_it_answers().await?;
        Ok(emulator)
    }

    /// Its address.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The process group of MiniStack and its functions.
    pub fn process_group(&self) -> u32 {
        self.group
    }

    /// Waits until it has ended by itself, and returns how.
    pub async fn ended(&self) -> Error {
        loop {
            match self.exit_status() {
                Ok(None) => SystemClock.sleep(LOOK_EVERY).await,
                Ok(Some(status)) => {
                    return anyhow!("MiniStack has ended ({status}): {}", log::end(&self.log));
                }
                Err(error) => return error,
            }
        }
    }

    fn exit_status(&self) -> Result<Option<ExitStatus>> {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(child.try_wait()?)
    }

    /// Its log.
    pub fn log(&self) -> &Path {
        &self.log
    }

    async fn wait_until_it_answers(&self) -> Result<()> {
        let web = picket_aws::web::client();
        let health = format!("{}/_ministack/health", self.endpoint());
        let attempts = PATIENCE.as_millis() / ASK_EVERY.as_millis();
        for _ in 0..attempts {
            if let Some(status) = self.exit_status()? {
                bail!(
                    "MiniStack stopped at once ({status}): {}",
                    log::end(&self.log)
                );
            }
            if web
                .get(&health)
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success())
            {
                return Ok(());
            }
            SystemClock.sleep(ASK_EVERY).await;
        }
        bail!(
            "MiniStack did not answer on port {} within {} seconds; its log is {}",
            self.port,
            PATIENCE.as_secs(),
            self.log.display()
        )
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.leash.take());
        // That ends the group: it only has to be collected.
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = child.wait();
    }
}

/// A port without a listener.
pub fn free_port() -> Result<u16> {
    let listener =
        TcpListener::bind(("127.0.0.1", 0)).context("this machine has no free local port")?;
    Ok(listener.local_addr()?.port())
}

fn server_environment(port: u16, files: &Path) -> Vec<(String, String)> {
    let endpoint = format!("http://127.0.0.1:{port}");
    let files = files.to_string_lossy().into_owned();
    let port = port.to_string();
    [
        // The functions need no program; Python finds its own.
        ("PATH", "/usr/bin:/bin"),
        ("HOME", &files),
        ("TMPDIR", &files),
        ("BIND_HOST", "127.0.0.1"),
        ("MINISTACK_HOST", "127.0.0.1"),
        ("GATEWAY_PORT", &port),
        ("AUTH", "true"),
        // Listeners that are not needed, on ports that may be in use.
        ("IOT_MTLS_ENABLED", "0"),
        ("SFTP_ENABLED", "0"),
        ("AWS_ENDPOINT_URL", &endpoint),
        ("AWS_ACCESS_KEY_ID", ROOT_KEY),
        ("AWS_SECRET_ACCESS_KEY", ROOT_KEY),
        ("AWS_DEFAULT_REGION", REGION),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn writer(path: &Path) -> Result<File> {
    File::create(path).with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_environment_is_what_is_meant_and_no_more() {
        let environment = server_environment(4566, Path::new("/files"));
        let get = |name: &str| {
            environment
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        assert_eq!(get("AUTH"), Some("true"));
        assert_eq!(get("AWS_ENDPOINT_URL"), Some("http://127.0.0.1:4566"));
        assert_eq!(get("BIND_HOST"), Some("127.0.0.1"));
        assert_eq!(get("TMPDIR"), Some("/files"));
        assert_eq!(environment.len(), 13);
    }
}
