//! `picket report`: a day's cost from recorded `GetCostAndUsage` answers.

use std::{fmt, io, path::PathBuf};

use cost_reporter::{Answer, DayReport};
use jiff::civil::Date;
use picket_shared::{
    money::{cents, money},
    report::ErrorChain,
};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::{
    exit::Exit,
    input::{self, Named},
    output::Output,
    refusal::Refusal,
    style::{BAD, BOLD, FAINT, RESET},
    terminal::Value,
};

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Report(DayReport);

/// Prints the day's report. A recording that cannot be used leaves no report, since a total that lacks a page is wrong.
pub(crate) fn run(
    date: Date,
    recordings: &[PathBuf],
    budget: Option<Decimal>,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let (files, exit) = input::read_all(recordings, output)?;
    if exit == Exit::Done {
        match report(date, &files, budget) {
            Ok(report) => output.answer(&report)?,
            Err(refusal) => output.answer(&refusal)?,
        }
    }
    Ok(exit)
}

fn report(date: Date, files: &[Named], budget: Option<Decimal>) -> Result<Report, Refusal> {
    let mut answers = Vec::new();
    for named in files {
        let pages = Answer::read(&named.bytes)
            .map_err(|error| Refusal::of_file(&named.path, ErrorChain(&error)))?;
        answers.extend(pages);
    }
    cost_reporter::report(date, &answers, budget)
        .map(Report)
        .map_err(|error| Refusal {
            file: None,
            error: ErrorChain(&error).to_string(),
        })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(day) = self;
        let estimated = if day.estimated {
            " (estimated: Cost Explorer may still change it)"
        } else {
            ""
        };
        let total = money(day.total);
        write!(
            f,
            "{BOLD}{}  {total} {}{RESET}{estimated}",
            day.date, day.currency
        )?;
        if let Some(before) = day.previous_total {
            write!(
                f,
                "\n{FAINT}the day before: {}, {}{RESET}",
                money(before),
                change(day.total, Some(before))
            )?;
        }
        for row in &day.by_service {
            let change = change(row.amount, row.previous);
            write!(
                f,
                "\n{:>12}  {change:>12}  {}",
                cents(row.amount),
                Value(&row.service)
            )?;
        }
        for gone in &day.absent {
            write!(
                f,
                "\n{:>12}  {:>12}  {}",
                "-",
                change(Decimal::ZERO, Some(gone.previous)),
                Value(&gone.service)
            )?;
        }
        if let Some(budget) = &day.budget {
            let (spent, amount) = (money(budget.month_to_date), money(budget.amount));
            let (seen, days) = (budget.days_seen, budget.days);
            write!(
                f,
                "\nmonth to date: {spent} of {amount}, {} left ({seen} of {days} days seen)",
                money(budget.remaining)
            )?;
        }
        for caveat in &day.caveats {
            write!(f, "\n{BAD}note{RESET}: {caveat}")?;
        }
        Ok(())
    }
}

fn change(now: Decimal, before: Option<Decimal>) -> String {
    let Some(before) = before else {
        return "new".to_owned();
    };
    let change = (now - before).round_dp(2);
    let sign = if change.is_sign_negative() && !change.is_zero() {
        ""
    } else {
        "+"
    };
    format!("{sign}{}", money(change))
}
