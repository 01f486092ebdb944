//! What a million events and an alert cost in us-east-1, by AWS's list prices of 2026 and what the benchmarks measured.
//! Free tiers are left aside, and so is what is there whether anything happens or not: series, alarms, log volume.

use rust_decimal::{Decimal, dec};

const MILLION: Decimal = dec!(1_000_000);
/// A request and a unit of time: <https://aws.amazon.com/lambda/pricing/> (arm64).
const INVOCATION: Decimal = dec!(0.0000002);
const GB_SECOND: Decimal = dec!(0.0000133334);
/// Units of on-demand tables: <https://aws.amazon.com/dynamodb/pricing/on-demand/>.
const WRITE_UNIT: Decimal = dec!(0.000000625);
const READ_UNIT: Decimal = dec!(0.000000125);
/// A payload unit of 25 KB, and a shard's hour: <https://aws.amazon.com/kinesis/data-streams/pricing/>.
const PAYLOAD_UNIT: Decimal = dec!(0.000000014);
const SHARD_HOUR: Decimal = dec!(0.015);
/// A request: <https://aws.amazon.com/cloudwatch/pricing/>.
const PUT_METRIC_DATA: Decimal = dec!(0.00001);
/// A request; what goes to Lambda is free: <https://aws.amazon.com/sns/pricing/>.
const PUBLISH: Decimal = dec!(0.0000005);

/// Events of a batch, ten seconds of a shard: as many of 217 bytes as an invocation's six megabytes hold.
const BATCH: Decimal = dec!(7_000);
const WINDOW_SECONDS: Decimal = dec!(10);
/// Units of a tick's reads of a shard, as docs/cost.md has them.
const CHAIN_READS: Decimal = dec!(27);
/// Both functions on the way have half a gigabyte, and the forwarder and the remediator a quarter.
const HALF_GB: Decimal = dec!(0.5);
const QUARTER_GB: Decimal = dec!(0.25);

/// What the benchmarks measured.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Kilobytes of a batch's slice, with its keys.
    pub slice: Decimal,
    /// Seconds that a batch takes.
    pub batch: Decimal,
    /// Seconds of a tick, most of which it waits for networks.
    pub tick: Decimal,
    /// Seconds of an alert in each of the two functions that see it, most of which they wait for networks.
    pub alert: Decimal,
}

type Row = (&'static str, Decimal);

/// A million events that come at seven hundred a second.
pub fn million_events(measured: Measured) -> Vec<Row> {
    let batches = MILLION / BATCH;
    let hours = batches * WINDOW_SECONDS / dec!(3_600);
    let minutes = hours * dec!(60);
    let writes = measured.slice.ceil();
    vec![
        (
            "Kinesis: payload units, one a record below 25 KB",
            MILLION * PAYLOAD_UNIT,
        ),
        ("Kinesis: the shard meanwhile", hours * SHARD_HOUR),
        ("chain: a write a slice", batches * writes * WRITE_UNIT),
        (
            "chain: a minute's slices by two sinks, and those that are not ready",
            minutes * CHAIN_READS * READ_UNIT,
        ),
        (
            "event processor",
            batches * (INVOCATION + measured.batch * HALF_GB * GB_SECOND),
        ),
        (
            "publisher: a tick a minute",
            minutes * (INVOCATION + measured.tick * HALF_GB * GB_SECOND),
        ),
        (
            "ledger: row and cursor, a transaction a minute",
            minutes * dec!(4) * WRITE_UNIT,
        ),
        (
            "CloudWatch: a request a minute of three namespaces, and one of our own",
            minutes * dec!(4) * PUT_METRIC_DATA,
        ),
        (
            "CloudWatch's cursor: claimed and advanced a minute",
            minutes * dec!(2) * WRITE_UNIT,
        ),
    ]
}

/// An alarm's message to one sink, and past the remediator.
pub fn alert(measured: Measured) -> Vec<Row> {
    vec![
        ("SNS", PUBLISH),
        (
            "forwarder and remediator",
            dec!(2) * (INVOCATION + measured.alert * QUARTER_GB * GB_SECOND),
        ),
        (
            "alerts table: its row read, claimed and settled, and the minute's count",
            dec!(3) * dec!(2) * WRITE_UNIT + dec!(2) * READ_UNIT,
        ),
        (
            "remediation table: lease and audit",
            dec!(2) * dec!(2) * WRITE_UNIT + READ_UNIT,
        ),
    ]
}

pub fn print(measured: Measured) {
    println!("{measured:?}");
    for (what, rows) in [
        ("a million events", million_events(measured)),
        ("an alert", alert(measured)),
    ] {
        let total: Decimal = rows.iter().map(|(_, dollars)| dollars).sum();
        println!(
            "{what}: ${}",
            total.round_sf(3).unwrap_or(total).normalize()
        );
        for (row, dollars) in rows {
            println!(
                "  ${}\t{row}",
                dollars.round_sf(3).unwrap_or(dollars).normalize()
            );
        }
    }
}
