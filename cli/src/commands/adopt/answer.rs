//! The answers: each alarm with what is wrong with it, and what was written.

use std::{collections::BTreeMap, fmt, path::Path};

use serde::Serialize;

use super::{
    account::Account,
    adopted::{Adopted, Remark},
};
use crate::style::{BAD, BOLD, FAINT, GOOD, RESET};

/// An alarm that was adopted.
#[derive(Debug, Serialize)]
pub(super) struct AdoptedAlarm<'a> {
    alarm: &'a str,
    logical_id: &'a str,
    has_cases: bool,
    findings: Vec<FindingText<'a>>,
}

/// Something wrong, with its sentence.
#[derive(Debug, Serialize)]
struct FindingText<'a> {
    #[serde(flatten)]
    remark: &'a Remark,
    text: String,
}

/// An alarm that cannot be read.
#[derive(Debug, Serialize)]
pub(super) struct UnreadAlarm<'a> {
    pub(super) alarm: &'a str,
    pub(super) error: &'a str,
}

/// What was made of all.
#[derive(Debug, Serialize)]
pub(super) struct Summary<'a> {
    alarms: usize,
    unread: usize,
    with_findings: usize,
    without_cases: usize,
    metric_filters: usize,
    dashboards: usize,
    saved_queries: usize,
    folder: String,
    files: Vec<&'a str>,
    notes: &'a [String],
}

impl<'a> AdoptedAlarm<'a> {
    pub(super) fn of(adopted: &'a Adopted<'_>) -> Self {
        let text = |remark: &'a Remark| FindingText {
            remark,
            text: remark.to_string(),
        };
        Self {
            alarm: adopted.old,
            logical_id: &adopted.id,
            has_cases: adopted.cases.is_some(),
            findings: adopted.findings.iter().map(text).collect(),
        }
    }
}

impl<'a> Summary<'a> {
    pub(super) fn of(
        alarms: &[Adopted<'_>],
        unread: &[(&str, String)],
        account: &'a Account,
        folder: &Path,
        files: &BTreeMap<&'a str, String>,
    ) -> Self {
        let count =
            |has: fn(&Adopted<'_>) -> bool| alarms.iter().filter(|alarm| has(alarm)).count();
        Self {
            alarms: alarms.len(),
            unread: unread.len(),
            with_findings: count(|alarm| !alarm.findings.is_empty()),
            without_cases: count(|alarm| alarm.cases.is_none()),
            metric_filters: account.filters.len(),
            dashboards: account.dashboards.len(),
            saved_queries: account.queries.len(),
            folder: folder.display().to_string(),
            files: files.keys().copied().collect(),
            notes: &account.notes,
        }
    }
}

impl fmt::Display for AdoptedAlarm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = if self.findings.is_empty() { GOOD } else { BAD };
        write!(
            f,
            "{style}{BOLD}{}{RESET} {FAINT}{}{RESET}",
            self.alarm, self.logical_id
        )?;
        for finding in &self.findings {
            write!(f, "\n  - {}", finding.text)?;
        }
        Ok(())
    }
}

impl fmt::Display for UnreadAlarm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{BAD}{}{RESET}: not adopted: {}", self.alarm, self.error)
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{BOLD}{} alarms{RESET} adopted, {} of them with findings and {} without test cases; {} not read. {} metric \
             filters, {} dashboards, {} saved queries.",
            self.alarms,
            self.with_findings,
            self.without_cases,
            self.unread,
            self.metric_filters,
            self.dashboards,
            self.saved_queries
        )?;
        for note in self.notes {
            write!(f, "\n{FAINT}{note}{RESET}")?;
        }
        if self.files.is_empty() {
            return f.write_str(
                "\nNothing was written; with --rules, metric filters become metric rules.",
            );
        }
        write!(
            f,
            "\nWritten to {}: {}. Next: docs/workloads.md, \"Your own workload\".",
            self.folder,
            self.files.join(", ")
        )
    }
}
