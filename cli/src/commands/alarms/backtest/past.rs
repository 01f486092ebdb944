//! The past of each alarm.

use jiff::Timestamp;
use picket_alarms::backtest::{Backtest, Firing, Summary};
use serde::Serialize;

use super::{alarms::Alarm, contributors::Contributors};

/// The past of an alarm, or the reason why it is not known.
#[derive(Debug, Serialize)]
pub(super) struct Past {
    pub(super) name: String,
    pub(super) file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(flatten)]
    pub(super) known: Option<Known>,
}

/// What would have happened.
#[derive(Debug, Serialize)]
pub(super) struct Known {
    /// As in `> 5 in 2 of 3 periods of 60 s`.
    #[serde(skip)]
    pub(super) condition: String,
    /// Seconds of a datapoint; null of a composite alarm.
    pub(super) datapoint_seconds: Option<u32>,
    /// The first and last evaluation.
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
    #[serde(flatten)]
    pub(super) counts: Counts,
    pub(super) firings: Vec<Shown>,
    /// Of an alarm on the groups of a Metrics Insights query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contributors: Option<Contributors>,
    #[serde(skip)]
    pub(super) threshold: Option<f64>,
    pub(super) thresholds: Vec<Row>,
    pub(super) notes: Vec<String>,
    #[serde(skip)]
    pub(super) backtest: Backtest,
}

/// Counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    pub(super) pages: usize,
    pub(super) flaps: usize,
    pub(super) seconds_in_alarm: i64,
}

/// A time in ALARM.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    pub(super) from: Timestamp,
    /// Null where it is still in ALARM.
    pub(super) until: Option<Timestamp>,
    pub(super) flap: bool,
    /// In ALARM from the first evaluation on.
    pub(super) already: bool,
    /// Whether it hangs on what AWS does not publish.
    pub(super) uncertain: bool,
}

/// Counts at a threshold.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) threshold: f64,
    #[serde(flatten)]
    pub(super) counts: Counts,
    /// Those of its contributors, added up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contributors: Option<Counts>,
}

impl Row {
    /// The counts of what people are notified of: of contributors where there are any.
    pub(super) fn notified(&self) -> Counts {
        self.contributors.unwrap_or(self.counts)
    }
}

impl From<Summary> for Counts {
    fn from(summary: Summary) -> Self {
        Self {
            pages: summary.pages,
            flaps: summary.flaps,
            seconds_in_alarm: summary.in_alarm.as_secs(),
        }
    }
}

impl Past {
    pub(super) fn of(alarm: &Alarm, past: Result<Known, String>) -> Self {
        let (known, error) = match past {
            Ok(known) => (Some(known), None),
            Err(error) => (None, Some(error)),
        };
        Self {
            name: alarm.name.clone(),
            file: alarm.file.clone(),
            error,
            known,
        }
    }
}

impl Known {
    pub(super) fn of(
        backtest: Backtest,
        datapoint_seconds: Option<u32>,
        condition: String,
    ) -> Self {
        Self {
            condition,
            datapoint_seconds,
            from: backtest.evaluations.first().map(|one| one.at),
            to: backtest.evaluations.last().map(|one| one.at),
            counts: backtest.summary().into(),
            firings: backtest.firings.iter().map(Shown::of).collect(),
            contributors: None,
            threshold: None,
            thresholds: Vec::new(),
            notes: Vec::new(),
            backtest,
        }
    }
}

impl Shown {
    pub(super) fn of(firing: &Firing) -> Self {
        Self {
            from: firing.from,
            until: firing.until,
            flap: firing.flap,
            already: firing.already,
            uncertain: firing.hangs,
        }
    }
}
