//! The accepted datapoints of partly accepted rounds: read before sending, stored after.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use picket_aws::Fault;
use picket_cloudwatch::put::SendResult;
use picket_shared::{clock::Clock, series::SeriesMinute};

use super::published::Published;
use crate::{
    chains::{context::TickContext, minutes::Minutes},
    cloudwatch::{
        accepted::{self, Accepted, Left},
        claim,
        derived::derive,
    },
    ports::Ports,
    series_limit::admission::Admission,
};

/// Returns the datapoints of the claimed slices and the derived ones, without those that CloudWatch accepted of older
/// claims; and the claims whose accepted datapoints could not be read.
pub(super) async fn unsent<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    claims: BTreeMap<Vec<String>, Minutes>,
    published: &mut Published,
) -> (Vec<SeriesMinute>, BTreeSet<Vec<String>>) {
    let mut all = Minutes::default();
    let mut unknown = BTreeSet::new();
    for (states, minutes) in claims {
        match read_accepted(context, &states).await {
            Ok(accepted) => {
                // Derived from all slices of the claims together, so that the result is the same each time.
                let mut series = minutes.into_series();
                series.extend(derive(&series));
                let left = series.into_iter().filter(|series| !accepted.has(series));
                left.for_each(|series| all.insert(series));
            }
            Err(fault) => {
                let part =
                    "what CloudWatch has of some metrics is not known, and the rest of them waits";
                published.fail(part, fault);
                unknown.insert(states);
            }
        }
    }
    (all.into_series(), unknown)
}

async fn read_accepted<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    states: &[String],
) -> Result<Accepted, Fault> {
    let mut accepted = Accepted::default();
    for name in states {
        let stored = context.ports.read_state(&accepted::place(name)).await?;
        let stored = stored.ok_or_else(|| {
            let gone = format!("the item {name} of accepted/cloudwatch is gone from the ledger table");
            Fault::permanent(gone + "; restore it from the table's backup, or delete the cursor's attribute accepted")
        })?;
        accepted.extend(Accepted::decode(&stored.body)?);
    }
    Ok(accepted)
}

/// Determines the outcome of a round. If CloudWatch accepted a part, it is stored first; if that fails, all may have
/// been sent.
pub(super) async fn outcome<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    series: &[SeriesMinute],
    admission: &Admission,
    now: Timestamp,
    sending: &SendResult,
    published: &mut Published,
) -> claim::SendOutcome {
    if sending.left.is_empty() {
        return claim::SendOutcome::Sent;
    }
    let left = Left::of(&sending.left);
    let is_left = |series: &&SeriesMinute| left.has(&admission.placed(series), now);
    let accepted = Accepted::of(series.iter().filter(|series| !is_left(series)));
    match (accepted.is_empty(), sending.lost) {
        (true, false) => return claim::SendOutcome::Unsent,
        (true, true) => return claim::SendOutcome::Unknown,
        (false, _) => {}
    }
    match store(context, &accepted).await {
        Ok(accepted) => claim::SendOutcome::Partly {
            accepted,
            certain: !sending.lost,
        },
        Err(fault) => {
            let part = "what CloudWatch has of the metrics was not stored, and all are sent again and counted";
            published.fail(part, fault);
            claim::SendOutcome::Unknown
        }
    }
}

/// Stores the accepted datapoints, and returns the names of the states. A state that exists already has the same
/// content.
async fn store<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    accepted: &Accepted,
) -> Result<Vec<String>, Fault> {
    let expires_at = context.clock.now().saturating_add(accepted::LIFE).ok();
    let mut names = Vec::new();
    for state in accepted.encode() {
        let place = accepted::place(&state.name);
        context
            .ports
            .write_state(&place, None, state.body, expires_at)
            .await?;
        names.push(state.name);
    }
    Ok(names)
}
