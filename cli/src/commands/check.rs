//! `picket check`: whether rules, probes, routes, playbooks, prices and dashboards are valid, and where not.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use picket_rules::{
    Problem,
    check::{Format, across, check_file},
    health,
    metrics::{self, Ceiling},
    overrides, prices, probes,
};
use serde::Serialize;

use super::dashboards::{self, Dashboards};
use crate::{
    exit::Exit,
    input::{self, Encoding, Named},
    output::Output,
    refusal::Refusal,
    style::{BAD, FAINT, GOOD, RESET},
};

/// The files that are compiled into the functions, beside the workloads' rules and probes, and the prices.
const BUILT_IN: [(&str, &str); 2] = [
    (
        "functions/slack-forwarder/routes.yaml",
        include_str!("../../../functions/slack-forwarder/routes.yaml"),
    ),
    (
        "functions/alarm-remediator/playbooks.yaml",
        include_str!("../../../functions/alarm-remediator/playbooks.yaml"),
    ),
];

/// The result of checking a file.
#[derive(Debug, Serialize)]
struct Checked {
    file: String,
    format: &'static str,
    valid: bool,
    problems: Vec<Problem>,
    /// The monthly cost of each metric rule at its ceiling of series.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ceilings: Vec<Ceiling>,
}

/// Checks the files, or what is built in where none is named. Exit status 1 where a file is not valid, or would be
/// refused as an override where that is requested.
pub(crate) fn run(
    files: &[PathBuf],
    as_override: bool,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let check = if as_override {
        overrides::check
    } else {
        check_file
    };
    let (folders, (read, mut exit)) = if files.is_empty() {
        let folders = dashboards::of_checkout().unwrap_or_default();
        (folders, (built_in(), Exit::Done))
    } else {
        let (folders, files) = of_dashboards(files);
        (folders, input::read_all(&files, output)?)
    };
    let across = across(read.iter().filter_map(|named| {
        let text = std::str::from_utf8(&named.bytes).ok()?;
        Some((named.path.as_str(), text))
    }));
    for named in &read {
        match checked(named, check, &across) {
            Ok(checked) => {
                if !checked.valid {
                    exit = exit.max(Exit::Failed);
                }
                output.answer(&checked)?;
            }
            Err(refusal) => output.answer(&refusal)?,
        }
    }
    for folder in &folders {
        let dashboards = Dashboards::of(folder, false);
        if !dashboards.is_valid() {
            exit = exit.max(Exit::Failed);
        }
        output.answer(&dashboards)?;
    }
    Ok(exit)
}

/// The folders of workloads of which a source of a dashboard is named, and the other files.
fn of_dashboards(files: &[PathBuf]) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut folders, mut others): (Vec<PathBuf>, Vec<PathBuf>) = (Vec::new(), Vec::new());
    for file in files {
        let folder = file
            .parent()
            .filter(|folder| folder.ends_with("dashboards"));
        match folder.and_then(Path::parent) {
            Some(workload) if !folders.iter().any(|known| known == workload) => {
                folders.push(workload.to_owned());
            }
            Some(_) => {}
            None => others.push(file.clone()),
        }
    }
    (folders, others)
}

fn built_in() -> Vec<Named> {
    let named = |(path, text): &(&str, &str)| Named {
        path: (*path).to_owned(),
        bytes: (*text).into(),
        encoding: Encoding::Utf8,
    };
    let rules = metrics::BUILT_IN.iter();
    rules
        .chain(probes::BUILT_IN)
        .chain(health::BUILT_IN)
        .chain(&BUILT_IN)
        .chain([&prices::BUILT_IN])
        .map(named)
        .collect()
}

/// Checks a file, alone and beside the others.
fn checked(
    named: &Named,
    check: fn(&str, &str) -> Vec<Problem>,
    across: &[Problem],
) -> Result<Checked, Refusal> {
    let file = named.path.as_str();
    if named.encoding != Encoding::Utf8 {
        let error = format!(
            "the file is {}, and Picket reads rules as UTF-8: save it as UTF-8",
            named.encoding
        );
        return Err(Refusal::of_file(file, error));
    }
    let text = std::str::from_utf8(&named.bytes).map_err(|error| Refusal::of_file(file, error))?;
    let mut problems = check(file, text);
    let beside = across.iter().filter(|problem| problem.file == file);
    problems.extend(beside.cloned());
    let Some(format) = Format::of(file, text) else {
        let messages: Vec<_> = problems
            .into_iter()
            .map(|problem| problem.message)
            .collect();
        return Err(Refusal::of_file(file, messages.join("; ")));
    };
    let rules = (format == Format::Metrics).then(|| metrics::parse(file, text));
    let ceilings = rules.and_then(Result::ok).map(|rules| rules.ceilings());
    Ok(Checked {
        file: file.to_owned(),
        format: format.as_str(),
        valid: problems.is_empty(),
        problems,
        ceilings: ceilings.unwrap_or_default(),
    })
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            format,
            problems,
            ceilings,
            valid,
        } = self;
        if *valid {
            write!(f, "{GOOD}valid{RESET}     {file} ({format})")?;
            for ceiling in ceilings {
                write!(f, "\n  {FAINT}at most{RESET} {ceiling}")?;
            }
            return Ok(());
        }
        write!(f, "{BAD}not valid{RESET} {file} ({format})")?;
        for problem in problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}
