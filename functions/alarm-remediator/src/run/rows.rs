//! The audit rows of a target.

use jiff::{SignedDuration, Timestamp};
use picket_shared::clock::Clock;

use super::Run;
use crate::{
    audit::{Entry, Key},
    change::Change,
    error::{Error, logged},
    follow_up::FOLLOWED,
    guards::PLANNED_FOR,
    ports::Ports,
    record::{Record, Stage},
    refusal::Refusal,
};

/// The longest that a plan waits for a person: the longest `expires` of a playbook.
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
        let records: Vec<_> = rows
            .into_iter()
            .filter_map(|(_, entry)| Some((entry.recorded_at, entry.record?)))
            .collect();
        let before = records
            .iter()
            .filter(|(at, before)| {
                before.write.setting == change.write.setting
                    && before.write.to == change.write.from
                    && before.stage.is_open()
                    && !is_superseded(before, *at, &records)
            })
            .max_by_key(|(at, _)| *at)
            .map(|(_, before)| before.clone());
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

    /// The time since which a row may still be followed. Rows are sorted by the alarm's time: a change may have been planned
    /// a day after that, and have waited for a person for as long as a plan can.
    pub(super) fn followed_since(&self) -> Timestamp {
        let reach = FOLLOWED + WAITED + PLANNED_FOR;
        let since = self.clock.now().saturating_sub(reach);
        since.unwrap_or(Timestamp::MIN)
    }
}

/// Whether a change of this time is not in force any more, since a later one was made from its value. One that was begun
/// and maybe never made says nothing.
fn is_superseded(before: &Record, at: Timestamp, records: &[(Timestamp, Record)]) -> bool {
    records.iter().any(|(later_at, later)| {
        *later_at > at && later.takes_the_place_of(before) && later.stage != Stage::Begun
    })
}
