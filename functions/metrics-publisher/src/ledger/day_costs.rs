//! The costs of the day so far, read from the ledger once a period: by incident, and since midnight.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use picket_aws::{Fault, state::BlobKey};
use picket_rules::prices::PriceBook;
use picket_shared::{
    clock::Clock,
    series::SeriesMinute,
    usage::{Breakdown, DayUsage, USAGE_DIGEST_KEY, UsageDigest, UsageRow},
};

use crate::{
    chains::context::TickContext,
    ledger::{
        cost_today::{Gauge, gauges},
        incident_costs::series,
    },
    ports::Ports,
};

/// Seconds from one reading to the next: CloudWatch's usual period of an alarm. Ten thousand rows are a megabyte, 125
/// read units: every minute they would be $0.67 a month, so it is an eighth of that.
pub(crate) const PERIOD: i64 = 300;
/// The number of rows of a day that are read, about five megabytes: more than the largest `MaximumLedgerRows` with the
/// rows named `Other`. The costs of a day with more are only in the daily report.
pub(crate) const MOST_ROWS: usize = 55_000;

/// The costs of a day so far.
#[derive(Debug, Default)]
pub(crate) struct DayCosts {
    /// The distribution of the costs of incidents.
    pub(crate) incidents: Option<SeriesMinute>,
    /// The cost since midnight, by series.
    pub(crate) gauges: Vec<Gauge>,
    /// The day so far, for alerts; `None` where nothing was used.
    pub(crate) usage: Option<DayUsage>,
}

/// Reads the costs, unless this process did so in this period (`last_period`, in periods since 1970). The first period
/// of a day also has the gauges of the day before, at its last minute: they include what was used after the last
/// reading of that day.
pub(crate) async fn read_day_costs<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    last_period: &AtomicI64,
    book: &PriceBook,
    (namespace, environment): (&str, &str),
) -> Result<Option<DayCosts>, Fault> {
    let now = context.clock.now();
    let period = now.as_second().div_euclid(PERIOD);
    if last_period.load(Ordering::Relaxed) >= period {
        return Ok(None);
    }
    let today = now.to_zoned(TimeZone::UTC).date();
    let usage = read(context, today, book).await?;
    let incidents = usage.incident_spend();
    if incidents.unpriced > 0 {
        tracing::warn!(
            incidents = incidents.unpriced,
            "incidents without a price are left out"
        );
    }
    let minute = now.as_second().div_euclid(60);
    let mut day = DayCosts {
        incidents: series(&incidents.priced, namespace, environment, now),
        gauges: gauges(&usage, namespace, environment, minute),
        usage: (usage.total.requests() > 0).then(|| DayUsage::of(today, &usage)),
    };
    if let Some(yesterday) = just_ended(now) {
        let usage = read(context, yesterday, book).await?;
        let last_minute = minute - minute.rem_euclid(24 * 60) - 1;
        day.gauges
            .extend(gauges(&usage, namespace, environment, last_minute));
    }
    last_period.store(period, Ordering::Relaxed);
    Ok(Some(day))
}

/// Stores the digest of the day so far, which alerts on its cost show. Another publisher that does so at the same time
/// stores the same, at most a period apart.
pub(crate) async fn store_digest<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    usage: DayUsage,
) -> Result<(), Fault> {
    let (name, part) = USAGE_DIGEST_KEY;
    let place = BlobKey::new(name, part);
    let stored = context.ports.read_state(&place).await?;
    let version = stored.as_ref().map(|stored| stored.version);
    let earlier = stored.and_then(|stored| UsageDigest::decode(&stored.body));
    let digest = UsageDigest::after(earlier, usage, context.clock.now());
    let written = context
        .ports
        .write_state(&place, version, digest.encode(), None);
    written.await.map(|_| ())
}

/// The day that ended in this period.
fn just_ended(now: Timestamp) -> Option<Date> {
    let day = now.to_zoned(TimeZone::UTC).date();
    let since_midnight = now.as_second().rem_euclid(24 * 60 * 60);
    (since_midnight < PERIOD).then(|| day.yesterday().ok())?
}

/// The usage of a day; nothing where it has too many rows.
async fn read<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    day: Date,
    book: &PriceBook,
) -> Result<Breakdown, Fault> {
    let Some(rows) = context.ports.read_usage(day, MOST_ROWS).await? else {
        tracing::error!(%day, "the day has too many rows for the cost since midnight; lower MaximumLedgerRows");
        return Ok(Breakdown::default());
    };
    let usage = Breakdown::of(&rows, |row: &UsageRow| row.cost(book));
    if usage.total.unpriced.requests > 0 || usage.left_out > 0 {
        tracing::warn!(
            %day,
            unpriced = usage.total.unpriced.requests,
            too_large = usage.left_out,
            "usage is not in the cost since midnight"
        );
    }
    Ok(usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_ended_in_the_first_period_of_the_next_one() {
        let yesterday = Some(jiff::civil::date(2026, 11, 19));
        for (now, expected) in [
            ("2026-11-20T00:00:00Z", yesterday),
            ("2026-11-20T00:04:59Z", yesterday),
            ("2026-11-20T00:05:00Z", None),
            ("2026-11-20T23:59:59Z", None),
        ] {
            assert_eq!(just_ended(now.parse().unwrap()), expected, "{now}");
        }
    }
}
