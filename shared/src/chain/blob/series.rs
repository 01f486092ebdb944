//! A series' minute in the blob: statistics, and the values or buckets of a distribution.

use super::{BlobError, wire};
use crate::{
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
    sketch::{Sketch, StoredBucket},
};

pub(super) fn to_wire(series: &SeriesMinute) -> wire::Series {
    let Statistics {
        count,
        sum,
        min,
        max,
    } = series.aggregate.statistics();
    let mut message = wire::Series {
        namespace: series.key.namespace.clone(),
        name: series.key.name.clone(),
        unit: series.key.unit.clone(),
        dimensions: series
            .key
            .dimensions
            .iter()
            .flat_map(|(name, value)| [name.clone(), value.clone()])
            .collect(),
        minute: series.minute,
        count,
        sum,
        min,
        max,
        ..wire::Series::default()
    };
    if let Aggregate::Distribution(sketch) = &series.aggregate {
        sketch_to_wire(sketch, &mut message);
    }
    message
}

fn sketch_to_wire(sketch: &Sketch, message: &mut wire::Series) {
    if let Some((scale, buckets)) = sketch.stored_buckets() {
        message.set_kind(wire::AggregateKind::Buckets);
        message.scale = i32::from(scale);
        message.signs = buckets
            .iter()
            .map(|bucket| i32::from(bucket.sign))
            .collect();
        message.indexes = buckets.iter().map(|bucket| bucket.index).collect();
        message.counts = buckets.iter().map(|bucket| bucket.count).collect();
        message.values = buckets.iter().map(|bucket| bucket.sum).collect();
    } else {
        message.set_kind(wire::AggregateKind::Exact);
        (message.values, message.counts) = sketch.values().into_iter().unzip();
    }
}

pub(super) fn from_wire(message: wire::Series) -> Result<SeriesMinute, BlobError> {
    let damaged = || {
        BlobError::Damaged(format!(
            "the values of metric {:?} do not belong together",
            message.name
        ))
    };
    let statistics = Statistics {
        count: message.count,
        sum: message.sum,
        min: message.min,
        max: message.max,
    };
    let aggregate = match message.kind() {
        wire::AggregateKind::Sum if statistics.count > 0 => Aggregate::Sum(statistics),
        wire::AggregateKind::Sum => return Err(damaged()),
        wire::AggregateKind::Exact => {
            Aggregate::Distribution(exact_from_wire(&message).ok_or_else(damaged)?)
        }
        wire::AggregateKind::Buckets => {
            Aggregate::Distribution(buckets_from_wire(&message, statistics).ok_or_else(damaged)?)
        }
    };
    let dimensions = message
        .dimensions
        .chunks_exact(2)
        .map(|pair| (pair[0].clone(), pair[1].clone()))
        .collect();
    let key = SeriesKey {
        namespace: message.namespace,
        name: message.name,
        unit: message.unit,
        dimensions,
    };
    Ok(SeriesMinute {
        key,
        minute: message.minute,
        aggregate,
    })
}

fn exact_from_wire(message: &wire::Series) -> Option<Sketch> {
    let values: Vec<_> = message
        .values
        .iter()
        .copied()
        .zip(message.counts.iter().copied())
        .collect();
    (message.values.len() == message.counts.len()).then(|| Sketch::from_exact(&values))?
}

fn buckets_from_wire(message: &wire::Series, statistics: Statistics) -> Option<Sketch> {
    let length = message.values.len();
    if [
        message.counts.len(),
        message.signs.len(),
        message.indexes.len(),
    ] != [length; 3]
    {
        return None;
    }
    let buckets = (0..length)
        .map(|i| {
            let sign = i8::try_from(message.signs[i]).ok()?;
            Some(StoredBucket {
                sign,
                index: message.indexes[i],
                count: message.counts[i],
                sum: message.values[i],
            })
        })
        .collect::<Option<Vec<_>>>()?;
    Sketch::from_buckets(statistics, i8::try_from(message.scale).ok()?, &buckets)
}
