//! A day of Cost Explorer's answers: its services, its currency, and whether its sums agree.

mod columns;
mod history;
pub(crate) mod record;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use picket_shared::fleet::Charges;
use rust_decimal::Decimal;

use crate::{
    amount,
    answer::{Answer, Group, GroupDefinition, MetricValue, ResultByTime},
};

use columns::Columns;
use record::RecordKind;

pub(crate) use columns::CREDITS;
pub(crate) use history::History;

/// The requested metric: cash, with discounts as lines of their own.
pub(crate) const METRIC: &str = "UnblendedCost";

/// Metrics that are not money, and never replace [`METRIC`].
const NOT_MONEY: [&str; 2] = ["UsageQuantity", "NormalizedUsageAmount"];

/// The cost of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Day {
    /// AWS may still change it.
    pub(crate) estimated: bool,
    /// The currency of `services`; empty where nothing cost anything.
    pub(crate) currency: String,
    /// Amounts by service; [`CREDITS`] is one of them where the answers are grouped by `RECORD_TYPE`.
    pub(crate) services: BTreeMap<String, Decimal>,
    /// Whether an answer is grouped by `RECORD_TYPE`, so that no service's amount contains credits.
    pub(crate) is_by_record_type: bool,
    /// The day by kind of charge; all usage where the answers are not grouped by `RECORD_TYPE`.
    pub(crate) charges: Charges,
    /// Usage by service: the total where the answers are not grouped by `RECORD_TYPE`.
    pub(crate) usage: BTreeMap<String, Decimal>,
    /// The number of amounts, each of which AWS rounds to ten decimals.
    pub(crate) amounts: usize,
    /// Their sum, or Cost Explorer's total where it gave no services.
    pub(crate) total: Decimal,
    /// The amounts that do not add up, a sentence each.
    pub(crate) caveats: Vec<String>,
}

/// The pages' amounts of a day.
#[derive(Default)]
struct DayAmounts {
    is_by_record_type: bool,
    /// By the group's keys and the currency: a page never repeats one.
    amounts: BTreeMap<(Vec<String>, String), (String, RecordKind, Decimal)>,
    /// Totals of ungrouped answers, by currency.
    totals: BTreeMap<String, Decimal>,
    metrics: BTreeSet<String>,
    caveats: Vec<String>,
}

/// The sums of a day's amounts in one currency.
#[derive(Default)]
struct Sums {
    services: BTreeMap<String, Decimal>,
    usage: BTreeMap<String, Decimal>,
    charges: Charges,
    amounts: usize,
    /// Whether a sum does not fit into 28 digits.
    is_inexact: bool,
}

impl Sums {
    fn add(&mut self, service: String, kind: RecordKind, amount: Decimal) {
        self.amounts += 1;
        self.is_inexact |= record::charge(&mut self.charges, kind, amount).is_none();
        if kind == RecordKind::Usage {
            self.is_inexact |= !add_to(&mut self.usage, service.clone(), amount);
        }
        self.is_inexact |= !add_to(&mut self.services, service, amount);
    }
}

/// Adds to a row, and returns whether 28 digits hold the sum.
fn add_to(rows: &mut BTreeMap<String, Decimal>, row: String, amount: Decimal) -> bool {
    let sum = rows.entry(row).or_default();
    amount::add(*sum, amount)
        .inspect(|total| *sum = *total)
        .is_some()
}

impl Day {
    /// Collects a day from the answers; `None` where none has a result for it.
    pub(crate) fn from_answers(date: Date, answers: &[Answer]) -> Option<Self> {
        let mut amounts = DayAmounts::default();
        let (mut found, mut estimated) = (false, false);
        let mut definitions = answers.iter().map(|answer| &answer.group_definitions);
        let of_any = definitions.find(|definitions| !definitions.is_empty());
        for answer in answers {
            // Some tools record the definitions with one page alone.
            let own = Some(&answer.group_definitions).filter(|definitions| !definitions.is_empty());
            let definitions = own.or(of_any).map_or(&[][..], Vec::as_slice);
            for result in &answer.results_by_time {
                if result.time_period.day() == Some(date) {
                    found = true;
                    estimated |= result.estimated;
                    amounts.take(date, definitions, result);
                }
            }
        }
        found.then(|| Self {
            estimated,
            ..amounts.finish(date)
        })
    }
}

impl DayAmounts {
    fn take(&mut self, date: Date, definitions: &[GroupDefinition], result: &ResultByTime) {
        let position = |key: &str| definitions.iter().position(|group| group.key == key);
        let columns = Columns {
            service: position("SERVICE"),
            record_type: position("RECORD_TYPE"),
        };
        self.is_by_record_type |= columns.record_type.is_some();
        if columns.service.is_none() && !definitions.is_empty() && !result.groups.is_empty() {
            let keys: Vec<_> = definitions.iter().map(|d| d.key.as_str()).collect();
            self.caveat(format!(
                "the costs of {date} are grouped by {}, not by SERVICE",
                keys.join(" and ")
            ));
        }
        for group in &result.groups {
            self.group(date, columns, group);
        }
        if let Some((unit, amount)) = self.money(date, "the total", &result.total) {
            let known = self.totals.entry(unit).or_insert(amount);
            *known = amount.max(*known);
        }
    }

    fn group(&mut self, date: Date, columns: Columns, group: &Group) {
        let service = columns.service(group);
        let Some((unit, amount)) = self.money(date, &service, &group.metrics) else {
            return;
        };
        let key = (group.keys.clone(), unit);
        let new = (service.clone(), columns.kind(group), amount);
        let (_, _, known) = self.amounts.entry(key).or_insert(new);
        // Whichever page came first, so that the order of pages changes nothing.
        let (less, more) = (amount.min(*known), amount.max(*known));
        *known = more;
        if less != more {
            self.caveat(format!(
                "{service} appears twice on {date}, with {less} and with {more}: only the larger is counted"
            ));
        }
    }

    /// Currency and amount of the metric that counts.
    fn money(
        &mut self,
        date: Date,
        whose: &str,
        metrics: &BTreeMap<String, MetricValue>,
    ) -> Option<(String, Decimal)> {
        let (name, value) = metrics.get_key_value(METRIC).or_else(|| {
            metrics
                .iter()
                .find(|(name, _)| !NOT_MONEY.contains(&name.as_str()))
        })?;
        self.metrics.insert(name.clone());
        let Some(amount) = amount::exact(&value.amount) else {
            self.caveat(format!(
                "incomplete: {whose} on {date} is {:?}, which is not a decimal number of at most 28 digits",
                value.amount
            ));
            return None;
        };
        Some((value.unit.clone(), amount))
    }

    fn finish(mut self, date: Date) -> Day {
        let currency = self.currency();
        let mut sums = Sums::default();
        let mut others = BTreeMap::<String, usize>::new();
        for ((_, unit), (service, kind, amount)) in std::mem::take(&mut self.amounts) {
            if unit == currency {
                sums.add(service, kind, amount);
            } else {
                *others.entry(unit).or_default() += 1;
            }
        }
        for (unit, count) in others {
            self.caveat(format!("incomplete: amounts in {unit:?} on {date} ({count}) are not in the total, which is in {currency:?}"));
        }
        let exact = !sums.is_inexact;
        let total = self.total(date, &currency, &sums.services, exact);
        if sums.services.is_empty() {
            sums.charges.usage = total;
        }
        self.metric_caveat();
        Day {
            estimated: false,
            is_by_record_type: self.is_by_record_type,
            currency,
            services: sums.services,
            charges: sums.charges,
            usage: sums.usage,
            amounts: sums.amounts,
            total,
            caveats: self.caveats,
        }
    }

    /// The currency of most amounts; of two with as many, the first by name.
    fn currency(&self) -> String {
        let mut counts = BTreeMap::<&str, usize>::new();
        for (_, unit) in self.amounts.keys() {
            *counts.entry(unit).or_default() += 1;
        }
        for unit in self.totals.keys() {
            counts.entry(unit).or_default();
        }
        let most = counts.values().copied().max();
        counts
            .into_iter()
            .find(|(_, count)| Some(*count) == most)
            .map(|(unit, _)| unit.to_owned())
            .unwrap_or_default()
    }

    /// The services' sum, held against Cost Explorer's own total where an answer has one.
    fn total(
        &mut self,
        date: Date,
        currency: &str,
        services: &BTreeMap<String, Decimal>,
        exact: bool,
    ) -> Decimal {
        let stated = self.totals.get(currency).copied();
        let sum = amount::sum(services.values().copied()).filter(|_| exact);
        match (sum, stated) {
            (Some(_), Some(stated)) if services.is_empty() => stated,
            (Some(sum), Some(stated)) if sum != stated => {
                self.caveat(format!(
                    "incomplete: the services of {date} sum to {sum}, and Cost Explorer's total is {stated}"
                ));
                sum
            }
            (Some(sum), _) => sum,
            (None, _) => {
                self.caveat(format!(
                    "incomplete: the amounts of {date} do not fit into 28 digits, so their sum is not exact"
                ));
                stated.unwrap_or_default()
            }
        }
    }

    fn metric_caveat(&mut self) {
        let others: Vec<_> = self
            .metrics
            .iter()
            .filter(|name| *name != METRIC)
            .cloned()
            .collect();
        if !others.is_empty() {
            self.caveat(format!(
                "amounts are {}, not {METRIC}",
                others.join(" and ")
            ));
        }
    }

    fn caveat(&mut self, sentence: String) {
        if !self.caveats.contains(&sentence) {
            self.caveats.push(sentence);
        }
    }
}

#[cfg(test)]
mod tests;
