//! The checks of Prometheus's and Alertmanager's own tools.
//!
//! `scripts/prometheus.sh` puts Debian's into `target/`. Where there are none the tests say so and skip, unless
//! `PICKET_REQUIRE_PROMETHEUS` is set, as CI does.

use std::{path::PathBuf, process::Command};

use picket_shared::env::{Process, Variables};

use crate::files::{files, folders, root};

fn place(tool: &str) -> PathBuf {
    root().join("target/prometheus/usr/bin").join(tool)
}

fn is_installed(tool: &str) -> bool {
    place(tool).exists()
}

/// Runs a tool, and returns its output where it objects.
#[expect(clippy::print_stderr, reason = "a skip is said plainly")]
pub(crate) fn run(tool: &str, arguments: &[&str]) -> Result<(), String> {
    let path = place(tool);
    if !is_installed(tool) {
        assert!(
            Process.get("PICKET_REQUIRE_PROMETHEUS").is_none(),
            "there is no {tool}; run scripts/prometheus.sh"
        );
        eprintln!("skipped: there is no {tool}; scripts/prometheus.sh puts one into target/");
        return Ok(());
    }
    let output = Command::new(path)
        .args(arguments)
        .current_dir(root())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn promtool_accepts_the_rules_and_the_scrape_configuration() {
    for folder in folders() {
        for path in files(&format!("{folder}/rules"), ".yaml") {
            assert_eq!(
                run("promtool", &["check", "rules", &path]),
                Ok(()),
                "{path}"
            );
        }
        let path = format!("{folder}/prometheus.yaml");
        assert_eq!(run("promtool", &["check", "config", &path]), Ok(()));
    }
}

#[test]
fn the_alerts_fire_and_stay_silent_as_their_cases_say() {
    for folder in folders() {
        for path in files(&format!("{folder}/tests"), ".test.yaml") {
            assert_eq!(run("promtool", &["test", "rules", &path]), Ok(()), "{path}");
        }
    }
}

#[test]
fn amtool_accepts_the_configuration_of_alertmanager() {
    for folder in folders() {
        let path = format!("{folder}/alertmanager.yaml");
        assert_eq!(run("amtool", &["check-config", &path]), Ok(()));
    }
}

/// Severity, and the receiver that an alert of it goes to.
const ROUTES: [(&str, &str); 2] = [("critical", "critical"), ("warning", "warning")];

#[test]
fn amtool_routes_alerts_by_their_severity() {
    for folder in folders() {
        let path = format!("{folder}/alertmanager.yaml");
        for (severity, receiver) in ROUTES {
            let file = format!("--config.file={path}");
            let receivers = format!("--verify.receivers={receiver}");
            let severity = format!("severity={severity}");
            let arguments = ["config", "routes", "test", &file, &receivers, &severity];
            assert_eq!(run("amtool", &arguments), Ok(()), "{severity}");
        }
    }
}

/// The users' document checks with the wrong tool, and has `body` in the place of `text`.
#[test]
fn the_documents_check_and_its_field_of_an_e_mail_are_refused() {
    let temporary = tempfile::tempdir().expect("a folder");
    let path = temporary.path().join("alertmanager.yml");
    let with = |field: &str| {
        let receiver =
            format!("{{to: a@example.com, from: b@example.com, smarthost: 'c:25', {field}: d}}");
        format!("route: {{receiver: e}}\nreceivers: [{{name: e, email_configs: [{receiver}]}}]\n")
    };
    let checked = |field: &str, tool: &str, arguments: &[&str]| {
        std::fs::write(&path, with(field)).expect("it is written");
        let path = path.to_string_lossy();
        let mut arguments = arguments.to_vec();
        arguments.push(&path);
        run(tool, &arguments)
    };
    let amtool = |field| checked(field, "amtool", &["check-config"]);
    assert_eq!(amtool("text"), Ok(()));
    if !is_installed("amtool") {
        return;
    }
    let refused = amtool("body").expect_err("amtool refuses it");
    assert!(refused.contains("field body not found"), "{refused}");
    let refused =
        checked("text", "promtool", &["check", "config"]).expect_err("it is not Prometheus's");
    assert!(refused.contains("field receivers not found"), "{refused}");
}
