//! The facts about a function and its account, and the reads that collect them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use picket_aws::Fault;

use super::ports::{AccountLimits, Measured, ReadPorts, Reservation};
use crate::{
    audit::ReadAudit,
    guards::last_changed,
    model::{Candidate, Home},
};

/// A function and the account around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionFacts {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its reserved concurrency, where it has a reservation.
    pub reserved: Option<u32>,
    /// The account's limits.
    pub account: AccountLimits,
    /// The metrics of the last [`WINDOW_MINUTES`].
    pub measured: Measured,
    /// When the remediator last began a change of it.
    pub last_changed: Option<Timestamp>,
}

/// The window of the metrics: three of the five-minute periods in which most alarms are evaluated.
pub const WINDOW_MINUTES: u32 = 15;

/// Reads the facts; `None` where the function does not exist.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &(impl ReadPorts + ReadAudit),
    now: Timestamp,
) -> Result<Option<FunctionFacts>, Fault> {
    let function = candidate.target;
    let reserved = match ports.reservation(function).await? {
        Reservation::NoFunction => return Ok(None),
        Reservation::None => None,
        Reservation::Reserved(reserved) => Some(reserved),
    };
    let arn = format!(
        "arn:{}:lambda:{}:{}:function:{function}",
        home.partition, home.region, home.account
    );
    let window = SignedDuration::from_mins(i64::from(WINDOW_MINUTES));
    let from = now.saturating_sub(window).unwrap_or(Timestamp::MIN);
    let (tags, account, measured, last_changed) = tokio::try_join!(
        ports.tags(&arn),
        ports.account(),
        ports.measured(function, from, now),
        last_changed(candidate, ports, now),
    )?;
    Ok(Some(FunctionFacts {
        tags,
        reserved,
        account,
        measured,
        last_changed,
    }))
}
