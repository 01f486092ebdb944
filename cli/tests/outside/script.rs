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
