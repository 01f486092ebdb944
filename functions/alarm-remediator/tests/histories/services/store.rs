//! The remediation table, the kill switch, the override bucket, the schedules and the topic.

use std::collections::BTreeSet;

use alarm_remediator::{
    audit::{ConditionalPut, Entry, Key, ReadAudit, entries_since},
    ledger::{Ledger, ReadLedger, WriteLedger},
    ports::{
        HoldLease, NoteAlarm, OpenAudit, Publish, ReadAlarming, ReadOverrides, ReadPlan,
        ReadSwitch, ScheduleFollowUp, UpdateAudit, WritePlan,
    },
    record::Stage,
};
use jiff::Timestamp;
use picket_aws::{
    Fault,
    overrides::{ConditionalRead, Found, ReadResults},
};
use picket_shared::fleet::FleetMessage;

use super::{Services, answered, put};
use crate::{
    kinds::number_in,
    world::{Lease, What, World},
};

/// The calls that may fail without holding a change back: a row that is not completed says that a change was begun, and
/// its message is published again.
pub(crate) const COMPLETE: &str = "PutItem of a row that exists";
pub(crate) const PUBLISH: &str = "Publish";

/// What a message says about a value that the remediator or a person may have set.
const UNCERTAIN: &str = "which may be a person's: Picket leaves it.";

impl World {
    /// The keys of the rows whose change or plan has not ended.
    pub(crate) fn open_rows(&self) -> impl Iterator<Item = &(String, String)> {
        let rows = self.rows.iter().filter(|(_, row)| {
            row.record
                .as_ref()
                .is_some_and(|record| match record.stage {
                    Stage::Waiting { .. } | Stage::Begun | Stage::Made => true,
                    Stage::Proposed | Stage::Ended(_) => false,
                })
        });
        rows.map(|(key, _)| key)
    }
}

impl NoteAlarm for Services {
    async fn note_alarm(&self, target: &str, at: Timestamp) -> Result<(), Fault> {
        let mut world = self.call("PutItem").await?;
        world.noted.push((at.as_second(), target.to_owned()));
        if let Some(resource) = number_in(target) {
            world.log(What::Noted(resource));
        }
        answered(world, ())
    }
}

impl ReadAlarming for Services {
    async fn alarming(&self, since: Timestamp) -> Result<BTreeSet<String>, Fault> {
        let world = self.call("Query").await?;
        let since = since.as_second();
        let noted = world.noted.iter().filter(|(at, _)| *at >= since);
        Ok(noted.map(|(_, target)| target.clone()).collect())
    }
}

impl ReadLedger for Services {
    async fn ledger(&self) -> Result<Ledger, Fault> {
        Ok(self.call("Query").await?.ledger.clone())
    }
}

impl WriteLedger for Services {
    async fn write_ledger(&self, ledger: &Ledger) -> Result<ConditionalPut, Fault> {
        let mut world = self.call("PutItem").await?;
        let written = world.ledger.version + 1 == ledger.version;
        if written {
            world.ledger = ledger.clone();
        }
        answered(world, put(written))
    }
}

impl ReadSwitch for Services {
    async fn switch(&self) -> Result<String, Fault> {
        let world = self.call("GetParameter").await?;
        Ok(if world.switch { "on" } else { "off" }.to_owned())
    }
}

impl ReadOverrides for Services {
    async fn read_overrides(&self, _: &[ConditionalRead]) -> ReadResults {
        vec![self.call("GetObject").await.map(|_| Found::Nothing)]
    }
}

impl HoldLease for Services {
    async fn lease(
        &self,
        target: &str,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<ConditionalPut, Fault> {
        let mut world = self.call("PutItem of the lease").await?;
        let held = world.leases.get(target);
        let free = held.is_none_or(|held| held.owner == owner || held.until <= now);
        if free {
            let lease = Lease {
                owner: owner.to_owned(),
                until,
                taken_at: world.now,
            };
            world.leases.insert(target.to_owned(), lease);
        }
        answered(world, put(free))
    }
}

impl OpenAudit for Services {
    async fn open(&self, key: &Key, entry: &Entry) -> Result<ConditionalPut, Fault> {
        let mut world = self.call("PutItem").await?;
        let key = (key.target.clone(), key.entry.clone());
        let absent = !world.rows.contains_key(&key);
        if absent {
            world.rows.insert(key, entry.clone());
        }
        answered(world, put(absent))
    }
}

impl UpdateAudit for Services {
    async fn update(&self, key: &Key, entry: &Entry) -> Result<ConditionalPut, Fault> {
        let mut world = self.call(COMPLETE).await?;
        let key = (key.target.clone(), key.entry.clone());
        let stored = world.rows.get(&key).map(|stored| stored.version);
        let written = stored == Some(entry.version);
        if written {
            let version = entry.version + 1;
            let next = Entry {
                version,
                ..entry.clone()
            };
            world.rows.insert(key, next);
        }
        answered(world, put(written))
    }
}

impl ReadAudit for Services {
    async fn entries(&self, target: &str, since: Timestamp) -> Result<Vec<(Key, Entry)>, Fault> {
        let world = self.call("Query").await?;
        let from = (target.to_owned(), entries_since(since));
        let rows = world.rows.range(from..);
        let rows = rows.take_while(|((other, _), _)| other == target);
        Ok(rows
            .map(|((target, entry), row)| {
                let (target, entry) = (target.clone(), entry.clone());
                (Key { target, entry }, row.clone())
            })
            .collect())
    }
}

impl WritePlan for Services {
    async fn write_plan(&self, plan: &str, key: &Key, _: Timestamp) -> Result<(), Fault> {
        let mut world = self.call("PutItem").await?;
        world.plans.insert(plan.to_owned(), key.clone());
        let resource = number_in(&key.target).unwrap();
        let value = world.resources[resource].value;
        world.log(What::Asked(resource, plan.to_owned(), value));
        answered(world, ())
    }
}

impl ReadPlan for Services {
    async fn plan_key(&self, plan: &str) -> Result<Option<Key>, Fault> {
        Ok(self.call("Query").await?.plans.get(plan).cloned())
    }
}

impl ScheduleFollowUp for Services {
    async fn schedule(&self, _: &str, key: &Key, at: Timestamp) -> Result<(), Fault> {
        let mut world = self.call("CreateSchedule").await?;
        let schedule = (at.as_second(), key.target.clone(), key.entry.clone());
        world.schedules.insert(schedule);
        answered(world, ())
    }
}

impl Publish for Services {
    async fn publish(&self, message: &FleetMessage, _: &str) -> Result<(), Fault> {
        let mut world = self.call(PUBLISH).await?;
        let FleetMessage::Remediation(message) = message else {
            panic!("{message:?}")
        };
        let outcome = message.outcome;
        if let Some(alarm) = world.alarm_number(&message.alarm_name) {
            let again = message.text.ends_with("every half hour, for a day");
            world.log(What::Said {
                alarm,
                outcome,
                again,
            });
        }
        if message.text.contains(UNCERTAIN) {
            let resource = message.target.as_deref().and_then(number_in).unwrap();
            let value = world.resources[resource].value;
            world.log(What::Left(resource, value));
        }
        world.messages.push((**message).clone());
        answered(world, ())
    }
}
