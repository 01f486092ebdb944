//! Notifies of reached limits of series: claims, publishes, records.

use jiff::tz::TimeZone;
use picket_aws::{Fault, ledger::Move};
use picket_shared::{
    clock::Clock,
    fleet::{FleetMessage, SeriesCeiling},
};

use crate::{
    chains::context::TickContext,
    ports::Ports,
    series_limit::{
        Metric,
        notifications::{Notifications, place, reached},
        store::{SeriesLimitStore, today},
    },
};

/// The subject of the message, which e-mail shows.
const SUBJECT: &str = "Picket: a ceiling of series is reached";

/// Publishes one message about the metrics that reached their limit and of which none was published today. A process
/// that ends between publishing and recording leaves a claim, and the message is published again when the claim ends: a
/// second message is better than none.
pub(crate) async fn notify_of_reached<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    series_limit: &mut SeriesLimitStore,
    at_ceiling: &[Metric],
) -> Result<(), Fault> {
    let today = today(context);
    let is_known = |metric: &Metric| series_limit.notified.get(metric) == Some(&today);
    if at_ceiling.iter().all(is_known) || !context.has_time() {
        return Ok(());
    }
    let stored = context.ports.read_state(&place()).await?;
    let version = stored.as_ref().map(|stored| stored.version);
    let mut notifications = stored.map_or_else(
        || Ok(Notifications::default()),
        |stored| Notifications::decode(&stored.body),
    )?;
    let due = notifications.due(at_ceiling, today, context.clock.now());
    if !due.is_empty() {
        notifications.claim(&due, today, context.end());
        if write(context, version, &notifications).await? == Move::Collided {
            return Ok(());
        }
        let message = message(context, series_limit, &due);
        context.ports.publish(&message, SUBJECT).await?;
        notifications.record(&due, today);
        write(context, Some(version.unwrap_or(0) + 1), &notifications).await?;
    }
    let notified = at_ceiling
        .iter()
        .filter(|metric| notifications.is_notified(metric, today));
    series_limit
        .notified
        .extend(notified.map(|metric| (metric.clone(), today)));
    Ok(())
}

async fn write<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    version: Option<u64>,
    notifications: &Notifications,
) -> Result<Move, Fault> {
    let body = notifications.encode();
    context
        .ports
        .write_state(&place(), version, body, None)
        .await
}

fn message<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    series_limit: &SeriesLimitStore,
    due: &[Metric],
) -> FleetMessage {
    let (admitted, ceilings) = series_limit.known();
    let date = context.clock.now().to_zoned(TimeZone::UTC).date();
    FleetMessage::SeriesCeiling(SeriesCeiling {
        stack: context.stack.to_owned(),
        date,
        metrics: due
            .iter()
            .map(|metric| reached(metric, admitted, ceilings))
            .collect(),
        stack_series: admitted.len() as u64,
        stack_ceiling: ceilings.stack() as u64,
    })
}
