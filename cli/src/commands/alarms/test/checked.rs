//! The cases of alarms as `picket check` sees them: what is wrong with each file.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use picket_rules::Problem;
use serde::Serialize;

use super::{Covered, Tested, failed::Outcome};
use crate::{
    refusal::Refusal,
    style::{BAD, GOOD, RESET},
    terminal::Value,
};

/// The result of checking a file of cases.
#[derive(Debug, Serialize)]
pub(crate) struct CheckedCases {
    file: String,
    format: &'static str,
    pub(crate) valid: bool,
    cases: usize,
    problems: Vec<Problem>,
}

/// Runs the cases of the files: of each what does not hold, and which alarms lack cases.
pub(crate) fn check(paths: &[PathBuf]) -> Vec<Result<CheckedCases, Refusal>> {
    let mut covered = Covered::default();
    let mut results: Vec<_> = paths
        .iter()
        .map(|path| checked(path, &mut covered))
        .collect();
    let summary = covered.summary();
    for result in results.iter_mut().flatten() {
        let gaps = summary.gaps().filter_map(|(what, alarm)| {
            let alarm = alarm.strip_prefix(&result.file)?.strip_prefix(": ")?;
            Some(Problem::of_file(&result.file, format!("{alarm}: {what}")))
        });
        result.problems.extend(gaps.collect::<Vec<_>>());
        result.valid = result.problems.is_empty();
    }
    results
}

fn checked(path: &Path, covered: &mut Covered) -> Result<CheckedCases, Refusal> {
    let file = path.display().to_string();
    let tested = Tested::read(path).map_err(|reason| Refusal::of_file(&file, reason))?;
    let outcomes: Vec<_> = tested.outcomes().collect();
    let failed = outcomes.iter().filter_map(Outcome::sentence);
    let problems = failed
        .map(|sentence| Problem::of_file(&file, sentence))
        .collect();
    covered.add(tested);
    Ok(CheckedCases {
        file,
        format: "cases",
        valid: false,
        cases: outcomes.len(),
        problems,
    })
}

impl fmt::Display for CheckedCases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            cases,
            problems,
            valid,
            ..
        } = self;
        let file = Value(file);
        if *valid {
            return write!(f, "{GOOD}valid{RESET}     {file} ({cases} cases of alarms)");
        }
        write!(f, "{BAD}not valid{RESET} {file} ({cases} cases of alarms)")?;
        for problem in problems {
            write!(f, "\n  {}", Value(&problem.message))?;
        }
        write!(f, "\n  `picket test {file}` shows what each alarm did")
    }
}
