//! The real `sam deploy`, to the emulator.

mod template;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, bail, ensure};
use tokio::process::Command;

pub use template::rewrite;

use crate::{
    aws::Clients,
    checkout::{Checkout, FUNCTIONS},
    compose::{self, Outside},
    emulator::{REGION, ROOT_KEY},
    log,
};

/// Packs one program.
const PACKAGE: &str = include_str!("deploy/package.py");

/// The bucket of `sam package` for code and nested templates. Created here, since `--resolve-s3` would deploy a stack
/// for it first.
const ARTIFACTS: &str = "picket-line-artifacts";

/// The bucket that a deployment reads its overrides from, and what is in it: routes with sinks whose names are the
/// operator's.
pub const OVERRIDES: &str = "picket-overrides";

/// A template, its parameters, and how to deploy them.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// The stack's name.
    pub stack: String,
    /// The template's parameters.
    pub parameters: Vec<(String, String)>,
}

/// A deployed stack's outputs, by name.
#[derive(Debug, Clone)]
pub struct Outputs {
    stack: String,
    values: HashMap<String, String>,
}

impl Outputs {
    /// An output that must be there.
    pub fn get(&self, name: &str) -> Result<&str> {
        let value = self.values.get(name).map(String::as_str);
        value.with_context(|| format!("the stack {} has no output {name}", self.stack))
    }
}

/// Writes the local template and the dev builds into `folder` (two levels below the root), and deploys them.
pub async fn deploy(
    checkout: &Checkout,
    folder: &Path,
    clients: &Clients,
    deployment: &Deployment,
) -> Result<Outputs> {
    let template = write(checkout, folder)?;
    package(checkout, folder).await?;
    clients
        .s3()
        .create_bucket()
        .bucket(ARTIFACTS)
        .send()
        .await?;
    run_sam(checkout, folder, clients, &template, deployment).await?;
    stack_outputs(clients, &deployment.stack).await
}

fn write(checkout: &Checkout, folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let workloads = Outside::all(checkout.root())?;
    let root = write_one(
        checkout,
        "template.yaml",
        &folder.join("template.yaml"),
        &workloads,
    )?;
    for function in template::nested_functions(&root) {
        let source = format!("functions/{function}/template.yaml");
        write_one(
            checkout,
            &source,
            &folder.join(template::written_name(function)),
            &workloads,
        )?;
    }
    Ok(folder.join("template.yaml"))
}

/// Writes a rewritten template and returns its text as it is deployed to AWS.
fn write_one(
    checkout: &Checkout,
    source: &str,
    written: &Path,
    workloads: &[Outside],
) -> Result<String> {
    let text = compose::of_checkout(checkout.root(), source, workloads)?;
    fs::write(written, rewrite(&text, "../../"))
        .with_context(|| format!("{} cannot be written", written.display()))?;
    Ok(text)
}

/// Puts every function's dev build beside the template: the program for a direct start, and the package for `sam
/// deploy`.
async fn package(checkout: &Checkout, folder: &Path) -> Result<()> {
    let packages = FUNCTIONS.map(|function| package_one(checkout, folder, function));
    futures::future::try_join_all(packages).await?;
    Ok(())
}

async fn package_one(checkout: &Checkout, folder: &Path, function: &str) -> Result<()> {
    let into = folder.join(function);
    fs::create_dir_all(&into)?;
    let bootstrap = into.join("bootstrap");
    fs::copy(checkout.bootstrap(function)?, &bootstrap)
        .with_context(|| format!("{function}'s build cannot be copied"))?;
    let status = Command::new(checkout.python_program("python")?)
        .args(["-c", PACKAGE])
        .arg(&bootstrap)
        .arg(folder.join(format!("{function}.zip")))
        .kill_on_drop(true)
        .status()
        .await
        .context("python could not be started")?;
    ensure!(
        status.success(),
        "{function}'s build cannot be packed: python ended with {status}"
    );
    Ok(())
}

async fn run_sam(
    checkout: &Checkout,
    folder: &Path,
    clients: &Clients,
    template: &Path,
    deployment: &Deployment,
) -> Result<()> {
    let home = folder.join("sam");
    fs::create_dir_all(&home)?;
    let parameters = deployment
        .parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    let output = Command::new(checkout.python_program("sam")?)
        .arg("deploy")
        .arg("--template-file")
        .arg(template)
        .args(["--stack-name", &deployment.stack, "--s3-bucket", ARTIFACTS])
        .args(["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"])
        .args([
            "--no-confirm-changeset",
            "--no-progressbar",
            "--region",
            REGION,
        ])
        .arg("--parameter-overrides")
        .args(parameters)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", &home)
        .env("LC_ALL", "C.UTF-8")
        .env("SAM_CLI_TELEMETRY", "0")
        .env("AWS_ENDPOINT_URL", clients.endpoint())
        .env("AWS_ACCESS_KEY_ID", ROOT_KEY)
        .env("AWS_SECRET_ACCESS_KEY", ROOT_KEY)
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .context("sam could not be started")?;
    let log = folder.join("deploy.log");
    fs::write(&log, [output.stdout.as_slice(), &output.stderr].concat())?;
    if !output.status.success() {
        bail!(
            "`sam deploy` failed: {}; all of it is in {}",
            why(
                &String::from_utf8_lossy(&output.stdout),
                &String::from_utf8_lossy(&output.stderr)
            ),
            log.display()
        );
    }
    Ok(())
}

/// The reason in the log: the first failed resource, else the last line of the errors.
fn why(stdout: &str, stderr: &str) -> String {
    let failed = stdout.lines().find(|line| line.contains("_FAILED"));
    let reason = failed.map_or_else(|| log::last_line(stderr), str::to_owned);
    reason.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The outputs of a deployed stack.
pub async fn stack_outputs(clients: &Clients, stack: &str) -> Result<Outputs> {
    let answer = clients
        .cloudformation()
        .describe_stacks()
        .stack_name(stack)
        .send()
        .await?;
    let stacks = answer.stacks();
    let outputs = stacks
        .first()
        .with_context(|| format!("there is no stack {stack}"))?
        .outputs();
    let value = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let values = outputs
        .iter()
        .map(|output| (value(output.output_key()), value(output.output_value())))
        .collect();
    Ok(Outputs {
        stack: stack.to_owned(),
        values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_deployment_says_why_in_one_line() {
        let table = "Events\nCREATE_FAILED    AWS::SNS::Topic   Topic   Bad\nROLLBACK_COMPLETE x";
        assert_eq!(
            why(table, "Error: stack failed"),
            "CREATE_FAILED AWS::SNS::Topic Topic Bad"
        );
        assert_eq!(why("", "a\nError: no such file\n\n"), "Error: no such file");
        assert_eq!(why("", ""), "it printed nothing");
    }
}
