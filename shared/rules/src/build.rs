//! For build scripts: a wrong file fails the build with its place, as a compiler would.

use std::{fs, path::Path};

use crate::{
    Problem,
    check::{Format, check_file},
    metrics,
};

/// Checks the files and tells cargo what is wrong with them and when to check again. Metric rules are held against one
/// another as well: two files cannot feed one metric.
///
/// Prints `cargo::` lines, so it is for build scripts alone; a problem fails the build.
#[expect(clippy::print_stdout, reason = "how a build script speaks to cargo")]
pub fn check(paths: &[impl AsRef<Path>]) {
    for line in lines(paths) {
        println!("{line}");
    }
}

fn lines(paths: &[impl AsRef<Path>]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut problems = Vec::new();
    let mut rules = Vec::new();
    for path in paths.iter().map(AsRef::as_ref) {
        let file = path.display().to_string();
        lines.push(format!("cargo::rerun-if-changed={file}"));
        match fs::read_to_string(path) {
            Ok(text) => {
                problems.extend(check_file(&file, &text));
                if Format::of(&file, &text) == Some(Format::Metrics) {
                    rules.extend(metrics::parse(&file, &text));
                }
            }
            Err(error) => problems.push(Problem {
                file,
                line: 0,
                column: 0,
                message: format!("cannot be read: {error}"),
            }),
        }
    }
    problems.extend(metrics::one_source(&rules));
    lines.extend(
        problems
            .iter()
            .map(|problem| format!("cargo::error={problem}")),
    );
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_fails_the_build() {
        let lines = lines(&["no/such/metrics.yaml"]);
        assert_eq!(lines[0], "cargo::rerun-if-changed=no/such/metrics.yaml");
        assert!(lines[1].starts_with("cargo::error=no/such/metrics.yaml:0:0: cannot be read: "));
    }

    #[test]
    fn what_the_repository_ships_builds_and_is_watched() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let paths = ["bedrock-usage", "scheduling-agent"]
            .map(|name| format!("{root}/workloads/{name}/metrics.yaml"));
        let watched = paths
            .clone()
            .map(|path| format!("cargo::rerun-if-changed={path}"));
        assert_eq!(lines(&paths), watched);
    }

    #[test]
    fn one_metric_in_two_files_fails_the_build() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../workloads/scheduling-agent/metrics.yaml"
        );
        let copy = format!(
            "{}/../../workloads/../workloads/scheduling-agent/metrics.yaml",
            env!("CARGO_MANIFEST_DIR")
        );
        let said = lines(&[path, &copy]);
        assert!(
            said.iter()
                .any(|line| line.contains("has its source in another rule already")),
            "{said:?}"
        );
    }
}
