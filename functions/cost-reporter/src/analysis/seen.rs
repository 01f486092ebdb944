//! Services, accounts and regions that have usage for the first time in four weeks.

use jiff::{ToSpan, civil::Date};
use picket_shared::fleet::{Appearance, FirstSeen};

use super::Days;
use crate::reads::{Part, Reads, plan::HISTORY_DAYS, table::Table};

/// Days with usage that must stand before the day. In a younger account everything is new, which says nothing.
const LEAST_DAYS: usize = 7;
/// First appearances of a report.
const MOST: usize = 50;

/// What is seen for the first time, by dimension and amount.
pub(super) fn first_seen(days: &Days<'_>, reads: &Reads) -> Vec<FirstSeen> {
    let (Ok(yesterday), first) = (
        days.date.yesterday(),
        days.date.saturating_sub(HISTORY_DAYS.days()),
    ) else {
        return Vec::new();
    };
    let mut seen = services(days, first, yesterday);
    for (part, what) in [
        (Part::Accounts, Appearance::Account),
        (Part::Regions, Appearance::Region),
    ] {
        if let Some(table) = reads.table(part, days.currency()) {
            seen.extend(rows(&table, days.date, first, yesterday, what));
        }
    }
    seen.sort_by(|a, b| (a.what, b.amount, &a.name).cmp(&(b.what, a.amount, &b.name)));
    seen.truncate(MOST);
    seen
}

fn services(days: &Days<'_>, first: Date, yesterday: Date) -> Vec<FirstSeen> {
    let Some(day) = days.whole(days.date) else {
        return Vec::new();
    };
    let before: Vec<_> = days.between(first, yesterday).map(|(_, day)| day).collect();
    if before.len() < LEAST_DAYS {
        return Vec::new();
    }
    let is_known = |service: &String| {
        let amounts = before.iter().filter_map(|day| day.usage.get(service));
        amounts.into_iter().any(|amount| !amount.is_zero())
    };
    day.usage
        .iter()
        .filter(|(service, amount)| !amount.is_zero() && !is_known(service))
        .map(|(service, amount)| FirstSeen {
            what: Appearance::Service,
            name: service.clone(),
            amount: *amount,
        })
        .collect()
}

fn rows(
    table: &Table,
    day: Date,
    first: Date,
    yesterday: Date,
    what: Appearance,
) -> Vec<FirstSeen> {
    let with_usage = table
        .days()
        .filter(|(date, rows)| (first..=yesterday).contains(date) && !rows.is_empty());
    if with_usage.count() < LEAST_DAYS {
        return Vec::new();
    }
    let known = table.seen(first, yesterday);
    let rows = table.rows(day).into_iter().flatten();
    rows.filter(|(_, amount)| !amount.is_zero())
        .filter_map(|(keys, amount)| Some((keys.first()?, amount)))
        .filter(|(name, _)| !known.contains(name.as_str()))
        .map(|(name, amount)| FirstSeen {
            what,
            name: name.clone(),
            amount: *amount,
        })
        .collect()
}
