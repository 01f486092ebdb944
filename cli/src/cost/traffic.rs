//! What a stack has to do.

use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    prices::{MINUTES, SECONDS, THOUSAND, dec},
    workloads::{Series, Workload},
};

/// Records that a shard accepts in a second (Kinesis quotas).
const RECORDS_OF_A_SHARD: Decimal = THOUSAND;
/// Kilobytes that a shard accepts in a second.
const KB_OF_A_SHARD: Decimal = dec(1_024, 0);
/// Kilobytes of a payload unit of Kinesis.
const KB_OF_A_UNIT: Decimal = dec(25, 0);
/// A busy shard's slices of a month, one every ten seconds: the mapping's `MaximumBatchingWindowInSeconds`.
const SLICES_OF_A_SHARD: Decimal = dec(262_800, 0);

/// The traffic of a stack, and what it watches.
#[derive(Debug, Clone, Serialize)]
pub struct Traffic {
    /// Records that producers put, on the average of a month.
    pub events_per_second: Decimal,
    /// Kilobytes of a record.
    pub event_kb: Decimal,
    /// The stack parameter `StreamShards`.
    pub shards: u32,
    /// Agents that send requests to models.
    pub agents: u32,
    /// Models of each agent.
    pub models: u32,
    /// Kinds of errors that models return.
    pub error_codes: u32,
    /// Series of rules of one's own.
    pub series: u32,
    /// Alarms of one's own, on one metric each.
    pub alarms: u32,
    /// Dashboards that the account has beside those of the stack.
    pub dashboards: u32,
    /// The workloads that are switched on.
    pub workloads: Vec<&'static Workload>,
}

impl Traffic {
    /// The shards that so many records take, at least one. A shard is full at the average: a peak needs more.
    pub fn shards_for(events_per_second: Decimal, event_kb: Decimal) -> u32 {
        let records = events_per_second / RECORDS_OF_A_SHARD;
        let bytes = events_per_second * event_kb / KB_OF_A_SHARD;
        let shards = records.max(bytes).ceil().max(Decimal::ONE);
        u32::try_from(shards).unwrap_or(u32::MAX)
    }

    pub(super) fn n(&self) -> Decimal {
        self.shards.into()
    }

    /// Records of a month.
    pub(super) fn records(&self) -> Decimal {
        self.events_per_second * SECONDS
    }

    /// Payload units of a month.
    pub(super) fn units(&self) -> Decimal {
        self.records() * (self.event_kb / KB_OF_A_UNIT).ceil().max(Decimal::ONE)
    }

    /// Slices of a month: one of a shard every ten seconds, unless there are fewer records, of which the heartbeat is
    /// one a minute.
    pub(super) fn slices(&self) -> Decimal {
        (self.n() * SLICES_OF_A_SHARD).min(self.records() + MINUTES)
    }

    /// The series of a workload.
    pub(super) fn series_of(&self, workload: &Workload) -> Decimal {
        match workload.series {
            Series::Fixed(series) => series.into(),
            Series::ByAgents => by_agents(self),
        }
    }
}

/// Series of `bedrock-usage`, as its runbook counts them, with one logging backend and component of each agent.
fn by_agents(traffic: &Traffic) -> Decimal {
    let one = Decimal::ONE;
    let [a, m, e] = [traffic.agents, traffic.models, traffic.error_codes].map(Decimal::from);
    let of = |number: u32| Decimal::from(number);
    let requests = of(6) * (one + a + a * m) + of(2) * (one + a);
    let errors = of(2) + a + e + a * m * (one + e);
    let logging = of(4) + a * of(4) + one;
    let derived = of(6) + a + a * m;
    requests + errors + logging + derived
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_full_by_records_or_by_bytes() {
        for (events, kb, shards) in [
            ("0", "1", 1),
            ("1000", "1", 1),
            ("1000.1", "1", 2),
            ("100", "10.24", 1),
            ("100", "10.25", 2),
            ("100000", "0.1", 100),
        ] {
            let shards_for = Traffic::shards_for(events.parse().unwrap(), kb.parse().unwrap());
            assert_eq!(shards_for, shards, "{events} of {kb} KB");
        }
    }

    #[test]
    fn few_records_are_few_slices_and_a_large_record_is_several_units() {
        let mut traffic = Traffic {
            events_per_second: dec(1, 2),
            event_kb: dec(26, 0),
            shards: 1,
            agents: 1,
            models: 1,
            error_codes: 1,
            series: 0,
            alarms: 0,
            dashboards: 0,
            workloads: Vec::new(),
        };
        // 26,280 records, and a heartbeat a minute.
        assert_eq!(traffic.slices(), dec(26_280 + 43_800, 0));
        assert_eq!(traffic.units(), dec(2 * 26_280, 0));
        traffic.events_per_second = dec(10, 0);
        assert_eq!(traffic.slices(), SLICES_OF_A_SHARD);
    }
}
