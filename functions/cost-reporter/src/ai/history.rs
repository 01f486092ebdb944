//! The usage of the last thirty days and of the month so far, folded day by day as it is read.

use std::collections::BTreeMap;

use jiff::{Span, civil::Date};
use picket_shared::{
    fleet::{AgentShare, AiDayCost, WeekCost},
    usage::{Breakdown, Spend, most_expensive},
};
use rust_decimal::{Decimal, RoundingStrategy};

/// The days of the trend and of the breakdown by agent.
pub(crate) const DAYS: i32 = 30;
/// The days of a week.
const WEEK: i32 = 7;
/// The agents that are named; the rest is one sum.
const NAMED: usize = 5;

/// The usage of days, by day and by agent.
#[derive(Debug, Default)]
pub(crate) struct History {
    days: BTreeMap<Date, Spend>,
    /// Days with usage that is in no sum, each with the reason.
    incomplete: BTreeMap<Date, String>,
    /// All days.
    total: Spend,
    /// The thirty days.
    window: BTreeMap<String, Spend>,
    window_total: Spend,
    /// The month so far.
    month: BTreeMap<String, Spend>,
    /// The rows that were read.
    pub(crate) rows: u64,
}

/// The first day of a history that ends with a day: thirty days, and the calendar month.
pub(crate) fn first_day(date: Date) -> Date {
    days_before(date, DAYS - 1).min(date.first_of_month())
}

fn days_before(date: Date, days: i32) -> Date {
    date.saturating_sub(Span::new().days(days))
}

impl History {
    /// Adds a day. `date` is the last day of the history.
    pub(crate) fn add(&mut self, date: Date, day: Date, usage: &Breakdown) {
        let total = self.total.checked_add(usage.total);
        let Some(total) = total.filter(|_| usage.left_out == 0) else {
            self.lack(day, "it is too large to add up");
            return;
        };
        self.total = total;
        self.days.insert(day, usage.total);
        if day >= days_before(date, DAYS - 1) {
            let window_total = self.window_total.checked_add(usage.total);
            self.window_total = window_total.unwrap_or(total);
            merge(&mut self.window, &usage.by_agent);
        }
        if day >= date.first_of_month() {
            merge(&mut self.month, &usage.by_agent);
        }
    }

    /// Notes that usage of a day is in no sum.
    pub(crate) fn lack(&mut self, day: Date, reason: impl Into<String>) {
        self.incomplete.entry(day).or_insert_with(|| reason.into());
    }

    /// The days before the last one, `date`, that are not complete, a sentence for each reason. The report's caveats
    /// name those of the last one.
    pub(crate) fn notes(&self, date: Date) -> Vec<String> {
        let mut reasons = BTreeMap::<&str, (Date, Date, usize)>::new();
        for (day, reason) in self.incomplete.range(..date) {
            let entry = reasons.entry(reason).or_insert((*day, *day, 0));
            *entry = (entry.0, *day, entry.2 + 1);
        }
        let sentence = |(reason, (first, last, count)): (&str, (Date, Date, usize))| {
            if count == 1 {
                format!("usage of {first} is missing: {reason}")
            } else {
                format!("usage of {count} days, {first} to {last}, is missing: {reason}")
            }
        };
        reasons.into_iter().map(sentence).collect()
    }

    /// The thirty days, oldest first.
    pub(crate) fn trend(&self, date: Date) -> Vec<AiDayCost> {
        let cost = |day: Date| {
            let spend = self.days.get(&day);
            AiDayCost {
                date: day,
                requests: spend.map(Spend::requests),
                cost_usd: spend.and_then(Spend::cost_usd),
                unpriced_requests: spend.map_or(0, |spend| spend.unpriced.requests),
            }
        };
        let first = days_before(date, DAYS - 1);
        let days = first.series(Span::new().days(1));
        days.take_while(|day| *day <= date).map(cost).collect()
    }

    /// The thirty days by agent: the most expensive ones, then the rest as one.
    pub(crate) fn agents(&self) -> Vec<AgentShare> {
        let (named, others) = most_expensive(&self.window, NAMED);
        let share = |agent: Option<&str>, agents: usize, spend: Spend| AgentShare {
            agent: agent.map(str::to_owned),
            agents: agents as u64,
            requests: spend.requests(),
            cost_usd: spend.cost_usd(),
            percent: percent(spend.dollars, self.window_total.dollars),
        };
        let named = named
            .into_iter()
            .map(|(agent, spend)| share(Some(agent), 1, spend));
        named
            .chain(others.map(|(count, spend)| share(None, count, spend)))
            .collect()
    }

    /// An agent's spend of the month so far.
    pub(crate) fn month_of(&self, agent: &str) -> Spend {
        self.month.get(agent).copied().unwrap_or_default()
    }

    /// Whether usage of a day of the month so far is missing.
    pub(crate) fn lacks_of_month(&self, date: Date) -> bool {
        self.lacks(date.first_of_month(), date)
    }

    fn lacks(&self, first: Date, last: Date) -> bool {
        self.incomplete.range(first..=last).next().is_some()
    }

    /// The week that ends with the day against the one before; `None` where nothing was used in either. `is_over`: the
    /// last day has ended.
    pub(crate) fn week(&self, date: Date, is_over: bool) -> Option<WeekCost> {
        let week = self.sum(days_before(date, WEEK - 1), date)?;
        let first = days_before(date, 2 * WEEK - 1);
        let before = self.sum(first, days_before(date, WEEK))?;
        if week.requests() == 0 && before.requests() == 0 {
            return None;
        }
        let unpriced = week
            .unpriced
            .requests
            .saturating_add(before.unpriced.requests);
        let used = |(_, spend): &(&Date, &Spend)| spend.requests() > 0;
        let first_used = self.days.iter().find(used).map(|(day, _)| *day);
        let withheld = if self.lacks(first, date) {
            Some("usage of a day is missing".to_owned())
        } else if !is_over {
            Some(format!("{date} is not over"))
        } else if unpriced > 0 {
            Some(format!(
                "{unpriced} requests of the two weeks have no price"
            ))
        } else if first_used.is_some_and(|day| day > first) {
            first_used.map(|day| format!("the ledger has no usage before {day}"))
        } else if before.dollars.is_zero() {
            Some("the week before cost nothing".to_owned())
        } else {
            None
        };
        let growth = week.dollars.checked_sub(before.dollars);
        Some(WeekCost {
            cost_usd: week.dollars,
            previous_usd: before.dollars,
            percent: growth
                .filter(|_| withheld.is_none())
                .and_then(|growth| percent(growth, before.dollars)),
            withheld,
        })
    }

    fn sum(&self, first: Date, last: Date) -> Option<Spend> {
        let mut days = self.days.range(first..=last);
        days.try_fold(Spend::default(), |sum, (_, spend)| sum.checked_add(*spend))
    }
}

fn merge(sums: &mut BTreeMap<String, Spend>, more: &BTreeMap<String, Spend>) {
    for (name, spend) in more {
        let sum = sums.entry(name.clone()).or_default();
        // A part is never larger than the total, which has been added up.
        *sum = sum.checked_add(*spend).unwrap_or(*sum);
    }
}

/// Percent with one decimal; `None` of nothing.
fn percent(part: Decimal, whole: Decimal) -> Option<Decimal> {
    let hundredfold = part.checked_mul(Decimal::ONE_HUNDRED)?;
    let percent = hundredfold.checked_div(whole)?;
    Some(percent.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero))
}

#[cfg(test)]
mod tests;
