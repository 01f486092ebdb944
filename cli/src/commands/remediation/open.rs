//! What is open: plans that wait, and changes that were neither reverted nor kept for a person's change.

use std::{cmp::Reverse, collections::BTreeMap, fmt};

use aws_types::SdkConfig;
use jiff::Timestamp;
use picket_aws::{
    Fault,
    remediations::{AuditRow, Rows, Stage, WaitingPlan},
};
use picket_shared::{fleet::Outcome, report::ErrorChain};
use serde::Serialize;

use super::super::audit::{PAGES, colour, table};
use crate::{
    style::{BOLD, FAINT, RESET},
    terminal::Value,
};

/// What was read of a stack's table.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// The audit rows of the period.
    pub(super) rows: Rows<AuditRow>,
    /// The pointers to plans.
    pub(super) plans: Rows<WaitingPlan>,
    /// The rows that the pointers name, in their order; `None` where there is none.
    pub(super) planned: Vec<Option<AuditRow>>,
}

/// A plan that waits.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Waiting<'a> {
    plan: &'a str,
    target: &'a str,
    alarm: &'a str,
    expires_at: Timestamp,
    text: &'a str,
    requests: &'a [String],
}

/// A change that stands.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct OpenChange<'a> {
    target: &'a str,
    alarm: &'a str,
    changed_at: Timestamp,
    /// The outcome of its newest step.
    outcome: Outcome,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revert: Option<&'a str>,
}

/// Reads the table of a stack: the audit rows of alarms that changed at `since` or later, and the plans that wait.
pub(super) async fn read(aws: &SdkConfig, stack: &str, since: Timestamp) -> Result<Open, String> {
    let table = table(aws, stack).await?;
    let read = async {
        let rows = table.of_all(since, PAGES).await?;
        let plans = table.waiting_plans(PAGES).await?;
        let mut planned = Vec::new();
        for WaitingPlan { row, .. } in &plans.rows {
            planned.push(table.row(&row.0, &row.1).await?);
        }
        Ok(Open {
            rows,
            plans,
            planned,
        })
    };
    read.await
        .map_err(|fault: Fault| ErrorChain(&fault).to_string())
}

/// The plans that still wait, the first to expire first.
pub(super) fn waiting(open: &Open, now: Timestamp) -> Vec<Waiting<'_>> {
    let pairs = open.plans.rows.iter().zip(&open.planned);
    let mut waiting: Vec<_> = pairs
        .filter(|(plan, _)| now < plan.expires_at)
        .filter_map(|(plan, row)| {
            let row = row.as_ref().filter(|row| row.stage == Some(Stage::Waits))?;
            let message = &row.message;
            Some(Waiting {
                plan: &plan.plan,
                target: &plan.row.0,
                alarm: &message.alarm_name,
                expires_at: plan.expires_at,
                text: &message.text,
                requests: &message.requests,
            })
        })
        .collect();
    waiting.sort_by_key(|plan| plan.expires_at);
    waiting
}

/// The changes that stand, newest first.
pub(super) fn open_changes(rows: &[AuditRow]) -> Vec<OpenChange<'_>> {
    let mut remediations = BTreeMap::<_, Vec<&AuditRow>>::new();
    for row in rows {
        let key = (&row.target, first_entry(row));
        remediations.entry(key).or_default().push(row);
    }
    let mut open: Vec<_> = remediations
        .values()
        .filter_map(|all| open_change(all))
        .collect();
    open.sort_by_key(|change| Reverse(change.changed_at));
    open
}

/// The entry of the first row of a row's remediation.
fn first_entry(row: &AuditRow) -> &str {
    let step = row.message.step.as_ref().map(|step| format!("#{step}"));
    let base = step.and_then(|step| row.entry.strip_suffix(step.as_str()));
    base.unwrap_or(&row.entry)
}

/// The change of a remediation, where it was made and stands.
fn open_change<'a>(remediation: &[&'a AuditRow]) -> Option<OpenChange<'a>> {
    let change = remediation.iter().find(|row| stands(row))?;
    // A row without a stage is of an earlier version, which reverted nothing.
    let is_end = |row: &&AuditRow| matches!(row.message.outcome, Outcome::Reverted | Outcome::Kept);
    if change.stage.is_none() && remediation.iter().any(is_end) {
        return None;
    }
    let newest = remediation.iter().max_by_key(|row| row.recorded_at)?;
    Some(OpenChange {
        target: &change.target,
        alarm: &change.message.alarm_name,
        changed_at: change.recorded_at,
        outcome: newest.message.outcome,
        text: &change.message.text,
        revert: change.message.revert.as_deref(),
    })
}

/// Whether the setting may have the value of the row's change. One whose end is not known may have been made.
fn stands(row: &AuditRow) -> bool {
    let is_change = matches!(row.message.outcome, Outcome::Done | Outcome::Failed);
    match row.stage {
        Some(stage) => stage == Stage::Stands,
        None => row.changed && is_change,
    }
}

impl fmt::Display for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            plan,
            target,
            text,
            requests,
            ..
        } = self;
        let until = self.expires_at.strftime("%Y-%m-%d %H:%M:%S");
        write!(
            f,
            "{BOLD}{}{RESET} waits until {until} UTC, {}: {}",
            Value(plan),
            Value(target),
            Value(text.trim())
        )?;
        for request in *requests {
            write!(f, "\n  {FAINT}{}{RESET}", Value(request))?;
        }
        Ok(())
    }
}

impl fmt::Display for OpenChange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            target,
            outcome,
            text,
            revert,
            ..
        } = self;
        let (at, colour) = (
            self.changed_at.strftime("%Y-%m-%d %H:%M:%S"),
            colour(*outcome),
        );
        write!(
            f,
            "{BOLD}{}{RESET} changed at {at} UTC, {colour}{outcome}{RESET}: {}",
            Value(target),
            Value(text.trim())
        )?;
        if let Some(revert) = revert {
            write!(f, "\n  {FAINT}to put it back: {}{RESET}", Value(revert))?;
        }
        Ok(())
    }
}
