//! The same past at other thresholds.

use std::collections::BTreeSet;

use jiff::Timestamp;
use picket_shared::alarm::State;

use super::{
    Backtest, Series, Summary, contributors::Group, firings::Followed, series::as_recorded,
};
use crate::{
    Assumptions, Comparison, Definition, Threshold, Watched, Window,
    alarm::{
        contributors::{Contributors, state_of_contributor},
        overall,
    },
    evaluation::judge,
};

/// The past of an alarm at a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtThreshold {
    /// The threshold.
    pub threshold: f64,
    /// What would have happened.
    pub summary: Summary,
    /// The same of its contributors, added up; `None` where it has none.
    pub contributors: Option<Summary>,
}

/// Shares of the values at which a threshold is tried.
const QUANTILES: [f64; 8] = [0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 1.0];

impl AtThreshold {
    /// The past of an alarm at each threshold. Of an alarm on a band nothing: it has no threshold.
    pub fn all(
        definition: &Definition,
        series: &Series,
        (start, end): (Timestamp, Timestamp),
        thresholds: &[f64],
    ) -> Vec<Self> {
        if definition.threshold.value().is_none() {
            return Vec::new();
        }
        let own = as_recorded(definition);
        let mut runs: Vec<Run> = thresholds
            .iter()
            .map(|&threshold| Run::new(&own, threshold))
            .collect();
        let assumptions = Assumptions::default();
        let mut last = None;
        for at in series.times(&own, start, end) {
            let window = Window::assuming(&own, at, assumptions);
            let inputs = series.puts.inputs(&own, &window, own.evaluated_at(at));
            let watched = own.watched(&inputs, &window, assumptions);
            for run in &mut runs {
                run.step(&window, &watched, at);
            }
            last = Some(at);
        }
        runs.into_iter().map(|run| run.ended(last)).collect()
    }
}

/// An alarm at a threshold.
struct Run {
    definition: Definition,
    threshold: f64,
    state: State,
    followed: Followed,
    contributors: Contributors,
    group: Group,
}

impl Run {
    fn new(own: &Definition, threshold: f64) -> Self {
        let mut definition = own.clone();
        definition.threshold = Threshold::Value(threshold);
        Self {
            definition,
            threshold,
            state: State::InsufficientData,
            followed: Followed::default(),
            contributors: Contributors::default(),
            group: Group::default(),
        }
    }

    fn step(&mut self, window: &Window, watched: &[Watched], at: Timestamp) {
        if self.definition.watches_contributors() {
            self.step_contributors(window, watched, at);
        } else if let Some(watched) = watched.first() {
            (self.state, _) = judge(window, &self.definition, self.state, watched);
        }
        self.followed.step(at, self.state, false);
    }

    fn step_contributors(&mut self, window: &Window, watched: &[Watched], at: Timestamp) {
        let judged = watched.iter().map(|one| {
            let current = self.contributors.state(&one.attributes);
            let (state, _) = judge(window, &self.definition, current, one);
            (one.attributes.clone(), state_of_contributor(state))
        });
        let judged: Vec<_> = judged.collect();
        self.state = overall(judged.iter().map(|(_, state)| *state));
        self.contributors.advance(judged);
        let states = self.contributors.states();
        self.group.step(at, states, &BTreeSet::new());
    }

    fn ended(self, last: Option<Timestamp>) -> AtThreshold {
        let group = self.group.ended().into_iter();
        let contributors = self.definition.watches_contributors();
        AtThreshold {
            threshold: self.threshold,
            summary: Summary::of(&self.followed.firings, last),
            contributors: contributors.then(|| group.map(|one| one.summary(last)).sum()),
        }
    }
}

/// Thresholds to try: the alarm's own, and quantiles of the values on the side where it breaches, in two digits.
pub fn candidates(definition: &Definition, backtest: &Backtest) -> Vec<f64> {
    let Some(own) = definition.threshold.value() else {
        return Vec::new();
    };
    let is_upper = matches!(
        definition.comparison,
        Comparison::GreaterThan | Comparison::GreaterThanOrEqualTo
    );
    let mut values: Vec<f64> = backtest
        .evaluations
        .iter()
        .filter_map(|one| one.value)
        .collect();
    values.sort_by(f64::total_cmp);
    let quantile = |share: f64| {
        let share = if is_upper { share } else { 1.0 - share };
        values.get(place(share, values.len())).copied()
    };
    let mut all: Vec<f64> = QUANTILES
        .into_iter()
        .filter_map(quantile)
        .map(two_digits)
        .collect();
    all.push(own);
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a length that is far below 2^52"
)]
fn place(share: f64, length: usize) -> usize {
    (share * length.saturating_sub(1) as f64).round() as usize
}

/// The number in two significant digits, so that it can be said.
fn two_digits(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}
