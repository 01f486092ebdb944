//! What a view of the chain, CloudWatch or Prometheus, has of a replay: the same requests three times, by how they are
//! rolled up.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::counts::{Agents, Counts, compare};

/// The requests that a series is the sum of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// The environment.
    Environment,
    /// An agent.
    Agent(String),
    /// One of an agent's models.
    Model(String, String),
}

impl Scope {
    /// The scope of a series with these dimensions, beside the environment.
    pub(super) fn of(agent: Option<String>, model: Option<String>) -> Option<Self> {
        match (agent, model) {
            (None, None) => Some(Self::Environment),
            (Some(agent), None) => Some(Self::Agent(agent)),
            (Some(agent), Some(model)) => Some(Self::Model(agent, model)),
            (None, Some(_)) => None,
        }
    }
}

/// All series of the three metrics.
pub(super) type Series = BTreeMap<Scope, Counts>;

/// The three metrics that are compared, and where each goes.
pub(super) const METRICS: [Metric; 3] = [
    Metric {
        cloudwatch: "Requests",
        prometheus: "bedrock_usage_requests_total",
        put: |counts, value| counts.requests += value,
    },
    Metric {
        cloudwatch: "InputTokens",
        prometheus: "bedrock_usage_input_tokens_total",
        put: |counts, value| counts.input_tokens += value,
    },
    Metric {
        cloudwatch: "OutputTokens",
        prometheus: "bedrock_usage_output_tokens_total",
        put: |counts, value| counts.output_tokens += value,
    },
];

/// A metric under both of its names.
pub(super) struct Metric {
    pub(super) cloudwatch: &'static str,
    pub(super) prometheus: &'static str,
    pub(super) put: fn(&mut Counts, u64),
}

/// A count that is sent as a float; `None` where it is none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole, not negative, and below 2^53"
)]
pub(super) fn count(value: f64) -> Option<u64> {
    /// 2^53: every whole number below is a float.
    const MOST: f64 = 9_007_199_254_740_992.0;
    ((0.0..MOST).contains(&value) && value.fract() == 0.0).then_some(value as u64)
}

/// A replay's requests in one view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct View {
    /// All three totals are what the recording holds, and no agent has more than its own.
    pub exact: bool,
    /// The environment's series.
    pub environment: Counts,
    /// The series of agents added up, `Other` among them.
    pub by_agent: Counts,
    /// The series of agents' models added up, `Other` among them.
    pub by_model: Counts,
    /// The agents' series one by one.
    pub agents: Agents,
}

impl View {
    /// From the series before a replay and after it.
    pub(super) fn of(
        before: &Series,
        after: &Series,
        expected: &BTreeMap<String, Counts>,
    ) -> Result<Self> {
        let (mut environment, mut by_model) = (Counts::default(), Counts::default());
        let mut found = BTreeMap::new();
        for (scope, counts) in after {
            let new = counts.less(before.get(scope).copied().unwrap_or_default())?;
            match scope {
                Scope::Environment => environment += new,
                Scope::Agent(agent) => {
                    found.insert(agent.clone(), new);
                }
                Scope::Model(..) => by_model += new,
            }
        }
        let by_agent = found.values().copied().sum();
        let agents = compare(expected, &found);
        let total: Counts = expected.values().copied().sum();
        let exact = [environment, by_agent, by_model] == [total; 3] && agents.over.is_empty();
        Ok(Self {
            exact,
            environment,
            by_agent,
            by_model,
            agents,
        })
    }

    /// Whether nothing is missing in any of the three totals.
    pub(super) fn covers(&self, expected: Counts) -> bool {
        [self.environment, self.by_agent, self.by_model]
            .into_iter()
            .all(|total| total.covers(expected))
    }

    /// Requests that are too many, in the total that has most of them.
    pub fn surplus(&self, expected: Counts) -> u64 {
        [self.environment, self.by_agent, self.by_model]
            .map(|total| total.requests.saturating_sub(expected.requests))
            .into_iter()
            .max()
            .unwrap_or_default()
    }
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

    fn series(environment: u64, agents: &[(&str, u64)]) -> Series {
        let mut all = Series::from([(Scope::Environment, counts(environment))]);
        for (agent, requests) in agents {
            let agent = (*agent).to_owned();
            all.insert(Scope::Agent(agent.clone()), counts(*requests));
            all.insert(Scope::Model(agent, "m".to_owned()), counts(*requests));
        }
        all
    }

    fn expected() -> BTreeMap<String, Counts> {
        ["a", "b"].map(|agent| (agent.to_owned(), counts(2))).into()
    }

    #[test]
    fn a_view_is_exact_where_what_was_added_is_the_recording_three_times() {
        let before = series(7, &[("z", 7)]);
        let after = series(11, &[("a", 2), ("Other", 2), ("z", 7)]);
        let view = View::of(&before, &after, &expected()).unwrap();
        assert!(view.exact, "{view:?}");
        assert_eq!((view.agents.whole, view.agents.absent), (1, 1));
        assert_eq!(view.agents.other, counts(2));
    }

    #[test]
    fn a_view_is_not_exact_where_any_of_its_totals_or_agents_is_not() {
        let nothing = Series::new();
        let mut all = vec![
            series(5, &[("a", 2), ("b", 2)]),
            series(4, &[("a", 2), ("b", 1)]),
            series(4, &[("a", 1), ("b", 3)]),
            series(4, &[("a", 2), ("c", 2)]),
        ];
        let mut models = series(4, &[("a", 2), ("b", 2)]);
        models.remove(&Scope::Model("b".to_owned(), "m".to_owned()));
        all.push(models);
        for after in all {
            let view = View::of(&nothing, &after, &expected()).unwrap();
            assert!(!view.exact, "{view:?}");
        }
    }

    #[test]
    fn a_surplus_is_shown_and_a_lack_is_not_covered() {
        let nothing = Series::new();
        let of = |series: &Series| View::of(&nothing, series, &expected()).unwrap();
        let over = of(&series(6, &[("a", 4), ("b", 2)]));
        assert!(over.covers(counts(4)));
        assert_eq!(over.surplus(counts(4)), 2);
        assert!(!of(&series(6, &[("a", 2), ("b", 1)])).covers(counts(4)));
    }

    #[test]
    fn a_count_is_a_whole_number() {
        assert_eq!(count(22_361_870.0), Some(22_361_870));
        assert_eq!([count(0.5), count(-1.0), count(f64::NAN)], [None; 3]);
    }
}
