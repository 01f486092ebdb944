//! The publisher's self-metrics, in the namespace `Picket`.

pub(crate) mod override_monitor;
pub mod silent_rules;
pub(crate) mod silent_rules_store;
pub mod waiting;

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::ledger::Sink;
use picket_cloudwatch::datum::Reason;
use picket_shared::{
    chain::{ChainId, Slice},
    series::{OWN_NAMESPACE, SeriesKey, SeriesMinute},
};

pub use override_monitor::OverrideCounts;

use crate::{
    self_metrics::{
        silent_rules::{Counted, Extremes},
        waiting::Waiting,
    },
    series_limit::Metric,
};

/// The metric that the heartbeat record becomes in the event processor.
pub const HEARTBEAT: &str = "Heartbeat";

/// The self-metrics of a tick.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SelfMetrics {
    /// The newest minute with a heartbeat, in minutes since 1970.
    pub newest_heartbeat: Option<i64>,
    /// The slices of each chain that a sink has not processed, as far as this tick knows.
    pub waiting: BTreeMap<Sink, Vec<(ChainId, Waiting)>>,
    /// The commit time of the oldest slice that a sink has not processed; `None` where it has processed all. A sink is
    /// missing where that is not known.
    pub oldest_waiting: BTreeMap<Sink, Option<Timestamp>>,
    /// Slices sent to CloudWatch again after a lost answer.
    pub ambiguous: u64,
    /// Datapoints that could not be sent.
    pub dropped: BTreeMap<Reason, u64>,
    /// Gaps in chains: slices that expired before they were read.
    pub gaps: u64,
    /// Quarantined slices, each counted once.
    pub damaged_slices: u64,
    /// Admitted series, where the tick read them.
    pub series_admitted: Option<u64>,
    /// Datapoints of series past a limit.
    pub series_refused: u64,
    /// Ledger rows past the limit of their day.
    pub rows_refused: u64,
    /// Samples that Prometheus rejected; `None` where it is off.
    pub refused_samples: Option<u64>,
    /// Failed writes to Prometheus; `None` where it is off.
    pub failed_samples: Option<u64>,
    /// The times that a sink's circuit breaker opened.
    pub circuit_breaker_trips: BTreeMap<Sink, u64>,
    /// Overrides; `None` where they are off.
    pub overrides: Option<OverrideCounts>,
    /// Rules without a match for a day; `None` where that could not be read.
    pub rules_unmatched: Option<u64>,
    /// The extremes of each metric in the slices, by namespace and name.
    pub(crate) counted: Counted,
}

impl SelfMetrics {
    /// The series of the minute of `now`.
    pub fn series(&self, stack: &str, now: Timestamp) -> Vec<SeriesMinute> {
        let series = |name: &str, unit: &str, more: Option<(&str, &str)>, value: f64| {
            let dimensions: Vec<_> = [("Stack", stack)].into_iter().chain(more).collect();
            let key = SeriesKey::new(OWN_NAMESPACE, name, unit, &dimensions);
            SeriesMinute::single(key, now.as_second().div_euclid(60), value)
        };
        let mut all = vec![
            series("PublishAmbiguous", "Count", None, float(self.ambiguous)),
            series("ChainGaps", "Count", None, float(self.gaps)),
            series("SlicesDamaged", "Count", None, float(self.damaged_slices)),
            series("SeriesRefused", "Count", None, float(self.series_refused)),
            // CloudWatch does not add dimensions up, and an alarm needs one series.
            series(
                "DatumsDropped",
                "Count",
                None,
                float(self.dropped.values().sum()),
            ),
        ];
        // A series that is sent costs money, and this one occurs on few days.
        if self.rows_refused > 0 {
            let refused = float(self.rows_refused);
            all.push(series("LedgerRowsRefused", "Count", None, refused));
        }
        if let Some(admitted) = self.series_admitted {
            all.push(series("SeriesAdmitted", "Count", None, float(admitted)));
        }
        if let Some(refused) = self.refused_samples {
            all.push(series("SamplesRefused", "Count", None, float(refused)));
        }
        if let Some(failed) = self.failed_samples {
            all.push(series("SamplesFailed", "Count", None, float(failed)));
        }
        if let Some(overrides) = self.overrides {
            let (in_force, refused) = (float(overrides.in_force), float(overrides.refused));
            all.push(series("OverridesInForce", "Count", None, in_force));
            all.push(series("OverridesRefused", "Count", None, refused));
        }
        if let Some(unmatched) = self.rules_unmatched {
            all.push(series("RulesUnmatched", "Count", None, float(unmatched)));
        }
        if let Some(minute) = self.newest_heartbeat {
            all.push(series("HeartbeatAge", "Seconds", None, age_of(minute, now)));
        }
        for (sink, waiting) in &self.oldest_waiting {
            let age = waiting.map_or(0.0, |since| {
                now.duration_since(since).as_secs_f64().max(0.0)
            });
            all.push(series(
                "CursorAge",
                "Seconds",
                Some(("Sink", sink_name(*sink))),
                age,
            ));
        }
        // A series that is sent costs money, and these occur on few days.
        for (sink, trips) in &self.circuit_breaker_trips {
            let component = Some(("Component", sink_name(*sink)));
            all.push(series(
                "CircuitBreakerTrips",
                "Count",
                component,
                float(*trips),
            ));
        }
        for (reason, count) in &self.dropped {
            let reason = Some(("Reason", reason.as_str()));
            all.push(series("DatumsDropped", "Count", reason, float(*count)));
        }
        all
    }

    /// Records the slices of a chain that a sink has not processed.
    pub fn record_waiting(&mut self, sink: Sink, chain: ChainId, waiting: Waiting) {
        self.waiting.entry(sink).or_default().push((chain, waiting));
    }

    /// Records datapoints of series past a limit, and logs the metrics for the reader of the alarm.
    pub fn record_refused_series(&mut self, refused: &BTreeMap<Metric, u64>) {
        for ((namespace, metric), datapoints) in refused {
            tracing::warn!(
                namespace,
                metric,
                datapoints,
                "a ceiling of series is reached; the rest are counted as Other"
            );
            self.series_refused += datapoints;
        }
    }

    /// Records and logs usage that was counted under `Other`.
    pub fn record_refused_rows(&mut self, rows: u64) {
        if rows > 0 {
            tracing::warn!(
                rows,
                "the ledger's ceiling of rows a day is reached; the rest are counted as Other"
            );
        }
        self.rows_refused += rows;
    }

    /// Records datapoints that could not be sent.
    pub fn record_dropped(&mut self, dropped: BTreeMap<Reason, u64>) {
        for (reason, count) in dropped {
            *self.dropped.entry(reason).or_default() += count;
        }
    }

    /// Records the heartbeats and the metrics of a slice.
    pub fn record_slice(&mut self, slice: &Slice, stack: &str) {
        for series in &slice.body.series {
            let statistics = series.aggregate.statistics();
            let extremes = (statistics.min, statistics.max);
            count(&mut self.counted, &series.key, extremes);
        }
        let minute = slice
            .body
            .series
            .iter()
            .filter(|series| is_heartbeat(&series.key, stack))
            .map(|series| series.minute)
            .max();
        self.newest_heartbeat = self.newest_heartbeat.max(minute);
    }
}

/// Records the extremes of a series, without a new string for each of a metric's many series.
fn count(counted: &mut Counted, key: &SeriesKey, (min, max): Extremes) {
    let known = counted
        .get_mut(&key.namespace)
        .and_then(|names| names.get_mut(&key.name));
    if let Some(known) = known {
        *known = (known.0.min(min), known.1.max(max));
        return;
    }
    let names = counted.entry(key.namespace.clone()).or_default();
    names.insert(key.name.clone(), (min, max));
}

fn is_heartbeat(key: &SeriesKey, stack: &str) -> bool {
    key.namespace == OWN_NAMESPACE
        && key.name == HEARTBEAT
        && key
            .dimensions
            .iter()
            .any(|(name, value)| name == "Stack" && value == stack)
}

fn sink_name(sink: Sink) -> &'static str {
    match sink {
        Sink::Ledger => "Ledger",
        Sink::CloudWatch => "CloudWatch",
        Sink::Prometheus => "Prometheus",
    }
}

/// Seconds since the start of a minute; 0 where it is in the future.
#[expect(
    clippy::cast_precision_loss,
    reason = "seconds since 1970 are far below 2^52"
)]
fn age_of(minute: i64, now: Timestamp) -> f64 {
    now.as_second()
        .saturating_sub(minute.saturating_mul(60))
        .max(0) as f64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of one tick are far below 2^52"
)]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
