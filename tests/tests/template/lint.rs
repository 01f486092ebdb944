//! AWS's own checks, which need no account.

use std::process::Command;

use crate::load::{nested_templates, root};

/// Runs a program of `make setup`'s environment; its output where it objects.
fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    let path = root().join(".venv/bin").join(program);
    assert!(
        path.exists(),
        "{program} is not in .venv: run `make setup` first"
    );
    let output = Command::new(path)
        .args(arguments)
        .current_dir(root())
        // SAM keeps notes at home, and counts its users.
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("SAM_CLI_TELEMETRY", "0")
        .env("AWS_DEFAULT_REGION", "eu-central-1")
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    Err(String::from_utf8_lossy(&text).into_owned())
}

/// Regions that the workloads' users name, and two more: what a resource may have differs by Region.
const REGIONS: [&str; 5] = [
    "ap-southeast-2",
    "eu-central-1",
    "eu-west-1",
    "us-east-1",
    "us-west-2",
];

#[test]
fn cfn_lint_has_nothing_to_say_in_any_of_five_regions() {
    let mut templates = nested_templates();
    templates.push("template.yaml".to_owned());
    templates.push("service-events.yaml".to_owned());
    let options = ["--regions"].into_iter().chain(REGIONS).chain(["--"]);
    let arguments: Vec<&str> = options
        .chain(templates.iter().map(String::as_str))
        .collect();
    assert_eq!(run("cfn-lint", &arguments), Ok(()));
    assert_eq!(
        run(
            "cfn-lint",
            &["--regions", "us-east-1", "--", "account.yaml"]
        ),
        Ok(())
    );
}

#[test]
fn sam_validate_lint_is_clean() {
    for environment in ["default", "account", "service-events"] {
        let arguments = ["validate", "--lint", "--config-env", environment];
        assert_eq!(run("sam", &arguments), Ok(()), "{environment}");
    }
}
