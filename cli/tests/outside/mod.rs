//! A workload outside the checkout: written, checked, tested, composed and built, and nothing in the checkout changes.

mod broken;
mod folders;
mod script;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use picket_rules::metrics;
use tempfile::TempDir;

use crate::{picket, root, written};

/// Runs `picket` in the checkout with `WORKLOADS`, and returns its exit status and what it printed.
fn picket_with(workloads: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_picket"))
        .args(arguments)
        .current_dir(root())
        .env("WORKLOADS", workloads)
        .output()
        .expect("picket runs");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// A folder of workloads with a new one of this name.
async fn new_workload(name: &str) -> (TempDir, PathBuf) {
    let around = tempfile::tempdir().expect("a folder");
    let at = around.path().to_str().expect("UTF-8");
    let answer = picket(&["new-workload", name, "--at", at]).await;
    assert!(
        answer.ended_with(0),
        "{}{}",
        answer.answers,
        answer.complaints
    );
    let folder = around.path().join(name);
    (around, folder)
}

/// The files of the checkout, less what builds and tests write, each with its length and its time.
fn checkout() -> BTreeMap<PathBuf, (u64, std::time::SystemTime)> {
    let (mut found, mut folders) = (
        BTreeMap::new(),
        vec![root().canonicalize().expect("as this test has it")],
    );
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("as this test has it").flatten() {
            let (name, path) = (entry.file_name(), entry.path());
            let name = name.to_string_lossy();
            let is_built = ["target", ".git", ".venv", ".aws-sam"].contains(&&*name);
            if is_built || name.ends_with(".snap.new") || name.ends_with(".pyc") {
                continue;
            }
            let about = entry.metadata().expect("as this test has it");
            if about.is_dir() {
                folders.push(path);
            } else {
                found.insert(
                    path,
                    (about.len(), about.modified().expect("as this test has it")),
                );
            }
        }
    }
    found
}

#[tokio::test]
async fn a_new_workload_is_green_at_once_and_the_checkout_stays_as_it_is() {
    let before = checkout();
    for name in ["orders", "fleet-of-4-vans"] {
        let (around, folder) = new_workload(name).await;
        let into = around.path().join(".composed");
        let into = into.to_str().unwrap();
        for arguments in [
            &["check"][..],
            &["test"],
            &["dashboards", "check"],
            &["compose", "--into", into],
        ] {
            let (status, text) = picket_with(around.path(), arguments);
            assert_eq!(status, Some(0), "{name}: {arguments:?}: {text}");
        }
        let (_, checked) = picket_with(around.path(), &["check"]);
        for file in ["metrics.yaml", "alarms.test.yaml", "template.yaml"] {
            let path = folder.join(file);
            let path = path.to_str().unwrap();
            assert!(checked.contains(path), "{path} is not checked: {checked}");
        }
        let composed = fs::read_to_string(format!("{into}/template.yaml")).unwrap();
        let template = folder.canonicalize().unwrap().join("template.yaml");
        assert!(composed.contains(template.to_str().unwrap()), "{composed}");
    }
    assert_eq!(checkout(), before);
}

#[tokio::test]
async fn the_sample_events_of_a_new_workload_reach_each_of_its_metrics() {
    let (_around, folder) = new_workload("orders").await;
    let samples = folder.join("events/orders.ndjson");
    let rules = folder.to_str().unwrap();
    let arguments = [
        "ingest",
        "--json",
        "--rules",
        rules,
        samples.to_str().unwrap(),
    ];
    let answer = picket(&arguments).await;
    assert!(
        answer.ended_with(0),
        "{}{}",
        answer.answers,
        answer.complaints
    );
    let text = fs::read_to_string(folder.join("metrics.yaml")).unwrap();
    let rules = metrics::parse("metrics.yaml", &text).unwrap();
    for metric in rules.rules.iter().flat_map(|rule| &rule.transformations) {
        let name = format!("{:?}", metric.name.as_str());
        assert!(answer.answers.contains(&name), "{name}: {}", answer.answers);
    }
}

#[tokio::test]
async fn a_wrong_workload_outside_the_checkout_is_named_with_the_file() {
    let (around, folder) = new_workload("orders").await;
    let cases = fs::read_to_string(folder.join("alarms.test.yaml")).unwrap();
    written(
        &folder,
        "alarms.test.yaml",
        &cases.replace("_ 6 _", "_ 5 _"),
    );
    let (status, text) = picket_with(around.path(), &["test"]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("six requests fail"), "{text}");
    let rules = fs::read_to_string(folder.join("metrics.yaml")).unwrap();
    let taken = rules.replace("MetricNamespace: Orders", "MetricNamespace: BedrockUsage");
    written(&folder, "metrics.yaml", &taken);
    let (status, text) = picket_with(around.path(), &["check"]);
    assert_eq!(status, Some(1), "{text}");
    assert!(
        text.contains("has its source in another rule already"),
        "{text}"
    );
    let (status, text) = picket_with(&around.path().join("nowhere"), &["check"]);
    assert_eq!(status, Some(2), "{text}");
    assert!(text.contains("there is no such folder"), "{text}");
}

#[tokio::test]
async fn a_workload_that_exists_is_not_written_again() {
    let (around, folder) = new_workload("orders").await;
    written(&folder, "metrics.yaml", "mine");
    let at = around.path().to_str().unwrap();
    for (name, expected) in [
        ("orders", "exists already"),
        ("web-api", "has this name already"),
        ("Orders", "is no workload's name"),
    ] {
        let answer = picket(&["new-workload", name, "--at", at]).await;
        assert!(answer.ended_with(2), "{name}");
        assert!(
            answer.complaints.contains(expected),
            "{}",
            answer.complaints
        );
    }
    assert_eq!(
        fs::read_to_string(folder.join("metrics.yaml")).unwrap(),
        "mine"
    );
}

/// A sample workload that matches everything.
const BROAD: &str = "Workload: everything
Rules:
  - FilterPattern: ''
    MetricTransformations:
      - { MetricNamespace: Everything, MetricName: Events, MetricValue: 1 }
";

/// What the build script lists where `WORKLOADS` names the folder: the metric rules, or its complaint.
fn listed(workloads: &Path) -> String {
    let folder = tempfile::tempdir().expect("as this test has it");
    let program = folder.path().join("build");
    let compiled = Command::new("rustc")
        .args(["--edition", "2024", "-o"])
        .args([&program, &root().join("shared/rules/build.rs")])
        .env(
            "CARGO_MANIFEST_DIR",
            root()
                .canonicalize()
                .expect("as this test has it")
                .join("shared/rules"),
        )
        .output()
        .expect("rustc runs");
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    let output = Command::new(&program)
        .env("WORKLOADS", workloads)
        .env("OUT_DIR", folder.path())
        .output()
        .expect("the build script runs");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    match fs::read_to_string(folder.path().join("metrics.rs")) {
        Ok(list) => list,
        Err(_) => printed,
    }
}

/// The tests are built without `WORKLOADS`, so that a broad pattern of a workload outside the checkout fails none of
/// them.
#[test]
fn what_is_outside_the_checkout_is_in_the_build_and_in_no_test_of_pickets() {
    let around = tempfile::tempdir().unwrap();
    let folder = around.path().join("everything");
    fs::create_dir(&folder).unwrap();
    written(&folder, "metrics.yaml", BROAD);
    let list = listed(around.path());
    assert!(list.contains("workloads/everything/metrics.yaml"), "{list}");
    let own: Vec<&str> = metrics::BUILT_IN.iter().map(|(file, _)| *file).collect();
    for file in &own {
        assert!(list.contains(file), "{file}: {list}");
        assert!(
            root().join(file).is_file(),
            "{file} is not of this checkout: build the tests without WORKLOADS, as `make test` does"
        );
    }
    assert_eq!(list.lines().count(), own.len() + 3, "{list}");
    let wrong = listed(&folder);
    assert!(wrong.contains("cargo::error=WORKLOADS names"), "{wrong}");
    assert!(wrong.contains("name the folder around it"), "{wrong}");
}
