//! Times in messages.

use jiff::{Timestamp, tz::TimeZone};

/// Formats a time in UTC, to the second, as people compare it with logs: `2026-11-20 06:14:03 UTC`.
pub(crate) fn utc(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%d %H:%M:%S UTC")
        .to_string()
}
