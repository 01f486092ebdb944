//! The evaluation range of an alarm, and its datapoints.

mod clock;

use jiff::{SignedDuration, Timestamp};

use crate::{Definition, assumptions::Assumptions};

pub(crate) use clock::WALL_CLOCK_PERIODS;
pub use clock::{Alignment, InvalidTimezone};

/// One period's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Datapoint {
    /// The period's start.
    pub at: Timestamp,
    /// The statistic, or the expression's result.
    pub value: f64,
    /// The number of values it was made of, where known.
    pub samples: Option<f64>,
}

/// The evaluation range: the periods that CloudWatch queries, the newest of them just over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The periods' starts, oldest first. Each period ends where the next begins.
    pub starts: Vec<Timestamp>,
    /// The end of the newest period: what an API calls the end time.
    pub end: Timestamp,
}

/// An alarm with a period of a minute or longer is evaluated every minute, on the minutes that are over: a window of
/// five minutes slides by one (user guide, "Evaluating an alarm").
const STEP: i64 = 60;

/// A high-resolution alarm is evaluated every 10 seconds, whatever its period (same page).
const HIGH_RESOLUTION_STEP: i64 = 10;

/// An alarm whose evaluation interval is longer than a day is evaluated once an hour, on data up to the last full hour
/// (same page, "multi-day alarms").
const MULTI_DAY_STEP: i64 = 3_600;

/// Seconds of a day.
const DAY: i64 = 86_400;

impl Definition {
    /// Returns the seconds between two evaluations.
    pub fn step(&self) -> i64 {
        let interval = i64::from(self.period) * i64::from(self.evaluation_periods);
        if self.period < 60 {
            HIGH_RESOLUTION_STEP
        } else if interval > DAY && self.alignment == Alignment::Sliding {
            MULTI_DAY_STEP
        } else {
            STEP
        }
    }

    /// Returns the time of the last evaluation at or before `now`: later data have no influence.
    pub fn evaluated_at(&self, now: Timestamp) -> Timestamp {
        let at = now.as_second().div_euclid(self.step()) * self.step();
        Timestamp::from_second(at).unwrap_or(now)
    }
}

impl Window {
    /// The range of an evaluation at `now`.
    pub fn of(definition: &Definition, now: Timestamp) -> Self {
        Self::assuming(definition, now, Assumptions::default())
    }

    /// The range under assumptions about what AWS does not publish.
    pub fn assuming(definition: &Definition, now: Timestamp, assumptions: Assumptions) -> Self {
        let end = definition
            .alignment
            .newest_end(definition.period, definition.evaluated_at(now));
        let count = definition.evaluation_periods + assumptions.extra_periods;
        let mut starts = Vec::new();
        let mut start = end;
        for _ in 0..count {
            start = definition.alignment.before(definition.period, start);
            starts.push(start);
        }
        starts.reverse();
        Self { starts, end }
    }

    /// The start of the newest period.
    pub fn newest(&self) -> Timestamp {
        self.starts.last().copied().unwrap_or(self.end)
    }

    /// The periods, oldest first: start, and end that does not belong to it.
    pub fn periods(&self) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        let ends = self.starts.iter().skip(1).chain(std::iter::once(&self.end));
        self.starts.iter().copied().zip(ends.copied())
    }

    /// The length of the newest period. Days and weeks of a time zone can be an hour longer or shorter than others.
    pub fn period(&self) -> SignedDuration {
        self.end.duration_since(self.newest())
    }

    /// A datapoint or nothing for each period, oldest first. Of several in one period the latest given counts.
    pub fn place(&self, datapoints: &[Datapoint]) -> Vec<Option<Datapoint>> {
        let mut placed = vec![None; self.starts.len()];
        for datapoint in datapoints
            .iter()
            .filter(|datapoint| datapoint.at < self.end)
        {
            let after = self.starts.partition_point(|start| *start <= datapoint.at);
            if let Some(place) = after.checked_sub(1).and_then(|place| placed.get_mut(place)) {
                *place = Some(*datapoint);
            }
        }
        placed
    }
}

#[cfg(test)]
mod tests;
