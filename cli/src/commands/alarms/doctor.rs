//! `picket alarms doctor`: what is wrong with alarms.

use std::{collections::BTreeMap, fmt, io};

use jiff::Timestamp;
use picket_alarms::{
    cases::Subject,
    findings::{self, Finding, History},
    inventory::{Entry, Inventory},
};
use picket_shared::report::ErrorChain;
use serde::Serialize;
use serde_json::Value;

use super::sources;
use crate::{
    account,
    arguments::DoctorArguments,
    exit::Exit,
    input,
    output::Output,
    style::{BAD, BOLD, FAINT, GOOD, RESET},
    unknown_metrics::unknown_metrics,
};

/// Reports each alarm with findings, and a total. Exit status 1 where there is one.
pub(super) async fn run(
    arguments: &DoctorArguments,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let (inventory, history, mut exit) = if arguments.account {
        match of_account().await {
            Ok((inventory, history)) => (inventory, Some(history), Exit::Done),
            Err(reason) => {
                output.complain(reason)?;
                return Ok(Exit::Failed);
            }
        }
    } else {
        let (inventory, exit) = sources::inventory(&arguments.sources, output)?;
        let (history, history_exit) = recorded(arguments, output)?;
        (inventory, history, exit.max(history_exit))
    };
    let mut total = Total {
        alarms: inventory.alarms.len(),
        ..Total::default()
    };
    for entry in &inventory.alarms {
        let mut examined = Examined::of(entry, history.as_ref(), now);
        examined.add(findings::of_mutes(inventory.mutes_of(entry), now));
        total.with_findings += usize::from(!examined.findings.is_empty());
        total.unread += usize::from(examined.error.is_some());
        if !examined.is_clean() || output.is_json() {
            output.answer(&examined)?;
        }
    }
    if total.with_findings + total.unread > 0 {
        exit = exit.max(Exit::Failed);
    }
    total.notes = inventory.notes;
    output.answer(&total)?;
    Ok(exit)
}

async fn of_account() -> Result<(Inventory, History), String> {
    let aws = crate::aws::config()
        .await
        .map_err(|fault| fault.to_string())?;
    let alarms = account::alarms(&aws).await?.to_string();
    let mut inventory = Inventory::default();
    inventory.add("the account", &alarms, &BTreeMap::new(), &|_| {
        Err("an account has no nested templates".to_owned())
    })?;
    match account::mute_rules(&aws).await {
        Ok(rules) => {
            for rule in rules {
                inventory.add("the account", &rule.to_string(), &BTreeMap::new(), &|_| {
                    Err(String::new())
                })?;
            }
        }
        Err(reason) => inventory.notes.push(reason),
    }
    let mut history = History::default();
    history.add(&account::alarm_history(&aws).await?);
    Ok((inventory, history))
}

/// The history of recorded answers; `None` where there are none.
fn recorded(
    arguments: &DoctorArguments,
    output: &mut Output<'_>,
) -> io::Result<(Option<History>, Exit)> {
    if arguments.history.is_empty() {
        return Ok((None, Exit::Done));
    }
    let (files, mut exit) = input::read_all(&arguments.history, output)?;
    let mut history = History::default();
    for file in files {
        match serde_json::from_slice::<Value>(&file.bytes) {
            Ok(answer) if answer["AlarmHistoryItems"].is_array() => history.add(&answer),
            _ => {
                output.complain(format!(
                    "{}: no answer of describe-alarm-history: it has no AlarmHistoryItems",
                    file.path
                ))?;
                exit = Exit::Unreadable;
            }
        }
    }
    Ok((Some(history), exit))
}

/// An alarm with what is wrong with it.
#[derive(Debug, Serialize)]
struct Examined<'a> {
    alarm: &'a str,
    findings: Vec<Described>,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// A finding with its sentence.
#[derive(Debug, Serialize)]
struct Described {
    #[serde(flatten)]
    finding: Finding,
    text: String,
}

#[derive(Debug, Default, Serialize)]
struct Total {
    alarms: usize,
    with_findings: usize,
    unread: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

impl<'a> Examined<'a> {
    fn of(entry: &'a Entry, history: Option<&History>, now: Timestamp) -> Self {
        let (mut found, error) = match &entry.subject {
            Ok(Subject::Metric(definition)) => {
                let mut found = findings::of(definition);
                found.extend(unknown_metrics(definition));
                (found, None)
            }
            Ok(Subject::Composite(composite)) => (findings::of_composite(composite), None),
            Err(error) => (vec![], Some(ErrorChain(error).to_string())),
        };
        found.extend(findings::of_described(&entry.properties, history, now));
        found.dedup();
        let mut examined = Self {
            alarm: entry.name(),
            findings: vec![],
            error,
        };
        examined.add(found);
        examined
    }

    fn add(&mut self, found: Vec<Finding>) {
        self.findings
            .extend(found.into_iter().map(|finding| Described {
                text: finding.to_string(),
                finding,
            }));
    }

    fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.error.is_none()
    }
}

impl fmt::Display for Examined<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = if self.is_clean() { GOOD } else { BAD };
        write!(f, "{style}{BOLD}{}{RESET}", self.alarm)?;
        if let Some(error) = &self.error {
            write!(f, "\n  - cannot be read: {error}")?;
        }
        for finding in &self.findings {
            write!(f, "\n  - {}", finding.text)?;
        }
        Ok(())
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} alarms, {} with findings, {} not read",
            self.alarms, self.with_findings, self.unread
        )?;
        for note in &self.notes {
            write!(f, "\n{FAINT}{note}{RESET}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
