//! The account's ledger of changes: the limits hold what is written here, before it is made.

use jiff::Timestamp;
use picket_rules::playbooks::Playbook;
use picket_shared::clock::Clock;

use super::{Run, follow_up::unreachable};
use crate::{
    audit::{ConditionalPut, Entry, Key},
    change::Change,
    error::{Error, logged},
    guards::{History, quota_kept, within_limits},
    ledger::{Ledger, Made},
    model::Candidate,
    ports::Ports,
    record::Record,
    refusal::Refusal,
};

/// How often a ledger that another invocation has just written is read again.
const LEDGER_TRIES: usize = 4;

/// The changes that a revert takes of AWS's allowance.
const TAKEN: u32 = 1;

impl<P: Ports, C: Clock> Run<'_, P, C> {
    /// Writes the change into the account's ledger. Where another invocation has written it since, the limits are held
    /// to what it wrote.
    pub(super) async fn take_change(
        &self,
        candidate: &Candidate<'_>,
        change: &Change,
        mut history: History,
    ) -> Result<(), Refusal> {
        let incident = candidate.alarm.incident();
        for _ in 0..LEDGER_TRIES {
            let now = self.clock.now();
            self.limited(candidate.playbook, change, &incident, &history, now)?;
            let made = Made::of(change, &incident, now);
            if self.write_ledger(&history.ledger.with(made)).await? {
                return Ok(());
            }
            let ledger = self.ports.ledger().await;
            history.ledger = ledger.map_err(|fault| Refusal::Unreachable(logged(&fault)))?;
        }
        Err(Refusal::Contended {
            tries: LEDGER_TRIES,
        })
    }

    fn limited(
        &self,
        playbook: &Playbook,
        change: &Change,
        incident: &str,
        history: &History,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let limits = self.scope.playbooks.limits();
        within_limits(change, incident, playbook, limits, history, now)
    }

    /// Whether the ledger was written, and not by another invocation since it was read.
    async fn write_ledger(&self, ledger: &Ledger) -> Result<bool, Refusal> {
        match self.ports.write_ledger(ledger).await {
            Ok(put) => Ok(put == ConditionalPut::Written),
            Err(fault) => Err(Refusal::Unreachable(logged(&fault))),
        }
    }

    /// Writes a revert into the ledger, or says why AWS's quota does not allow it.
    pub(super) async fn take_revert(
        &self,
        key: &Key,
        entry: &Entry,
        record: &Record,
    ) -> Result<Result<(), String>, Error> {
        let Some(quota) = &record.quota else {
            return Ok(Ok(()));
        };
        let now = self.clock.now();
        let ledger = self.ports.ledger().await;
        let ledger = ledger.map_err(|source| unreachable(key, source))?;
        let incident = &entry.message.alarm_arn;
        let ledger = ledger.without_reverts(&key.target, incident, entry.recorded_at);
        if let Err(refusal) = quota_kept(quota, TAKEN, &ledger, now) {
            return Ok(Err(refusal.to_string()));
        }
        let made = Made {
            at: now,
            playbook: record.playbook.clone(),
            target: key.target.clone(),
            incident: incident.clone(),
            quota: Some(quota.name.clone()),
            price_per_hour: None,
            is_revert: true,
        };
        if let Ok(true) = self.write_ledger(&ledger.with(made)).await {
            return Ok(Ok(()));
        }
        let target = key.target.clone();
        Err(Error::Ledger { target })
    }
}
