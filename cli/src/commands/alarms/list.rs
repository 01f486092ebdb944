//! `picket alarms list`.

mod row;
mod text;

use std::{fmt, io};

use jiff::Timestamp;
use picket_alarms::inventory::Inventory;
use rust_decimal::Decimal;
use serde::Serialize;

pub(super) use self::{row::runbook, text::sign};

use self::row::Row;
use super::sources;
use crate::{
    arguments::ListArguments,
    exit::Exit,
    output::Output,
    style::{BOLD, FAINT, RESET},
    terminal::Value,
};

/// Lists the alarms of the files, a value each, and a total.
pub(super) fn run(
    arguments: &ListArguments,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let (inventory, exit) = sources::inventory(&arguments.sources, output)?;
    if inventory.alarms.is_empty() && exit != Exit::Done {
        return Ok(exit);
    }
    let row = |entry| Row::of(entry, inventory.mutes_of(entry), now);
    let rows: Vec<Row> = inventory.alarms.iter().map(row).collect();
    for row in &rows {
        output.answer(row)?;
    }
    output.answer(&Total::of(&rows, inventory))?;
    Ok(exit)
}

/// The last value of a list.
#[derive(Debug, Serialize)]
struct Total {
    alarms: usize,
    /// Alarms that cannot be read; they are in no sum.
    unread: usize,
    /// Dollars a month of those whose price is known.
    monthly_usd: Decimal,
    /// Alarms whose price is for each metric that a Metrics Insights query analyses, or not known.
    without_price: usize,
    notes: Vec<String>,
}

impl Total {
    fn of(rows: &[Row], inventory: Inventory) -> Self {
        let unread = rows.iter().filter(|row| row.error.is_some()).count();
        let prices: Vec<Decimal> = rows.iter().filter_map(|row| row.monthly_usd).collect();
        Self {
            alarms: rows.len(),
            unread,
            monthly_usd: prices.iter().sum(),
            without_price: rows.len() - unread - prices.len(),
            notes: inventory.notes,
        }
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            alarms,
            unread,
            monthly_usd,
            without_price,
            notes,
        } = self;
        for note in notes {
            writeln!(f, "{FAINT}note{RESET} {}", Value(note))?;
        }
        write!(f, "{BOLD}{alarms} alarms, ${monthly_usd} a month{RESET}")?;
        if *without_price > 0 {
            write!(
                f,
                ", and {without_price} whose price depends on the account"
            )?;
        }
        if *unread > 0 {
            write!(f, "; {unread} cannot be read")?;
        }
        Ok(())
    }
}
