//! The core that counts: by the rules and prices that are compiled in, or by what an operator has put in their place.

use std::sync::Arc;

use jiff::Timestamp;
use picket_aws::overrides::{Answers, Question, Revalidate, RuleOverrides};

use crate::rules::RuleSet;

/// Rules and prices in force, as a core.
///
/// A slice is planned by one core from its first event to its last, and the chain knows nothing of rules: what a retry finds
/// committed is dropped by its position, by whichever rules it was counted.
#[derive(Debug)]
pub(crate) struct ActiveRules {
    overrides: RuleOverrides,
    rule_set: Arc<RuleSet>,
}

impl ActiveRules {
    /// A core, until something takes the place of its rules or prices.
    pub(crate) fn new(rule_set: RuleSet) -> Self {
        Self {
            overrides: RuleOverrides::new(rule_set.workloads.clone(), rule_set.prices.clone()),
            rule_set: Arc::new(rule_set),
        }
    }

    /// The core in force.
    pub(crate) fn rule_set(&self) -> Arc<RuleSet> {
        Arc::clone(&self.rule_set)
    }
}

impl Revalidate for ActiveRules {
    fn due(&self, now: Timestamp) -> Vec<Question> {
        self.overrides.questions(now)
    }

    fn apply(&mut self, now: Timestamp, answers: Answers) {
        if self.overrides.settle(now, answers) {
            let (workloads, prices) = (self.overrides.workloads(), self.overrides.prices());
            let rule_set = self.rule_set.with_rules(workloads, (*prices).clone());
            self.rule_set = Arc::new(rule_set);
        }
    }
}
