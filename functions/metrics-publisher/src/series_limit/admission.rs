//! The admission of series to CloudWatch: each costs $0.30 a month, and a field with a million values would be a
//! million series.
//!
//! A rule limits the series of its metric, and the stack those of all metrics. The first series are admitted, durably
//! and for all publishers; all others become one series whose dimensions are `Other`, except the environment.

mod ceilings;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use picket_aws::{Fault, blob, state::BlobKey};
use picket_rules::metrics::ENVIRONMENT;
use picket_shared::series::{OWN_NAMESPACE, SeriesKey, SeriesMinute};
use prost::Message;

pub use ceilings::Ceilings;

use crate::{chains::minutes::Minutes, series_limit::Metric};

/// The dimension value of series past the limit.
pub const OTHER: &str = "Other";
/// The days without a datapoint after which a series is no longer admitted: CloudWatch bills a series by the hours in
/// which it is sent, and lists it for two weeks.
const LONGEST_SILENCE: i32 = 15;
/// The size of the stored series: a DynamoDB item has at most 400 KB, which is a limit of series too.
const MOST_BYTES: usize = 380_000;

/// The dimensions of a series: names and values.
type Dimensions = Vec<(String, String)>;

/// The key under which the admitted series are stored.
pub fn place() -> BlobKey {
    BlobKey::new("series", "admitted")
}

/// The admitted series, and the last day on which each had a datapoint (days since 1970).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admitted(BTreeMap<Metric, BTreeMap<Dimensions, i32>>);

/// Minutes of series after admission.
#[derive(Debug, Default)]
pub struct Admission {
    /// All values, some of them under `Other`.
    pub series: Vec<SeriesMinute>,
    /// The number of datapoints under `Other`, by metric.
    pub refused: BTreeMap<Metric, u64>,
    /// The series that became `Other`.
    others: BTreeSet<SeriesKey>,
    /// Whether the admitted series must be stored: one is new, or had no datapoint on that day before.
    pub changed: bool,
}

impl Admission {
    /// A series' minute under its admitted name.
    pub fn placed(&self, minute: &SeriesMinute) -> SeriesMinute {
        let mut placed = minute.clone();
        if self.others.contains(&minute.key) {
            placed.key = other(&minute.key);
        }
        placed
    }
}

impl Admitted {
    /// The number of admitted series.
    pub fn len(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// Whether no series is admitted.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(BTreeMap::is_empty)
    }

    /// The number of admitted series of a metric.
    pub fn of(&self, metric: &Metric) -> usize {
        self.0.get(metric).map_or(0, BTreeMap::len)
    }

    /// The metrics and the numbers of their series.
    pub fn by_metric(&self) -> impl Iterator<Item = (&Metric, usize)> {
        self.0.iter().map(|(metric, series)| (metric, series.len()))
    }

    /// Admits series up to the limits. With `frozen`, no new series, because it could not be stored.
    pub fn admit(
        &mut self,
        series: &[SeriesMinute],
        ceilings: &Ceilings,
        today: i32,
        frozen: bool,
    ) -> Admission {
        let mut admission = Admission::default();
        let mut minutes = Minutes::default();
        for minute in series {
            let (is_in, changed) = self.takes(&minute.key, ceilings, today, frozen);
            admission.changed |= changed;
            if is_in {
                minutes.add_series(minute);
                continue;
            }
            let metric = metric(&minute.key);
            *admission.refused.entry(metric).or_default() += 1;
            admission.others.insert(minute.key.clone());
            minutes.add_series(&SeriesMinute {
                key: other(&minute.key),
                ..minute.clone()
            });
        }
        admission.series = minutes.into_series();
        admission
    }

    /// Whether a series is admitted, and whether that changed the stored form.
    fn takes(
        &mut self,
        key: &SeriesKey,
        ceilings: &Ceilings,
        today: i32,
        frozen: bool,
    ) -> (bool, bool) {
        // Picket's own series are few by construction, and a series without a dimension to replace is already `Other`.
        if key.namespace == OWN_NAMESPACE || other(key) == *key {
            return (true, false);
        }
        let metric = metric(key);
        if let Some(seen) = self
            .0
            .get_mut(&metric)
            .and_then(|known| known.get_mut(&key.dimensions))
        {
            let before = std::mem::replace(seen, today.max(*seen));
            return (true, before < today);
        }
        if frozen || !self.has_room(&metric, ceilings, today) {
            return (false, false);
        }
        let known = self.0.entry(metric).or_default();
        known.insert(key.dimensions.clone(), today);
        (true, true)
    }

    fn has_room(&mut self, metric: &Metric, ceilings: &Ceilings, today: i32) -> bool {
        let has = |admitted: &Self| {
            admitted.of(metric) < ceilings.of(metric) && admitted.len() < ceilings.stack()
        };
        if has(self) {
            return true;
        }
        for known in self.0.values_mut() {
            known.retain(|_, seen| today.saturating_sub(*seen) <= LONGEST_SILENCE);
        }
        has(self)
    }

    /// The stored form; `None` where it is larger than an item.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let series = self.0.iter().flat_map(|((namespace, name), known)| {
            known.iter().map(move |(dimensions, seen)| StoredSeries {
                namespace: namespace.clone(),
                name: name.clone(),
                dimensions: dimensions
                    .iter()
                    .flat_map(|(name, value)| [name.clone(), value.clone()])
                    .collect(),
                seen: *seen,
            })
        });
        let bytes = blob::encode(&StoredAdmission {
            series: series.collect(),
        });
        (bytes.len() <= MOST_BYTES).then_some(bytes)
    }

    /// Reads the stored form.
    pub fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let stored: StoredAdmission = blob::decode("the list of admitted series", bytes)?;
        let mut admitted = Self::default();
        for series in stored.series {
            let pairs = series.dimensions.chunks_exact(2);
            let dimensions = pairs
                .map(|pair| (pair[0].clone(), pair[1].clone()))
                .collect();
            let known = admitted
                .0
                .entry((series.namespace, series.name))
                .or_default();
            match known.entry(dimensions) {
                Entry::Vacant(entry) => {
                    entry.insert(series.seen);
                }
                Entry::Occupied(mut entry) => {
                    *entry.get_mut() = series.seen.max(*entry.get());
                }
            }
        }
        Ok(admitted)
    }
}

fn metric(key: &SeriesKey) -> Metric {
    (key.namespace.clone(), key.name.clone())
}

/// The series of datapoints past the limit: each dimension is `Other`, except the environment.
pub(crate) fn other(key: &SeriesKey) -> SeriesKey {
    let other = |(name, value): &(String, String)| {
        let value = if name == ENVIRONMENT { value } else { OTHER };
        (name.clone(), value.to_owned())
    };
    SeriesKey {
        dimensions: key.dimensions.iter().map(other).collect(),
        ..key.clone()
    }
}

#[derive(Clone, PartialEq, Message)]
struct StoredAdmission {
    #[prost(message, repeated, tag = "1")]
    series: Vec<StoredSeries>,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct StoredSeries {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    name: String,
    /// Names and values in turn.
    #[prost(string, repeated, tag = "3")]
    dimensions: Vec<String>,
    #[prost(sint32, tag = "4")]
    seen: i32,
}
