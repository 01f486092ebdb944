//! Reads the usage ledger: the day, and the days before it.
//!
//! A day of the default limit of 2,000 rows is 600 KB, 150 read units; thirty are 4,500 units, $0.0006 a report
//! (docs/cost.md). Rows are folded as they are read, so that memory holds the rows of one day beside the sums.

use jiff::{ToSpan, civil::Date};
use picket_aws::{
    Fault,
    ledger::{DayRows, LedgerRows},
};
use picket_shared::usage::{Breakdown, UsageRow};
use rust_decimal::Decimal;

use super::history::{History, first_day};
use crate::ports::ReadLedger;

/// The most rows that a report reads, newest days first: 50 days of the default limit of rows. They take 120 MB where
/// each is of an agent and an incident of its own, 25,000 a day; rows of the same agents take next to nothing.
pub(crate) const MOST_ROWS: usize = 100_000;

/// The usage of the day, and of the days before.
#[derive(Debug)]
pub(crate) struct UsageRead {
    /// The day's rows.
    pub(crate) rows: LedgerRows,
    /// Their sums.
    pub(crate) day: Breakdown,
    /// Whether the day has more rows than are read.
    pub(crate) is_cut: bool,
    /// Whether the sums have all of the day's usage.
    pub(crate) is_whole: bool,
    /// The days up to it.
    pub(crate) history: History,
}

/// Reads the day and, `with_history`, the days before, newest first. A day that cannot be read ends the reading: it and
/// the days before are left out, with the reason.
pub(crate) async fn read_usage(
    ports: &impl ReadLedger,
    date: Date,
    with_history: bool,
    price: impl Fn(&UsageRow) -> Option<Decimal>,
) -> Result<UsageRead, Fault> {
    let DayRows { rows, is_whole } = ports.rows(date, MOST_ROWS).await?;
    let day = Breakdown::of(&rows.rows, &price);
    let mut history = History::default();
    note(&mut history, date, (date, &rows, is_whole), &day);
    let mut left = MOST_ROWS - rows.rows.len().min(MOST_ROWS);
    let first = first_day(date);
    if !with_history && let Ok(before) = date.yesterday() {
        let reason = "of several days, the newest one's report alone has the days before it";
        lack_from(&mut history, first, before, reason);
    }
    let earlier = date.series(-1.day()).skip(1);
    for day in earlier.take_while(|day| with_history && *day >= first) {
        let read = match ports.rows(day, left).await {
            Ok(read) => read,
            Err(fault) => {
                lack_from(&mut history, first, day, &fault.to_string());
                break;
            }
        };
        if !read.is_whole {
            let reason = format!("a report reads at most {MOST_ROWS} rows of the ledger");
            lack_from(&mut history, first, day, &reason);
            break;
        }
        left -= read.rows.rows.len().min(left);
        let usage = Breakdown::of(&read.rows.rows, &price);
        note(&mut history, date, (day, &read.rows, true), &usage);
    }
    Ok(UsageRead {
        is_cut: !is_whole,
        is_whole: is_whole && day.left_out == 0 && rows.unreadable == 0,
        rows,
        day,
        history,
    })
}

/// Adds a day's usage to the history, and what is missing of it.
fn note(
    history: &mut History,
    date: Date,
    (day, rows, is_whole): (Date, &LedgerRows, bool),
    usage: &Breakdown,
) {
    history.rows += rows.rows.len() as u64 + rows.unreadable;
    history.add(date, day, usage);
    if rows.unreadable > 0 {
        history.lack(day, "rows of the ledger cannot be read");
    }
    if !is_whole {
        let reason = format!("a report reads at most {MOST_ROWS} rows of the ledger");
        history.lack(day, reason);
    }
}

fn lack_from(history: &mut History, first: Date, last: Date, reason: &str) {
    for day in first.series(1.day()).take_while(|day| *day <= last) {
        history.lack(day, reason);
    }
}

#[cfg(test)]
mod tests;
