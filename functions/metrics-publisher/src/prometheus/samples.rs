//! Values → samples, and samples → requests.

use picket_cloudwatch::datum::Reason;
use std::collections::{BTreeMap, BTreeSet};

use super::{
    cumulative::{Cumulative, Series},
    labels::Labels,
    timeline::Step,
    value::{CumulativeValue, Histogram},
};
use crate::remote_write::{Label, Sample, TimeSeries, WriteRequest};

/// The number of samples in a request: about 100 KB compressed, below the known limits of receivers.
const MOST_SAMPLES: usize = 5_000;
/// The time after which an unchanged series is sent again, in milliseconds: every third tick. For Prometheus, a series
/// without a sample for five minutes is gone (`query.lookback-delta`), so that one tick may fail, or be late, without a
/// gap.
const LONGEST_SILENCE: i64 = 150 * 1_000;
/// The time before its first value at which a new series gets a sample of zero, in milliseconds: `rate` needs a sample
/// before.
const BEFORE_BIRTH: i64 = 60 * 1_000;

/// The samples of series: values and times (milliseconds since 1970), in order.
pub type Samples = BTreeMap<Labels, Vec<(i64, CumulativeValue)>>;

/// The series of a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch(Samples);

/// The result of adding steps.
#[derive(Debug, Default, PartialEq)]
pub struct Advance {
    /// The samples of changed series.
    pub samples: Samples,
    /// Datapoints that cannot be counted.
    pub dropped: BTreeMap<Reason, u64>,
    /// Datapoints under `Other`.
    pub refused: u64,
}

/// Adds steps to the values.
pub fn advance(values: &mut Cumulative, steps: &[Step<'_>], stack: &str) -> Advance {
    let mut all = Advance::default();
    for step in steps {
        let mut changed = BTreeSet::new();
        for minute in step.slices.iter().flat_map(|slice| &slice.body.series) {
            match values.add(minute, stack, step.at) {
                Ok(added) => {
                    all.refused += u64::from(added.refused);
                    if added.is_new
                        && let Some(series) = values.get(&added.labels)
                    {
                        let before = step.at.saturating_sub(BEFORE_BIRTH);
                        let zero = vec![(before, series.value.zero())];
                        all.samples.insert(added.labels.clone(), zero);
                    }
                    changed.insert(added.labels);
                }
                Err(reason) => *all.dropped.entry(reason).or_default() += 1,
            }
        }
        for labels in changed {
            let value = values.get(&labels).map(Series::sent_value);
            let points = all.samples.entry(labels).or_default();
            points.extend(value.map(|value| (step.at, value)));
        }
    }
    all
}

/// The samples at `at` of series that were not sent recently and are not idle.
pub fn due(values: &Cumulative, sent: &BTreeMap<Labels, i64>, at: i64) -> Samples {
    let is_due = |labels: &Labels| {
        sent.get(labels)
            .is_none_or(|last| at.saturating_sub(*last) >= LONGEST_SILENCE)
    };
    values
        .iter()
        .filter(|(labels, series)| is_due(labels) && !series.is_idle(at))
        .map(|(labels, series)| (labels.clone(), vec![(at, series.sent_value())]))
        .collect()
}

/// Splits samples into requests, one after another, because protobuf is many times as large. All samples of a series
/// are in one request, in order.
pub fn batches(samples: Samples) -> impl Iterator<Item = Batch> {
    let mut samples = samples.into_iter().peekable();
    std::iter::from_fn(move || {
        let mut batch = Batch::default();
        let mut room = MOST_SAMPLES;
        while let Some((_, points)) = samples.peek() {
            let count = count_of(points);
            if count > room && !batch.0.is_empty() {
                break;
            }
            room = room.saturating_sub(count);
            batch.0.extend(samples.next());
        }
        (!batch.0.is_empty()).then_some(batch)
    })
}

impl Batch {
    /// The request.
    pub fn request(&self) -> WriteRequest {
        let series = self.0.iter();
        WriteRequest {
            timeseries: series
                .flat_map(|(labels, points)| to_stored(labels, points))
                .collect(),
        }
    }

    /// The series of the request, and the time of each one's last sample.
    pub fn series(&self) -> impl Iterator<Item = (&Labels, i64)> {
        let series = self.0.iter();
        series.filter_map(|(labels, points)| Some((labels, points.last()?.0)))
    }

    /// The series of the request whose last sample is zero, and its time.
    pub fn zeros(&self) -> impl Iterator<Item = (&Labels, i64)> {
        self.0.iter().filter_map(|(labels, points)| {
            let (at, value) = points.last()?;
            (*value == value.zero()).then_some((labels, *at))
        })
    }
}

/// The number of samples of a series: a histogram has one for each bound and three more.
fn count_of(points: &[(i64, CumulativeValue)]) -> usize {
    let series = match points.first() {
        Some((_, CumulativeValue::Histogram(histogram))) => histogram.bounds().len() + 3,
        Some((_, CumulativeValue::Counter(_))) | None => 1,
    };
    points.len() * series
}

/// Creates a series of a gauge.
pub fn gauge(labels: &Labels, value: f64, at: i64) -> TimeSeries {
    series(labels, vec![sample(at, value)])
}

fn to_stored(labels: &Labels, points: &[(i64, CumulativeValue)]) -> Vec<TimeSeries> {
    let counter = |at: &(i64, CumulativeValue)| match at {
        (at, CumulativeValue::Counter(total)) => Some(sample(*at, total.value())),
        (_, CumulativeValue::Histogram(_)) => None,
    };
    let histograms: Vec<(i64, &Histogram)> = points
        .iter()
        .filter_map(|(at, value)| match value {
            CumulativeValue::Histogram(histogram) => Some((*at, histogram)),
            CumulativeValue::Counter(_) => None,
        })
        .collect();
    match histograms.first() {
        None => vec![series(labels, points.iter().filter_map(counter).collect())],
        Some((_, first)) => buckets(labels, first, &histograms),
    }
}

/// The series of a histogram: cumulative `_bucket` for each bound, `_count` and `_sum`.
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
    let label = |(name, value): (&str, &str)| Label {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    TimeSeries {
        labels: labels.pairs().into_iter().map(label).collect(),
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
