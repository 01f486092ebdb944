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
//! A series is named by its metric, in an alarm on metric math by its id, and in a composite alarm by the name of the
//! child or suppressor. Series that only AWS can compute are supplied: `lower` and `upper` of an anomaly band, and calls
//! such as `SERVICE_QUOTA(m1)`. A series of a Metrics Insights query is named by its labels, as in `Host=a,Zone=1`.
//! Tokens are explained at [`tokens`]. The alarm begins in `INSUFFICIENT_DATA` with nothing before the first token.
//!
//! `Resolution` is the number of seconds of a token; the alarm is evaluated after each. Without it a token is a period, of
//! a composite alarm a minute. `Start` is the time of the first token, by default a Monday at midnight in UTC. `Actions`
//! are the states whose actions are taken after the last tokens, and `-` where none are.

mod coverage;
pub mod tokens;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::State;
use serde::Deserialize;

use crate::{
    Alarm, Assumptions, Definition, Puts,
    composite::{Composite, CompositeAlarm},
    insights::Observed,
};
use tokens::{Arrival, InvalidTokens};

pub use coverage::Coverage;

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

/// A state, and the state whose actions are taken.
type Step = (State, Option<State>);

/// The reason why a file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the alarm cases cannot be read: {0}")]
pub struct InvalidSuites(String);

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
    /// Cases cannot tell the series of several Metrics Insights queries apart.
    #[error("the alarm has several Metrics Insights queries, and a case has the series of one")]
    Queries,
    /// Other states or actions than expected.
    #[error("expected {expected}, got {got}")]
    States {
        /// The expected states.
        expected: String,
        /// The states of the whole run.
        got: String,
    },
}

/// Reads a file.
pub fn read(yaml: &str) -> Result<Vec<Suite>, InvalidSuites> {
    serde_saphyr::from_str(yaml).map_err(|error| InvalidSuites(error.to_string()))
}

impl Case {
    /// Whether the alarm fires in it.
    pub fn fires(&self) -> bool {
        self.states
            .split_whitespace()
            .any(|state| state.starts_with("ALARM"))
    }

    /// Whether it holds.
    pub fn run(&self, subject: &Subject) -> Result<(), Failure> {
        let got = match subject {
            Subject::Metric(definition) => self.metric_steps(definition)?,
            Subject::Composite(composite) => self.composite_steps(composite)?,
        };
        let states: Vec<State> = got.iter().map(|(state, _)| *state).collect();
        ends_with(&states, &tokens::states(&self.states)?, |state| {
            state.as_str()
        })?;
        if let Some(actions) = &self.actions {
            let taken: Vec<Option<State>> = got.iter().map(|(_, actions)| *actions).collect();
            ends_with(&taken, &tokens::actions(actions)?, |state| {
                state.map_or("-", State::as_str)
            })?;
        }
        Ok(())
    }

    fn metric_steps(&self, definition: &Definition) -> Result<Vec<Step>, Failure> {
        let queries = definition.queries();
        if queries.len() > 1 {
            return Err(Failure::Queries);
        }
        let metrics = definition.inputs().iter().map(|input| input.id.clone());
        let names: Vec<String> = metrics.chain(definition.supplied()).collect();
        let given = self
            .series
            .keys()
            .filter(|name| queries.is_empty() || names.contains(*name));
        names_just(given.cloned().collect(), &names)?;
        let (resolution, start) = self.clock(definition.period);
        let samples = self.parsed(tokens::samples)?;
        let mut puts = Puts::default();
        for (name, tokens) in &samples {
            let arrivals = arrivals(tokens, start, resolution);
            match queries.first().filter(|_| !names.contains(name)) {
                Some((_, query)) => {
                    let (samples, arrived) = arrivals
                        .into_iter()
                        .map(|(at, arrived, sample)| ((at, sample), arrived))
                        .unzip();
                    let (namespace, metric) = (query.namespace.clone(), query.metric.clone());
                    puts.observe(
                        Observed {
                            namespace,
                            metric,
                            labels: labels(name),
                            samples,
                        },
                        arrived,
                    );
                }
                None => {
                    for (at, arrived, sample) in arrivals {
                        puts.put(name, at, arrived, sample);
                    }
                }
            }
        }
        let count = samples.values().next().map_or(0, Vec::len);
        let mut alarm = Alarm::new(definition.clone(), start, Assumptions::default());
        let step = |end: Timestamp| {
            let outcome = alarm.step(&puts, end);
            let acts = outcome
                .notifications
                .first()
                .map(|notification| notification.to);
            (outcome.to, acts)
        };
        Ok(ends(start, resolution).take(count).map(step).collect())
    }

    fn composite_steps(&self, composite: &Composite) -> Result<Vec<Step>, Failure> {
        let mut wanted: Vec<String> = composite
            .rule
            .children()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let suppressor = composite
            .suppressor
            .iter()
            .map(|suppressor| suppressor.alarm.clone());
        // Without its series the suppressor is never in ALARM.
        wanted.extend(suppressor.filter(|name| self.series.contains_key(name)));
        names_just(self.series.keys().cloned().collect(), &wanted)?;
        let (resolution, start) = self.clock(60);
        let states = self.parsed(tokens::states)?;
        let count = states.values().next().map_or(0, Vec::len);
        let mut alarm = CompositeAlarm::new(composite.clone());
        let step = |(index, end): (usize, Timestamp)| {
            let now = states
                .iter()
                .map(|(name, states)| (name.clone(), states[index]))
                .collect();
            let outcome = alarm.step(&now, end);
            (outcome.to, outcome.acts.then_some(outcome.to))
        };
        Ok(ends(start, resolution)
            .take(count)
            .enumerate()
            .map(step)
            .collect())
    }

    fn clock(&self, period: u32) -> (SignedDuration, Timestamp) {
        let seconds = self.resolution.unwrap_or(period).max(1);
        let monday = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(4 * 24);
        (
            SignedDuration::from_secs(i64::from(seconds)),
            self.start.unwrap_or(monday),
        )
    }

    fn parsed<T>(
        &self,
        parse: impl Fn(&str) -> Result<Vec<T>, InvalidTokens>,
    ) -> Result<BTreeMap<String, Vec<T>>, Failure> {
        let parsed: BTreeMap<String, Vec<T>> = self
            .series
            .iter()
            .map(|(name, text)| Ok((name.clone(), parse(text)?)))
            .collect::<Result<_, InvalidTokens>>()?;
        let mut lengths = parsed.values().map(Vec::len);
        let first = lengths.next().unwrap_or(0);
        if lengths.all(|length| length == first) {
            Ok(parsed)
        } else {
            Err(Failure::Length)
        }
    }
}

fn names_just(given: Vec<String>, wanted: &[String]) -> Result<(), Failure> {
    let mut wanted = wanted.to_vec();
    wanted.sort();
    wanted.dedup();
    if given == wanted {
        Ok(())
    } else {
        Err(Failure::Series { given, wanted })
    }
}

fn ends_with<T: PartialEq + Copy>(
    got: &[T],
    expected: &[T],
    text: fn(T) -> &'static str,
) -> Result<(), Failure> {
    let words = |list: &[T]| {
        list.iter()
            .map(|&one| text(one))
            .collect::<Vec<_>>()
            .join(" ")
    };
    if expected.len() > got.len() {
        return Err(Failure::Length);
    }
    if got.ends_with(expected) {
        return Ok(());
    }
    Err(Failure::States {
        expected: words(expected),
        got: words(got),
    })
}

/// The ends of tokens one after another.
fn ends(start: Timestamp, resolution: SignedDuration) -> impl Iterator<Item = Timestamp> {
    let next = move |end: &Timestamp| end.checked_add(resolution).ok();
    std::iter::successors(start.checked_add(resolution).ok(), next)
}

/// Samples with the time they are of and the time they arrive.
fn arrivals(
    tokens: &[Vec<Arrival>],
    start: Timestamp,
    resolution: SignedDuration,
) -> Vec<(Timestamp, Timestamp, crate::Sample)> {
    let mut all = Vec::new();
    for (end, token) in ends(start, resolution).zip(tokens) {
        for (sample, delay) in token {
            let arrived = end + SignedDuration::from_secs(i64::from(*delay));
            all.push((end - resolution, arrived, sample.clone()));
        }
    }
    all
}

/// `Host=a,Zone=1`; a name without `=` has no labels.
fn labels(name: &str) -> BTreeMap<String, String> {
    let pairs = name.split(',').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests;
