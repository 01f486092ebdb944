//! The run of a case.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::State;

use super::{
    Case, Failure, Subject,
    tokens::{self, Arrival, InvalidTokens},
};
use crate::{
    Alarm, Assumptions, Definition, Puts, Sample,
    composite::{Composite, CompositeAlarm},
    insights::Observed,
};

/// An evaluation of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its time: the end of a token.
    pub at: Timestamp,
    /// The state after it.
    pub state: State,
    /// The state whose actions are taken.
    pub acts: Option<State>,
    /// The contributors by their labels, of an alarm on the groups of a Metrics Insights query.
    pub contributors: BTreeMap<Vec<(String, String)>, State>,
}

impl Step {
    fn contributor(&self, labels: &BTreeMap<String, String>) -> Option<State> {
        let is = |attributes: &[(String, String)]| {
            let mut pairs = attributes.iter();
            attributes.len() == labels.len()
                && pairs.all(|(name, value)| labels.get(name) == Some(value))
        };
        let mut all = self.contributors.iter();
        all.find(|(attributes, _)| is(attributes))
            .map(|(_, state)| *state)
    }
}

impl Case {
    /// Whether it holds.
    pub fn run(&self, subject: &Subject) -> Result<(), Failure> {
        let got = self.steps(subject)?;
        let states: Vec<State> = got.iter().map(|step| step.state).collect();
        ends_with(&states, &tokens::states(&self.states)?, |state| {
            state.as_str()
        })?;
        if let Some(actions) = &self.actions {
            let taken: Vec<Option<State>> = got.iter().map(|step| step.acts).collect();
            ends_with(&taken, &tokens::actions(actions)?, |state| {
                state.map_or("-", State::as_str)
            })?;
        }
        self.contributors
            .iter()
            .try_for_each(|(name, expected)| contributor(name, expected, &got))
    }

    /// The alarm's evaluations, one after each token.
    pub fn steps(&self, subject: &Subject) -> Result<Vec<Step>, Failure> {
        match subject {
            Subject::Metric(definition) => self.metric_steps(definition),
            Subject::Composite(composite) => self.composite_steps(composite),
        }
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
            Step {
                at: end,
                state: outcome.to,
                acts,
                contributors: alarm.contributors().clone(),
            }
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
            Step {
                at: end,
                state: outcome.to,
                acts: outcome.acts.then_some(outcome.to),
                contributors: BTreeMap::new(),
            }
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

/// Whether a contributor has the expected states.
fn contributor(name: &str, expected: &str, got: &[Step]) -> Result<(), Failure> {
    let labels = labels(name);
    let states: Vec<Option<State>> = got.iter().map(|step| step.contributor(&labels)).collect();
    let expected = tokens::contributor(expected)?;
    let text = |state: Option<State>| state.map_or("-", State::as_str);
    ends_with(&states, &expected, text).map_err(|failure| match failure {
        Failure::States { expected, got } => Failure::Contributor {
            name: name.to_owned(),
            expected,
            got,
        },
        other => other,
    })
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
) -> Vec<(Timestamp, Timestamp, Sample)> {
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
