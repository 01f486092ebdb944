//! Looking at the function that an alarm is about.

use jiff::{SignedDuration, Timestamp};
use picket_aws::Fault;
use picket_shared::report::ErrorChain;

use crate::{
    candidate::{Candidate, STALE_AFTER_SECONDS},
    facts::{Facts, FunctionFacts, WINDOW_MINUTES},
    plan::Home,
    ports::{Look, Reservation},
};

/// The facts; one read that fails makes them unreachable as a whole, so that nothing is done on half of them.
pub(crate) async fn look(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &impl Look,
    now: Timestamp,
) -> Facts {
    read(candidate, home, ports, now)
        .await
        .unwrap_or_else(|fault| Facts::Unreachable(said(&fault)))
}

/// A fault in a sentence for people; its chain goes to the log.
pub(crate) fn said(fault: &Fault) -> String {
    tracing::error!(fault = %ErrorChain(fault), "a call failed");
    fault.to_string()
}

async fn read(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &impl Look,
    now: Timestamp,
) -> Result<Facts, Fault> {
    let function = candidate.function;
    let reserved = match ports.reservation(function).await? {
        Reservation::NoFunction => return Ok(Facts::Absent),
        Reservation::None => None,
        Reservation::Reserved(reserved) => Some(reserved),
    };
    let arn = format!(
        "arn:{}:lambda:{}:{}:function:{function}",
        home.partition, home.region, home.account
    );
    let measured_from = before(now, i64::from(WINDOW_MINUTES) * 60);
    let (tags, account, measured, entries) = tokio::try_join!(
        ports.tags(&arn),
        ports.account(),
        ports.measured(function, measured_from, now),
        ports.entries(function, audited_from(candidate, now)),
    )?;
    let last_changed = entries
        .iter()
        .filter(|(_, entry)| entry.changed)
        .map(|(_, entry)| entry.recorded_at)
        .max();
    Ok(Facts::Function(FunctionFacts {
        tags,
        reserved,
        account,
        measured,
        last_changed,
    }))
}

/// Rows stand by the alarm's time: a change inside the cooldown may have been for an alarm that was nearly stale by then.
fn audited_from(candidate: &Candidate<'_>, now: Timestamp) -> Timestamp {
    let cooldown = i64::try_from(candidate.playbook.cooldown.as_secs()).unwrap_or(i64::MAX);
    before(now, cooldown.saturating_add(STALE_AFTER_SECONDS))
}

fn before(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_sub(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MIN)
}
