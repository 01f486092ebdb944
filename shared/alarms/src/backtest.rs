//! An alarm over recorded metrics: when it would have fired, for how long, and at which threshold how often.
//!
//! [`resolution`] chooses the period of the data, [`queries`] writes the queries of `GetMetricData`, [`Answers`] reads
//! what it answered, and [`Series::of`] finds the series of an alarm there. [`Backtest::run`] evaluates the alarm as
//! [`Alarm`] does, each minute of the time.
//!
//! An alarm on the groups of a Metrics Insights query has a past of each contributor beside its own.
//!
//! The evaluation begins when the whole evaluation range lies within the data, and a warm-up is over.

mod answers;
mod composites;
mod contributors;
mod firings;
mod groups;
mod queries;
mod resolution;
mod series;
mod thresholds;

use jiff::Timestamp;
use picket_shared::alarm::State;

use crate::{Alarm, Assumption, Assumptions, Bounds, Comparison, Definition, Window};

pub use answers::{Answers, InvalidAnswer};
pub use composites::composite;
pub use contributors::Contributor;
pub use firings::{FLAP, Firing, Summary};
pub use queries::{Query, queries};
pub use resolution::{OF_INSIGHTS, kept, resolution};
pub use series::{NoSeries, Series};

use series::as_recorded;
pub use thresholds::{AtThreshold, candidates};

/// An evaluation of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// Its time.
    pub at: Timestamp,
    /// The state after it.
    pub state: State,
    /// The newest datapoint of the alarm's series, where there is one; of contributors the one nearest to ALARM.
    pub value: Option<f64>,
    /// What that was compared with; `None` where the band has no value.
    pub bounds: Option<Bounds>,
    /// What AWS does not publish and the state hangs on.
    pub hangs_on: Vec<Assumption>,
}

/// The past of an alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// The evaluations, in the order of time.
    pub evaluations: Vec<Evaluated>,
    /// The times in ALARM.
    pub firings: Vec<Firing>,
    /// The contributors that were in a result, those with the most pages first.
    pub contributors: Vec<Contributor>,
    /// The first evaluation at which more contributors breached than can be in ALARM.
    pub left_out: Option<Timestamp>,
}

impl Backtest {
    /// Evaluates an alarm over its series, up to `end`.
    pub fn run(definition: &Definition, series: &Series, start: Timestamp, end: Timestamp) -> Self {
        let definition = as_recorded(definition);
        let assumptions = Assumptions::default();
        let mut alarm = Alarm::new(definition.clone(), start, assumptions);
        let mut group = contributors::Group::default();
        let mut left_out = None;
        let evaluations: Vec<Evaluated> = series
            .times(&definition, start, end)
            .map(|at| {
                let outcome = alarm.step(&series.puts, at);
                group.step(at, alarm.contributors(), &outcome.uncertain);
                left_out = left_out.or((outcome.left_out > 0).then_some(at));
                let (value, bounds) = newest(&definition, series, at);
                Evaluated {
                    at,
                    state: outcome.to,
                    value,
                    bounds,
                    hangs_on: outcome.hangs_on,
                }
            })
            .collect();
        Self {
            firings: firings::of(&evaluations),
            evaluations,
            contributors: group.ended(),
            left_out,
        }
    }

    /// The time of the last evaluation.
    pub fn end(&self) -> Option<Timestamp> {
        self.evaluations.last().map(|last| last.at)
    }

    /// The counts of its firings.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.firings, self.end())
    }
}

/// The datapoint of the newest period, of contributors the one nearest to ALARM, and what it is compared with.
fn newest(
    definition: &Definition,
    series: &Series,
    at: Timestamp,
) -> (Option<f64>, Option<Bounds>) {
    let assumptions = Assumptions::default();
    let window = Window::assuming(definition, at, assumptions);
    let inputs = series
        .puts
        .inputs(definition, &window, definition.evaluated_at(at));
    let watched = definition.watched(&inputs, &window, assumptions);
    let newest = watched.iter().filter_map(|watched| {
        let mut newest = watched.datapoints.iter().rev();
        newest.find(|datapoint| datapoint.at == window.newest())
    });
    let values = newest.map(|datapoint| datapoint.value);
    let value = match definition.comparison {
        Comparison::LessThan | Comparison::LessThanOrEqualTo => values.reduce(f64::min),
        _ => values.reduce(f64::max),
    };
    let bounds = match (definition.threshold.value(), watched.first()) {
        (Some(value), _) => Some(Bounds {
            lower: value,
            upper: value,
        }),
        (None, watched) => watched.and_then(|watched| watched.band.get(&window.newest()).copied()),
    };
    (value, bounds)
}

#[cfg(test)]
mod tests;
