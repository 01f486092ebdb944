//! Which series CloudWatch gets: each costs $0.30 a month, and a field with a million values would be a million of them.
//!
//! A metric may have as many series as its rule says, all together as many as the stack allows. The first to come are admitted,
//! durably and for all publishers; the rest are one series each of whose dimensions says `Other`, but for the environment.

mod ceilings;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use picket_aws::{Fault, state::Place};
use picket_rules::metrics::ENVIRONMENT;
use picket_shared::series::OWN_NAMESPACE;
use picket_shared::series::{SeriesKey, SeriesMinute};
use prost::Message;

pub use ceilings::Ceilings;

use crate::{blob, chains::minutes::Minutes};

/// What takes the place of a dimension's value past the ceiling.
pub const OTHER: &str = "Other";
/// Days without a datapoint after which a series gives its place up: CloudWatch bills a series by the hours it is sent in, and
/// shows it for a fortnight.
const LONGEST_SILENCE: i32 = 15;
/// A DynamoDB item has 400 KB. Where the admitted fill it, that is a ceiling too.
const MOST_BYTES: usize = 380_000;

/// A metric: namespace and name.
pub type Metric = (String, String);
/// A series of a metric: names and values.
type Dimensions = Vec<(String, String)>;

/// Where the admitted are stored.
pub fn place() -> Place {
    Place::new("series", "admitted")
}

/// The series that were admitted, and the last day each was seen (days since 1970).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admitted(BTreeMap<Metric, BTreeMap<Dimensions, i32>>);

/// Series' minutes as CloudWatch may have them.
#[derive(Debug, Default)]
pub struct Admission {
    /// All values that came, some under `Other`.
    pub series: Vec<SeriesMinute>,
    /// Datapoints that went to `Other`, by metric.
    pub refused: BTreeMap<Metric, u64>,
    /// The series that did.
    others: BTreeSet<SeriesKey>,
    /// Whether the admitted must be stored: one is new, or was not seen that day.
    pub changed: bool,
}

impl Admission {
    /// A series' minute under the name that it was given.
    pub fn placed(&self, minute: &SeriesMinute) -> SeriesMinute {
        let mut placed = minute.clone();
        if self.others.contains(&minute.key) {
            placed.key = other(&minute.key);
        }
        placed
    }
}

impl Admitted {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(BTreeMap::is_empty)
    }

    /// How many series a metric has.
    pub fn of(&self, metric: &Metric) -> usize {
        self.0.get(metric).map_or(0, BTreeMap::len)
    }

    /// Each metric and how many series it has.
    pub fn by_metric(&self) -> impl Iterator<Item = (&Metric, usize)> {
        self.0.iter().map(|(metric, series)| (metric, series.len()))
    }

    /// Admits what there is room for. With `frozen`, only what was admitted before: nothing new could be stored.
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

    /// Whether a series is in, and whether that changed what is to be stored.
    fn takes(
        &mut self,
        key: &SeriesKey,
        ceilings: &Ceilings,
        today: i32,
        frozen: bool,
    ) -> (bool, bool) {
        // Ours are few by how they are made, and a series without a dimension to replace is the last there can be.
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

    /// As it is stored; `None` where it is more than an item holds.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let series = self.0.iter().flat_map(|((namespace, name), known)| {
            known.iter().map(move |(dimensions, seen)| WireSeries {
                namespace: namespace.clone(),
                name: name.clone(),
                dimensions: dimensions
                    .iter()
                    .flat_map(|(name, value)| [name.clone(), value.clone()])
                    .collect(),
                seen: *seen,
            })
        });
        let bytes = blob::encode(&Wire {
            series: series.collect(),
        });
        (bytes.len() <= MOST_BYTES).then_some(bytes)
    }

    /// As it was stored.
    pub fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let wire: Wire = blob::decode("the list of admitted series", bytes)?;
        let mut admitted = Self::default();
        for series in wire.series {
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

/// The series of what there is no room for: each value says `Other`, but the environment's.
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
struct Wire {
    #[prost(message, repeated, tag = "1")]
    series: Vec<WireSeries>,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct WireSeries {
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
