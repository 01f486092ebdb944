//! The audit rows of a target.

use jiff::{SignedDuration, Timestamp};
use picket_shared::clock::Clock;

use super::Run;
use crate::{
    audit::{Entry, Key},
    change::Change,
    error::{Error, logged},
    follow_up::FOLLOWED,
    guards::STALE_AFTER_SECONDS,
    ports::Ports,
    record::Record,
    refusal::Refusal,
};

/// The longest that a plan waits for a person, or for its cause to pass: the longest `expires` of a playbook.
const WAITED: SignedDuration = SignedDuration::from_hours(7 * 24);

impl<P: Ports, C: Clock> Run<'_, P, C> {
    /// The audit row with this key.
    pub(super) async fn row(
        &self,
        key: &Key,
        changed_at: Timestamp,
    ) -> Result<Option<Entry>, Error> {
        let rows = self.ports.entries(&key.target, changed_at).await;
        let rows = rows.map_err(|source| Error::Audit {
            alarm: key.entry.clone(),
            source,
        })?;
        Ok(rows
            .into_iter()
            .find_map(|(other, entry)| (other == *key).then_some(entry)))
    }

    /// The change of the same setting that set the value which this one is made from.
    pub(super) async fn change_before(
        &self,
        change: &Change,
        target: &str,
    ) -> Result<Option<Record>, Refusal> {
        let rows = self.ports.entries(target, self.followed_since()).await;
        let rows = rows.map_err(|fault| Refusal::Unreachable(logged(&fault)))?;
        let before = rows
            .into_iter()
            .filter_map(|(_, entry)| Some((entry.recorded_at, entry.record?)))
            .filter(|(_, before)| {
                before.write.setting == change.write.setting
                    && before.write.to == change.write.from
                    && before.stage.is_open()
            })
            .max_by_key(|(at, _)| *at)
            .map(|(_, before)| before);
        match before {
            Some(before) if before.is_uncertain() && !before.write.setting.is_run() => {
                Err(Refusal::Uncertain {
                    setting: before.write.setting.to_string(),
                    value: before.write.to.to_string(),
                })
            }
            before => Ok(before),
        }
    }

    /// The time since which a row may still be followed. A change may have waited for a person for as long as a plan can.
    pub(super) fn followed_since(&self) -> Timestamp {
        let reach = FOLLOWED + WAITED + SignedDuration::from_secs(STALE_AFTER_SECONDS);
        let since = self.clock.now().saturating_sub(reach);
        since.unwrap_or(Timestamp::MIN)
    }
}
