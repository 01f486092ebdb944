//! The day's report from Cost Explorer's answers.

mod credits;

use std::{cmp::Reverse, collections::BTreeMap};

use jiff::civil::Date;
use picket_shared::fleet::{AbsentService, CostAnalysis, ServiceCost};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::{
    amount,
    analysis::{self, Days, Money, Reported, Settings},
    answer::{Answer, Recording},
    day::{Day, History},
    reads::{Part, Reads, plan::PlanFor, query::Query},
};

/// The report of a day by Cost Explorer. As JSON, amounts are decimals in text, unrounded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayReport {
    /// The day, UTC.
    pub date: Date,
    /// ISO 4217; empty where nothing cost anything.
    pub currency: String,
    /// Cost Explorer may still change the day.
    pub estimated: bool,
    /// The day's total.
    pub total: Decimal,
    /// The day before; `None` where the answers do not have it.
    pub previous_total: Option<Decimal>,
    /// By service, most expensive first; of two that cost the same, the first by name.
    pub by_service: Vec<ServiceCost>,
    /// Services that cost something the day before and have no row on the day.
    pub absent: Vec<AbsentService>,
    /// The month against its budget, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<BudgetState>,
    /// Comparisons, the month, and causes.
    pub analysis: CostAnalysis,
    /// The facts that are missing or do not add up, a sentence each.
    pub caveats: Vec<String>,
}

/// The day of a report, and what is known besides the answers.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The day.
    pub date: Date,
    /// The present day, UTC; `None` for recorded answers, of which it is unknown.
    pub today: Option<Date>,
    /// What the reader configured.
    pub settings: &'a Settings,
    /// The days that were reported before, with their totals.
    pub reported: &'a [Reported],
}

/// A month against its budget, as far as the answers reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BudgetState {
    /// The month's budget.
    pub amount: Decimal,
    /// The sum of the month's days up to the report's that the answers have.
    pub month_to_date: Decimal,
    /// The rest; below zero where it is overspent.
    pub remaining: Decimal,
    /// How many days that sum has.
    pub days_seen: u8,
    /// How many it should have: the report's day of the month.
    pub days: u8,
}

/// The error where the answers have no result for the day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the answers have no daily result for {date}; they have {seen}")]
pub struct NoSuchDay {
    /// The requested day.
    pub date: Date,
    /// The days that the answers have, in words.
    pub seen: String,
}

/// The report of `date` from the pages of one or several answers to `GetCostAndUsage`, in any order.
///
/// `budget` is for the whole month, in the report's currency.
pub fn report(
    date: Date,
    answers: &[Answer],
    budget: Option<Decimal>,
) -> Result<DayReport, NoSuchDay> {
    let reads = Reads::from_recording(Recording {
        costs: answers.to_vec(),
        ..Recording::default()
    });
    let settings = Settings {
        budget: budget.map(|amount| Money {
            amount,
            currency: None,
        }),
        ..Settings::default()
    };
    let about = About {
        date,
        today: None,
        settings: &settings,
        reported: &[],
    };
    day_report(&about, &reads)
}

/// The report of a day from everything that was read for it.
pub fn day_report(about: &About<'_>, reads: &Reads) -> Result<DayReport, NoSuchDay> {
    let (date, answers) = (about.date, reads.services());
    let history = History::from_answers(date, answers);
    let day = Day::from_answers(date, answers).ok_or_else(|| NoSuchDay::new(date, answers))?;
    let mut caveats = day.caveats.clone();
    let lacks_page = lacks_page(answers);
    if lacks_page {
        caveats.push(
            "incomplete: Cost Explorer's answer names a further page that was not read".to_owned(),
        );
    }
    let before = date
        .yesterday()
        .ok()
        .and_then(|date| Day::from_answers(date, answers))
        .and_then(|before| comparable(before, &day, &mut caveats));
    caveats.extend(credits::credits(&day));
    caveats.extend(credits::hidden(&day, before.as_ref()));
    let days = days(about, reads, &history);
    let (analysis, more) = analysis::analyze(&days, reads, about.settings, about.reported);
    caveats.extend(more);
    // The function reads the month apart, and the budget is in the analysis.
    let budget = about.settings.budget.as_ref();
    let budget = budget
        .filter(|_| about.today.is_none())
        .and_then(|budget| budget_state(budget.amount, date, &day, answers, &mut caveats));
    Ok(DayReport {
        date,
        estimated: day.estimated,
        total: day.total,
        previous_total: before.as_ref().map(|before| before.total),
        by_service: by_service(&day, before.as_ref()),
        absent: absent(&day, before.as_ref()),
        currency: day.currency,
        budget,
        analysis,
        caveats,
    })
}

/// The queries for what is behind a day's changes, by what was read so far.
pub(crate) fn detail_queries(about: &About<'_>, reads: &Reads, plan: &PlanFor<'_>) -> Vec<Query> {
    let history = History::from_answers(about.date, reads.services());
    let days = days(about, reads, &history);
    let movers = analysis::changed(&days, about.settings);
    let [accounts, regions] =
        [Part::Accounts, Part::Regions].map(|part| analysis::is_several(&days, reads, part));
    crate::reads::plan::details(plan, &movers, accounts, regions)
}

fn days<'a>(about: &About<'_>, reads: &Reads, history: &'a History) -> Days<'a> {
    Days {
        date: about.date,
        today: about.today,
        history,
        is_complete: !lacks_page(reads.services()) && !reads.left_out.contains_key(&Part::Services),
    }
}

impl NoSuchDay {
    fn new(date: Date, answers: &[Answer]) -> Self {
        let mut days: Vec<_> = answers
            .iter()
            .flat_map(|answer| &answer.results_by_time)
            .filter_map(|result| result.time_period.day())
            .collect();
        days.sort_unstable();
        let seen = match (days.first(), days.last()) {
            (Some(first), Some(last)) if first == last => format!("only {first}"),
            (Some(first), Some(last)) => format!("{first} to {last}"),
            _ => "no day at all".to_owned(),
        };
        Self { date, seen }
    }
}

/// The day before, where it can stand beside the day: the same currency, its own faults named.
fn comparable(before: Day, day: &Day, caveats: &mut Vec<String>) -> Option<Day> {
    for caveat in &before.caveats {
        if !caveats.contains(caveat) {
            caveats.push(caveat.clone());
        }
    }
    let comparable = [&before.currency, &day.currency]
        .iter()
        .any(|currency| currency.is_empty())
        || before.currency == day.currency;
    if !comparable {
        caveats.push(format!(
            "the day before is in {:?} and the day in {:?}: they are not compared",
            before.currency, day.currency
        ));
    }
    comparable.then_some(before)
}

fn by_service(day: &Day, before: Option<&Day>) -> Vec<ServiceCost> {
    let previous = |service: &String| before?.services.get(service).copied();
    let mut services: Vec<_> = day
        .services
        .iter()
        .map(|(service, amount)| ServiceCost {
            service: service.clone(),
            amount: *amount,
            previous: previous(service),
        })
        .collect();
    // The map is in the order of names, and the sort is stable.
    services.sort_by_key(|service| Reverse(service.amount));
    services
}

fn absent(day: &Day, before: Option<&Day>) -> Vec<AbsentService> {
    let none = BTreeMap::new();
    let mut absent: Vec<_> = before
        .map_or(&none, |before| &before.services)
        .iter()
        .filter(|(service, amount)| !amount.is_zero() && !day.services.contains_key(*service))
        .map(|(service, amount)| AbsentService {
            service: service.clone(),
            previous: *amount,
        })
        .collect();
    absent.sort_by_key(|service| Reverse(service.previous));
    absent
}

/// Whether the last page of an answer is missing: of its pages, the last alone names no further one. Pages of an answer
/// have the same groups.
fn lacks_page(answers: &[Answer]) -> bool {
    // Some tools record the groups' definitions with one page alone.
    let same = |page: &Answer, other: &Answer| {
        let (page, other) = (&page.group_definitions, &other.group_definitions);
        page == other || page.is_empty() || other.is_empty()
    };
    answers.iter().any(|page| {
        let mut pages = answers.iter().filter(|other| same(page, other));
        pages.all(|other| other.next_page_token.is_some())
    })
}

fn budget_state(
    amount: Decimal,
    date: Date,
    day: &Day,
    answers: &[Answer],
    caveats: &mut Vec<String>,
) -> Option<BudgetState> {
    let days: Vec<_> = date
        .first_of_month()
        .series(jiff::Span::new().days(1))
        .take_while(|other| *other <= date)
        .filter_map(|other| Day::from_answers(other, answers))
        .filter(|other| other.currency.is_empty() || other.currency == day.currency)
        .collect();
    let days_seen = u8::try_from(days.len()).ok()?;
    let elapsed = u8::try_from(date.day()).ok()?;
    if days_seen < elapsed {
        caveats.push(format!(
            "incomplete: the answers have {days_seen} of the month's first {elapsed} days, so more of the budget may be spent"
        ));
    }
    let month_to_date = amount::sum(days.iter().map(|day| day.total))?;
    Some(BudgetState {
        amount,
        month_to_date,
        remaining: amount::add(amount, -month_to_date)?,
        days_seen,
        days: elapsed,
    })
}

#[cfg(test)]
mod tests;
