//! The report of yesterday: the one that reads AWS Budgets.

use anyhow::{Context, ensure};
use jiff::tz::TimeZone;
use picket_line::{journal::LineEvent, line::Line};
use picket_shared::{
    clock::{Clock, SystemClock},
    fleet::{BudgetStatus, CostReport},
};
use serde_json::json;

use crate::Outcome;

/// The report names the account's budgets by what they count. On the first of a month, yesterday is of a month that is
/// over, and there are none.
pub(crate) async fn budgets(line: &Line) -> Outcome {
    let today = SystemClock.now().to_zoned(TimeZone::UTC).date();
    let yesterday = today.yesterday()?;
    let from = line.journal.len();
    let event = json!({"picket": {"kind": "daily-report", "version": 1}, "date": yesterday.to_string(), "again": true});
    line.invoke("CostReporter", &event).await?;
    let reported = |event: &LineEvent| match event {
        LineEvent::Report { report } if report.date == yesterday => Some(report.clone()),
        _ => None,
    };
    let report: Box<CostReport> = line.journal.wait_for(from, reported).await;
    let budgets = &report.analysis.budgets;
    let without = report
        .caveats
        .iter()
        .find(|caveat| caveat.contains("AWS Budgets"));
    ensure!(without.is_none(), "{without:?}");
    if today.day() == 1 {
        ensure!(budgets.is_empty(), "{budgets:?}");
        return Ok(());
    }
    let names: Vec<_> = budgets.iter().map(|budget| budget.name.as_str()).collect();
    ensure!(names == ["bedrock", "account"], "{names:?}");
    let part = budgets.first().context("no budget")?;
    ensure!(part.status == BudgetStatus::Over, "{part:?}");
    ensure!(
        part.filter.as_deref() == Some("SERVICE Amazon Bedrock"),
        "{part:?}"
    );
    Ok(())
}
