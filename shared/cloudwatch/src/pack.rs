//! Packs datapoints into as few legal requests as possible (`PutMetricData`).
//!
//! A namespace takes at most one request more than its datapoints, its bytes and the datapoints of one metric require,
//! if that number of requests has room for as many of its largest datapoint (`docs/decisions/0009-packing.md`).

mod deal;
mod fill;
mod need;
mod size;

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_shared::series::SeriesMinute;

use crate::datum::{Datum, Reason};

use need::Needs;

#[cfg(test)]
mod tests;

/// One request: datapoints of one namespace.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its namespace.
    pub namespace: String,
    /// At least one.
    pub data: Vec<Datum>,
}

/// Requests, and the numbers of datapoints that cannot be sent.
#[derive(Debug, Default, PartialEq)]
pub struct Packed {
    /// In order.
    pub requests: Vec<Request>,
    /// The numbers of datapoints, by reason.
    pub dropped: BTreeMap<Reason, u64>,
}

impl Request {
    /// The size of the request as the SDK encodes it, in bytes.
    pub fn bytes(&self) -> usize {
        let data: usize = self.data.iter().map(size::datum).sum();
        size::frame(&self.namespace, self.data.len()) + data
    }

    /// Splits the request in two, to find the datapoint that CloudWatch rejects; `None` where it has one datapoint.
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

/// Packs series' minutes for sending at `now`: every request is legal, and every datapoint is in one request or
/// counted.
pub fn pack(series: &[SeriesMinute], now: Timestamp) -> Packed {
    let mut dropped = BTreeMap::new();
    let mut namespaces: BTreeMap<&str, Vec<Datum>> = BTreeMap::new();
    for minute in series {
        match Datum::of(minute, now) {
            Ok(datum) => namespaces
                .entry(minute.key.namespace.as_str())
                .or_default()
                .push(datum),
            Err(reason) => *dropped.entry(reason).or_default() += 1,
        }
    }
    let requests = namespaces
        .into_iter()
        .flat_map(|(namespace, data)| requests(namespace, data));
    Packed {
        requests: requests.collect(),
        dropped,
    }
}

/// Packs the datapoints of a namespace by the better of two plans: first fit may leave room, but puts datapoints of one
/// metric together; dealing leaves little room, but keeps them apart.
fn requests(namespace: &str, data: Vec<Datum>) -> Vec<Request> {
    let needs = Needs::of(namespace, &data);
    let mut plan = fill::fill(&needs);
    if plan.len() > needs.fewest() {
        let dealt = deal::deal(&needs);
        if dealt.len() < plan.len() {
            plan = dealt;
        }
    }
    let mut data: Vec<Option<Datum>> = data.into_iter().map(Some).collect();
    let mut take = |place: usize| {
        data[place]
            .take()
            .expect("a plan has each datapoint in one request")
    };
    plan.into_iter()
        .map(|places| Request {
            namespace: namespace.to_owned(),
            data: places.into_iter().map(&mut take).collect(),
        })
        .collect()
}
