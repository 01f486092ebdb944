//! The past of each alarm.

use jiff::Timestamp;
use picket_alarms::backtest::Backtest;
use serde::Serialize;

use super::{
    alarms::Alarm,
    contributors::Contributors,
    counts::{Counts, Shown},
};

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
