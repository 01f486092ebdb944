//! The program itself: standard input, and the environment without credentials.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use crate::{PAYLOADS, in_root};

/// Runs the program outside of any checkout, with a text as its standard input, and without anything of AWS's in its
/// environment.
fn run(arguments: &[&str], input: &[u8]) -> Output {
    let nowhere = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_picket"))
        .env_clear()
        .args(arguments)
        .current_dir(nowhere.path())
        .env("HOME", nowhere.path())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    // A command that does not read its input may have ended before.
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

#[test]
fn a_hyphen_is_standard_input() {
    let alarm = std::fs::read(in_root("events/slack-forwarder/alarm-by-sns.json")).unwrap();
    let costs = std::fs::read(in_root("cli/tests/recordings/get-cost-and-usage.json")).unwrap();
    let cases: [(&[&str], &[u8], &str); 5] = [
        (
            &["ingest", "--json", "-"],
            PAYLOADS.as_bytes(),
            "\"read\":3",
        ),
        (&["explain", "--json", "-"], &alarm, "\"kind\":\"alarm\""),
        (
            &["filter", "--pattern", "ERROR", "-"],
            b"an ERROR\n",
            "matched an ERROR",
        ),
        (
            &["check", "--json", "-"],
            b"routes: []\n",
            "\"format\":\"routes\"",
        ),
        (
            &[
                "report",
                "--json",
                "--date",
                "2026-11-19",
                "--cost-explorer",
                "-",
            ],
            &costs,
            "\"total\":\"4.0200000000\"",
        ),
    ];
    for (arguments, input, expected) in cases {
        let output = run(arguments, input);
        let answers = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(
            answers.contains(expected),
            "{arguments:?}: {answers}{complaints}"
        );
    }
}

#[test]
fn without_a_region_or_credentials_a_command_says_which_before_any_request() {
    let without_region = run(&["silence", "list", "--stack", "t"], b"");
    let complaints = String::from_utf8_lossy(&without_region.stderr).into_owned();
    assert_eq!(without_region.status.code(), Some(1));
    assert!(complaints.contains("no AWS Region is set"), "{complaints}");
}

#[test]
fn outside_of_a_checkout_what_is_built_in_is_used_and_checked() {
    let checked = run(&["check", "--json"], b"");
    let complaints = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert_eq!(checked.status.code(), Some(0), "{complaints}");
    assert!(
        complaints.contains("not inside a checkout: checking what is built in"),
        "{complaints}"
    );
    let answers = String::from_utf8_lossy(&checked.stdout).into_owned();
    let files = [
        "workloads/bedrock-usage/metrics.yaml",
        "functions/slack-forwarder/routes.yaml",
    ];
    assert!(files.iter().all(|file| answers.contains(file)), "{answers}");

    let ingested = run(&["ingest", "-"], PAYLOADS.as_bytes());
    let complaints = String::from_utf8_lossy(&ingested.stderr).into_owned();
    assert!(
        complaints.contains("rules: built in\nprices: built in"),
        "{complaints}"
    );
    let parameters = run(&["parameters", "check"], b"");
    assert_eq!(parameters.status.code(), Some(2));
}
