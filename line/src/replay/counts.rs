//! What a replay comes to in requests and tokens, as a whole and by agent.

use std::{
    collections::BTreeMap,
    iter::Sum,
    ops::{Add, AddAssign},
};

use anyhow::{Context, Result};
use serde::Serialize;

/// The agent that is counted in place of one that is past a ceiling.
pub(super) const OTHER: &str = "Other";

/// Requests and tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Requests.
    pub requests: u64,
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens generated.
    pub output_tokens: u64,
}

impl Counts {
    /// The difference from an earlier state.
    pub(super) fn less(self, before: Self) -> Result<Self> {
        let less = |now: u64, before: u64| {
            now.checked_sub(before)
                .context("a total is smaller than before")
        };
        Ok(Self {
            requests: less(self.requests, before.requests)?,
            input_tokens: less(self.input_tokens, before.input_tokens)?,
            output_tokens: less(self.output_tokens, before.output_tokens)?,
        })
    }

    /// Whether each is at least the other's.
    pub(super) fn covers(self, other: Self) -> bool {
        self.less(other).is_ok()
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            input_tokens: self.input_tokens + other.input_tokens,
            output_tokens: self.output_tokens + other.output_tokens,
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

/// How the agents of a recording were counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Agents {
    /// Agents with everything under their own name.
    pub whole: usize,
    /// Agents with a part under their own name: the rest is under `Other`.
    pub partly: usize,
    /// Agents with nothing under their own name.
    pub absent: usize,
    /// The requests that are counted as `Other`.
    pub other: Counts,
    /// Agents with more than the recording has for them, and agents that it does not have.
    pub over: Vec<String>,
}

/// Holds what was found, by agent, against what is expected.
pub(super) fn compare(
    expected: &BTreeMap<String, Counts>,
    found: &BTreeMap<String, Counts>,
) -> Agents {
    let mut agents = Agents {
        other: found.get(OTHER).copied().unwrap_or_default(),
        ..Agents::default()
    };
    for (agent, expected) in expected {
        match found.get(agent).copied().unwrap_or_default() {
            found if found == *expected => agents.whole += 1,
            found if found == Counts::default() => agents.absent += 1,
            found if expected.covers(found) => agents.partly += 1,
            _ => agents.over.push(agent.clone()),
        }
    }
    let is_stranger = |(agent, counts): &(&String, &Counts)| {
        *agent != OTHER && !expected.contains_key(*agent) && **counts != Counts::default()
    };
    let strangers = found.iter().filter(is_stranger);
    agents
        .over
        .extend(strangers.map(|(agent, _)| agent.clone()));
    agents
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(requests: u64) -> Counts {
        Counts {
            requests,
            input_tokens: requests * 10,
            output_tokens: requests * 100,
        }
    }

    fn named(all: &[(&str, u64)]) -> BTreeMap<String, Counts> {
        let one = |(name, requests): &(&str, u64)| ((*name).to_owned(), counts(*requests));
        all.iter().map(one).collect()
    }

    #[test]
    fn each_agent_is_whole_partly_under_other_absent_or_over() {
        let expected = named(&[("a", 3), ("b", 3), ("c", 3), ("d", 3)]);
        let found = named(&[
            ("a", 3),
            ("b", 1),
            ("d", 4),
            ("Other", 5),
            ("e", 1),
            ("f", 0),
        ]);
        let agents = compare(&expected, &found);
        let expected = Agents {
            whole: 1,
            partly: 1,
            absent: 1,
            other: counts(5),
            over: vec!["d".to_owned(), "e".to_owned()],
        };
        assert_eq!(agents, expected);
    }

    #[test]
    fn a_total_that_is_smaller_than_before_is_an_error() {
        assert_eq!(counts(3).less(counts(1)).unwrap(), counts(2));
        assert!(counts(1).less(counts(3)).is_err());
    }
}
