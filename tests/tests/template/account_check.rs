//! `make deploy` first checks Region and credentials (scripts/account.py).

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::{Command, Output},
    thread,
};

use crate::load::root;

/// The check in an environment of its own: without files of a user, and without a metadata service.
fn check(environment: &[(&str, &str)]) -> Output {
    let home = tempfile::tempdir().expect("a temporary folder");
    Command::new(root().join(".venv/bin/python"))
        .arg(root().join("scripts/account.py"))
        .env_clear()
        .env("HOME", home.path())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(environment.iter().copied())
        .output()
        .expect("the Python of .venv runs")
}

fn complaint(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const KEYS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "secret"),
];

/// Answers one request as STS does, and returns the address.
fn sts(status: &'static str, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a request");
        let mut lines = BufReader::new(stream.try_clone().expect("a handle")).lines();
        while lines
            .next()
            .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
        {}
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream
            .write_all(format!("{head}{body}").as_bytes())
            .expect("the answer is read");
    });
    address
}

#[test]
fn what_is_missing_is_said_in_a_sentence_each() {
    let nothing = complaint(&check(&[]));
    assert!(nothing.contains("no credentials: "), "{nothing}");
    assert!(nothing.contains("no Region: "), "{nothing}");
    assert!(nothing.contains("Nothing was built."), "{nothing}");
    let region = complaint(&check(&KEYS));
    assert!(region.starts_with("no Region: "), "{region}");
    let credentials = complaint(&check(&[("AWS_REGION", "eu-west-1")]));
    assert!(credentials.starts_with("no credentials: "), "{credentials}");
    assert!(!credentials.contains("no Region"), "{credentials}");
    let profile = complaint(&check(&[("AWS_PROFILE", "staging")]));
    assert!(profile.starts_with("no profile staging: "), "{profile}");
}

#[test]
fn credentials_that_aws_rejects_are_named_so() {
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token \
                included in the request is expired</Message></Error></ErrorResponse>";
    let address = sts("403 Forbidden", body);
    let [id, secret] = KEYS;
    let rejected = check(&[
        id,
        secret,
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL", &address),
    ]);
    let rejected = complaint(&rejected);
    assert!(
        rejected.starts_with("AWS rejects the credentials (ExpiredToken): "),
        "{rejected}"
    );
}

#[test]
fn the_account_and_the_region_are_shown() {
    let body = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/ada</Arn>\
                <UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult>\
                </GetCallerIdentityResponse>";
    let address = sts("200 OK", body);
    let [id, secret] = KEYS;
    let output = check(&[
        id,
        secret,
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL", &address),
    ]);
    assert!(output.status.success(), "{output:?}");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        shown,
        "Account 111122223333, Region eu-west-1, as arn:aws:iam::111122223333:user/ada\n"
    );
}

#[test]
fn the_check_comes_before_the_build() {
    let output = Command::new("make")
        .args(["--dry-run", "deploy"])
        .current_dir(root())
        .output();
    let output = output.expect("make runs");
    let steps = String::from_utf8_lossy(&output.stdout).into_owned();
    let at = |step: &str| {
        steps
            .find(step)
            .unwrap_or_else(|| panic!("{step}: {steps}"))
    };
    assert!(at("scripts/account.py") < at("lambda build"), "{steps}");
    assert!(at("lambda build") < at("sam deploy"), "{steps}");
}
