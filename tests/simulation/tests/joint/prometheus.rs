//! A receiver of samples that insists on their order, as Prometheus does.

use std::collections::BTreeMap;

use metrics_publisher::remote_write::{TimeSeries, WriteRequest};

/// Samples older than this are refused, in milliseconds.
const OLDEST: i64 = 3_600_000;

/// Labels by name.
pub(crate) type Labels = Vec<(String, String)>;

#[derive(Debug, Default)]
pub(crate) struct Receiver {
    /// Milliseconds since 1970, and the value.
    pub(crate) has: BTreeMap<Labels, Vec<(i64, f64)>>,
    /// Until when it refuses everything, in microseconds since 1970.
    pub(crate) refuses_until: i64,
}

impl Receiver {
    /// Takes a request; whether all of it was in order and not too old. `now` in milliseconds since 1970.
    pub(crate) fn take(&mut self, request: &WriteRequest, now: i64) -> bool {
        let taken = request
            .timeseries
            .iter()
            .map(|series| self.series(series, now));
        taken.fold(true, |all, taken| all & taken)
    }

    fn series(&mut self, series: &TimeSeries, now: i64) -> bool {
        let labels = series.labels.iter();
        let labels = labels.map(|label| (label.name.clone(), label.value.clone()));
        let has = self.has.entry(labels.collect()).or_default();
        let mut all = true;
        for sample in &series.samples {
            let (at, value) = (sample.timestamp, sample.value);
            match has.last() {
                Some(last) if *last == (at, value) => {}
                Some((last, _)) if *last >= at => all = false,
                _ if at < now - OLDEST => all = false,
                _ => has.push((at, value)),
            }
        }
        all
    }
}
