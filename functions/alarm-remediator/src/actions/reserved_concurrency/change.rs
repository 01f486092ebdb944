//! The change: a function's reservation raised by one step, with the numbers that explain it.

use std::fmt;

use serde_json::json;

use super::facts::{FunctionFacts, WINDOW_MINUTES};
use crate::model::{Candidate, DescribeChange};

/// A function's reservation raised by one step. Only the plan creates one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The playbook that plans it.
    pub playbook: String,
    /// The function.
    pub function: String,
    /// Its reservation before the change: the value that reverts it.
    pub from: u32,
    /// The reservation that it sets.
    pub to: u32,
    /// The bound that ends the step.
    pub bound: Bound,
    /// The most concurrent executions in the last minutes.
    pub peak: Option<u32>,
    /// Throttled invocations in the last minutes.
    pub throttles: Option<u32>,
    /// The executions of the account that stay unreserved.
    pub unreserved_after: u32,
}

/// A bound that ends a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
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

impl Change {
    pub(crate) fn new(candidate: &Candidate<'_>, facts: &FunctionFacts, step: Step) -> Self {
        let Step { from, to, bound } = step;
        Self {
            playbook: candidate.playbook.name.clone(),
            function: candidate.target.to_owned(),
            from,
            to,
            bound,
            peak: facts.measured.function_peak,
            throttles: facts.measured.throttles,
            unreserved_after: facts
                .account
                .unreserved
                .saturating_sub(to.saturating_sub(from)),
        }
    }

    fn request_to_set(&self, reserved: u32) -> String {
        let body = json!({
            "FunctionName": self.function,
            "ReservedConcurrentExecutions": reserved,
        });
        format!("lambda:PutFunctionConcurrency {body}")
    }
}

impl DescribeChange for Change {
    fn playbook(&self) -> &str {
        &self.playbook
    }

    fn target(&self) -> &str {
        &self.function
    }

    fn request(&self) -> String {
        self.request_to_set(self.to)
    }

    fn revert(&self) -> String {
        self.request_to_set(self.from)
    }

    fn values(&self) -> (u32, u32) {
        (self.from, self.to)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |number: Option<u32>| {
            number.map_or_else(
                || "an unknown number".to_owned(),
                |number| number.to_string(),
            )
        };
        write!(
            f,
            "raise the reserved concurrency of {} from {} to {} (it ran {} executions at one time and {} invocations were throttled in the last {WINDOW_MINUTES} minutes; \
             {} of the account's executions stay unreserved; {} ends the step)",
            self.function,
            self.from,
            self.to,
            number(self.peak),
            number(self.throttles),
            self.unreserved_after,
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
