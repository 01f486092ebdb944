//! Slices → one entry a series and minute, however many slices and shards it occurs in.

use std::collections::{BTreeMap, btree_map::Entry};

use picket_shared::{
    chain::Slice,
    series::{Aggregate, SeriesKey, SeriesMinute},
};

use crate::chains::memory::{aggregate_bytes, minute_bytes};

/// Merged minutes of series.
#[derive(Debug, Default)]
pub struct Minutes(BTreeMap<(SeriesKey, i64), Aggregate>);

impl Minutes {
    /// Adds the datapoints of a slice. Returns the bytes that they take more.
    pub fn add(&mut self, slice: &Slice) -> usize {
        let series = slice.body.series.iter();
        series.map(|minute| self.add_series(minute)).sum()
    }

    /// Adds a datapoint. Returns the bytes that it takes more.
    pub fn add_series(&mut self, minute: &SeriesMinute) -> usize {
        match self.0.entry((minute.key.clone(), minute.minute)) {
            Entry::Vacant(entry) => {
                entry.insert(minute.aggregate.clone());
                minute_bytes(minute)
            }
            Entry::Occupied(mut entry) => {
                let before = aggregate_bytes(entry.get());
                entry.get_mut().merge(&minute.aggregate);
                aggregate_bytes(entry.get()).saturating_sub(before)
            }
        }
    }

    /// Adds a datapoint without a copy of it.
    pub fn insert(&mut self, series: SeriesMinute) {
        let SeriesMinute {
            key,
            minute,
            aggregate,
        } = series;
        match self.0.entry((key, minute)) {
            Entry::Vacant(entry) => {
                entry.insert(aggregate);
            }
            Entry::Occupied(mut entry) => entry.get_mut().merge(&aggregate),
        }
    }

    /// All datapoints, by series and minute.
    pub fn into_series(self) -> Vec<SeriesMinute> {
        self.0
            .into_iter()
            .map(|((key, minute), aggregate)| SeriesMinute {
                key,
                minute,
                aggregate,
            })
            .collect()
    }
}
