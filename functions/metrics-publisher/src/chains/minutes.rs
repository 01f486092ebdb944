//! Slices → one entry a series and minute, however many slices and shards it occurs in.

use std::collections::{BTreeMap, btree_map::Entry};

use picket_shared::{
    chain::Slice,
    series::{Aggregate, SeriesKey, SeriesMinute},
};

/// Merged minutes of series.
#[derive(Debug, Default)]
pub struct Minutes(BTreeMap<(SeriesKey, i64), Aggregate>);

impl Minutes {
    /// Adds the datapoints of a slice.
    pub fn add(&mut self, slice: &Slice) {
        slice
            .body
            .series
            .iter()
            .for_each(|minute| self.add_series(minute));
    }

    /// Adds a datapoint.
    pub fn add_series(&mut self, minute: &SeriesMinute) {
        match self.0.entry((minute.key.clone(), minute.minute)) {
            Entry::Vacant(entry) => {
                entry.insert(minute.aggregate.clone());
            }
            Entry::Occupied(mut entry) => entry.get_mut().merge(&minute.aggregate),
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
