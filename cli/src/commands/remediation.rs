//! `picket remediation`: a person's decisions on plans, and what is open.

mod decision;
mod open;

use std::io;

use jiff::Timestamp;

use self::{
    decision::{Decision, decide},
    open::{open_changes, waiting},
};
use super::audit::complain_of_the_rest;
use crate::{arguments::RemediationCommand, aws, exit::Exit, output::Output, period::Period};

/// Runs the command. Exit status 1 where AWS refuses or the remediator fails.
pub(crate) async fn run(
    command: RemediationCommand,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let aws = match aws::config().await {
        Ok(aws) => aws,
        Err(fault) => return failed(fault.to_string(), output),
    };
    let (decision, arguments) = match command {
        RemediationCommand::Approve { plan } => (Decision::Approve, plan),
        RemediationCommand::Decline { plan } => (Decision::Decline, plan),
        RemediationCommand::List { stack, lasts } => {
            let since = Period::until(now, lasts).from;
            return match open::read(&aws, &stack, since).await {
                Ok(open) => list(&open, now, output),
                Err(reason) => failed(reason, output),
            };
        }
    };
    match decide(&aws, decision, &arguments.plan, &arguments.stack).await {
        Ok(decided) => {
            output.answer(&decided)?;
            Ok(Exit::Done)
        }
        Err(reason) => failed(reason, output),
    }
}

fn failed(reason: String, output: &mut Output<'_>) -> io::Result<Exit> {
    output.complain(reason)?;
    Ok(Exit::Failed)
}

fn list(open: &open::Open, now: Timestamp, output: &mut Output<'_>) -> io::Result<Exit> {
    let mut listed = 0;
    for plan in waiting(open, now) {
        output.answer(&plan)?;
        listed += 1;
    }
    for change in open_changes(&open.rows.rows) {
        output.answer(&change)?;
        listed += 1;
    }
    if listed == 0 {
        output.note("no plan waits, and no change is open")?;
    }
    complain_of_the_rest(&open.rows, output)?;
    complain_of_the_rest(&open.plans, output)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests;
