//! What a drill found of one alarm, and of all.

use std::fmt;

use jiff::SignedDuration;
use serde::{Serialize, Serializer};

use crate::style::{BAD, BOLD, FAINT, GOOD, RESET};

/// The result of one alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Drilled {
    pub(super) alarm: String,
    pub(super) verdict: Verdict,
    /// Times at each sink.
    pub(super) sinks: Vec<SinkTimes>,
    /// Topics whose messages wait for the daily digest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) digest: Vec<String>,
    /// Topics without the forwarder, where arrival cannot be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) unconfirmed: Vec<String>,
    /// What is wrong, or why it was skipped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) reasons: Vec<String>,
}

/// The verdict on an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    /// Every sink had the ALARM and the OK.
    Passed,
    /// It was not drilled, and nothing is wrong with it.
    Skipped,
    /// A sink lacks a change, or nobody is notified.
    Failed,
}

/// The times of the two changes at a sink; `null` where one did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct SinkTimes {
    pub(super) sink: String,
    #[serde(rename = "arrived_after_seconds", serialize_with = "seconds")]
    pub(super) arrived: Option<SignedDuration>,
    #[serde(rename = "cleared_after_seconds", serialize_with = "seconds")]
    pub(super) cleared: Option<SignedDuration>,
}

/// The result of all alarms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Summary {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
fn seconds<S: Serializer>(time: &Option<SignedDuration>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs()).serialize(serializer)
}

impl Verdict {
    /// The verdict on the sinks, unless something else has failed.
    pub(super) fn of(sinks: &[SinkTimes], so_far: Self) -> Self {
        let whole = |times: &SinkTimes| times.arrived.is_some() && times.cleared.is_some();
        if sinks.iter().all(whole) {
            so_far
        } else {
            Self::Failed
        }
    }
}

impl Drilled {
    /// An alarm of which nothing bad is known.
    pub(super) fn new(alarm: &str) -> Self {
        Self {
            alarm: alarm.to_owned(),
            verdict: Verdict::Passed,
            sinks: Vec::new(),
            digest: Vec::new(),
            unconfirmed: Vec::new(),
            reasons: Vec::new(),
        }
    }

    /// An alarm that was not drilled.
    pub(super) fn left(alarm: &str, verdict: Verdict, reason: String) -> Self {
        Self {
            verdict,
            reasons: vec![reason],
            ..Self::new(alarm)
        }
    }

    /// Fails it for a reason.
    pub(super) fn fail(&mut self, reason: String) {
        self.verdict = Verdict::Failed;
        self.reasons.push(reason);
    }
}

impl Summary {
    /// Counts one more.
    pub(super) fn count(&mut self, drilled: &Drilled) {
        *match drilled.verdict {
            Verdict::Passed => &mut self.passed,
            Verdict::Failed => &mut self.failed,
            Verdict::Skipped => &mut self.skipped,
        } += 1;
    }
}

impl fmt::Display for Drilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (style, word) = match self.verdict {
            Verdict::Passed => (GOOD, "passed"),
            Verdict::Skipped => (FAINT, "skipped"),
            Verdict::Failed => (BAD, "failed"),
        };
        write!(f, "{style}{word:<7}{RESET} {BOLD}{}{RESET}", self.alarm)?;
        for times in &self.sinks {
            write!(f, "\n        {times}")?;
        }
        for topic in &self.digest {
            write!(
                f,
                "\n        {FAINT}{topic}: kept for the daily digest{RESET}"
            )?;
        }
        for topic in &self.unconfirmed {
            write!(
                f,
                "\n        {FAINT}{topic}: sent, and only its subscribers see whether it arrived{RESET}"
            )?;
        }
        for reason in &self.reasons {
            write!(f, "\n        {reason}")?;
        }
        Ok(())
    }
}

impl fmt::Display for SinkTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sink,
            arrived,
            cleared,
        } = self;
        match (arrived, cleared) {
            (Some(arrived), Some(cleared)) => write!(
                f,
                "{sink}: ALARM after {} s, OK after {} s",
                arrived.as_secs(),
                cleared.as_secs()
            ),
            (Some(arrived), None) => write!(
                f,
                "{BAD}{sink}: ALARM after {} s, the OK did not arrive{RESET}",
                arrived.as_secs()
            ),
            (None, _) => write!(f, "{BAD}{sink}: the ALARM did not arrive{RESET}"),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}
