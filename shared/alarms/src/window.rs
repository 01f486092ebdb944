//! The evaluation range of an alarm, and its datapoints.

use jiff::{SignedDuration, Timestamp};

use crate::Definition;

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
    /// The periods' starts, oldest first.
    pub starts: Vec<Timestamp>,
    /// Their length.
    pub period: SignedDuration,
}

/// CloudWatch queries more periods than it evaluates, so that late data may still come. The user guide's tables show
/// five for three ("How alarm state is evaluated when data is missing"); for others it says only that the number is
/// higher.
const EXTRA_PERIODS: u32 = 2;

/// An alarm is evaluated every minute, on the minutes that are over: a window of five minutes slides by one.
const STEP: i64 = 60;

impl Window {
    /// The range of an evaluation at `now`.
    pub fn of(definition: &Definition, now: Timestamp) -> Self {
        let period = i64::from(definition.period);
        let step = period.min(STEP);
        let end = now.as_second().div_euclid(step) * step;
        let count = i64::from(definition.evaluation_periods + EXTRA_PERIODS);
        let starts = (1..=count)
            .rev()
            .filter_map(|back| Timestamp::from_second(end - back * period).ok())
            .collect();
        Self {
            starts,
            period: SignedDuration::from_secs(period),
        }
    }

    /// The start of the newest period.
    pub fn newest(&self) -> Timestamp {
        self.starts.last().copied().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The end of the newest period: what an API calls the end time.
    pub fn end(&self) -> Timestamp {
        self.newest() + self.period
    }

    /// A datapoint or nothing for each period, oldest first. Of several in one period the latest given counts.
    pub fn place(&self, datapoints: &[Datapoint]) -> Vec<Option<Datapoint>> {
        let within = |start: Timestamp, at: Timestamp| at >= start && at < start + self.period;
        self.starts
            .iter()
            .map(|&start| {
                datapoints
                    .iter()
                    .rev()
                    .find(|datapoint| within(start, datapoint.at))
                    .copied()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::tests::sum_alarm;

    #[test]
    fn a_window_ends_with_the_last_whole_minute_and_slides_by_one() {
        let definition = Definition {
            period: 300,
            evaluation_periods: 1,
            ..sum_alarm(1, 1)
        };
        let texts = |now: &str| -> Vec<String> {
            Window::of(&definition, now.parse().unwrap())
                .starts
                .iter()
                .map(Timestamp::to_string)
                .collect()
        };
        assert_eq!(
            texts("2026-11-20T10:07:59Z"),
            [
                "2026-11-20T09:52:00Z",
                "2026-11-20T09:57:00Z",
                "2026-11-20T10:02:00Z"
            ]
        );
        assert_eq!(texts("2026-11-20T10:08:00Z")[2], "2026-11-20T10:03:00Z");
    }

    #[test]
    fn three_periods_are_evaluated_over_a_range_of_five() {
        let window = Window::of(&sum_alarm(3, 2), Timestamp::from_second(600).unwrap());
        assert_eq!(window.starts.len(), 5);
        assert_eq!(window.end(), Timestamp::from_second(600).unwrap());
    }
}
