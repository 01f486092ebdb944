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
//! A series is named by its metric, in an alarm on metric math by its id, and in a composite alarm by the child's name.
//! Tokens are explained at [`tokens`]. The alarm begins in `INSUFFICIENT_DATA` with nothing before the first token.

pub mod tokens;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::State;
use serde::Deserialize;

use crate::{Datapoint, Definition, Sample, Statistic, Window, composite::Rule, evaluate};
use tokens::InvalidTokens;

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
    /// The states after the last periods.
    pub states: String,
}

/// The definitions that a case is run against.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A metric alarm.
    Metric(Box<Definition>),
    /// A composite alarm.
    Composite(Rule),
}

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
    /// Other states than expected.
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
        let expected = tokens::states(&self.states)?;
        let got = match subject {
            Subject::Metric(definition) => self.metric_states(definition)?,
            Subject::Composite(rule) => self.composite_states(rule)?,
        };
        let tail = got
            .len()
            .checked_sub(expected.len())
            .ok_or(Failure::Length)?;
        if got[tail..] == expected {
            return Ok(());
        }
        Err(Failure::States {
            expected: words(&expected),
            got: words(&got),
        })
    }

    fn metric_states(&self, definition: &Definition) -> Result<Vec<State>, Failure> {
        self.names_just(
            definition
                .inputs()
                .iter()
                .map(|input| input.id.as_str())
                .collect(),
        )?;
        let samples = self.parsed(tokens::samples)?;
        let period = SignedDuration::from_secs(i64::from(definition.period));
        let inputs: BTreeMap<String, Vec<Datapoint>> = definition
            .inputs()
            .iter()
            .map(|input| {
                let tokens = &samples[&input.id];
                let point = |(at, sample): (Timestamp, &Option<Sample>)| {
                    let put = std::slice::from_ref(sample.as_ref()?);
                    let value = input.statistic.of(put)?;
                    let samples = Statistic::SampleCount.of(put);
                    Some(Datapoint { at, value, samples })
                };
                (
                    input.id.clone(),
                    starts(period).zip(tokens).filter_map(point).collect(),
                )
            })
            .collect();
        let periods = samples.values().next().map_or(0, Vec::len);
        let mut state = State::InsufficientData;
        let after = |start: Timestamp| {
            let now = start + period;
            let window = Window::of(definition, now);
            // Datapoints that are published later than now are not visible yet; the window leaves them out.
            state = evaluate(definition, state, &definition.series(&inputs, &window), now).state;
            state
        };
        Ok(starts(period).take(periods).map(after).collect())
    }

    fn composite_states(&self, rule: &Rule) -> Result<Vec<State>, Failure> {
        let mut children = rule.children();
        children.sort_unstable();
        children.dedup();
        self.names_just(children)?;
        let states = self.parsed(tokens::states)?;
        let periods = states.values().next().map_or(0, Vec::len);
        let at = |index: usize| {
            let children = states
                .iter()
                .map(|(name, states)| (name.clone(), states[index]))
                .collect();
            rule.state(&children)
        };
        Ok((0..periods).map(at).collect())
    }

    fn names_just(&self, wanted: Vec<&str>) -> Result<(), Failure> {
        let mut wanted: Vec<String> = wanted.into_iter().map(str::to_owned).collect();
        wanted.sort();
        let given: Vec<String> = self.series.keys().cloned().collect();
        if given == wanted {
            Ok(())
        } else {
            Err(Failure::Series { given, wanted })
        }
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

/// Periods one after another, from a round moment on.
fn starts(period: SignedDuration) -> impl Iterator<Item = Timestamp> {
    let begin = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24);
    std::iter::successors(Some(begin), move |start| start.checked_add(period).ok())
}

fn words(states: &[State]) -> String {
    states
        .iter()
        .map(|state| state.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests;
