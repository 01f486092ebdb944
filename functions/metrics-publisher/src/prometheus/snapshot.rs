//! The stored form of all values, in as few items as possible. Items are written and read one at a time: all at once
//! would take several times the memory of the values.

use std::collections::VecDeque;

use picket_aws::{Fault, blob};
use prost::Message;

use super::{
    bounds::{Bounds, OwnBounds},
    cumulative::{Cumulative, Restart, Series},
    labels::Labels,
    value::{CumulativeValue, Histogram, Total},
};
use crate::chains::marks::{Marks, StoredMark, marks_from_stored, marks_to_stored};

/// The size of an item's body: a DynamoDB item has at most 400 KB, including names.
const MOST_BYTES: usize = 380_000;
/// The number of bytes deflated together. Names repeat, so that deflate shrinks them to a sixth; where it does not, the
/// part is halved.
const MOST_RAW_BYTES: usize = 2 << 20;
const WHAT: &str = "a part of Prometheus' stored values";

/// Values, and their positions in the chains.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// The positions.
    pub marks: Marks,
    /// The values.
    pub values: Cumulative,
}

/// Encodes values as a snapshot at a time has them ([`Series::settle`]), as items below DynamoDB's limit, at least one.
pub fn parts<'v>(
    marks: &Marks,
    values: &'v Cumulative,
    at: i64,
) -> impl Iterator<Item = Vec<u8>> + Send + use<'v> {
    let mut ready = VecDeque::from([blob::encode(&StoredPart {
        marks: marks_to_stored(marks),
        series: Vec::new(),
    })]);
    let mut series = values.iter().filter_map(move |(labels, series)| {
        let mut series = series.clone();
        series.settle(at).then(|| to_stored(labels, &series))
    });
    std::iter::from_fn(move || {
        if ready.is_empty() {
            let mut raw = 0;
            let mut next = Vec::new();
            while raw < MOST_RAW_BYTES
                && let Some(series) = series.next()
            {
                raw += series.encoded_len();
                next.push(series);
            }
            encode_into(&mut ready, next);
        }
        ready.pop_front()
    })
}

impl Snapshot {
    /// Adds a stored part. `at` (milliseconds since 1970) is the time of the last change of series that were stored
    /// without one.
    pub fn take(&mut self, part: &[u8], at: i64) -> Result<(), Fault> {
        let stored: StoredPart = blob::decode(WHAT, part)?;
        self.marks.extend(marks_from_stored(WHAT, &stored.marks)?);
        for series in stored.series {
            let (labels, series) = from_stored(&series, at).ok_or_else(|| {
                Fault::permanent(format!(
                    "{WHAT} names no series; delete it, and it is made anew"
                ))
            })?;
            self.values.insert(labels, series);
        }
        Ok(())
    }
}

fn encode_into(parts: &mut VecDeque<Vec<u8>>, series: Vec<StoredSeries>) {
    if series.is_empty() {
        return;
    }
    let mut stored = StoredPart {
        marks: Vec::new(),
        series,
    };
    let part = blob::encode(&stored);
    if part.len() <= MOST_BYTES || stored.series.len() == 1 {
        parts.push_back(part);
    } else {
        let second = stored.series.split_off(stored.series.len() / 2);
        encode_into(parts, stored.series);
        encode_into(parts, second);
    }
}

#[derive(Clone, PartialEq, Message)]
struct StoredPart {
    #[prost(message, repeated, tag = "1")]
    marks: Vec<StoredMark>,
    #[prost(message, repeated, tag = "2")]
    series: Vec<StoredSeries>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredSeries {
    /// Names and values in turn.
    #[prost(string, repeated, tag = "1")]
    labels: Vec<String>,
    /// The upper and lower half of the sum: protobuf has no integers of 128 bits.
    #[prost(sint64, tag = "2")]
    upper: i64,
    #[prost(fixed64, tag = "3")]
    lower: u64,
    /// The buckets of a histogram; none for a counter.
    #[prost(uint64, repeated, tag = "4")]
    counts: Vec<u64>,
    #[prost(bool, tag = "5")]
    time: bool,
    /// The time of the last change, in milliseconds since 1970; missing in snapshots of older builds.
    #[prost(int64, optional, tag = "6")]
    changed: Option<i64>,
    /// Whether the receiver has to accept a zero before the value.
    #[prost(bool, tag = "7")]
    restarts: bool,
    /// The bounds of a histogram whose rule has its own, in the metric's unit. Its buckets are `own_counts`, so that a
    /// build before reads the series as a counter, and not as one that it refuses.
    #[prost(double, repeated, tag = "8")]
    own_bounds: Vec<f64>,
    #[prost(uint64, repeated, tag = "9")]
    own_counts: Vec<u64>,
    /// The factor from the metric's unit to that of the name.
    #[prost(double, tag = "10")]
    factor: f64,
}

fn to_stored(labels: &Labels, series: &Series) -> StoredSeries {
    let (total, buckets) = match &series.value {
        CumulativeValue::Counter(total) => (*total, StoredSeries::default()),
        CumulativeValue::Histogram(histogram) => (histogram.sum, buckets_to_stored(histogram)),
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the halves of 128 bits"
    )]
    let (upper, lower) = ((total.0 >> 64) as i64, total.0 as u64);
    StoredSeries {
        labels: labels.texts().map(str::to_owned).collect(),
        upper,
        lower,
        changed: Some(series.changed),
        restarts: series.restart != Restart::None,
        ..buckets
    }
}

/// The buckets of a histogram.
fn buckets_to_stored(histogram: &Histogram) -> StoredSeries {
    let counts = histogram.counts.clone();
    match &histogram.bounds {
        Bounds::Own(own) => StoredSeries {
            own_bounds: own.of_rule.to_vec(),
            own_counts: counts,
            factor: own.factor,
            ..StoredSeries::default()
        },
        bounds => StoredSeries {
            counts,
            time: *bounds == Bounds::Times,
            ..StoredSeries::default()
        },
    }
}

/// The empty histogram of stored buckets, and their counts; `None` where there are none.
fn buckets_from_stored(stored: &StoredSeries) -> Option<(Histogram, &[u64])> {
    if !stored.own_bounds.is_empty() {
        let own = OwnBounds::new(&stored.own_bounds, stored.factor);
        return Some((Histogram::empty(Bounds::Own(own)), &stored.own_counts));
    }
    let bounds = if stored.time {
        Bounds::Times
    } else {
        Bounds::Sizes
    };
    (!stored.counts.is_empty()).then(|| (Histogram::empty(bounds), stored.counts.as_slice()))
}

fn from_stored(stored: &StoredSeries, at: i64) -> Option<(Labels, Series)> {
    let labels = Labels::from_texts(&stored.labels)?;
    let total = Total((i128::from(stored.upper) << 64) | i128::from(stored.lower));
    let value = if let Some((mut histogram, counts)) = buckets_from_stored(stored) {
        // A build with other bounds of a unit would have to say how those of today become its own.
        if histogram.counts.len() != counts.len() {
            return None;
        }
        histogram.counts = counts.to_vec();
        histogram.sum = total;
        CumulativeValue::Histogram(histogram)
    } else {
        CumulativeValue::Counter(total)
    };
    let series = Series {
        value,
        changed: stored.changed.unwrap_or(at),
        restart: if stored.restarts {
            Restart::Pending
        } else {
            Restart::None
        },
    };
    Some((labels, series))
}

#[cfg(test)]
mod tests;
