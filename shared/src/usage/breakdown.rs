//! Ledger rows, added up by agent, model and incident.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Spend, UsageRow, quotient};
use crate::money;

/// The name under which the ledger counts the agents, models and incidents above its limit of rows
/// (docs/decisions/0021).
pub const OTHER: &str = "Other";

/// Usage and cost of some rows. The sum over agents, over models, and over incidents with what has none, is the total.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breakdown {
    /// All of it.
    pub total: Spend,
    /// By agent; the empty name is that of events without one.
    pub by_agent: BTreeMap<String, Spend>,
    /// By model, as the events named it.
    pub by_model: BTreeMap<String, Spend>,
    /// By incident.
    pub by_incident: BTreeMap<String, Spend>,
    /// What was not for an incident.
    pub no_incident: Spend,
    /// The rows that are too large to add up, and are in no sum.
    pub left_out: u64,
}

impl Breakdown {
    /// Adds up rows. `price` gives a row's dollars, or `None` where it has no price.
    pub fn of<'a>(
        rows: impl IntoIterator<Item = &'a UsageRow>,
        price: impl Fn(&UsageRow) -> Option<Decimal>,
    ) -> Self {
        let mut breakdown = Self::default();
        for row in rows {
            breakdown.add(row, price(row));
        }
        breakdown
    }

    /// Adds a row. One that the total cannot hold is in no sum, so that the sums still agree.
    pub fn add(&mut self, row: &UsageRow, dollars: Option<Decimal>) {
        let spend = Spend::new(row.usage, dollars);
        // A part is never larger than the total: where the total holds the row, its parts do.
        let Some(total) = self.total.checked_add(spend) else {
            self.left_out += 1;
            return;
        };
        self.total = total;
        add_to(&mut self.by_agent, &row.key.agent, spend);
        add_to(&mut self.by_model, &row.key.model, spend);
        if let Some(incident) = &row.key.incident {
            add_to(&mut self.by_incident, incident, spend);
        } else {
            let sum = self.no_incident.checked_add(spend);
            self.no_incident = sum.unwrap_or(self.no_incident);
        }
    }
}

/// What incidents cost, without those that are counted as [`OTHER`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IncidentSpend {
    /// The dollars of each incident all of whose requests have a price.
    pub priced: Vec<Decimal>,
    /// The number of incidents with unpriced requests. They are left out: unpriced is not zero.
    pub unpriced: usize,
}

impl IncidentSpend {
    /// The number of incidents.
    pub fn count(&self) -> usize {
        self.priced.len() + self.unpriced
    }

    /// Dollars a priced incident, rounded to 12 decimals; `None` without one, or where 28 digits do not hold the sum.
    pub fn per_incident(&self) -> Option<Decimal> {
        let mut priced = self.priced.iter();
        let sum = priced.try_fold(Decimal::ZERO, |sum, cost| money::exact_add(sum, *cost))?;
        quotient(sum, self.priced.len() as u64)
    }
}

impl Breakdown {
    /// The incidents, without those that are counted as [`OTHER`].
    pub fn incidents(&self) -> impl Iterator<Item = (&String, &Spend)> {
        let incidents = self.by_incident.iter();
        incidents.filter(|(incident, _)| *incident != OTHER)
    }

    /// What the incidents cost.
    pub fn incident_spend(&self) -> IncidentSpend {
        let mut incidents = IncidentSpend::default();
        for (_, spend) in self.incidents() {
            if spend.is_priced() {
                incidents.priced.push(spend.dollars);
            } else {
                incidents.unpriced += 1;
            }
        }
        incidents
    }
}

fn add_to(groups: &mut BTreeMap<String, Spend>, name: &str, spend: Spend) {
    match groups.get_mut(name) {
        Some(sum) => *sum = sum.checked_add(spend).unwrap_or(*sum),
        None => {
            groups.insert(name.to_owned(), spend);
        }
    }
}

/// A group's name and spend.
type NamedSpend<'a> = (&'a str, Spend);

/// The groups by cost, most expensive first; those without any price last, by requests. Equal ones by name.
pub fn by_cost<'a>(
    groups: impl IntoIterator<Item = (&'a String, &'a Spend)>,
) -> Vec<NamedSpend<'a>> {
    let mut groups: Vec<_> = groups
        .into_iter()
        .map(|(name, spend)| (name.as_str(), *spend))
        .collect();
    groups.sort_by(|(one, a), (other, b)| {
        let rank = |spend: &Spend| (spend.cost_usd(), spend.requests());
        rank(b).cmp(&rank(a)).then_with(|| one.cmp(other))
    });
    groups
}

/// The `most` most expensive groups, and the number and the sum of the others; `None` where there are none, or where
/// they cannot be added up.
pub fn most_expensive<'a>(
    groups: impl IntoIterator<Item = (&'a String, &'a Spend)>,
    most: usize,
) -> (Vec<NamedSpend<'a>>, Option<(usize, Spend)>) {
    let mut named = by_cost(groups);
    let others = named.split_off(named.len().min(most));
    let mut spends = others.iter().map(|(_, spend)| *spend);
    let sum = spends.try_fold(Spend::default(), Spend::checked_add);
    let sum = sum.filter(|_| !others.is_empty());
    (named, sum.map(|sum| (others.len(), sum)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::usage::{TokenCounts, Usage, UsageKey};

    fn row(agent: &str, model: &str, incident: Option<&str>, input: u64) -> UsageRow {
        UsageRow {
            key: UsageKey {
                date: jiff::civil::date(2026, 11, 19),
                agent: agent.into(),
                model: model.into(),
                incident: incident.map(str::to_owned),
                price: None,
                batch: false,
            },
            usage: Usage {
                requests: 1,
                tokens: TokenCounts {
                    input,
                    ..TokenCounts::default()
                },
            },
        }
    }

    /// Three dollars a million tokens; model `x` has no price.
    fn price(row: &UsageRow) -> Option<Decimal> {
        let tokens = Decimal::from(row.usage.tokens.input);
        (row.key.model != "x").then(|| tokens * Decimal::new(3, 6))
    }

    #[test]
    fn groups_are_ordered_by_cost_and_unpriced_ones_stand_last() {
        let rows = [
            row("cheap", "m", None, 1),
            row("dear", "m", Some("i"), 1_000),
            row("unknown", "x", None, 9_000),
        ];
        let breakdown = Breakdown::of(&rows, price);
        let names: Vec<_> = by_cost(&breakdown.by_agent)
            .into_iter()
            .map(|(name, spend)| (name, spend.cost_usd().map(|cost| cost.to_string())))
            .collect();
        assert_eq!(
            names,
            [
                ("dear", Some("0.003000".to_owned())),
                ("cheap", Some("0.000003".to_owned())),
                ("unknown", None)
            ]
        );
        assert_eq!(breakdown.total.unpriced.requests, 1);
    }

    #[test]
    fn a_row_that_is_too_large_is_left_out_of_every_sum() {
        let rows = [row("a", "m", None, u64::MAX), row("b", "n", Some("i"), 1)];
        let breakdown = Breakdown::of(&rows, |_| Some(Decimal::ONE));
        assert_eq!(breakdown.left_out, 1);
        assert_eq!(breakdown.by_agent.len(), 1);
        assert!(breakdown.by_incident.is_empty());
        assert_eq!(breakdown.total.dollars, Decimal::ONE);
    }

    fn sum<'a>(groups: impl IntoIterator<Item = &'a Spend>) -> Spend {
        groups.into_iter().fold(Spend::default(), |sum, spend| {
            sum.checked_add(*spend).unwrap()
        })
    }

    proptest! {
        /// Also where some rows are too large to add up.
        #[test]
        fn the_sum_over_any_grouping_is_the_total(
            rows in prop::collection::vec((0..4_u8, 0..4_u8, prop::option::of(0..3_u8), prop_oneof![0..1_000_000_u64, (u64::MAX / 3)..u64::MAX]), 0..40),
        ) {
            let name = |prefix: &str, number: u8| if number == 0 { "x".to_owned() } else { format!("{prefix}{number}") };
            let rows: Vec<UsageRow> = rows
                .into_iter()
                .map(|(agent, model, incident, input)| {
                    let incident = incident.map(|incident| name("i", incident));
                    row(&name("a", agent), &name("m", model), incident.as_deref(), input)
                })
                .collect();
            let all = Breakdown::of(&rows, price);
            prop_assert_eq!(sum(all.by_agent.values()), all.total);
            prop_assert_eq!(sum(all.by_model.values()), all.total);
            prop_assert_eq!(sum(all.by_incident.values()).checked_add(all.no_incident).unwrap(), all.total);
            prop_assert_eq!(all.total.requests() + all.left_out, rows.len() as u64);
        }
    }
}
