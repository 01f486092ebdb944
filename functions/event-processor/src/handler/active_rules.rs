//! The core that counts: by the rules and prices that are compiled in, or by what an operator has put in their place.

use std::sync::Arc;

use jiff::Timestamp;
use picket_aws::overrides::{Answers, Question, Revalidate, RuleOverrides};

use crate::rules::Core;

/// Rules and prices in force, as a core.
///
/// A slice is planned by one core from its first event to its last, and the chain knows nothing of rules: what a retry finds
/// committed is dropped by its position, by whichever rules it was counted.
#[derive(Debug)]
pub(crate) struct Current {
    overrides: RuleOverrides,
    core: Arc<Core>,
}

impl Current {
    /// A core, until something takes the place of its rules or prices.
    pub(crate) fn new(core: Core) -> Self {
        Self {
            overrides: RuleOverrides::new(core.workloads.clone(), core.prices.clone()),
            core: Arc::new(core),
        }
    }

    /// The core in force.
    pub(crate) fn core(&self) -> Arc<Core> {
        Arc::clone(&self.core)
    }
}

impl Revalidate for Current {
    fn due(&self, now: Timestamp) -> Vec<Question> {
        self.overrides.questions(now)
    }

    fn apply(&mut self, now: Timestamp, answers: Answers) {
        if self.overrides.settle(now, answers) {
            let (workloads, prices) = (self.overrides.workloads(), self.overrides.prices());
            let core = self.core.with_rules(workloads, (*prices).clone());
            self.core = Arc::new(core);
        }
    }
}
