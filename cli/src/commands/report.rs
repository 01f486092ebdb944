//! `picket report`: a day's cost from recorded answers of Cost Explorer.

mod analysis;

use std::{fmt, io};

use cost_reporter::{About, DEFAULT_FLOOR, DayReport, Money, Reads, Recording, Settings};
use picket_shared::{
    money::{cents, money},
    report::ErrorChain,
};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::{
    arguments::ReportArguments,
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
pub(crate) fn run(day: &ReportArguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let (files, exit) = input::read_all(&day.cost_explorer, output)?;
    if exit != Exit::Done {
        return Ok(exit);
    }
    match report(day, &files) {
        Ok(report) => output.answer(&report).map(|()| Exit::Done),
        Err(refusal) => output.refuse(&refusal),
    }
}

fn report(day: &ReportArguments, files: &[Named]) -> Result<Report, Refusal> {
    let mut recording = Recording::default();
    for named in files {
        let answers = Recording::read(&named.bytes)
            .map_err(|error| Refusal::of_file(&named.path, ErrorChain(&error)))?;
        recording.extend(answers);
    }
    let settings = Settings {
        budget: day.budget.map(|amount| Money {
            amount,
            currency: None,
        }),
        floor: day.floor.unwrap_or(DEFAULT_FLOOR),
        tag: day.tag.clone(),
        credits: None,
    };
    let about = About {
        date: day.date,
        today: None,
        settings: &settings,
        reported: &[],
    };
    cost_reporter::day_report(&about, &Reads::from_recording(recording))
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
        write!(f, "{}", analysis::Lines(day))?;
        if let Some(budget) = day.budget.as_ref().filter(|_| day.analysis.month.is_none()) {
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

pub(super) fn change(now: Decimal, before: Option<Decimal>) -> String {
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
