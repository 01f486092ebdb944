//! Overrides of all workloads' rules and of the prices. They change together, because a metric has one source among
//! them.

use std::sync::Arc;

use jiff::Timestamp;
use picket_rules::{
    Problem, Problems,
    metrics::{self, MetricRules},
    overrides,
    prices::{self, PriceBook},
};

use super::{ConditionalRead, Override, ReadResults};

/// The overrides of the built-in workloads' rules and of the prices.
#[derive(Debug, Clone)]
pub struct RuleOverrides {
    workloads: Vec<Override<MetricRules>>,
    prices: Override<PriceBook>,
}

impl RuleOverrides {
    /// Creates overrides of the compiled-in rules and prices.
    pub fn built_in() -> Self {
        Self::new(metrics::built_in().to_vec(), prices::built_in().clone())
    }

    /// Creates overrides of these rules and prices.
    pub fn new(workloads: Vec<MetricRules>, prices: PriceBook) -> Self {
        let rules = workloads.into_iter();
        let of_workload = |rules: MetricRules| {
            let object = overrides::of_workload(&rules.workload);
            Override::new(object, rules, overrides::workload)
        };
        Self {
            workloads: rules.map(of_workload).collect(),
            prices: Override::new(overrides::PRICES, prices, |_, file, text| {
                overrides::prices(file, text)
            }),
        }
    }

    /// Returns the reads that are due: all or none, so that the results belong to one time.
    pub fn due_reads(&self, now: Timestamp) -> Vec<ConditionalRead> {
        let workloads = self.workloads.iter().map(|rules| rules.due_read(now));
        let all: Option<Vec<_>> = workloads.chain([self.prices.due_read(now)]).collect();
        all.unwrap_or_default()
    }

    /// Applies the results to [`Self::due_reads`]. Returns whether the rules or prices in force changed.
    ///
    /// Rules that are each valid and together feed one metric twice are all rejected.
    pub fn settle(&mut self, now: Timestamp, results: ReadResults) -> bool {
        let before = self.clone();
        let mut results = results.into_iter();
        for (rules, result) in self.workloads.iter_mut().zip(results.by_ref()) {
            rules.take(now, result);
        }
        if let Some(result) = results.next() {
            self.prices.take(now, result);
        }
        let problems = metrics::one_source(&self.workloads());
        if !problems.is_empty() {
            self.refuse_changed(&before, problems);
        }
        for (rules, old) in self.workloads.iter().zip(&before.workloads) {
            rules.log(old);
        }
        self.prices.log(&before.prices);
        !self.has_same(&before)
    }

    fn refuse_changed(&mut self, before: &Self, problems: Vec<Problem>) {
        let why = Problems(problems).to_string();
        for (rules, old) in self.workloads.iter_mut().zip(&before.workloads) {
            if !rules.has_same(old) {
                rules.refuse(old, why.clone());
            }
        }
    }

    fn has_same(&self, other: &Self) -> bool {
        let mut workloads = self.workloads.iter().zip(&other.workloads);
        workloads.all(|(rules, other)| rules.has_same(other)) && self.prices.has_same(&other.prices)
    }

    /// Returns the rules in force.
    pub fn workloads(&self) -> Vec<MetricRules> {
        let rules = self.workloads.iter();
        rules
            .map(|rules| MetricRules::clone(&rules.in_force))
            .collect()
    }

    /// Returns the prices in force.
    pub fn prices(&self) -> Arc<PriceBook> {
        self.prices.in_force()
    }

    /// Returns the number of objects in force.
    pub fn overridden(&self) -> usize {
        let rules = self.workloads.iter().filter(|rules| rules.is_overridden());
        rules.count() + usize::from(self.prices.is_overridden())
    }

    /// Returns the number of rejected objects.
    pub fn refused(&self) -> usize {
        let rules = self
            .workloads
            .iter()
            .filter(|rules| rules.refused().is_some());
        rules.count() + usize::from(self.prices.refused().is_some())
    }
}
