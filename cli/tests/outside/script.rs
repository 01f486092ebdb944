//! `scripts/test.sh` with programs that note how they were started.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use crate::{root, written};

/// Writes its name, its arguments and `WORKLOADS` down; ends with this status.
fn noting(folder: &Path, name: &str, status: u8) {
    let text = format!(
        "#!/bin/sh\necho \"{name} $1 ${{WORKLOADS-unset}}\" >> \"$NOTES\"\nexit {status}\n"
    );
    let path = written(folder, name, &text);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("as this test has it");
}

/// Runs the script, and returns whether it succeeded, and what was started.
fn run(workloads: Option<&str>, status_of_picket: u8) -> (bool, Vec<String>) {
    let folder = tempfile::tempdir().expect("as this test has it");
    let debug = folder.path().join("debug");
    fs::create_dir(&debug).expect("as this test has it");
    noting(&debug, "picket", status_of_picket);
    noting(folder.path(), "cargo", 0);
    let notes = folder.path().join("notes");
    let mut script = Command::new("/bin/sh");
    script
        .arg(root().join("scripts/test.sh"))
        .env("CARGO_TARGET_DIR", folder.path())
        .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
        .env("NOTES", &notes)
        .env_remove("WORKLOADS");
    if let Some(workloads) = workloads {
        script.env("WORKLOADS", workloads);
    }
    let succeeded = script.status().expect("as this test has it").success();
    let notes = fs::read_to_string(notes).expect("as this test has it");
    (succeeded, notes.lines().map(str::to_owned).collect())
}

#[test]
fn pickets_tests_do_not_see_the_workloads_that_picket_itself_checks() {
    let of_cargo = [
        "cargo nextest unset",
        "cargo test unset",
        "cargo nextest unset",
    ];
    let (succeeded, notes) = run(None, 0);
    assert!(succeeded);
    assert_eq!(notes, of_cargo);
    let of_picket = [
        "picket check ../mine",
        "picket test ../mine",
        "picket compose ../mine",
    ];
    for (status, expected) in [(0, true), (1, false)] {
        let (succeeded, notes) = run(Some("../mine"), status);
        assert_eq!(notes, [&of_picket[..], &of_cargo].concat());
        assert_eq!(succeeded, expected);
    }
}

/// What `make` would run for a target, with the lines that compile.
fn compiled_by(target: &str) -> Vec<String> {
    let output = Command::new("make")
        .args([
            "--dry-run",
            "--no-print-directory",
            target,
            "WORKLOADS=/mine",
        ])
        .current_dir(root())
        // Those of a `make test` around this test.
        .env_remove("MAKEFLAGS")
        .output()
        .expect("make is there");
    assert!(output.status.success(), "{target}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let compiles = [
        "cargo build",
        "cargo bench",
        "cargo test",
        "cargo clippy",
        "cargo lambda",
        "fuzz.sh",
    ];
    let lines = text.lines();
    let lines = lines.filter(|line| compiles.iter().any(|word| line.contains(word)));
    lines.map(str::to_owned).collect()
}

#[test]
fn what_measures_and_tests_picket_is_built_without_the_workloads_and_what_runs_with_them() {
    for target in ["soak", "fuzz", "bench", "lint"] {
        let lines = compiled_by(target);
        assert!(!lines.is_empty(), "{target}");
        for line in lines {
            let builds = line.matches("cargo ").count().max(1);
            assert_eq!(line.matches("env -u WORKLOADS").count(), builds, "{line}");
        }
    }
    for target in ["build", "deploy", "demo"] {
        let lines = compiled_by(target);
        assert!(!lines.is_empty(), "{target}");
        assert!(
            lines.iter().all(|line| !line.contains("env -u")),
            "{lines:?}"
        );
    }
}

/// A function whose emulator is ended complains of a broken connection: that is no part of its invocation.
#[test]
fn the_log_of_an_invocation_ends_with_its_report() {
    let program = r#"
import sys
sys.path.insert(0, "scripts")
from invoke import failed
from runtime_emulator import until_report
log = "START\nREPORT RequestId: 1\tDuration: 2 ms\n"
assert until_report(log + "Error: hyper_util IncompleteMessage\n") == log
assert until_report("no report") == "no report"
assert failed("") and failed('{"errorType": "A"}') and not failed("null") and not failed("[]")
"#;
    let output = Command::new(root().join(".venv/bin/python"))
        .args(["-c", program])
        .current_dir(root())
        .output()
        .expect("the Python of .venv runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
}
