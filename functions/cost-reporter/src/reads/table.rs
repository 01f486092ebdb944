//! Amounts of one read by day and by the keys of its groups.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{amount, answer::Answer, day::METRIC};

/// The amounts of a day by the groups' keys.
pub(crate) type Rows = BTreeMap<Vec<String>, Decimal>;

/// The pages of one read, as a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Table {
    days: BTreeMap<Date, Rows>,
    /// What is missing, in words.
    problem: Option<String>,
}

impl Table {
    /// Reads the pages. An amount that cannot be read, or is in another currency, makes the table useless: a part of a
    /// sum is no sum.
    pub(crate) fn from_pages(pages: &[&Answer], currency: &str) -> Self {
        let mut table = Self::default();
        if !pages.is_empty() && pages.iter().all(|page| page.next_page_token.is_some()) {
            table.problem = Some("a further page was not read".to_owned());
        }
        for result in pages.iter().flat_map(|page| &page.results_by_time) {
            let Some(day) = result.time_period.day() else {
                continue;
            };
            let rows = table.days.entry(day).or_default();
            for group in &result.groups {
                let Some(metric) = group.metrics.get(METRIC) else {
                    continue;
                };
                let known = rows.get(&group.keys).copied().unwrap_or_default();
                match amount::exact(&metric.amount).and_then(|amount| amount::add(known, amount)) {
                    Some(sum) if metric.unit == currency => {
                        rows.insert(group.keys.clone(), sum);
                    }
                    _ => {
                        let keys = group.keys.join(" / ");
                        table.problem = Some(format!(
                            "the amount of {keys} on {day} is {:?} {}",
                            metric.amount, metric.unit
                        ));
                    }
                }
            }
        }
        table
    }

    /// Why the table cannot be used; `None` where it can.
    pub(crate) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// The rows of a day, where the read has it.
    pub(crate) fn rows(&self, day: Date) -> Option<&Rows> {
        self.days.get(&day)
    }

    /// The days from the first, with their rows.
    pub(crate) fn days(&self) -> impl Iterator<Item = (Date, &Rows)> {
        self.days.iter().map(|(day, rows)| (*day, rows))
    }

    /// The sum of a day's rows that `wanted` takes.
    pub(crate) fn sum(&self, day: Date, wanted: impl Fn(&[String]) -> bool) -> Option<Decimal> {
        let rows = self.rows(day)?.iter().filter(|(keys, _)| wanted(keys));
        amount::sum(rows.map(|(_, amount)| *amount))
    }

    /// The values of the first key that any of the days from `first` to `last` has a nonzero amount for.
    pub(crate) fn seen(&self, first: Date, last: Date) -> BTreeSet<&str> {
        let rows = self.days.range(first..=last).flat_map(|(_, rows)| rows);
        rows.filter(|(_, amount)| !amount.is_zero())
            .filter_map(|(keys, _)| keys.first().map(String::as_str))
            .collect()
    }
}
