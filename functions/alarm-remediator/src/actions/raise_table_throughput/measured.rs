//! The metrics of a table and its indexes, and what throttles most.

use super::{
    causes::{Cause, Events, Throttled},
    ports::Part,
};
use crate::{
    actions::series::{most, sum, whole},
    reads::MetricQuery,
};

const NAMESPACE: &str = "AWS/DynamoDB";

/// The period of the metrics: `DynamoDB` publishes throttle events and consumed units once a minute, and the account's
/// metrics every five (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html>).
const PERIOD_SECONDS: u64 = 60;

/// A table or one of its indexes, with its metrics of the last [`WINDOW_MINUTES`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measured {
    /// Its throughput.
    pub part: Part,
    /// Throttled events by cause.
    pub throttled: Throttled,
    /// The units a second of the busiest minute.
    pub consumed: Events,
}

/// Provisioned capacity that the account's quota leaves. `None` where CloudWatch has no data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spare {
    /// Read capacity units.
    pub read: Option<u64>,
    /// Write capacity units.
    pub write: Option<u64>,
}

/// In this order, so that of equal counts the one that forbids a change comes first.
const ALL: [Cause; 4] = [
    Cause::KeyRange,
    Cause::Account,
    Cause::Provisioned,
    Cause::Ceiling,
];

/// The part of a table and the cause with the most throttled events; `None` where nothing was throttled.
pub(crate) fn dominant(parts: &[Measured]) -> Option<(&Measured, Cause)> {
    let mut most = (0, None);
    for cause in ALL {
        for part in parts {
            let events = part.throttled.of(cause).total();
            if events > most.0 {
                most = (events, Some((part, cause)));
            }
        }
    }
    most.1
}

/// The queries of the parts, in their order, and the account's.
pub(crate) fn queries(table: &str, parts: &[Part]) -> Vec<MetricQuery> {
    let mut queries = Vec::new();
    for part in parts {
        let index = part.index.clone();
        let mut dimensions = vec![("TableName", table.to_owned())];
        dimensions.extend(index.map(|index| ("GlobalSecondaryIndexName", index)));
        queries.extend(OF_A_PART.map(|name| MetricQuery {
            namespace: NAMESPACE,
            name,
            dimensions: dimensions.clone(),
            statistic: "Sum",
        }));
    }
    queries.extend(OF_THE_ACCOUNT.map(|name| MetricQuery {
        namespace: NAMESPACE,
        name,
        dimensions: Vec::new(),
        statistic: "Maximum",
    }));
    queries
}

/// The metrics of a table or index: reads and writes of each cause, and what was consumed.
const OF_A_PART: [&str; 10] = [
    "ReadProvisionedThroughputThrottleEvents",
    "WriteProvisionedThroughputThrottleEvents",
    "ReadMaxOnDemandThroughputThrottleEvents",
    "WriteMaxOnDemandThroughputThrottleEvents",
    "ReadKeyRangeThroughputThrottleEvents",
    "WriteKeyRangeThroughputThrottleEvents",
    "ReadAccountLimitThrottleEvents",
    "WriteAccountLimitThrottleEvents",
    "ConsumedReadCapacityUnits",
    "ConsumedWriteCapacityUnits",
];

/// The account's quota of provisioned capacity, and the percentage in use.
const OF_THE_ACCOUNT: [&str; 4] = [
    "AccountMaxReads",
    "AccountMaxWrites",
    "AccountProvisionedReadCapacityUtilization",
    "AccountProvisionedWriteCapacityUtilization",
];

/// The parts with their metrics, and what the account leaves, out of the values of [`queries`].
pub(crate) fn measured(parts: Vec<Part>, values: &[Vec<f64>]) -> (Vec<Measured>, Spare) {
    let of = |number: usize| values.get(number).map(Vec::as_slice).unwrap_or_default();
    let account = parts.len() * OF_A_PART.len();
    let parts = parts
        .into_iter()
        .enumerate()
        .map(|(number, part)| {
            let first = number * OF_A_PART.len();
            let sums = |number: usize| Events {
                reads: sum(of(first + number)),
                writes: sum(of(first + number + 1)),
            };
            Measured {
                part,
                throttled: Throttled {
                    provisioned: sums(0),
                    ceiling: sums(2),
                    key_range: sums(4),
                    account: sums(6),
                },
                consumed: Events {
                    reads: a_second(of(first + 8)),
                    writes: a_second(of(first + 9)),
                },
            }
        })
        .collect();
    let spare = Spare {
        read: spare(of(account), of(account + 2)),
        write: spare(of(account + 1), of(account + 3)),
    };
    (parts, spare)
}

/// The units a second of the busiest minute.
fn a_second(values: &[f64]) -> u64 {
    most(values).div_ceil(PERIOD_SECONDS)
}

fn spare(quota: &[f64], percent: &[f64]) -> Option<u64> {
    let (quota, percent) = (quota.last()?, percent.last()?);
    Some(whole((quota * (100.0 - percent) / 100.0).floor()))
}

#[cfg(test)]
mod tests;
