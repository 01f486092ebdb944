//! A series: its cumulative value, and whether it restarts.

use picket_shared::series::SeriesKey;

use crate::prometheus::{
    bounds::Bounds,
    labels::PrometheusType,
    value::{CumulativeValue, Histogram, Total},
};

/// The time without a change after which a series is no longer sent, in milliseconds.
pub const IDLE: i64 = 6 * 60 * 60 * 1_000;
/// The time without a change after which a series restarts at zero, in milliseconds.
pub(super) const RESTARTED_AFTER: i64 = IDLE + MARGIN;
/// The time between the last sample of a series and its removal, in milliseconds. A series that returns gets a sample
/// of zero a minute earlier, which must be after that sample.
pub(super) const MARGIN: i64 = 5 * 60 * 1_000;

/// A series.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its cumulative value.
    pub value: CumulativeValue,
    /// The time of its last change, in milliseconds since 1970.
    pub changed: i64,
    /// Whether it restarts.
    pub restart: Restart,
}

/// The restart of a series that did not change for hours. The receiver must accept a zero before any later value:
/// otherwise, if the later value is not below the old one, it sees an increase by the difference alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restart {
    /// No restart: the value is sent.
    None,
    /// Zeros are sent instead of the value, until the receiver accepts one.
    Pending,
    /// This process knows that the receiver accepted a zero at a time (milliseconds since 1970). Until a snapshot says
    /// so, zeros are sent: a process that does not know it sends zeros again.
    Accepted(i64),
}

/// The first value of a series.
pub(super) fn zero(kind: PrometheusType, key: &SeriesKey) -> CumulativeValue {
    match kind {
        PrometheusType::Histogram => CumulativeValue::Histogram(Histogram::empty(Bounds::of(key))),
        PrometheusType::Counter | PrometheusType::Gauge => {
            CumulativeValue::Counter(Total::default())
        }
    }
}

impl Series {
    /// Begins a histogram anew that was made with other bounds than its rule has now: counts of other buckets cannot be
    /// assigned to its own. To Prometheus it is a restart.
    pub(super) fn rebuild(&mut self, kind: PrometheusType, key: &SeriesKey) {
        if kind != PrometheusType::Histogram {
            return;
        }
        let bounds = Bounds::of(key);
        let is_of_other_bounds = match &self.value {
            CumulativeValue::Histogram(histogram) => histogram.bounds != bounds,
            // As a build without `Buckets` reads and writes it. Without, it is a counter of the same name.
            CumulativeValue::Counter(_) => matches!(bounds, Bounds::Own(_)),
        };
        if is_of_other_bounds {
            self.value = CumulativeValue::Histogram(Histogram::empty(bounds));
        }
    }

    /// Whether the series did not change for so long that it is no longer sent.
    pub fn is_idle(&self, at: i64) -> bool {
        self.restart != Restart::Pending && at.saturating_sub(self.changed) >= IDLE
    }

    /// The value that is sent.
    pub fn sent_value(&self) -> CumulativeValue {
        match self.restart {
            Restart::None => self.value.clone(),
            Restart::Pending | Restart::Accepted(_) => self.value.zero(),
        }
    }

    /// Moves the series to its state in a snapshot at `at` (milliseconds since 1970), and returns whether the snapshot
    /// contains it.
    ///
    /// Only a snapshot starts or ends a restart. Every process that reads it therefore knows whether values were sent
    /// since.
    pub fn settle(&mut self, at: i64) -> bool {
        let is_unchanged = at.saturating_sub(self.changed) >= RESTARTED_AFTER;
        match self.restart {
            Restart::None if is_unchanged => {
                self.value = self.value.zero();
                self.restart = Restart::Pending;
            }
            Restart::Accepted(accepted) if is_unchanged && self.value == self.value.zero() => {
                return at.saturating_sub(accepted) < MARGIN;
            }
            Restart::Accepted(_) => {
                self.restart = Restart::None;
                self.changed = self.changed.max(at);
            }
            Restart::None | Restart::Pending => {}
        }
        true
    }
}
