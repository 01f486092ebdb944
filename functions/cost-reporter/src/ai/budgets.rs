//! Monthly budgets of agents: their configuration, and how much of each is spent.

use std::{cmp::Reverse, collections::BTreeMap, str::FromStr};

use jiff::civil::Date;
use picket_shared::{fleet::AgentBudget, usage::Spend};
use rust_decimal::{Decimal, RoundingStrategy};

/// Dollars a month, by agent: `triage=50,writer=20.5`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentBudgets(BTreeMap<String, Decimal>);

/// The reason why a text is not a list of budgets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBudgets {
    /// An entry is not `agent=dollars`.
    #[error("{0:?} is not agent=dollars, such as triage=50")]
    Entry(String),
    /// An agent has two budgets.
    #[error("the agent {0:?} has two budgets")]
    Repeated(String),
}

impl FromStr for AgentBudgets {
    type Err = InvalidBudgets;

    fn from_str(text: &str) -> Result<Self, InvalidBudgets> {
        let mut budgets = BTreeMap::new();
        let entries = text.split(',').map(str::trim);
        for entry in entries.filter(|entry| !entry.is_empty()) {
            let (agent, dollars) =
                read(entry).ok_or_else(|| InvalidBudgets::Entry(entry.to_owned()))?;
            if budgets.insert(agent.to_owned(), dollars).is_some() {
                return Err(InvalidBudgets::Repeated(agent.to_owned()));
            }
        }
        Ok(Self(budgets))
    }
}

/// An agent's name may contain `=`, an amount does not.
fn read(entry: &str) -> Option<(&str, Decimal)> {
    let (agent, dollars) = entry.rsplit_once('=')?;
    let dollars = Decimal::from_str_exact(dollars.trim()).ok()?;
    let agent = agent.trim();
    (!agent.is_empty() && !dollars.is_sign_negative()).then_some((agent, dollars))
}

impl AgentBudgets {
    /// The state of each budget on a day, by the agents' spend of the month so far. `is_incomplete`: usage of a day of
    /// the month is missing. The highest burn rate stands first.
    pub(crate) fn states(
        &self,
        date: Date,
        spent: impl Fn(&str) -> Spend,
        is_incomplete: bool,
    ) -> Vec<AgentBudget> {
        let mut states: Vec<_> = self
            .0
            .iter()
            .map(|(agent, budget)| state(agent, *budget, date, spent(agent), is_incomplete))
            .collect();
        states.sort_by_key(|state| Reverse(state.burn_rate));
        states
    }
}

fn state(
    agent: &str,
    budget: Decimal,
    date: Date,
    spend: Spend,
    is_incomplete: bool,
) -> AgentBudget {
    let days = date.day().unsigned_abs();
    let days_in_month = date.days_in_month().unsigned_abs();
    let is_lower_bound = is_incomplete || spend.unpriced.requests > 0;
    let rate = burn_rate(spend.dollars, budget, days, days_in_month).filter(|_| !is_lower_bound);
    AgentBudget {
        agent: agent.to_owned(),
        budget_usd: budget,
        spent_usd: spend.dollars,
        is_lower_bound,
        days,
        days_in_month,
        burn_rate: rate
            .map(|rate| rate.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)),
        exhausted_on: rate.and_then(|_| exhausted_on(spend.dollars, budget, date)),
    }
}

/// Spent dollars as a multiple of the budget's share for the days.
fn burn_rate(spent: Decimal, budget: Decimal, days: u8, days_in_month: u8) -> Option<Decimal> {
    let spent = spent.checked_mul(Decimal::from(days_in_month))?;
    spent.checked_div(budget.checked_mul(Decimal::from(days))?)
}

/// The day of the month on which the budget is spent at the rate so far.
fn exhausted_on(spent: Decimal, budget: Decimal, date: Date) -> Option<Date> {
    let days = budget
        .checked_mul(Decimal::from(date.day()))?
        .checked_div(spent)?
        .ceil();
    let day = i8::try_from(days).ok()?.max(1);
    (day <= date.days_in_month()).then(|| Date::new(date.year(), date.month(), day).ok())?
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use picket_shared::usage::{TokenCounts, Usage};

    use super::*;

    fn dollars(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn spend(text: &str, unpriced: u64) -> Spend {
        let usage = |requests| Usage {
            requests,
            tokens: TokenCounts::default(),
        };
        let priced = Spend::new(usage(1), Some(dollars(text)));
        priced
            .checked_add(Spend::new(usage(unpriced), None))
            .unwrap()
    }

    #[test]
    fn a_list_of_budgets_is_read_and_a_mistake_is_named() {
        let budgets: AgentBudgets = " triage=50, a=b=0.5 ,,".parse().unwrap();
        assert_eq!(
            budgets.0.into_iter().collect::<Vec<_>>(),
            [
                ("a=b".to_owned(), dollars("0.5")),
                ("triage".to_owned(), dollars("50"))
            ]
        );
        assert_eq!("".parse(), Ok(AgentBudgets::default()));
        for (text, problem) in [
            (
                "triage",
                "\"triage\" is not agent=dollars, such as triage=50",
            ),
            (
                "triage=much",
                "\"triage=much\" is not agent=dollars, such as triage=50",
            ),
            (
                "triage=-1",
                "\"triage=-1\" is not agent=dollars, such as triage=50",
            ),
            ("=1", "\"=1\" is not agent=dollars, such as triage=50"),
            ("a=1,a=2", "the agent \"a\" has two budgets"),
        ] {
            let error = text.parse::<AgentBudgets>().unwrap_err();
            assert_eq!(error.to_string(), problem);
        }
    }

    #[test]
    fn the_burn_rate_is_that_of_the_days_so_far() {
        for (day, spent, rate, exhausted) in [
            // Ten of thirty days, a third of the budget.
            (date(2026, 11, 10), "20", "1.00", Some(date(2026, 11, 30))),
            (date(2026, 11, 10), "40", "2.00", Some(date(2026, 11, 15))),
            (date(2026, 11, 10), "10", "0.50", None),
            // Already spent.
            (date(2026, 11, 10), "60", "3.00", Some(date(2026, 11, 10))),
            (date(2026, 11, 10), "600", "30.00", Some(date(2026, 11, 1))),
            (date(2024, 2, 29), "60", "1.00", Some(date(2024, 2, 29))),
            (date(2026, 11, 10), "0", "0.00", None),
        ] {
            let budgets: AgentBudgets = "triage=60".parse().unwrap();
            let states = budgets.states(day, |_| spend(spent, 0), false);
            assert_eq!(states[0].burn_rate, Some(dollars(rate)), "{day} {spent}");
            assert_eq!(states[0].exhausted_on, exhausted, "{day} {spent}");
        }
    }

    #[test]
    fn no_rate_is_given_of_what_is_not_known_whole() {
        let budgets: AgentBudgets = "triage=60".parse().unwrap();
        for (unpriced, is_incomplete) in [(1, false), (0, true)] {
            let states =
                budgets.states(date(2026, 11, 10), |_| spend("70", unpriced), is_incomplete);
            assert!(states[0].is_lower_bound);
            assert_eq!((states[0].burn_rate, states[0].exhausted_on), (None, None));
            assert_eq!(
                states[0].spent_usd,
                dollars("70"),
                "over budget all the same"
            );
        }
        let none: AgentBudgets = "triage=0".parse().unwrap();
        let states = none.states(date(2026, 11, 10), |_| spend("1", 0), false);
        assert_eq!(states[0].burn_rate, None, "no multiple of nothing");
    }

    #[test]
    fn the_highest_rate_stands_first() {
        let budgets: AgentBudgets = "a=100,b=10,c=50".parse().unwrap();
        let states = budgets.states(date(2026, 11, 10), |_| spend("5", 0), false);
        let agents: Vec<_> = states.iter().map(|state| state.agent.as_str()).collect();
        assert_eq!(agents, ["b", "c", "a"]);
    }
}
