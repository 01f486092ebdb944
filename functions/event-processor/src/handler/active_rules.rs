//! The active rules: those compiled in, or an operator's overrides.

use std::sync::Arc;

use jiff::Timestamp;
use picket_aws::overrides::{ConditionalRead, ReadResults, Revalidate, RuleOverrides};

use crate::rules::RuleSet;

/// The active rules and prices.
///
/// A slice is planned with one rule set from its first event to its last. The chain does not depend on rules: a retry
/// skips committed events by position, whichever rules they were counted by.
#[derive(Debug)]
pub(crate) struct ActiveRules {
    overrides: RuleOverrides,
    rule_set: Arc<RuleSet>,
}

impl ActiveRules {
    /// Creates the active rules from a rule set, without overrides.
    pub(crate) fn new(rule_set: RuleSet) -> Self {
        Self {
            overrides: RuleOverrides::new(rule_set.workloads.clone(), rule_set.prices.clone()),
            rule_set: Arc::new(rule_set),
        }
    }

    /// Returns the active rule set.
    pub(crate) fn rule_set(&self) -> Arc<RuleSet> {
        Arc::clone(&self.rule_set)
    }
}

impl Revalidate for ActiveRules {
    fn due(&self, now: Timestamp) -> Vec<ConditionalRead> {
        self.overrides.due_reads(now)
    }

    fn apply(&mut self, now: Timestamp, results: ReadResults) {
        if self.overrides.settle(now, results) {
            let (workloads, prices) = (self.overrides.workloads(), self.overrides.prices());
            let rule_set = self.rule_set.with_rules(workloads, (*prices).clone());
            self.rule_set = Arc::new(rule_set);
        }
    }
}
