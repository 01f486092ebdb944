//! Datapoints → legal requests, as few as they can be (`PutMetricData`).

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use picket_shared::series::SeriesMinute;

use crate::datum::{Datum, Reason, Values};

#[cfg(test)]
mod tests;

/// Metrics a request.
const MOST_DATA: usize = 1_000;
/// Bytes of a request, before compression: AWS does not say whether it counts before or after.
const MOST_BYTES: usize = 1_000_000;
/// Unique values of one metric in a request.
const MOST_VALUES: usize = 150;

/// One request: datapoints of one namespace.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its namespace.
    pub namespace: String,
    /// At least one.
    pub data: Vec<Datum>,
}

/// Requests, and what had to be left out of them.
#[derive(Debug, Default, PartialEq)]
pub struct Packed {
    /// In order.
    pub requests: Vec<Request>,
    /// How many datapoints, by reason.
    pub dropped: BTreeMap<Reason, u64>,
}

impl Request {
    /// The request in two, to find what CloudWatch refuses in it; `None` where there is one datapoint alone.
    pub fn halves(mut self) -> Option<[Self; 2]> {
        if self.data.len() < 2 {
            return None;
        }
        let second = self.data.split_off(self.data.len() / 2);
        let namespace = self.namespace.clone();
        Some([
            self,
            Self {
                namespace,
                data: second,
            },
        ])
    }
}

/// Packs series' minutes for sending at `now`: every request is legal, and every datapoint is in one or counted.
pub fn pack(series: &[SeriesMinute], now: Timestamp) -> Packed {
    let mut dropped = BTreeMap::new();
    let mut open: BTreeMap<&str, Vec<Open>> = BTreeMap::new();
    for minute in series {
        match Datum::of(minute, now) {
            Ok(datum) => put(
                open.entry(minute.key.namespace.as_str()).or_default(),
                datum,
                minute.key.namespace.len(),
            ),
            Err(reason) => *dropped.entry(reason).or_default() += 1,
        }
    }
    let requests = open.into_iter().flat_map(|(namespace, requests)| {
        requests.into_iter().map(move |request| Request {
            namespace: namespace.to_owned(),
            data: request.data,
        })
    });
    Packed {
        requests: requests.collect(),
        dropped,
    }
}

/// Into the first request that has room.
fn put(requests: &mut Vec<Open>, datum: Datum, namespace: usize) {
    let need = Need::of(&datum);
    let place = requests.iter().position(|request| request.takes(&need));
    let place = place.unwrap_or_else(|| {
        requests.push(Open::new(namespace));
        requests.len() - 1
    });
    requests[place].put(datum, need);
}

/// What a datapoint takes of a request.
struct Need {
    bytes: usize,
    values: usize,
    series: (String, Vec<(String, String)>),
}

impl Need {
    fn of(datum: &Datum) -> Self {
        Self {
            bytes: bytes(datum),
            values: match &datum.values {
                Values::Statistics(_) => 0,
                Values::Distribution(values) => values.len(),
            },
            series: (datum.name.clone(), datum.dimensions.clone()),
        }
    }
}

/// A request being filled.
struct Open {
    data: Vec<Datum>,
    bytes: usize,
    values: HashMap<(String, Vec<(String, String)>), usize>,
}

impl Open {
    fn new(namespace: usize) -> Self {
        Self {
            data: Vec::new(),
            bytes: REQUEST_BYTES + namespace,
            values: HashMap::new(),
        }
    }

    fn takes(&self, need: &Need) -> bool {
        let values = self.values.get(&need.series).copied().unwrap_or(0);
        self.data.len() < MOST_DATA
            && self.bytes + need.bytes <= MOST_BYTES
            && values + need.values <= MOST_VALUES
    }

    fn put(&mut self, datum: Datum, need: Need) {
        self.data.push(datum);
        self.bytes += need.bytes;
        *self.values.entry(need.series).or_default() += need.values;
    }
}

/// The map around a request's data: `Namespace`, `MetricData` and their headers, rounded up.
const REQUEST_BYTES: usize = 64;
/// A text's CBOR header, at most, below 64 KiB.
const TEXT_HEADER: usize = 3;
/// A CBOR double, or a tagged timestamp's.
const NUMBER: usize = 9;
/// `MetricName`, `Unit`, `Timestamp`, `Dimensions` with their headers, map and array headers, the timestamp and its tag.
const DATUM_BYTES: usize = 64;
/// `Name` and `Value` with their headers, and the map's.
const DIMENSION_BYTES: usize = 14;
/// `StatisticValues` and its four names, rounded up.
const STATISTICS_BYTES: usize = 56;
/// `Values` and `Counts`, and their arrays' headers.
const DISTRIBUTION_BYTES: usize = 24;

/// At least as many bytes as a request takes, for the test that holds the estimate to the SDK's encoding.
#[cfg(test)]
pub(crate) fn request_bytes(request: &Request) -> usize {
    REQUEST_BYTES + request.namespace.len() + request.data.iter().map(bytes).sum::<usize>()
}

/// At least as many bytes as a datapoint takes in the SDK's encoding (rpc-v2-cbor).
fn bytes(datum: &Datum) -> usize {
    let text = |text: &str| text.len() + TEXT_HEADER;
    let dimensions: usize = datum
        .dimensions
        .iter()
        .map(|(name, value)| DIMENSION_BYTES + text(name) + text(value))
        .sum();
    let values = match &datum.values {
        Values::Statistics(_) => STATISTICS_BYTES + 4 * NUMBER,
        Values::Distribution(values) => DISTRIBUTION_BYTES + 2 * NUMBER * values.len(),
    };
    DATUM_BYTES + NUMBER + text(&datum.name) + text(&datum.unit) + dimensions + values
}
