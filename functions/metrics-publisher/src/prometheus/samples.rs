//! Values → samples, and samples → requests.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    cumulative::{Cumulative, Histogram, Value},
    labels::Labels,
    timeline::Step,
    wire::{Label, Sample, TimeSeries, WriteRequest},
};
use crate::datum::Reason;

/// Samples a request: some 100 KB compressed, below every receiver's limit known.
const MOST_SAMPLES: usize = 5_000;
/// A series of which nothing is heard for five minutes is gone, to Prometheus: an unchanged one is sent again before, in
/// milliseconds.
const LONGEST_SILENCE: i64 = 4 * 60 * 1_000;
/// How long before its first value a series is said to be zero, in milliseconds: `rate` sees what comes after a sample only.
const BEFORE_BIRTH: i64 = 60 * 1_000;

/// What each series is said to be, and when (milliseconds since 1970), in order.
pub type Samples = BTreeMap<Labels, Vec<(i64, Value)>>;

/// A request, and the series in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// What is sent.
    pub request: WriteRequest,
    /// Whose samples these are.
    pub series: Vec<Labels>,
}

/// Takes steps into the values. The samples of what changed, and what could not be counted.
pub fn advance(
    values: &mut Cumulative,
    steps: &[Step<'_>],
    stack: &str,
) -> (Samples, BTreeMap<Reason, u64>) {
    let mut samples = Samples::new();
    let mut dropped = BTreeMap::new();
    for step in steps {
        let mut changed = BTreeSet::new();
        for minute in step.slices.iter().flat_map(|slice| &slice.body.series) {
            match values.add(minute, stack) {
                Ok((labels, true)) => {
                    let zero = values.0[&labels].zero();
                    let before = vec![(step.at.saturating_sub(BEFORE_BIRTH), zero)];
                    samples.insert(labels.clone(), before);
                    changed.insert(labels);
                }
                Ok((labels, false)) => {
                    changed.insert(labels);
                }
                Err(reason) => *dropped.entry(reason).or_default() += 1,
            }
        }
        for labels in changed {
            let value = values.0[&labels].clone();
            samples.entry(labels).or_default().push((step.at, value));
        }
    }
    (samples, dropped)
}

/// The samples at `at` of series of which nothing was heard for long, or ever.
pub fn due(values: &Cumulative, sent: &BTreeMap<Labels, i64>, at: i64) -> Samples {
    let is_due = |labels: &Labels| {
        sent.get(labels)
            .is_none_or(|last| at.saturating_sub(*last) >= LONGEST_SILENCE)
    };
    values
        .0
        .iter()
        .filter(|(labels, _)| is_due(labels))
        .map(|(labels, value)| (labels.clone(), vec![(at, value.clone())]))
        .collect()
}

/// Samples as requests. All of a series are in one, in order.
pub fn batches(samples: Samples) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    let mut room = 0;
    for (labels, points) in samples {
        let timeseries = to_wire(&labels, &points);
        let count: usize = timeseries.iter().map(|series| series.samples.len()).sum();
        if batches.is_empty() || count > room {
            batches.push(Batch {
                request: WriteRequest::default(),
                series: Vec::new(),
            });
            room = MOST_SAMPLES;
        }
        room = room.saturating_sub(count);
        if let Some(batch) = batches.last_mut() {
            batch.request.timeseries.extend(timeseries);
            batch.series.push(labels);
        }
    }
    batches
}

/// A value of one series as it is: a gauge.
pub fn gauge(labels: &Labels, value: f64, at: i64) -> TimeSeries {
    series(labels, vec![sample(at, value)])
}

fn to_wire(labels: &Labels, points: &[(i64, Value)]) -> Vec<TimeSeries> {
    let counter = |at: &(i64, Value)| match at {
        (at, Value::Counter(total)) => Some(sample(*at, total.value())),
        (_, Value::Histogram(_)) => None,
    };
    let histograms: Vec<(i64, &Histogram)> = points
        .iter()
        .filter_map(|(at, value)| match value {
            Value::Histogram(histogram) => Some((*at, histogram)),
            Value::Counter(_) => None,
        })
        .collect();
    match histograms.first() {
        None => vec![series(labels, points.iter().filter_map(counter).collect())],
        Some((_, first)) => buckets(labels, first, &histograms),
    }
}

/// `_bucket` for each bound, added up; `_count`; `_sum`.
fn buckets(labels: &Labels, first: &Histogram, points: &[(i64, &Histogram)]) -> Vec<TimeSeries> {
    let up_to = |bucket: usize| {
        let added = |(at, histogram): &(i64, &Histogram)| {
            sample(*at, count(histogram.counts.iter().take(bucket + 1).sum()))
        };
        points.iter().map(added).collect::<Vec<_>>()
    };
    let bounds = first.bounds().iter().map(|bound| format!("{bound}"));
    let mut all: Vec<TimeSeries> = bounds
        .chain(["+Inf".to_owned()])
        .enumerate()
        .map(|(bucket, bound)| {
            let labels = labels.part("_bucket", Some(("le", &bound)));
            series(&labels, up_to(bucket))
        })
        .collect();
    let sums = points
        .iter()
        .map(|(at, histogram)| sample(*at, histogram.sum.value()));
    all.push(series(
        &labels.part("_count", None),
        up_to(first.bounds().len()),
    ));
    all.push(series(&labels.part("_sum", None), sums.collect()));
    all
}

fn series(labels: &Labels, samples: Vec<Sample>) -> TimeSeries {
    let label = |(name, value): &(String, String)| Label {
        name: name.clone(),
        value: value.clone(),
    };
    TimeSeries {
        labels: labels.pairs().iter().map(label).collect(),
        samples,
    }
}

fn sample(timestamp: i64, value: f64) -> Sample {
    Sample { value, timestamp }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Prometheus counts in floats; beyond 2^53 the nearest"
)]
fn count(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
