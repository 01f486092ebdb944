//! The items of a month's bill, with their formulas.

use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    prices::{
        COST_EXPLORER_PAGE, DASHBOARD, GB_SECOND, HOURS, INVOCATIONS, LOG_GB, MILLION, MINUTES,
        PAYLOAD_UNITS, READ_UNITS, SERIES, SHARD_HOUR, STORED_GB, THOUSAND, THOUSAND_PUTS,
        WRITE_UNITS, dec,
    },
    traffic::Traffic,
    workloads::{Own, Workload, alarms},
};

/// Kilobytes of a slice and its keys (docs/benchmarks.md), which are also its write units.
const SLICE_KB: Decimal = dec(5, 0);
/// The part of a month that a slice lives: fifteen days of thirty and ten hours, as 129,600 of 262,800.
const ALIVE: (Decimal, Decimal) = (dec(129_600, 0), dec(262_800, 0));
/// Cursors of a ledger transaction, beside a row.
const CURSORS: u32 = 99;
/// Datapoints of a request of `PutMetricData` (docs/benchmarks.md#packing).
const DATAPOINTS: Decimal = THOUSAND;
/// Series of the cost report, which count in the 30 of 730 hours in which they have a datapoint.
const REPORTED: Decimal = dec(22, 0);
/// Reports of a month, and requests of each.
const REPORTS: (Decimal, Decimal) = (dec(30, 0), dec(7, 0));
/// The dashboards of an account that are free.
const FREE_DASHBOARDS: u32 = 3;

/// An item of the bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The service.
    pub part: &'static str,
    /// What of it.
    pub name: String,
    /// How it is computed, with n shards.
    pub formula: &'static str,
    /// Dollars a month.
    #[serde(rename = "cost_usd")]
    pub dollars: Decimal,
}

/// The items of a month. The records' is the last.
pub fn items(traffic: &Traffic) -> Vec<Item> {
    let mut items = stream_and_tables(traffic);
    items.extend(metrics(traffic));
    items.extend(functions(traffic));
    items.push(Item {
        part: "Kinesis",
        name: "Kinesis, records".to_owned(),
        formula: "events a second × 2,628,000 s × $0.014 a million units of 25 KB",
        dollars: traffic.units() * PAYLOAD_UNITS / MILLION,
    });
    items
}

fn stream_and_tables(traffic: &Traffic) -> Vec<Item> {
    let n = traffic.n();
    let slices = traffic.slices();
    vec![
        item(
            "Kinesis",
            "Kinesis, shards",
            "n × 730 h × $0.015",
            n * HOURS * SHARD_HOUR,
        ),
        item(
            "DynamoDB",
            "Chain table, writes",
            "n × 262,800 slices × 5 units × $0.625 a million",
            slices * SLICE_KB * WRITE_UNITS / MILLION,
        ),
        item(
            "DynamoDB",
            "Chain table, reads",
            "n × 43,800 ticks × 27 units × $0.125 a million: 6 slices for the ledger are 8 units of 4 KB; these and 9 \
             that are not ready yet, for CloudWatch, 19",
            n * MINUTES * dec(27, 0) * READ_UNITS / MILLION,
        ),
        item(
            "DynamoDB",
            "Chain table, storage",
            "n × 129,600 slices of 15 days × 5 KB × ($0.25 + $0.20 for recovery) a GB",
            slices * ALIVE.0 / ALIVE.1 * SLICE_KB / MILLION * STORED_GB,
        ),
        item(
            "DynamoDB",
            "Usage ledger",
            "43,800 ticks × (n cursors + the rows of agents and models for each 99) × 2 units × $0.625 a million",
            MINUTES * (n + rows(traffic)) * dec(2, 0) * WRITE_UNITS / MILLION,
        ),
        item(
            "DynamoDB",
            "CloudWatch's cursors",
            "n × 43,800 ticks × 2 writes (claim, advance) × $0.625 a million",
            n * MINUTES * dec(2, 0) * WRITE_UNITS / MILLION,
        ),
    ]
}

/// Rows of the ledger that change in a minute, written once for each 99 shards.
fn rows(traffic: &Traffic) -> Decimal {
    let rows = Decimal::from(traffic.agents) * Decimal::from(traffic.models);
    rows * Decimal::from(traffic.shards.div_ceil(CURSORS))
}

fn metrics(traffic: &Traffic) -> Vec<Item> {
    let mut items = vec![item(
        "CloudWatch series",
        "Metrics, our own",
        "at most 25 series × $0.30",
        Decimal::from(Own::SERIES) * SERIES,
    )];
    items.extend(traffic.workloads.iter().map(|workload| Item {
        part: "CloudWatch series",
        name: format!("Metrics, `{}`", workload.name),
        formula: "its series × $0.30",
        dollars: traffic.series_of(workload) * SERIES,
    }));
    if traffic.series > 0 {
        items.push(item(
            "CloudWatch series",
            "Metrics of further rules",
            "their series × $0.30",
            Decimal::from(traffic.series) * SERIES,
        ));
    }
    items.push(item(
        "CloudWatch series",
        "Metrics, cost report",
        "22 series × 30 of 730 hours × $0.30: a series counts in the hours that have a datapoint",
        REPORTED * REPORTS.0 * SERIES / HOURS,
    ));
    items.push(item(
        "CloudWatch requests",
        "`PutMetricData`",
        "(the namespaces + the publisher's own metrics) × 43,800 ticks × $0.01 a thousand; one more for each 1,000 \
         series of a namespace",
        requests(traffic) * MINUTES * THOUSAND_PUTS / THOUSAND,
    ));
    items.push(item(
        "Alarms",
        "Alarms",
        "metrics watched × $0.10, composites × $0.50, with every parameter set",
        watched(traffic),
    ));
    items.push(item(
        "Dashboards",
        "Dashboards",
        "those beyond the account's first three × $3",
        dashboards(traffic),
    ));
    items
}

/// Requests of `PutMetricData` in a minute.
fn requests(traffic: &Traffic) -> Decimal {
    let of = |workload: &&Workload| {
        let full = (traffic.series_of(workload) / DATAPOINTS).ceil();
        full.max(workload.namespaces.into())
    };
    let workloads: Decimal = traffic.workloads.iter().map(of).sum();
    let further = (Decimal::from(traffic.series) / DATAPOINTS).ceil();
    Decimal::from(Own::REQUESTS) + workloads + further
}

fn watched(traffic: &Traffic) -> Decimal {
    let workloads: Decimal = traffic.workloads.iter().map(|one| one.alarms()).sum();
    alarms(Own::WATCHED + traffic.alarms, Own::COMPOSITES) + workloads
}

fn dashboards(traffic: &Traffic) -> Decimal {
    let workloads: u32 = traffic.workloads.iter().map(|one| one.dashboards).sum();
    let all = Own::DASHBOARDS + workloads + traffic.dashboards;
    Decimal::from(all.saturating_sub(FREE_DASHBOARDS)) * DASHBOARD
}

fn functions(traffic: &Traffic) -> Vec<Item> {
    let slices = traffic.slices();
    let invocations = slices + dec(2, 0) * MINUTES;
    let gb_seconds = slices * dec(5, 2) * dec(5, 1)
        + MINUTES * dec(1, 0) * dec(5, 1)
        + MINUTES * dec(1, 1) * dec(25, 2);
    vec![
        item(
            "Lambda",
            "Lambda, requests",
            "(n × 262,800 slices + 2 × 43,800 minutes) × $0.20 a million",
            invocations * INVOCATIONS / MILLION,
        ),
        item(
            "Lambda",
            "Lambda, time",
            "(n × 262,800 × 0.05 s × 0.5 GB + 43,800 × (1 s × 0.5 GB + 0.1 s × 0.25 GB)) × $0.0000133334",
            gb_seconds * GB_SECOND,
        ),
        item(
            "Logs",
            "Logs of the functions",
            "(n × 262,800 + 2 × 43,800) invocations × 1 KB × $0.50 a GB: Lambda's two lines and one of the function",
            invocations / MILLION * LOG_GB,
        ),
        item(
            "Cost Explorer",
            "Cost Explorer",
            "30 days × 7 requests × $0.01",
            REPORTS.0 * REPORTS.1 * COST_EXPLORER_PAGE,
        ),
    ]
}

fn item(part: &'static str, name: &str, formula: &'static str, dollars: Decimal) -> Item {
    Item {
        part,
        name: name.to_owned(),
        formula,
        dollars,
    }
}
