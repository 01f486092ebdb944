//! Reads the costs of the day's incidents from the ledger, once a period.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::tz::TimeZone;
use picket_aws::Fault;
use picket_rules::prices::PriceBook;
use picket_shared::{clock::Clock, series::SeriesMinute};

use crate::{
    chains::context::TickContext,
    ledger::incident_costs::{MOST_ROWS, PERIOD, costs, series},
    ports::Ports,
};

/// Reads the distribution of costs, unless this process did so in this period (`last_period`, in periods since 1970).
pub(crate) async fn read_incident_costs<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    last_period: &AtomicI64,
    book: &PriceBook,
    (namespace, environment): (&str, &str),
) -> Result<Option<SeriesMinute>, Fault> {
    let now = context.clock.now();
    let period = now.as_second().div_euclid(PERIOD);
    if last_period.load(Ordering::Relaxed) >= period {
        return Ok(None);
    }
    let day = now.to_zoned(TimeZone::UTC).date();
    let rows = context.ports.read_usage(day, MOST_ROWS).await?;
    last_period.store(period, Ordering::Relaxed);
    let Some(rows) = rows else {
        tracing::warn!(%day, "the day has too many rows for the cost per incident");
        return Ok(None);
    };
    let costs = costs(&rows, book);
    if costs.unpriced > 0 {
        tracing::warn!(
            incidents = costs.unpriced,
            "incidents without a price are left out"
        );
    }
    Ok(series(&costs.priced, namespace, environment, now))
}
