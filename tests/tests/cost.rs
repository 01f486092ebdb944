//! The table of docs/cost.md is what its formulas come to.

use std::{fs, path::PathBuf};

use rust_decimal::Decimal;

/// So many digits, so many of them behind the point.
const fn dec(digits: u32, scale: u32) -> Decimal {
    Decimal::from_parts(digits, 0, 0, false, scale)
}

/// The shards of the table's columns.
const SHARDS: [u32; 3] = [1, 10, 100];

/// AWS's list prices of 2026 in us-east-1, in dollars; docs/cost.md links the pages.
const MILLION: Decimal = dec(1_000_000, 0);
const SHARD_HOUR: Decimal = dec(15, 3);
const PAYLOAD_UNITS: Decimal = dec(14, 3);
const WRITE_UNITS: Decimal = dec(625, 3);
const READ_UNITS: Decimal = dec(125, 3);
/// Storage, and recovery to a point in time.
const STORED_GB: Decimal = dec(45, 2);
const SERIES: Decimal = dec(30, 2);
const THOUSAND_PUTS: Decimal = dec(1, 2);
const ALARM: Decimal = dec(10, 2);
const COMPOSITE_ALARM: Decimal = dec(50, 2);
const INVOCATIONS: Decimal = dec(20, 2);
const GB_SECOND: Decimal = dec(133_334, 10);
const COST_EXPLORER_PAGE: Decimal = dec(1, 2);

/// A month.
const HOURS: Decimal = dec(730, 0);
const MINUTES: Decimal = dec(43_800, 0);
/// A busy shard's slices of a month, one every ten seconds, and those of the fifteen days that they live.
const SLICES: Decimal = dec(262_800, 0);
const SLICES_ALIVE: Decimal = dec(129_600, 0);
/// Kilobytes of a slice and its keys (docs/benchmarks.md), which are also its write units.
const SLICE_KB: Decimal = dec(5, 0);
/// Cursors of a ledger transaction, beside a row.
const CURSORS: u32 = 99;
/// At most; the second is held to the templates below. An anomaly band is two metrics more than the template names.
const OWN_SERIES: Decimal = dec(25, 0);
const WATCHED_METRICS: usize = 90;

type Row = (&'static str, &'static str, Decimal);

/// What runs with so many shards: both workloads, one agent that uses one model.
fn rows(shards: u32) -> Vec<Row> {
    let n = Decimal::from(shards);
    let transactions = Decimal::from(shards.div_ceil(CURSORS));
    let lambda = SLICES * n * dec(5, 2) * dec(5, 1)
        + MINUTES * dec(1, 0) * dec(5, 1)
        + MINUTES * dec(1, 1) * dec(25, 2);
    vec![
        (
            "Kinesis, shards",
            "n × 730 h × $0.015",
            n * HOURS * SHARD_HOUR,
        ),
        (
            "Chain table, writes",
            "n × 262,800 slices × 5 units × $0.625 a million",
            n * SLICES * SLICE_KB * WRITE_UNITS / MILLION,
        ),
        (
            "Chain table, reads",
            "n × 43,800 ticks × 27 units × $0.125 a million: 6 slices for the ledger are 8 units of 4 KB; these and 9 that are not ready yet, for CloudWatch, 19",
            n * MINUTES * dec(27, 0) * READ_UNITS / MILLION,
        ),
        (
            "Chain table, storage",
            "n × 129,600 slices of 15 days × 5 KB × ($0.25 + $0.20 for recovery) a GB",
            n * SLICES_ALIVE * SLICE_KB / MILLION * STORED_GB,
        ),
        (
            "Usage ledger",
            "43,800 ticks × (n cursors + a row for each 99) × 2 units × $0.625 a million",
            MINUTES * (n + transactions) * dec(2, 0) * WRITE_UNITS / MILLION,
        ),
        (
            "CloudWatch's cursors",
            "n × 43,800 ticks × 2 writes (claim, advance) × $0.625 a million",
            n * MINUTES * dec(2, 0) * WRITE_UNITS / MILLION,
        ),
        (
            "Metrics, our own",
            "at most 25 series × $0.30",
            OWN_SERIES * SERIES,
        ),
        (
            "Metrics, `bedrock-usage`",
            "22 series of requests, 6 of their errors, 9 of logging and 8 derived ones, × $0.30",
            dec(45, 0) * SERIES,
        ),
        (
            "Metrics, `scheduling-agent`",
            "10 metrics, × $0.30; each value of channel, outcome or tool is a series more",
            dec(10, 0) * SERIES,
        ),
        (
            "`PutMetricData`",
            "(3 namespaces + the publisher's own metrics) × 43,800 ticks × $0.01 a thousand",
            dec(4, 0) * MINUTES * THOUSAND_PUTS / dec(1_000, 0),
        ),
        (
            "Alarms",
            "at most 90 metrics watched × $0.10, 5 composites × $0.50",
            Decimal::from(WATCHED_METRICS) * ALARM + dec(5, 0) * COMPOSITE_ALARM,
        ),
        (
            "Lambda, requests",
            "(n × 262,800 slices + 2 × 43,800 minutes) × $0.20 a million",
            (n * SLICES + dec(2, 0) * MINUTES) * INVOCATIONS / MILLION,
        ),
        (
            "Lambda, time",
            "(n × 262,800 × 0.05 s × 0.5 GB + 43,800 × (1 s × 0.5 GB + 0.1 s × 0.25 GB)) × $0.0000133334",
            lambda * GB_SECOND,
        ),
        (
            "Metrics, cost report",
            "22 series × 30 of 730 hours × $0.30: a series counts in the hours that have a datapoint",
            dec(22, 0) * dec(30, 0) * dec(30, 2) / HOURS,
        ),
        (
            "Cost Explorer",
            "30 days × 7 requests × $0.01",
            dec(30, 0) * dec(7, 0) * COST_EXPLORER_PAGE,
        ),
    ]
}

/// A thousand records a second and shard, none larger than 25 KB.
fn records(shards: u32) -> Row {
    let records = Decimal::from(shards) * dec(1_000, 0) * dec(3_600, 0) * HOURS;
    (
        "Kinesis, records",
        "n × 1,000 a second × 2,628,000 s × $0.014 a million",
        records * PAYLOAD_UNITS / MILLION,
    )
}

fn dollars(amount: Decimal) -> String {
    format!("${:.2}", amount.round_dp(2))
}

/// A line of the table: its name, and a column for each number of shards.
fn line(name: &str, columns: [Decimal; 3]) -> String {
    let [one, ten, hundred] = columns.map(dollars);
    format!("| {name} | {one} | {ten} | {hundred} |\n")
}

fn table() -> String {
    let columns = SHARDS.map(rows);
    let mut table =
        "| item | 1 shard | 10 shards | 100 shards |\n|---|---:|---:|---:|\n".to_owned();
    for (at, (name, ..)) in columns[0].iter().enumerate() {
        table += &line(name, columns.each_ref().map(|rows| rows[at].2));
    }
    let sums = columns
        .each_ref()
        .map(|rows| rows.iter().map(|row| row.2).sum::<Decimal>());
    table += &line("**Sum**", sums);
    let records = SHARDS.map(|shards| records(shards).2);
    table += &line(records_name(), records);
    let all = [0, 1, 2].map(|at| sums[at] + records[at]);
    table + &line("**Sum with records**", all)
}

fn records_name() -> &'static str {
    records(1).0
}

/// The list below the table: an item for each of its lines, with its formula.
fn formulas() -> Vec<String> {
    let all = rows(1).into_iter().chain([records(1)]);
    all.map(|(name, formula, _)| format!("- {name}: {formula}"))
        .collect()
}

/// Text with one space for each run of white space, so that it can be found in wrapped lines.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn read(path: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).expect("the file is in this repository")
}

#[test]
fn the_table_of_costs_is_what_its_formulas_come_to() {
    let document = read("docs/cost.md");
    assert!(
        document.contains(&table()),
        "docs/cost.md should have this table:\n{}",
        table()
    );
    let document = unwrapped(&document);
    for formula in formulas() {
        assert!(
            document.contains(&unwrapped(&formula)),
            "docs/cost.md should have this formula:\n{formula}"
        );
    }
}

#[test]
fn the_readme_says_the_sums_in_whole_dollars() {
    let readme = read("README.md");
    for shards in SHARDS {
        let sum: Decimal = rows(shards).iter().map(|row| row.2).sum();
        let sum = format!("${}", sum.round_dp(0));
        let sum = if sum.len() > 4 {
            format!("{},{}", &sum[..sum.len() - 3], &sum[sum.len() - 3..])
        } else {
            sum
        };
        assert!(
            readme.contains(&sum),
            "README.md should say {sum} for {shards} shard(s)"
        );
    }
}

/// A metric alarm is billed by the metrics that it watches: one, or those of its expression.
#[test]
fn the_table_has_room_for_every_alarm() {
    let templates = [
        "workloads/picket/template.yaml",
        "workloads/bedrock-usage/template.yaml",
        "workloads/scheduling-agent/template.yaml",
    ];
    let mut watched = 0;
    for template in templates.map(read) {
        for alarm in template.split("Type: AWS::CloudWatch::Alarm\n").skip(1) {
            let end = alarm.find("\n    Type: ").unwrap_or(alarm.len());
            watched += alarm[..end].matches("MetricStat:").count().max(1);
        }
    }
    assert!(
        watched <= WATCHED_METRICS,
        "{watched} metrics are watched: correct WATCHED_METRICS and docs/cost.md"
    );
    assert!(
        watched + 10 > WATCHED_METRICS,
        "{watched} metrics are watched: lower WATCHED_METRICS"
    );
}
