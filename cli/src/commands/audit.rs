//! `picket audit`: the audit rows of a deployed stack's remediator.

use std::{fmt, io};

use aws_types::SdkConfig;
use jiff::Timestamp;
use picket_aws::remediations::{AuditRow, RemediationRows, Rows};
use picket_shared::{fleet::Outcome, report::ErrorChain};
use serde::Serialize;

use crate::{
    arguments::AuditArguments,
    aws,
    exit::Exit,
    output::Output,
    stack::StackOutputs,
    style::{BAD, BOLD, FAINT, GOOD, RESET, Style},
    terminal::Value,
};

/// The most pages of a scan. A page is 1 MB, about a thousand rows; twenty cost less than a tenth of a cent.
pub(super) const PAGES: usize = 20;

/// The width of the longest outcome, `awaiting-approval`.
const OUTCOME: usize = 17;

/// An audit row.
#[derive(Debug, Serialize)]
struct AuditLine<'a> {
    recorded_at: Timestamp,
    outcome: Outcome,
    target: &'a str,
    alarm: &'a str,
    state_changed_at: Timestamp,
    playbook: Option<&'a str>,
    text: &'a str,
    requests: &'a [String],
    changed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revert: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'a str>,
    /// The width of the widest target.
    #[serde(skip)]
    width: usize,
}

/// Prints the rows. Exit status 1 where the stack or its table cannot be read.
pub(crate) async fn run(
    arguments: &AuditArguments,
    since: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    match rows(&arguments.stack, arguments.target.as_deref(), since).await {
        Ok(rows) => print(&rows, output),
        Err(reason) => {
            output.complain(reason)?;
            Ok(Exit::Failed)
        }
    }
}

async fn rows(
    stack: &str,
    target: Option<&str>,
    since: Timestamp,
) -> Result<Rows<AuditRow>, String> {
    let aws = aws::config().await.map_err(|fault| fault.to_string())?;
    let table = table(&aws, stack).await?;
    let rows = match target {
        Some(target) => table.of_target(target, since).await,
        None => table.of_all(since, PAGES).await,
    };
    rows.map_err(|fault| ErrorChain(&fault).to_string())
}

/// The remediation table of a stack.
pub(super) async fn table(aws: &SdkConfig, stack: &str) -> Result<RemediationRows, String> {
    let outputs = StackOutputs::read(aws, stack).await?;
    let client = aws_sdk_dynamodb::Client::new(aws);
    Ok(RemediationRows::new(
        client,
        outputs.get("RemediationTable")?,
    ))
}

fn print(rows: &Rows<AuditRow>, output: &mut Output<'_>) -> io::Result<Exit> {
    let width = rows.rows.iter().map(|row| row.target.chars().count()).max();
    for row in &rows.rows {
        output.answer(&AuditLine::of(row, width.unwrap_or_default()))?;
    }
    if rows.rows.is_empty() && rows.unreadable == 0 && rows.is_whole {
        output.note("no audit rows in this period")?;
    }
    complain_of_the_rest(rows, output)?;
    Ok(Exit::Done)
}

/// Says which rows are not in the answer.
pub(super) fn complain_of_the_rest<T>(rows: &Rows<T>, output: &mut Output<'_>) -> io::Result<()> {
    if rows.unreadable > 0 {
        let count = rows.unreadable;
        output.complain(format_args!(
            "{count} row(s) cannot be read and are left out"
        ))?;
    }
    if !rows.is_whole {
        output.complain(format_args!(
            "the table has more than {PAGES} MB: rows may be missing; name a target"
        ))?;
    }
    Ok(())
}

impl<'a> AuditLine<'a> {
    fn of(row: &'a AuditRow, width: usize) -> Self {
        let message = &row.message;
        Self {
            recorded_at: row.recorded_at,
            outcome: message.outcome,
            target: &row.target,
            alarm: &message.alarm_name,
            state_changed_at: message.state_changed_at,
            playbook: message.playbook.as_deref(),
            text: &message.text,
            requests: &message.requests,
            changed: row.changed,
            approved_by: row.approved_by.as_deref(),
            plan: message.plan.as_deref(),
            revert: message.revert.as_deref(),
            step: message.step.as_deref(),
            width,
        }
    }
}

impl fmt::Display for AuditLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.recorded_at.strftime("%Y-%m-%d %H:%M:%S");
        let outcome = self.outcome.to_string();
        let (colour, width) = (colour(self.outcome), self.width);
        // Escapes of a target may make it wider than its column.
        let target = Value(self.target).to_string();
        write!(
            f,
            "{FAINT}{at}{RESET}  {colour}{outcome:OUTCOME$}{RESET}  {BOLD}{target:width$}{RESET}  {}",
            Value(self.text.trim())
        )?;
        for request in self.requests {
            write!(f, "\n  {FAINT}{}{RESET}", Value(request))?;
        }
        if let Some(by) = self.approved_by {
            write!(f, "\n  {FAINT}approved by {}{RESET}", Value(by))?;
        }
        if let Some(revert) = self.revert {
            write!(f, "\n  {FAINT}to put it back: {}{RESET}", Value(revert))?;
        }
        Ok(())
    }
}

/// The style of an outcome.
pub(super) const fn colour(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Done | Outcome::Verified | Outcome::Reverted => GOOD,
        Outcome::Failed | Outcome::Escalated => BAD,
        Outcome::AwaitingApproval => BOLD,
        Outcome::Planned
        | Outcome::Diagnosed
        | Outcome::Refused
        | Outcome::Declined
        | Outcome::Expired
        | Outcome::Kept
        | Outcome::Other => FAINT,
    }
}

#[cfg(test)]
pub(super) mod tests;
