//! For build scripts: a wrong file fails the build with its place, as a compiler would.

use std::{env, fmt::Write, fs, io, path::Path};

use crate::{
    Problem,
    check::{across, check_file},
    health,
    metrics::{self, MetricRules},
    playbooks, prices, probes,
};

/// The workloads outside the checkout: where their files seem to be, and where they are.
const OUTSIDE: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/outside.rs"));

/// Checks files of the crate's own, and reports problems and inputs to cargo.
///
/// Prints `cargo::` lines, so it is for build scripts alone; a problem fails the build.
#[expect(
    clippy::print_stdout,
    reason = "the interface between a build script and cargo"
)]
pub fn check(paths: &[impl AsRef<Path>]) {
    for line in lines(paths) {
        println!("{line}");
    }
}

/// Checks the rules, probes, expected values and prices that are compiled into this crate. Rules and probes are held against one another
/// as well: two cannot feed one metric. What each rule costs at its ceiling goes to `OUT_DIR/ceilings.txt`, which `make
/// build` prints: a warning of cargo's would come with every build of everything.
///
/// For build scripts alone, as [`check()`] is. It says when to check again by itself: a changed file is a changed
/// crate.
#[expect(
    clippy::print_stdout,
    reason = "the interface between a build script and cargo"
)]
pub fn check_built_in() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let files = metrics::BUILT_IN.iter().chain(probes::BUILT_IN);
    let files = files.chain(health::BUILT_IN);
    let files = files.chain([&prices::BUILT_IN, &prices::BUILT_IN_IMPORTED]);
    let files = files.chain(prices::OF_WORKLOADS);
    let mut problems = problems(files.copied());
    if problems.is_empty() {
        let rows = [prices::BUILT_IN]
            .into_iter()
            .chain(prices::OF_WORKLOADS.iter().copied());
        problems.extend(
            prices::joined(rows)
                .err()
                .into_iter()
                .flat_map(|joined| joined.0),
        );
    }
    for line in errors(&problems) {
        println!("{line}");
    }
    match env::var_os("OUT_DIR") {
        Some(out) if problems.is_empty() => fs::write(
            Path::new(&out).join("ceilings.txt"),
            table(metrics::built_in()),
        ),
        _ => Ok(()),
    }
}

/// Checks the playbooks of workloads, alone and beside those of a file. A file that is wrong itself is for [`check()`].
#[expect(
    clippy::print_stdout,
    reason = "the interface between a build script and cargo"
)]
pub fn check_playbooks(path: &str) {
    let own = fs::read_to_string(path).ok();
    let own = own.and_then(|text| playbooks::parse(path, &text).ok());
    let joined = own.map(|own| playbooks::joined(&own, playbooks::OF_WORKLOADS.iter().copied()));
    let problems = joined
        .and_then(Result::err)
        .map_or_else(Vec::new, |problems| problems.0);
    for line in errors(&problems) {
        println!("{line}");
    }
}

fn lines(paths: &[impl AsRef<Path>]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut problems = Vec::new();
    for path in paths.iter().map(AsRef::as_ref) {
        let file = path.display().to_string();
        lines.push(format!("cargo::rerun-if-changed={file}"));
        match fs::read_to_string(path) {
            Ok(text) => problems.extend(check_file(&file, &text)),
            Err(error) => problems.push(Problem::of_file(file, format!("cannot be read: {error}"))),
        }
    }
    lines.extend(errors(&problems));
    lines
}

/// Returns the problems of each file, and of rules and probes together.
fn problems<'f>(files: impl Iterator<Item = (&'f str, &'f str)> + Clone) -> Vec<Problem> {
    let alone = files.clone();
    let mut problems: Vec<_> = alone
        .flat_map(|(file, text)| check_file(file, text))
        .collect();
    problems.extend(across(files));
    problems
}

fn errors(problems: &[Problem]) -> impl Iterator<Item = String> {
    let error = |problem: &Problem| {
        let file = actual(&problem.file);
        let problem = Problem {
            file,
            ..problem.clone()
        };
        format!("cargo::error={problem}")
    };
    problems.iter().map(error)
}

/// Where a file is that is compiled in.
fn actual(file: &str) -> String {
    let within = |(seeming, folder): &(&str, &str)| {
        let rest = file.strip_prefix(seeming)?;
        Some(Path::new(folder).join(rest).display().to_string())
    };
    OUTSIDE
        .iter()
        .find_map(within)
        .unwrap_or_else(|| file.to_owned())
}

fn table(workloads: &[MetricRules]) -> String {
    let mut table = String::from("What each rule costs a month at its ceiling of series:\n");
    let mut all = 0;
    for rules in workloads {
        for ceiling in rules.ceilings() {
            all += ceiling.series;
            writeln!(table, "{}: {ceiling}", rules.workload).expect("a string takes it");
        }
    }
    let cost = metrics::cost(all);
    writeln!(
        table,
        "all together: {all} series, ${cost}; the parameter MaximumSeries caps them"
    )
    .expect("a string takes it");
    table
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
    fn a_valid_file_builds_and_is_watched() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/prices.yaml");
        assert_eq!(lines(&[path]), [format!("cargo::rerun-if-changed={path}")]);
    }

    #[test]
    fn what_is_compiled_in_builds() {
        assert_eq!(problems(metrics::BUILT_IN.iter().copied()), []);
        assert_eq!(problems(probes::BUILT_IN.iter().copied()), []);
        assert_eq!(problems(health::BUILT_IN.iter().copied()), []);
        let prices = [prices::BUILT_IN, prices::BUILT_IN_IMPORTED];
        assert_eq!(problems(prices.into_iter()), []);
    }

    #[test]
    fn one_metric_in_two_files_fails_the_build() {
        let (file, text) = metrics::BUILT_IN[0];
        let said = problems([(file, text), ("copy/metrics.yaml", text)].into_iter());
        assert!(!said.is_empty());
        assert!(
            said[0]
                .message
                .contains("has its source in another rule already"),
            "{said:?}"
        );
    }

    #[test]
    fn the_table_names_every_workload_and_adds_up() {
        let table = table(metrics::built_in());
        for rules in metrics::built_in() {
            assert!(
                table.contains(&format!("{}: line ", rules.workload)),
                "{table}"
            );
        }
        let all: u64 = metrics::built_in()
            .iter()
            .flat_map(MetricRules::ceilings)
            .map(|ceiling| ceiling.series)
            .sum();
        assert!(
            table.contains(&format!("all together: {all} series")),
            "{table}"
        );
    }
}
