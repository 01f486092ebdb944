//! Warns of ceilings that were reached: claims, publishes, notes that it was told.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use picket_aws::{Fault, ledger::Move};
use picket_shared::{
    clock::Clock,
    fleet::{FleetMessage, SeriesCeiling},
};

use crate::{
    context::Run,
    ports::Ports,
    series_limit::{
        admission::Metric,
        store::{Desk, today},
        warning::{Warned, place, reached},
    },
};

/// What an e-mail shows of it.
const SUBJECT: &str = "Picket: a ceiling of series is reached";

/// The day on which this process last knew a metric to be told.
pub(crate) type Told = BTreeMap<Metric, i32>;

/// Tells of metrics at a ceiling that nobody told of today. Who dies between publishing and noting it leaves a claim, and it
/// is told again when that ends: rather twice than not at all.
pub(crate) async fn warn<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    desk: &mut Desk,
    at_ceiling: &[Metric],
) -> Result<(), Fault> {
    let today = today(run);
    let is_known = |metric: &Metric| desk.told.get(metric) == Some(&today);
    if at_ceiling.iter().all(is_known) || !run.has_time() {
        return Ok(());
    }
    let stored = run.ports.read_state(&place()).await?;
    let version = stored.as_ref().map(|stored| stored.version);
    let mut warned = stored.map_or_else(
        || Ok(Warned::default()),
        |stored| Warned::decode(&stored.body),
    )?;
    let due = warned.due(at_ceiling, today, run.clock.now());
    if !due.is_empty() {
        warned.claim(&due, today, run.end());
        if write(run, version, &warned).await? == Move::Collided {
            return Ok(());
        }
        let message = message(run, desk, &due);
        run.ports.publish(&message, SUBJECT).await?;
        warned.tell(&due, today);
        write(run, Some(version.unwrap_or(0) + 1), &warned).await?;
    }
    let told = at_ceiling
        .iter()
        .filter(|metric| warned.was_told(metric, today));
    desk.told.extend(told.map(|metric| (metric.clone(), today)));
    Ok(())
}

async fn write<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    version: Option<u64>,
    warned: &Warned,
) -> Result<Move, Fault> {
    let body = warned.encode();
    run.ports.write_state(&place(), version, body, None).await
}

fn message<P: Ports, C: Clock>(run: &Run<'_, P, C>, desk: &Desk, due: &[Metric]) -> FleetMessage {
    let (admitted, ceilings) = desk.known();
    let date = run.clock.now().to_zoned(TimeZone::UTC).date();
    FleetMessage::SeriesCeiling(SeriesCeiling {
        stack: run.stack.to_owned(),
        date,
        metrics: due
            .iter()
            .map(|metric| reached(metric, admitted, ceilings))
            .collect(),
        stack_series: admitted.len() as u64,
        stack_ceiling: ceilings.stack() as u64,
    })
}
