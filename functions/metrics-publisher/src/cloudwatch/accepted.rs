//! The accepted datapoints of a round of which CloudWatch accepted a part.
//!
//! The requests of a round contain merged datapoints of all chains, and the datapoints of a slice are in several
//! requests, at least one a namespace. A cursor can therefore not represent which of them were accepted. A state in the
//! ledger table lists them: eight bytes for each series and minute of the slices, independent of requests and of the
//! admitted name. The claims of the round's chains name the state, and a publisher that sends them again leaves out the
//! listed datapoints.

use std::collections::{BTreeSet, HashSet};

use jiff::{SignedDuration, Timestamp};
use picket_aws::{Fault, blob, state::BlobKey};
use picket_cloudwatch::{datum::Datum, pack::Request};
use picket_shared::series::SeriesMinute;
use prost::Message;
use sha2::{Digest, Sha256};

/// The number of datapoints in a state: eight bytes each, and an item has at most 400 KB.
const MOST_LISTED: usize = 40_000;

/// The life of a state: longer than CloudWatch accepts a claim's datapoints (two weeks), and than its slices live (15
/// days).
pub(crate) const LIFE: SignedDuration = SignedDuration::from_hours(60 * 24);

/// A set of datapoints that CloudWatch accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Accepted(BTreeSet<u64>);

/// A state: its name and body.
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) body: Vec<u8>,
}

/// The key under which a state is stored.
pub(crate) fn place(name: &str) -> BlobKey {
    BlobKey::new("accepted/cloudwatch", name)
}

impl Accepted {
    /// Creates a set of datapoints.
    pub(crate) fn of<'a>(series: impl IntoIterator<Item = &'a SeriesMinute>) -> Self {
        Self(series.into_iter().map(digest).collect())
    }

    /// Whether the set is empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a datapoint is in the set.
    pub(crate) fn has(&self, series: &SeriesMinute) -> bool {
        !self.is_empty() && self.0.contains(&digest(series))
    }

    /// Adds another set.
    pub(crate) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// Encodes the set as states. The content of a state determines its name, so that writing it again changes nothing.
    pub(crate) fn encode(&self) -> Vec<Listed> {
        let all: Vec<u64> = self.0.iter().copied().collect();
        all.chunks(MOST_LISTED)
            .map(|digests| {
                let digests = digests.to_vec();
                let stored = StoredDigests { digests };
                Listed {
                    name: format!(
                        "{:016x}",
                        first_eight(&Sha256::digest(stored.encode_to_vec()))
                    ),
                    body: blob::encode(&stored),
                }
            })
            .collect()
    }

    /// Reads the stored form.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let stored: StoredDigests = blob::decode("the list of what CloudWatch accepted", bytes)?;
        Ok(Self(stored.digests.into_iter().collect()))
    }
}

/// The datapoints of requests that were not accepted.
pub(crate) struct Left<'a>(HashSet<Name<'a>>);

/// Namespace, name, unit, dimensions and time.
type Name<'a> = (&'a str, &'a str, &'a str, &'a [(String, String)], Timestamp);

impl<'a> Left<'a> {
    /// Creates the set of datapoints of requests.
    pub(crate) fn of(requests: &'a [Request]) -> Self {
        let data = requests.iter().flat_map(|request| {
            let data = request.data.iter();
            data.map(|datum| name(&request.namespace, datum))
        });
        Self(data.collect())
    }

    /// Whether an admitted series' minute is in one of the requests, or in none at all because CloudWatch cannot accept
    /// it.
    pub(crate) fn has(&self, series: &SeriesMinute, now: Timestamp) -> bool {
        match Datum::of(series, now) {
            Ok(datum) => self.0.contains(&name(&series.key.namespace, &datum)),
            Err(_) => true,
        }
    }
}

fn name<'a>(namespace: &'a str, datum: &'a Datum) -> Name<'a> {
    (
        namespace,
        &datum.name,
        &datum.unit,
        &datum.dimensions,
        datum.at,
    )
}

/// The hash of a series and minute in eight bytes, the same in every build. Two of a million datapoints collide with a
/// probability of 1 in 37 million.
fn digest(series: &SeriesMinute) -> u64 {
    let key = &series.key;
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    add(&key.namespace);
    add(&key.name);
    add(&key.unit);
    for (name, value) in &key.dimensions {
        add(name);
        add(value);
    }
    hash.update(series.minute.to_le_bytes());
    first_eight(&hash.finalize())
}

fn first_eight(digest: &[u8]) -> u64 {
    digest
        .iter()
        .take(8)
        .fold(0, |all, byte| all << 8 | u64::from(*byte))
}

#[derive(Clone, PartialEq, Eq, Message)]
struct StoredDigests {
    #[prost(fixed64, repeated, tag = "1")]
    digests: Vec<u64>,
}

#[cfg(test)]
mod tests {
    use picket_shared::series::{Aggregate, SeriesKey, Statistics};

    use super::*;

    fn series(name: &str, value: &str, minute: i64) -> SeriesMinute {
        SeriesMinute {
            key: SeriesKey {
                namespace: "Picket".into(),
                name: name.into(),
                unit: "Count".into(),
                dimensions: vec![("AgentId".into(), value.into())],
            },
            minute,
            aggregate: Aggregate::Sum(Statistics::of(1.0)),
        }
    }

    #[test]
    fn a_datapoint_is_known_by_series_and_minute_whatever_its_value() {
        let accepted = Accepted::of(&[series("Requests", "a", 7)]);
        let mut again = series("Requests", "a", 7);
        again.aggregate = Aggregate::Sum(Statistics::of(2.0));
        assert!(accepted.has(&again));
        for other in [
            series("Requests", "a", 8),
            series("Requests", "b", 7),
            series("Errors", "a", 7),
        ] {
            assert!(!accepted.has(&other), "{other:?}");
        }
    }

    #[test]
    fn a_list_of_any_length_fits_items_and_comes_back() {
        let all: Vec<_> = (0..100_000)
            .map(|minute| series("Requests", "a", minute))
            .collect();
        let accepted = Accepted::of(&all);
        let states = accepted.encode();
        assert_eq!(states.len(), 3);
        let mut back = Accepted::default();
        for state in &states {
            assert!(state.body.len() < 400_000, "{} bytes", state.body.len());
            back.extend(Accepted::decode(&state.body).unwrap());
        }
        assert_eq!(back, accepted);
        let names: BTreeSet<_> = states.iter().map(|state| &state.name).collect();
        assert_eq!(names.len(), 3);
    }

    #[test]
    fn the_digest_is_part_of_the_format() {
        assert_eq!(
            format!("{:016x}", digest(&series("Requests", "a", 7))),
            "c031aa87496e1424"
        );
    }
}
