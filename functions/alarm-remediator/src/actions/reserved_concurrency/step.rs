//! A step of the reservation, and the numbers that explain it.

use std::fmt;

use super::facts::FunctionFacts;
use crate::{
    actions::function::WINDOW_MINUTES,
    change::Change,
    model::Candidate,
    setting::{Setting, Value, Write},
};

/// A bound that ends a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// The playbook's factor or step.
    Growth,
    /// The playbook's maximum.
    Maximum,
    /// The executions that the account can spare.
    Account,
}

/// A step from one reservation to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) bound: Bound,
}

impl Step {
    /// The change that makes the step.
    pub(crate) fn change(self, candidate: &Candidate<'_>, facts: &FunctionFacts) -> Change {
        let Self { from, to, .. } = self;
        let function = &candidate.target;
        let write = Write {
            setting: Setting::ReservedConcurrency {
                function: function.clone(),
            },
            from: Value::Number(from.into()),
            to: Value::Number(to.into()),
            revision: None,
        };
        let action = format!("raise the reserved concurrency of {function} from {from} to {to}");
        Change::new(candidate, write, action, self.reason(facts))
    }

    fn reason(self, facts: &FunctionFacts) -> String {
        let number = |number: Option<u32>| {
            number.map_or_else(
                || "an unknown number".to_owned(),
                |number| number.to_string(),
            )
        };
        let grown = self.to.saturating_sub(self.from);
        format!(
            "it ran {} executions at one time and {} invocations were throttled in the last {WINDOW_MINUTES} minutes; \
             {} of the account's executions stay unreserved; {} ends the step",
            number(facts.measured.function_peak),
            number(facts.measured.throttles),
            facts.account.unreserved.saturating_sub(grown),
            self.bound,
        )
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Growth => "the playbook's growth",
            Self::Maximum => "the playbook's maximum",
            Self::Account => "what the account can spare",
        })
    }
}
