//! Datapoints → legal requests, as few as they can be (`PutMetricData`).
//!
//! A namespace takes at most one request more than its data, its bytes and the data of one metric ask for, as long as so many
//! requests hold so many of its largest datapoint (`docs/decisions/0009-packing.md`).

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

/// Requests, and what had to be left out of them.
#[derive(Debug, Default, PartialEq)]
pub struct Packed {
    /// In order.
    pub requests: Vec<Request>,
    /// How many datapoints, by reason.
    pub dropped: BTreeMap<Reason, u64>,
}

impl Request {
    /// The bytes that the SDK makes of it.
    pub fn bytes(&self) -> usize {
        let data: usize = self.data.iter().map(size::datum).sum();
        size::frame(&self.namespace, self.data.len()) + data
    }

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

/// First fit may leave room, but puts several data of one metric together; dealing never leaves much, but keeps them apart.
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
