//! A change, whole: what is set, from what, to what, and how it is put back.

use std::fmt;

use serde_json::json;

use crate::{
    candidate::Candidate,
    facts::{FunctionFacts, WINDOW_MINUTES},
};

/// A function's reservation raised by one step. Only [`crate::plan()`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The playbook that says so.
    pub playbook: String,
    /// The function.
    pub function: String,
    /// Its reservation now: the value that puts the change back.
    pub from: u32,
    /// What it is raised to.
    pub to: u32,
    /// What keeps it from going further.
    pub bound: Bound,
    /// The most executions at one time in the last minutes.
    pub peak: Option<u32>,
    /// Throttled invocations in the last minutes.
    pub throttles: Option<u32>,
    /// What stays unreserved in the account afterwards.
    pub unreserved_after: u32,
}

/// The bound that ends a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// The playbook's factor or step.
    Growth,
    /// The playbook's maximum.
    Maximum,
    /// What the account can spare.
    Account,
}

/// From where to where.
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
            function: candidate.function.to_owned(),
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

    /// The request that makes it, as an operator would write it.
    pub fn request(&self) -> String {
        self.put(self.to)
    }

    /// The request that puts it back.
    pub fn revert(&self) -> String {
        self.put(self.from)
    }

    fn put(&self, reserved: u32) -> String {
        let body = json!({
            "FunctionName": self.function,
            "ReservedConcurrentExecutions": reserved,
        });
        format!("lambda:PutFunctionConcurrency {body}")
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
