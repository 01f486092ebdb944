//! The Alerts table: items under two keys, as `docs/delivery.md` and the adapter's first lines say. Values are JSON
//! text, as they are stored; keys are read out of it, and not asked of the types that the function has for them.

mod silences;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use picket_aws::Fault;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use slack_forwarder::{
    deferred::{
        bundle::{Bundle, HeldMessage, Slot},
        digest::{Note, NoteKey},
    },
    delivery_log::{Row, RowKey, Stored, Written},
    ports::{
        ClaimBundle, CloseBundle, CountMessage, HoldMessage, KeepNote, ListBundles, OpenBundle,
        ReadCount, ReadHeld, ReadManyRows, ReadNotes, ReadRow, ReadRows, WriteRow,
    },
};

use crate::{
    history::{Manner, Target},
    world::{Shared, World},
};

/// Items by `alert` and `part`: a number (a revision or a count), and text.
pub(crate) type Items = BTreeMap<(String, String), (u64, String)>;

/// Partitions that a minute's tick has no use for: what was sent, counts, notes. Any other may wait for it.
const NOT_FOR_TICKS: [&str; 6] = ["arn:", "sns/", "message/", "count/", "lead/", "digest/"];

impl World {
    /// Whether a tick could find anything: most minutes of a history are empty, and cost as much as the others.
    pub(crate) fn has_something_for_a_tick(&self) -> bool {
        let is_for_ticks =
            |alert: &str| !NOT_FOR_TICKS.iter().any(|other| alert.starts_with(other));
        self.items.keys().any(|(alert, _)| is_for_ticks(alert))
    }
}

/// Attempts that the SDK makes of a call that is throttled.
const ATTEMPTS: u32 = 3;

/// What a call does.
enum Call {
    Read,
    Write,
}

impl Shared {
    /// One call. `row` is the partition key.
    async fn table<R>(
        &self,
        call: Call,
        row: &str,
        effect: impl FnOnce(&mut World) -> R,
    ) -> Result<R, Fault> {
        self.moment(1, 40).await;
        let mut attempts = 0;
        while matches!(call, Call::Write) && !self.world().takes_write(row) {
            attempts += 1;
            if attempts == ATTEMPTS {
                self.world().throttled += 1;
                return Err(Fault::transient("the partition is throttled"));
            }
            self.moment(25, 200).await;
        }
        let fault = self.world().fault(Target::Table);
        let fault = match (fault, &call) {
            (Some(Manner::ReadOnly | Manner::LosesAnswers), Call::Read) => None,
            (fault, _) => fault,
        };
        if let Some(manner) = fault {
            let mut effect = Some(effect);
            {
                let mut world = self.world();
                world.table_faults += 1;
                world.faulty_rows.push(row.to_owned());
                let is_done = match manner {
                    Manner::LosesAnswers => true,
                    Manner::Slow => world.dice.percent(30),
                    _ => false,
                };
                if let Some(effect) = effect.take().filter(|_| is_done) {
                    effect(&mut world);
                }
            }
            let wait = match manner {
                Manner::Slow | Manner::LosesAnswers => 2_000,
                _ => 20,
            };
            self.pause(wait).await;
            return Err(Fault::transient("the table did not answer"));
        }
        let result = effect(&mut self.world());
        self.moment(1, 40).await;
        Ok(result)
    }
}

fn key(alert: impl Into<String>, part: impl Into<String>) -> (String, String) {
    (alert.into(), part.into())
}

fn json(value: &impl Serialize) -> (Value, String) {
    let text = serde_json::to_string(value).unwrap();
    (serde_json::from_str(&text).unwrap(), text)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// Where a bundle is on the list, and where what is in it is.
fn bundle(bundle: &Bundle) -> (String, String, String) {
    let (value, json) = json(bundle);
    let (meter, from) = (text(&value, "meter"), text(&value, "from"));
    let id = format!("{meter} {from}");
    (
        format!("{} {id}", text(&value, "until")),
        format!("bundle/{id}"),
        json,
    )
}

fn all<V: DeserializeOwned>(world: &World, alert: &str) -> Vec<V> {
    let first = key(alert, "");
    let items = world.items.range(first..);
    items
        .take_while(|((known, _), _)| known == alert)
        .map(|(_, (_, json))| serde_json::from_str(json).unwrap())
        .collect()
}

impl ReadRow for Shared {
    async fn read_row(&self, row: &RowKey) -> Result<Stored, Fault> {
        self.table(Call::Read, &row.alert, |world| {
            let item = world.items.get(&key(&row.alert, &row.part));
            item.map_or_else(Stored::default, |(revision, json)| Stored {
                row: serde_json::from_str(json).unwrap(),
                revision: *revision,
            })
        })
        .await
    }
}

impl ReadRows for Shared {
    async fn read_rows(&self, alert: &str) -> Result<Vec<(RowKey, Row)>, Fault> {
        self.table(Call::Read, alert, |world| {
            let items = world.items.range(key(alert, "")..);
            items
                .take_while(|((known, _), _)| known == alert)
                .map(|((_, part), (_, json))| {
                    let key = RowKey {
                        alert: alert.to_owned(),
                        part: part.clone(),
                    };
                    (key, serde_json::from_str(json).unwrap())
                })
                .collect()
        })
        .await
    }
}

impl ReadManyRows for Shared {
    async fn read_many_rows(&self, keys: &[RowKey]) -> Result<Vec<(RowKey, Row)>, Fault> {
        self.table(Call::Read, "many", |world| {
            let row = |row: &RowKey| {
                let (_, json) = world.items.get(&key(&row.alert, &row.part))?;
                Some((row.clone(), serde_json::from_str(json).unwrap()))
            };
            keys.iter().filter_map(row).collect()
        })
        .await
    }
}

impl WriteRow for Shared {
    async fn write_row(
        &self,
        row: &RowKey,
        value: &Row,
        over: u64,
        expires_at: Timestamp,
    ) -> Result<Written, Fault> {
        self.table(Call::Write, &row.alert, |world| {
            assert!(
                expires_at.as_millisecond() > world.now,
                "written to be forgotten at once"
            );
            let key = key(&row.alert, &row.part);
            let known = world.items.get(&key).map_or(0, |(revision, _)| *revision);
            if known != over {
                return Written::Collided;
            }
            let json = serde_json::to_string(value).unwrap();
            world.items.insert(key, (over + 1, json));
            Written::Written
        })
        .await
    }
}

impl KeepNote for Shared {
    async fn keep_note(&self, note_key: &NoteKey, note: &Note) -> Result<(), Fault> {
        self.table(Call::Write, &note_key.message, |world| {
            let key = key(format!("digest/{}", note_key.date), &note_key.message);
            let json = serde_json::to_string(note).unwrap();
            world.items.insert(key, (0, json));
        })
        .await
    }
}

impl ReadNotes for Shared {
    async fn read_notes(&self, date: Date) -> Result<Vec<Note>, Fault> {
        self.table(Call::Read, "digest", |world| {
            all(world, &format!("digest/{date}"))
        })
        .await
    }
}

impl CountMessage for Shared {
    async fn count_message(&self, slot: &Slot) -> Result<u64, Fault> {
        self.table(Call::Write, &format!("count/{}", slot.meter), |world| {
            let key = key(format!("count/{}", slot.meter), slot.from.to_string());
            let (count, _) = world.items.entry(key).or_default();
            *count += 1;
            *count
        })
        .await
    }
}

impl ReadCount for Shared {
    async fn read_count(&self, slot: &Slot) -> Result<u64, Fault> {
        self.table(Call::Read, &slot.meter, |world| {
            let key = key(format!("count/{}", slot.meter), slot.from.to_string());
            world.items.get(&key).map_or(0, |(count, _)| *count)
        })
        .await
    }
}

impl OpenBundle for Shared {
    async fn open_bundle(&self, opened: &Bundle) -> Result<(), Fault> {
        self.table(Call::Write, "bundles", |world| {
            let (place, _, json) = bundle(opened);
            world.items.insert(key("bundles", place), (0, json));
        })
        .await
    }
}

impl HoldMessage for Shared {
    async fn hold_message(&self, into: &Bundle, held: &HeldMessage) -> Result<(), Fault> {
        let (_, contents, _) = bundle(into);
        self.table(Call::Write, &contents.clone(), |world| {
            let (value, json) = json(held);
            let alert = text(&value, "alert");
            // A change of an alarm is known by its time and state, another message by its name alone.
            let id = if value["state"].is_null() {
                alert.to_owned()
            } else {
                format!("{alert} {} {}", text(&value, "at"), value["state"])
            };
            world.items.insert(key(contents, id), (0, json));
        })
        .await
    }
}

impl ListBundles for Shared {
    async fn list_bundles(&self) -> Result<Vec<Bundle>, Fault> {
        self.table(Call::Read, "bundles", |world| all(world, "bundles"))
            .await
    }
}

impl ClaimBundle for Shared {
    async fn claim_bundle(
        &self,
        claimed: &Bundle,
        sender: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        self.table(Call::Write, "bundles", |world| {
            let (place, ..) = bundle(claimed);
            let Some((_, json)) = world.items.get_mut(&key("bundles", place)) else {
                return false;
            };
            let mut item: Value = serde_json::from_str(json).unwrap();
            let is_over = item["claimed_until"]
                .as_i64()
                .is_none_or(|until| until <= now.as_millisecond());
            if !is_over && item["sender"] != sender {
                return false;
            }
            item["sender"] = sender.into();
            item["claimed_until"] = until.as_millisecond().into();
            *json = item.to_string();
            true
        })
        .await
    }
}

impl ReadHeld for Shared {
    async fn read_held(&self, of: &Bundle) -> Result<Vec<HeldMessage>, Fault> {
        self.table(Call::Read, "bundle", |world| all(world, &bundle(of).1))
            .await
    }
}

impl CloseBundle for Shared {
    async fn close_bundle(&self, closed: &Bundle) -> Result<(), Fault> {
        self.table(Call::Write, "bundles", |world| {
            let (place, ..) = bundle(closed);
            world.items.remove(&key("bundles", place));
        })
        .await
    }
}
