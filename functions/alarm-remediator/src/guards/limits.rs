//! The limits on changes over time: of the account, of a playbook, of a target, of AWS and of an incident's money.

use std::{collections::BTreeSet, time::Duration};

use jiff::{SignedDuration, Timestamp};
use picket_rules::playbooks::{Limits, Playbook};
use rust_decimal::Decimal;

use crate::{
    change::{Change, Quota},
    ledger::Ledger,
    refusal::Refusal,
};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The hours that a change is priced for: a change that is never reverted is seen by a person within a day.
const PRICED_HOURS: u32 = 24;

/// The changes of AWS's allowance that are left for a person.
const KEPT_FOR_A_PERSON: u32 = 1;

/// The changes that one change takes of AWS's allowance: itself, and its revert where the playbook reverts it.
const fn taken(playbook: &Playbook) -> u32 {
    if playbook.healthy_for.is_some() { 2 } else { 1 }
}

/// What the remediator did and saw before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The changes of the last day.
    pub ledger: Ledger,
    /// The distinct targets with an alarm in the time that the storm gate counts, this one among them.
    pub alarming: BTreeSet<String>,
}

/// Refuses a change that a limit forbids. The order is that in which an operator needs to know them.
pub(crate) fn within_limits(
    change: &Change,
    incident: &str,
    playbook: &Playbook,
    limits: &Limits,
    history: &History,
    now: Timestamp,
) -> Result<(), Refusal> {
    let ledger = &history.ledger;
    no_storm(limits, &history.alarming)?;
    not_disarmed(change, playbook, ledger, now)?;
    let all = |_: &&crate::ledger::Made| true;
    window(
        "the account",
        limits.actions_per_hour,
        HOUR,
        ledger,
        now,
        all,
    )?;
    window("the account", limits.actions_per_day, DAY, ledger, now, all)?;
    let own = |made: &&crate::ledger::Made| made.playbook == playbook.name;
    let name = format!("the playbook {}", playbook.name);
    window(&name, playbook.actions_per_day, DAY, ledger, now, own)?;
    if let Some(quota) = &change.quota {
        quota_kept(quota, taken(playbook), ledger, now)?;
    }
    match playbook.budget {
        Some(budget) => within_budget(change, incident, budget, ledger, now),
        None => Ok(()),
    }
}

fn no_storm(limits: &Limits, alarming: &BTreeSet<String>) -> Result<(), Refusal> {
    let most = usize::try_from(limits.storm.targets).unwrap_or(usize::MAX);
    if alarming.len() <= most {
        return Ok(());
    }
    Err(Refusal::Storm {
        targets: alarming.len(),
        minutes: minutes(limits.storm.within),
        limit: limits.storm.targets,
    })
}

/// A playbook that changes one target again and again does not repair it.
fn not_disarmed(
    change: &Change,
    playbook: &Playbook,
    ledger: &Ledger,
    now: Timestamp,
) -> Result<(), Refusal> {
    let made = ledger
        .changes_within(DAY, now)
        .filter(|made| made.playbook == playbook.name && made.target == change.target)
        .count();
    if made < usize::try_from(playbook.disarm_after).unwrap_or(usize::MAX) {
        return Ok(());
    }
    Err(Refusal::Disarmed {
        playbook: playbook.name.clone(),
        target: change.target.clone(),
        made,
    })
}

fn window(
    of: &str,
    limit: u32,
    window: SignedDuration,
    ledger: &Ledger,
    now: Timestamp,
    counts: impl Fn(&&crate::ledger::Made) -> bool,
) -> Result<(), Refusal> {
    let made = ledger.changes_within(window, now).filter(counts).count();
    if made < usize::try_from(limit).unwrap_or(usize::MAX) {
        return Ok(());
    }
    Err(Refusal::WindowSpent {
        of: of.to_owned(),
        made,
        hours: window.as_hours(),
    })
}

/// Refuses a change for which AWS's quota would not leave one for a person.
pub(crate) fn quota_kept(
    quota: &Quota,
    taken: u32,
    ledger: &Ledger,
    now: Timestamp,
) -> Result<(), Refusal> {
    let window = SignedDuration::from_hours(i64::from(quota.window_hours));
    let used = ledger.against_quota(&quota.name, window, now);
    let after = u32::try_from(used)
        .unwrap_or(u32::MAX)
        .saturating_add(taken);
    if after.saturating_add(KEPT_FOR_A_PERSON) <= quota.allowed {
        return Ok(());
    }
    Err(Refusal::QuotaKept {
        quota: quota.name.clone(),
        used,
        allowed: quota.allowed,
        hours: quota.window_hours,
    })
}

fn within_budget(
    change: &Change,
    incident: &str,
    budget: Decimal,
    ledger: &Ledger,
    now: Timestamp,
) -> Result<(), Refusal> {
    let before = ledger
        .changes_within(DAY, now)
        .filter(|made| made.incident == incident)
        .filter_map(|made| made.price_per_hour);
    let a_day = before
        .chain(change.price_per_hour)
        .try_fold(Decimal::ZERO, Decimal::checked_add)
        .and_then(|an_hour| an_hour.checked_mul(PRICED_HOURS.into()));
    match a_day {
        Some(a_day) if a_day <= budget => Ok(()),
        a_day => Err(Refusal::OverBudget {
            a_day: a_day.unwrap_or(Decimal::MAX),
            budget,
        }),
    }
}

fn minutes(span: Duration) -> u64 {
    span.as_secs() / 60
}
