//! The Alerts table, in memory.

use std::{sync::MutexGuard, time::Duration};

use jiff::{Timestamp, civil::Date};
use picket_aws::Fault;
use picket_rules::routes::Silence;
use picket_shared::clock::Clock;

use super::{Inner, World};
use crate::{
    deferred::{
        bundle::{Bundle, HeldMessage, Slot},
        digest::{Note, NoteKey},
        silenced::Silenced,
    },
    delivery_log::{Row, RowKey, Stored, Written},
    ports::{
        ClaimBundle, CloseBundle, CountMessage, ForgetSilenced, HoldMessage, KeepNote,
        KeepSilenced, ListBundles, ListSilenced, OpenBundle, ReadCount, ReadHeld, ReadManyRows,
        ReadNotes, ReadRow, ReadRows, ReadSilences, WriteRow,
    },
};

/// How the table behaves.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Table {
    #[default]
    Works,
    Unreachable,
    /// It reads, and refuses to write.
    ReadOnly,
    /// It writes, and its answers to writing are lost: the SDK's own retry then meets what it wrote.
    LosesAnswers,
    /// It answers no call; the adapter gives up after two seconds.
    Hangs,
}

/// The limits of DynamoDB's keys, in bytes.
fn is_key(partition: &str, sort: &str) -> Result<(), Fault> {
    if partition.len() <= 2_048 && sort.len() <= 1_024 {
        Ok(())
    } else {
        Err(Fault::permanent("ValidationException"))
    }
}

impl World {
    async fn give_up(&self) -> Result<(), Fault> {
        if self.0.lock().unwrap().table == Table::Hangs {
            self.sleep(Duration::from_secs(2)).await;
            return Err(Fault::transient("the table did not answer"));
        }
        Ok(())
    }
}

impl ReadRow for World {
    async fn read_row(&self, key: &RowKey) -> Result<Stored, Fault> {
        self.give_up().await?;
        let inner = self.0.lock().unwrap();
        if inner.table == Table::Unreachable {
            return Err(Fault::transient("the table did not answer"));
        }
        Ok(inner.rows.get(key).cloned().unwrap_or_default())
    }
}

impl ReadRows for World {
    async fn read_rows(&self, alert: &str) -> Result<Vec<(RowKey, Row)>, Fault> {
        self.give_up().await?;
        let inner = self.0.lock().unwrap();
        if inner.table == Table::Unreachable {
            return Err(Fault::transient("the table did not answer"));
        }
        let of_alert = inner.rows.iter().filter(|(key, _)| key.alert == alert);
        Ok(of_alert
            .map(|(key, stored)| (key.clone(), stored.row.clone()))
            .collect())
    }
}

impl ReadManyRows for World {
    async fn read_many_rows(&self, keys: &[RowKey]) -> Result<Vec<(RowKey, Row)>, Fault> {
        let inner = self.reach(false)?;
        let row = |key: &RowKey| Some((key.clone(), inner.rows.get(key)?.row.clone()));
        Ok(keys.iter().filter_map(row).collect())
    }
}

impl WriteRow for World {
    async fn write_row(
        &self,
        key: &RowKey,
        row: &Row,
        over: u64,
        expires_at: Timestamp,
    ) -> Result<Written, Fault> {
        self.give_up().await?;
        let mut inner = self.0.lock().unwrap();
        assert!(expires_at > inner.now);
        if matches!(inner.table, Table::Unreachable | Table::ReadOnly) {
            return Err(Fault::transient("the table did not answer"));
        }
        let known = inner.rows.get(key).map_or(0, |stored| stored.revision);
        if known != over {
            return Ok(Written::Collided);
        }
        let stored = Stored {
            row: row.clone(),
            revision: over + 1,
        };
        inner.rows.insert(key.clone(), stored);
        Ok(if inner.table == Table::LosesAnswers {
            Written::Collided
        } else {
            Written::Written
        })
    }
}

impl KeepNote for World {
    async fn keep_note(&self, key: &NoteKey, note: &Note) -> Result<(), Fault> {
        self.give_up().await?;
        is_key("digest", &key.message)?;
        let mut inner = self.0.lock().unwrap();
        if matches!(inner.table, Table::Unreachable | Table::ReadOnly) {
            return Err(Fault::transient("the table did not answer"));
        }
        inner.notes.retain(|(known, _)| known != key);
        inner.notes.push((key.clone(), note.clone()));
        Ok(())
    }
}

impl ReadNotes for World {
    async fn read_notes(&self, date: Date) -> Result<Vec<Note>, Fault> {
        self.give_up().await?;
        let inner = self.0.lock().unwrap();
        if inner.table == Table::Unreachable {
            return Err(Fault::transient("the table did not answer"));
        }
        let of_day = inner.notes.iter().filter(|(key, _)| key.date == date);
        Ok(of_day.map(|(_, note)| note.clone()).collect())
    }
}

impl World {
    /// To read from; to write to where `writes`.
    fn reach(&self, writes: bool) -> Result<MutexGuard<'_, Inner>, Fault> {
        let inner = self.0.lock().unwrap();
        match inner.table {
            Table::Unreachable => Err(Fault::transient("the table did not answer")),
            Table::ReadOnly if writes => Err(Fault::transient("the table did not answer")),
            Table::Works | Table::ReadOnly | Table::LosesAnswers | Table::Hangs => Ok(inner),
        }
    }
}

impl World {
    /// To write to what has this id.
    fn take(&self, id: &str) -> Result<MutexGuard<'_, Inner>, Fault> {
        let inner = self.reach(true)?;
        if inner.throttled.iter().any(|throttled| throttled == id) {
            return Err(Fault::transient("the partition takes no more writes"));
        }
        Ok(inner)
    }
}

impl CountMessage for World {
    async fn count_message(&self, slot: &Slot) -> Result<u64, Fault> {
        self.give_up().await?;
        let mut inner = self.take(&slot.id())?;
        let count = inner.counts.entry(slot.id()).or_default();
        *count += 1;
        Ok(*count)
    }
}

impl ReadCount for World {
    async fn read_count(&self, slot: &Slot) -> Result<u64, Fault> {
        self.give_up().await?;
        let inner = self.reach(false)?;
        Ok(inner.counts.get(&slot.id()).copied().unwrap_or_default())
    }
}

impl OpenBundle for World {
    async fn open_bundle(&self, bundle: &Bundle) -> Result<(), Fault> {
        self.give_up().await?;
        let mut inner = self.take("bundles")?;
        if !inner.bundles.contains(bundle) {
            inner.bundles.push(bundle.clone());
        }
        Ok(())
    }
}

impl HoldMessage for World {
    async fn hold_message(&self, bundle: &Bundle, held: &HeldMessage) -> Result<(), Fault> {
        self.give_up().await?;
        let id = bundle.id();
        is_key(&id, &held.id())?;
        let mut inner = self.take(&id)?;
        inner
            .held
            .retain(|(known, other)| *known != id || other.id() != held.id());
        inner.held.push((id, held.clone()));
        Ok(())
    }
}

impl ListBundles for World {
    async fn list_bundles(&self) -> Result<Vec<Bundle>, Fault> {
        self.give_up().await?;
        Ok(self.reach(false)?.bundles.clone())
    }
}

impl ClaimBundle for World {
    async fn claim_bundle(
        &self,
        bundle: &Bundle,
        sender: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        self.give_up().await?;
        let mut inner = self.reach(true)?;
        let (id, is_listed) = (bundle.id(), inner.bundles.contains(bundle));
        let is_free = inner
            .bundle_claims
            .get(&id)
            .is_none_or(|(other, until)| *until <= now || other == sender);
        if is_listed && is_free {
            inner.bundle_claims.insert(id, (sender.to_owned(), until));
        }
        Ok(is_listed && is_free)
    }
}

impl ReadHeld for World {
    async fn read_held(&self, bundle: &Bundle) -> Result<Vec<HeldMessage>, Fault> {
        self.give_up().await?;
        let inner = self.reach(false)?;
        let of_it = inner.held.iter().filter(|(id, _)| *id == bundle.id());
        Ok(of_it.map(|(_, held)| held.clone()).collect())
    }
}

impl CloseBundle for World {
    async fn close_bundle(&self, bundle: &Bundle) -> Result<(), Fault> {
        self.give_up().await?;
        self.reach(true)?.bundles.retain(|other| other != bundle);
        Ok(())
    }
}

impl ReadSilences for World {
    async fn read_silences(&self) -> Result<Vec<Silence>, Fault> {
        self.give_up().await?;
        let mut inner = self.reach(false)?;
        inner.silences_read += 1;
        Ok(inner.silences.clone())
    }
}

impl KeepSilenced for World {
    async fn keep_silenced(&self, silenced: &Silenced) -> Result<(), Fault> {
        self.give_up().await?;
        let mut inner = self.reach(true)?;
        let has_topic = silenced.message.topic.is_some();
        let outranks = |known: &Silenced| {
            let (known, new) = (known.change.at, silenced.change.at);
            known > new || (known == new && !has_topic)
        };
        let known = inner.silenced.get(&silenced.alert);
        if !known.is_some_and(outranks) {
            inner
                .silenced
                .insert(silenced.alert.clone(), silenced.clone());
        }
        Ok(())
    }
}

impl ListSilenced for World {
    async fn list_silenced(&self) -> Result<Vec<Silenced>, Fault> {
        self.give_up().await?;
        Ok(self.reach(false)?.silenced.values().cloned().collect())
    }
}

impl ForgetSilenced for World {
    async fn forget_silenced(&self, alert: &str, at: Timestamp) -> Result<(), Fault> {
        self.give_up().await?;
        let mut inner = self.reach(true)?;
        inner
            .silenced
            .retain(|known, silenced| known != alert || silenced.change.at > at);
        Ok(())
    }
}
