//! `alarms.test.yaml`: series in, alarm states out.
//!
//! ```yaml
//! - Alarm: BedrockErrorsAlarm            # logical id in the template beside it
//!   Cases:
//!     - Name: errors in two minutes of three page
//!       Series: { Errors: 0 0 6 _ 7 }    # a token a period, the newest last
//!       States: OK OK ALARM              # the states after the last periods, the newest last
//! ```
//!
//! The file is the list, or an object with the list as `Alarms` and what the template needs: `Parameters`, and
//! `Template`, the path from the file's folder (without, `template.yaml`).
//!
//! A series is named by its metric, in an alarm on metric math by its id, and in a composite alarm by the name of the
//! child or suppressor. Series that only AWS can compute are supplied: `lower` and `upper` of an anomaly band, and calls
//! such as `SERVICE_QUOTA(m1)`. A series of a Metrics Insights query is named by its labels, as in `Host=a,Zone=1`.
//! Tokens are explained at [`tokens`]. The alarm begins in `INSUFFICIENT_DATA` with nothing before the first token.
//!
//! `Resolution` is the number of seconds of a token; the alarm is evaluated after each. Without it a token is a period, of
//! a composite alarm a minute. `Start` is the time of the first token, by default a Monday at midnight in UTC. `Actions`
//! are the states whose actions are taken after the last tokens, and `-` where none are. `Contributors` has the states of
//! each contributor of a Metrics Insights query with groups, `-` where the query does not return it.

mod coverage;
mod file;
mod generate;
mod run;
pub mod tokens;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use crate::{Definition, composite::Composite};
use tokens::InvalidTokens;

pub use coverage::Coverage;
pub use file::{CaseFile, InvalidSuites, read, read_file};
pub use generate::generate;
pub use run::Step;

/// An alarm's cases.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Suite {
    /// The alarm's logical id.
    pub alarm: String,
    /// The expectation.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Case {
    /// A sentence.
    pub name: String,
    /// Tokens by series.
    pub series: BTreeMap<String, String>,
    /// The states after the last tokens.
    pub states: String,
    /// The states whose actions are taken after the last tokens.
    #[serde(default)]
    pub actions: Option<String>,
    /// The states of contributors after the last tokens, by their labels: `Host=a`. `-` where the query does not return
    /// it.
    #[serde(default)]
    pub contributors: BTreeMap<String, String>,
    /// Seconds of a token.
    #[serde(default)]
    pub resolution: Option<u32>,
    /// The time of the first token.
    #[serde(default)]
    pub start: Option<Timestamp>,
}

/// The definitions that a case is run against.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A metric alarm.
    Metric(Box<Definition>),
    /// A composite alarm.
    Composite(Box<Composite>),
}

impl Subject {
    /// Whether a case supplies series that only AWS can compute, such as an anomaly band: then it tests the alarm and not
    /// AWS's model, and coverage counts it apart.
    pub fn is_supplied(&self) -> bool {
        match self {
            Self::Metric(definition) => !definition.supplied().is_empty(),
            Self::Composite(_) => false,
        }
    }
}

/// The reason why a case fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A token is none.
    #[error("{0}")]
    Tokens(#[from] InvalidTokens),
    /// The case names a series that the alarm does not evaluate, or leaves out one that it does.
    #[error("the case gives the series {given:?}, and the alarm reads {wanted:?}")]
    Series {
        /// The case's.
        given: Vec<String>,
        /// The alarm's.
        wanted: Vec<String>,
    },
    /// Series of different lengths, or fewer periods than states.
    #[error(
        "every series needs the same number of tokens, and at least as many as there are states"
    )]
    Length,
    /// Cases cannot distinguish the series of several Metrics Insights queries.
    #[error("the alarm has several Metrics Insights queries, and a case has the series of one")]
    Queries,
    /// Another state of a contributor.
    #[error("the contributor {name}: expected {expected}, got {got}")]
    Contributor {
        /// Its labels.
        name: String,
        /// The expected states.
        expected: String,
        /// The states of the whole run.
        got: String,
    },
    /// Other states or actions than expected.
    #[error("expected {expected}, got {got}")]
    States {
        /// The expected states.
        expected: String,
        /// The states of the whole run.
        got: String,
    },
}

impl Case {
    /// Whether the alarm fires in it.
    pub fn fires(&self) -> bool {
        self.states
            .split_whitespace()
            .any(|state| state.starts_with("ALARM"))
    }
}

#[cfg(test)]
mod tests;
