//! AWS's list prices of 2026 in us-east-1, in dollars; docs/cost.md links the pages.

use rust_decimal::Decimal;

/// So many digits, so many of them behind the point.
pub(super) const fn dec(digits: u32, scale: u32) -> Decimal {
    Decimal::from_parts(digits, 0, 0, false, scale)
}

pub(super) const MILLION: Decimal = dec(1_000_000, 0);
pub(super) const THOUSAND: Decimal = dec(1_000, 0);

pub(super) const SHARD_HOUR: Decimal = dec(15, 3);
/// A million payload units of Kinesis.
pub(super) const PAYLOAD_UNITS: Decimal = dec(14, 3);
/// A million write units of DynamoDB on demand.
pub(super) const WRITE_UNITS: Decimal = dec(625, 3);
/// A million read units of DynamoDB on demand.
pub(super) const READ_UNITS: Decimal = dec(125, 3);
/// A GB of a table, and of its recovery to a point in time.
pub(super) const STORED_GB: Decimal = dec(45, 2);
/// Of the first ten thousand.
pub(super) const SERIES: Decimal = dec(30, 2);
pub(super) const THOUSAND_PUTS: Decimal = dec(1, 2);
/// A metric that an alarm watches.
pub(super) const ALARM: Decimal = dec(10, 2);
pub(super) const COMPOSITE_ALARM: Decimal = dec(50, 2);
pub(super) const DASHBOARD: Decimal = dec(3, 0);
/// A million invocations of Lambda.
pub(super) const INVOCATIONS: Decimal = dec(20, 2);
/// On arm64.
pub(super) const GB_SECOND: Decimal = dec(133_334, 10);
/// A GB of log lines that CloudWatch Logs takes.
pub(super) const LOG_GB: Decimal = dec(50, 2);
pub(super) const COST_EXPLORER_PAGE: Decimal = dec(1, 2);

/// Hours of a month.
pub(super) const HOURS: Decimal = dec(730, 0);
/// Minutes of a month, which are also the publisher's ticks.
pub(super) const MINUTES: Decimal = dec(43_800, 0);
/// Seconds of a month.
pub(super) const SECONDS: Decimal = dec(2_628_000, 0);
