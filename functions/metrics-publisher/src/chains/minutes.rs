//! Slices → one entry a series and minute, however many slices and shards it occurs in.

use std::{
    borrow::Cow,
    collections::{BTreeMap, btree_map::Entry},
};

use picket_shared::{
    chain::Slice,
    series::{Aggregate, SeriesKey, SeriesMinute},
};

use crate::chains::memory::{aggregate_bytes, datapoint_bytes};

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
    pub fn add_series(&mut self, series: &SeriesMinute) -> usize {
        let key = (series.key.clone(), series.minute);
        self.merge(key, Cow::Borrowed(&series.aggregate))
    }

    /// Adds a datapoint without a copy of it.
    pub fn insert(&mut self, series: SeriesMinute) {
        let key = (series.key, series.minute);
        self.merge(key, Cow::Owned(series.aggregate));
    }

    fn merge(&mut self, key: (SeriesKey, i64), aggregate: Cow<'_, Aggregate>) -> usize {
        match self.0.entry(key) {
            Entry::Vacant(entry) => {
                let bytes = datapoint_bytes(&entry.key().0, &aggregate);
                entry.insert(aggregate.into_owned());
                bytes
            }
            Entry::Occupied(mut entry) => {
                let before = aggregate_bytes(entry.get());
                entry.get_mut().merge(&aggregate);
                aggregate_bytes(entry.get()).saturating_sub(before)
            }
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
