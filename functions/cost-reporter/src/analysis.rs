//! The analysis of a day: what it is compared with, what changed, and what is behind it.
//!
//! A change is stated only between two days that are whole: each is there, its amounts add up, no page is missing, and
//! Cost Explorer has its data. What cannot be computed is left out.

mod anomalies;
mod budgets;
mod causes;
mod checks;
mod credits;
mod days;
mod month;
mod movers;
mod seen;
mod usual;

use jiff::{ToSpan, civil::Date};
use picket_shared::fleet::{AccountCost, CostAnalysis, DayCost, Restated, Untagged};
use rust_decimal::Decimal;

use crate::{
    amount,
    reads::{Part, Reads},
};

pub(crate) use budgets::budgets;
pub(crate) use days::Days;

/// Days of the trend: two weeks show each weekday twice, and fit a phone's width.
const TREND_DAYS: i32 = 14;
/// Accounts of a report. An organization may have thousands, and SNS takes messages of 256 KB.
const MOST_ACCOUNTS: usize = 50;

/// What a report's reader configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The month's budget.
    pub budget: Option<Money>,
    /// Smaller changes are neither movers nor anomalies.
    pub floor: Decimal,
    /// The key of the cost allocation tag.
    pub tag: Option<String>,
    /// The credits that were left at the end of a day.
    pub credits: Option<CreditBalance>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            budget: None,
            floor: DEFAULT_FLOOR,
            tag: None,
            credits: None,
        }
    }
}

/// Changes below five dollars a day are below $150 a month: less than an hour of an engineer who looks for the cause.
pub const DEFAULT_FLOOR: Decimal = Decimal::from_parts(5, 0, 0, false, 0);

/// An amount with a currency; without one, in the report's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// The amount.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: Option<String>,
}

/// A balance of credits, in dollars. AWS has no API for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditBalance {
    /// The balance.
    pub amount: Decimal,
    /// The last day whose credits are not in it any more.
    pub at: Date,
}

/// A day's total as it was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The day.
    pub date: Date,
    /// ISO 4217.
    pub currency: String,
    /// The reported total; `None` where Cost Explorer could not be read.
    pub total: Option<Decimal>,
}

/// The analysis, and a sentence for each thing that is missing or does not add up.
pub(crate) fn analyze(
    days: &Days<'_>,
    reads: &Reads,
    settings: &Settings,
    reported: &[Reported],
) -> (CostAnalysis, Vec<String>) {
    let currency = days.currency();
    let mut caveats = reads.caveats(currency);
    caveats.extend(checks::record_types(days, reads));
    caveats.extend(checks::accounts(days, reads));
    let filling = days.filling();
    let compared = days.compared();
    let mut movers = compared.map_or_else(Vec::new, |day| movers::movers(days, day, settings));
    for mover in &mut movers {
        mover.causes = causes::causes(days, reads, mover, settings);
    }
    let first_seen = seen::first_seen(days, reads);
    let anomalies = anomalies::anomalies(days, reads, settings, &first_seen);
    let (budgets, more_budgets) = budgets(days.date, days.today, reads);
    let analysis = CostAnalysis {
        charges: days
            .day()
            .filter(|day| day.is_by_record_type)
            .map(|day| day.charges),
        filling,
        comparison: compared.and_then(|day| usual::comparison(days, day)),
        month: month::month(days, reads, settings, &mut caveats),
        budgets,
        more_budgets,
        credits: credits::credits(days, reads, settings, &mut caveats),
        movers,
        accounts: accounts(days, reads),
        untagged: untagged(days, reads, settings, &mut caveats),
        first_seen,
        anomalies,
        restated: restated(days, reported),
        trend: trend(days),
    };
    (analysis, caveats)
}

/// The services that changed most, whose causes are to be read.
pub(crate) fn changed(days: &Days<'_>, settings: &Settings) -> Vec<String> {
    let movers = days
        .compared()
        .map_or_else(Vec::new, |day| movers::movers(days, day, settings));
    movers.into_iter().map(|mover| mover.service).collect()
}

/// Whether usage of the day is in several values of a part's dimension. An unknown number may be several.
pub(crate) fn is_several(days: &Days<'_>, reads: &Reads, part: Part) -> bool {
    let table = reads.table(part, days.currency());
    table.is_none_or(|table| {
        let week = days.date.saturating_sub(7.days());
        table.seen(week, days.date).len() > 1
    })
}

fn accounts(days: &Days<'_>, reads: &Reads) -> Vec<AccountCost> {
    let Some(table) = reads.table(Part::Accounts, days.currency()) else {
        return Vec::new();
    };
    let week_before = table.rows(days.date.saturating_sub(7.days()));
    let rows = table.rows(days.date).filter(|rows| rows.len() > 1);
    let mut accounts: Vec<_> = rows
        .into_iter()
        .flatten()
        .map(|(keys, amount)| AccountCost {
            account: keys.join(" / "),
            amount: *amount,
            week_before: week_before
                .filter(|rows| !rows.is_empty())
                .map(|rows| rows.get(keys).copied().unwrap_or_default()),
        })
        .collect();
    accounts.sort_by(|a, b| {
        b.amount
            .cmp(&a.amount)
            .then_with(|| a.account.cmp(&b.account))
    });
    accounts.truncate(MOST_ACCOUNTS);
    accounts
}

/// Usage without the tag. Where nothing at all has it, the tag is not activated: Cost Explorer answers as if no cost
/// had one.
fn untagged(
    days: &Days<'_>,
    reads: &Reads,
    settings: &Settings,
    caveats: &mut Vec<String>,
) -> Option<Untagged> {
    let tag = settings.tag.as_deref()?;
    let table = reads.table(Part::Tags, days.currency())?;
    let none = format!("{tag}$");
    let is_tagged = |keys: &[String]| keys.iter().all(|key| *key != none);
    let anything = table
        .days()
        .flat_map(|(_, rows)| rows.keys())
        .any(|keys| is_tagged(keys));
    if !anything {
        caveats.push(format!(
            "without {}: no cost has the tag {tag}; activate it as a cost allocation tag in the billing console",
            Part::Tags.name()
        ));
        return None;
    }
    Some(Untagged {
        tag: tag.to_owned(),
        amount: table.sum(days.date, |keys| !is_tagged(keys))?,
        of: table.sum(days.date, |_| true)?,
    })
}

/// Days whose total differs by a cent or more from what was reported.
fn restated(days: &Days<'_>, reported: &[Reported]) -> Vec<Restated> {
    let cent = Decimal::new(1, 2);
    let mut restated: Vec<_> = reported
        .iter()
        .filter(|reported| reported.date < days.date && reported.currency == days.currency())
        .filter_map(|reported| {
            let (now, before) = (days.whole(reported.date)?.total, reported.total?);
            let difference = amount::add(now, -before)?;
            (difference.abs() >= cent).then_some(Restated {
                date: reported.date,
                reported: before,
                now,
            })
        })
        .collect();
    restated.sort_by_key(|day| day.date);
    restated
}

fn trend(days: &Days<'_>) -> Vec<DayCost> {
    let first = days.date.saturating_sub((TREND_DAYS - 1).days());
    days.between(first, days.date)
        .map(|(date, day)| DayCost {
            date,
            amount: day.charges.usage,
        })
        .collect()
}
