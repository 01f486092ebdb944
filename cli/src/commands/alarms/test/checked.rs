//! The cases of alarms as `picket check` sees them: what is wrong with each file, and with what the alarms refer to.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use picket_rules::Problem;
use serde::Serialize;

use super::{Covered, Tested, failed::Outcome, linked::Linked};
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
    /// What is probably not as it was meant: metrics that no rule makes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
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
    let linked = Linked::of(path.parent().unwrap_or(Path::new("")), &tested.inventory);
    let failed = outcomes.iter().filter_map(Outcome::sentence);
    let problems = failed
        .chain(linked.problems)
        .map(|sentence| Problem::of_file(&file, sentence))
        .collect();
    covered.add(tested);
    Ok(CheckedCases {
        file,
        format: "cases",
        valid: false,
        cases: outcomes.len(),
        problems,
        warnings: linked.warnings,
    })
}

impl fmt::Display for CheckedCases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            cases,
            problems,
            warnings,
            valid,
            ..
        } = self;
        let file = Value(file);
        if *valid {
            write!(f, "{GOOD}valid{RESET}     {file} ({cases} cases of alarms)")?;
        } else {
            write!(f, "{BAD}not valid{RESET} {file} ({cases} cases of alarms)")?;
        }
        for problem in problems {
            write!(f, "\n  {}", Value(&problem.message))?;
        }
        for warning in warnings {
            write!(f, "\n  {BAD}warning{RESET} {}", Value(warning))?;
        }
        if *valid {
            return Ok(());
        }
        write!(f, "\n  `picket test {file}` shows what each alarm did")
    }
}
