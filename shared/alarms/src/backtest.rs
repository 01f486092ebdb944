//! An alarm over recorded metrics: when it would have fired, for how long, and at which threshold how often.
//!
//! [`resolution`] chooses the period of the data, [`queries`] writes the queries of `GetMetricData`, [`Answers`] reads
//! what it answered, and [`Series::of`] finds the series of an alarm there. [`Backtest::run`] evaluates the alarm as
//! [`Alarm`] does, each minute of the time.
//!
//! The evaluation begins when the whole evaluation range lies within the data, and a warm-up is over.

mod answers;
mod composites;
mod firings;
mod queries;
mod resolution;
mod series;
mod thresholds;

use jiff::Timestamp;
use picket_shared::alarm::State;

use crate::{Alarm, Assumption, Assumptions, Bounds, Definition, Threshold, Window};

pub use answers::{Answers, InvalidAnswer};
pub use composites::composite;
pub use firings::{FLAP, Firing, Summary};
pub use queries::{Query, queries};
pub use resolution::{kept, resolution};
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
    /// The newest datapoint of the alarm's series, where there is one.
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
}

impl Backtest {
    /// Evaluates an alarm over its series, up to `end`.
    pub fn run(definition: &Definition, series: &Series, start: Timestamp, end: Timestamp) -> Self {
        let definition = as_recorded(definition);
        let assumptions = Assumptions::default();
        let mut alarm = Alarm::new(definition.clone(), start, assumptions);
        let evaluations: Vec<Evaluated> = series
            .times(&definition, start, end)
            .map(|at| {
                let outcome = alarm.step(&series.puts, at);
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
        }
    }

    /// The counts of its firings.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.firings, self.evaluations.last().map(|last| last.at))
    }
}

/// The datapoint of the newest period, and what it is compared with.
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
    let Some(watched) = watched.first() else {
        return (None, None);
    };
    let newest = watched
        .datapoints
        .iter()
        .rfind(|datapoint| datapoint.at == window.newest());
    let bounds = match definition.threshold {
        Threshold::Value(value) => Some(Bounds {
            lower: value,
            upper: value,
        }),
        Threshold::Band(_) => watched.band.get(&window.newest()).copied(),
    };
    (newest.map(|datapoint| datapoint.value), bounds)
}

#[cfg(test)]
mod tests;
