//! The outcome of a case.

use std::fmt;

use picket_alarms::cases::{Case, Failure, Subject, Suite, tokens};
use serde::Serialize;

use crate::{
    style::{BAD, BOLD, FAINT, RESET},
    terminal::Value,
};

/// The outcome of a case.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    file: String,
    alarm: String,
    case: String,
    pub(super) holds: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// What happened, where the states or actions are not those expected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evaluations: Vec<Evaluation>,
    #[serde(skip)]
    names: Vec<String>,
}

/// An evaluation of a case that does not hold.
#[derive(Debug, Serialize)]
struct Evaluation {
    at: String,
    /// The series' tokens, in the order of their names.
    series: Vec<String>,
    /// Null where the case does not say.
    expected: Option<String>,
    got: String,
    wrong: bool,
}

impl Outcome {
    pub(super) fn of(
        file: &str,
        suite: &Suite,
        case: &Case,
        subject: Result<&Subject, String>,
    ) -> Self {
        let result = match subject {
            Ok(subject) => case.run(subject).map_err(|failure| {
                let compared = matches!(failure, Failure::States { .. });
                let evaluations = if compared {
                    evaluations(case, subject)
                } else {
                    Vec::new()
                };
                (failure.to_string(), evaluations)
            }),
            Err(reason) => Err((reason, Vec::new())),
        };
        let holds = result.is_ok();
        let (error, evaluations) = match result {
            Ok(()) => (None, Vec::new()),
            Err((error, evaluations)) => (Some(error), evaluations),
        };
        Self {
            file: file.to_owned(),
            alarm: suite.alarm.clone(),
            case: case.name.clone(),
            holds,
            error,
            evaluations,
            names: case.series.keys().cloned().collect(),
        }
    }
}

impl Outcome {
    /// Which case of which alarm fails, and why; nothing where it holds.
    pub(super) fn sentence(&self) -> Option<String> {
        let Self { alarm, case, .. } = self;
        let error = self.error.as_deref()?;
        Some(format!("{alarm}: {case}: {error}"))
    }
}

/// The table of a case whose states or actions are not those expected; the states where those hold.
fn evaluations(case: &Case, subject: &Subject) -> Vec<Evaluation> {
    let steps = case.steps(subject).unwrap_or_default();
    let series: Vec<Vec<String>> = case
        .series
        .values()
        .map(|text| tokens::texts(text))
        .collect();
    let states: Vec<String> = steps
        .iter()
        .map(|step| step.state.as_str().to_owned())
        .collect();
    let expected = tokens::texts(&case.states);
    let (expected, got) = if states.ends_with(&expected) {
        let acts = steps.iter().map(|step| step.acts);
        let acts =
            acts.map(|acts| acts.map_or_else(|| "-".to_owned(), |state| state.as_str().to_owned()));
        let actions = case.actions.as_deref().unwrap_or_default();
        (tokens::texts(actions), acts.collect())
    } else {
        (expected, states)
    };
    let unsaid = got.len().saturating_sub(expected.len());
    let each = got.into_iter().zip(&steps).enumerate();
    each.map(|(index, (got, step))| {
        let expected = index
            .checked_sub(unsaid)
            .and_then(|index| expected.get(index))
            .cloned();
        Evaluation {
            at: step.at.to_string(),
            series: series
                .iter()
                .map(|tokens| tokens.get(index).cloned().unwrap_or_default())
                .collect(),
            wrong: expected.as_ref().is_some_and(|expected| *expected != got),
            expected,
            got,
        }
    })
    .collect()
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file, alarm, case, ..
        } = self;
        let (file, alarm, case) = (Value(file), Value(alarm), Value(case));
        write!(
            f,
            "{BAD}failed{RESET} {BOLD}{alarm}{RESET}: {case}  {FAINT}{file}{RESET}"
        )?;
        if self.evaluations.is_empty() {
            let error = self.error.as_deref().unwrap_or_default();
            return write!(f, "\n  {}", Value(error));
        }
        let heads = self.names.iter().map(String::as_str);
        let head: Vec<&str> = ["at"]
            .into_iter()
            .chain(heads)
            .chain(["expected", "got"])
            .collect();
        let rows: Vec<Vec<&str>> = self.evaluations.iter().map(Evaluation::cells).collect();
        let width = |column: usize| {
            let cells = rows
                .iter()
                .chain([&head])
                .map(|row| row[column].chars().count());
            cells.max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..head.len()).map(width).collect();
        let wrong = self.evaluations.iter().map(|evaluation| evaluation.wrong);
        for (row, wrong) in [&head]
            .into_iter()
            .chain(&rows)
            .zip([false].into_iter().chain(wrong))
        {
            let cells = row.iter().zip(&widths);
            let cells: Vec<String> = cells
                .map(|(cell, &width)| format!("{cell:width$}"))
                .collect();
            let line = cells.join("  ");
            let line = Value(line.trim_end());
            if wrong {
                write!(f, "\n  {BAD}{line}{RESET}")?;
            } else {
                write!(f, "\n  {line}")?;
            }
        }
        Ok(())
    }
}

impl Evaluation {
    fn cells(&self) -> Vec<&str> {
        let series = self.series.iter().map(String::as_str);
        let expected = self.expected.as_deref().unwrap_or_default();
        [self.at.as_str()]
            .into_iter()
            .chain(series)
            .chain([expected, &self.got])
            .collect()
    }
}
