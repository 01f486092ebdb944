//! One sample of each function in Lambda's container, as `make local-invoke` runs it: by `sam local invoke`, beside the
//! line. The container runs the dev builds, where they are for Linux.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use tokio::process::Command;

use picket_line::{
    emulator::REGION,
    line::Line,
    local::{Announcement, Local},
};

use crate::Outcome;

/// A sample of each function, which uses the services that the function uses most.
const SAMPLES: [(&str, &str); 6] = [
    ("event-processor", "bedrock-usage.json"),
    ("metrics-publisher", "tick.json"),
    ("probe-runner", "tick.json"),
    ("slack-forwarder", "alarm-by-sns.json"),
    ("cost-reporter", "yesterday.json"),
    ("alarm-remediator", "throttles-of-a-reserved-function.json"),
];

/// The variable that makes a missing container engine a failure.
const REQUIRED: &str = "PICKET_REQUIRE_CONTAINERS";

/// The exit status of `scripts/local_invoke.py` where there is no engine.
const NO_ENGINE: i32 = 3;

/// Each function responds without an error.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
pub(crate) async fn answered(root: &Path, line: &Line) -> Outcome {
    if !cfg!(target_os = "linux") {
        eprintln!("skipped: the dev builds are not for Linux, so no container can run them");
        return Ok(());
    }
    let _announcement = announced(root, line)?;
    for (function, sample) in SAMPLES {
        let event = format!("events/{function}/{sample}");
        let output = Command::new(root.join(".venv/bin/python"))
            .args(["scripts/local_invoke.py", function, &event])
            .args(["--builds", "target/debug", "--line", "target/local-test"])
            .arg("--sam-options=--skip-pull-image")
            .current_dir(root)
            .output()
            .await
            .context("Python cannot be started")?;
        if output.status.code() == Some(NO_ENGINE) {
            return without_engine();
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (response, log) = (text(&output.stdout), text(&output.stderr));
        ensure!(output.status.success(), "{event}: {response}\n{log}");
        ensure!(!log.contains("IncompleteMessage"), "{event}: {log}");
    }
    Ok(())
}

/// Lets the script find the line of this test.
fn announced(root: &Path, line: &Line) -> Result<Announcement> {
    let local = Local {
        endpoint: line.clients.endpoint().to_owned(),
        region: REGION.to_owned(),
        stack: line.stack().to_owned(),
        page: line.page().to_owned(),
        process_group: line.process_group(),
        prometheus: None,
    };
    Announcement::make(&root.join("target/local-test"), &local)
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn without_engine() -> Result<()> {
    if std::env::var_os(REQUIRED).is_some() {
        bail!("{REQUIRED} is set, and there is no container engine");
    }
    eprintln!("skipped: there is no container engine, so nothing ran in Lambda's container");
    Ok(())
}
