//! The services that the remediator calls, with the refusals that AWS documents, lost answers, and a switch to another
//! invocation at every call.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll},
    time::Duration,
};

use alarm_remediator::{
    StoredAlarm,
    actions::{
        mapping::{Mapping, ReadMappings},
        reserved_concurrency::{AccountLimits, ReadAccount},
        roll_back_alias::{ReadVersions, Version},
    },
    audit::{ConditionalPut, Entry, Key, ReadAudit, entries_since},
    ledger::{Ledger, ReadLedger, WriteLedger},
    model::StoredComposite,
    ports::{
        HoldLease, NoteAlarm, OpenAudit, Publish, ReadAlarm, ReadAlarming, ReadComposite,
        ReadMutes, ReadOverrides, ReadPlan, ReadSwitch, ScheduleFollowUp, UpdateAudit, WritePlan,
        WriteSetting,
    },
    reads::{MetricQuery, ReadMetrics, ReadSetting, ReadTags},
    setting::{Reading, Setting, Value, Write},
};
use jiff::Timestamp;
use picket_aws::{
    Fault,
    overrides::{ConditionalRead, Found, ReadResults},
};
use picket_shared::{alarm::Metric, clock::Clock, fleet::FleetMessage};

use crate::world::{ACCOUNT, FLOOR, KINDS, Kind, What, World, function_number, time};

/// What an invocation sees of the world: its own clock differs.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) world: Arc<Mutex<World>>,
    pub(crate) skew: i64,
}

/// Pending once, so that another invocation may run.
struct Turn(bool);

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl Services {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// A call: it takes its turn, and fails now and then before it is carried out.
    async fn call(&self, name: &str) -> Result<MutexGuard<'_, World>, Fault> {
        Turn(false).await;
        let mut world = self.world();
        if world.faults && world.dice.percent(2) {
            return Err(Fault::transient(format!("{name} does not answer")));
        }
        Ok(world)
    }
}

/// The answer of a call that was carried out: now and then it is lost.
fn answered<T>(mut world: MutexGuard<'_, World>, answer: T) -> Result<T, Fault> {
    if world.faults && world.dice.percent(2) {
        return Err(Fault::transient("the answer was lost"));
    }
    Ok(answer)
}

fn put(written: bool) -> ConditionalPut {
    if written {
        ConditionalPut::Written
    } else {
        ConditionalPut::Rejected
    }
}

impl Clock for Services {
    fn now(&self) -> Timestamp {
        time(self.world().now + self.skew)
    }

    async fn sleep(&self, _: Duration) {}
}

impl ReadAlarm for Services {
    async fn alarm(&self, name: &str) -> Result<Option<StoredAlarm>, Fault> {
        let world = self.call("DescribeAlarms").await?;
        let found = world.alarms.iter().position(|alarm| alarm.name == name);
        Ok(found.map(|index| {
            let alarm = &world.alarms[index];
            StoredAlarm {
                arn: arn(&alarm.name),
                state: world.state(index),
                changed_at: time(alarm.changed_at),
                metrics: vec![throttles(&format!("f{}", alarm.function))],
            }
        }))
    }
}

pub(crate) fn arn(alarm: &str) -> String {
    format!("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{alarm}")
}

fn throttles(function: &str) -> Metric {
    Metric {
        id: None,
        account: None,
        namespace: "AWS/Lambda".into(),
        name: "Throttles".into(),
        dimensions: vec![("FunctionName".into(), function.into())],
        statistic: None,
        period: None,
        unit: None,
    }
}

impl ReadComposite for Services {
    async fn composite(&self, _: &str) -> Result<Option<StoredComposite>, Fault> {
        Ok(None)
    }
}

impl ReadMutes for Services {
    async fn mutes(&self, _: &str) -> Result<Vec<String>, Fault> {
        self.call("ListAlarmMuteRules").await.map(|_| Vec::new())
    }
}

impl NoteAlarm for Services {
    async fn note_alarm(&self, target: &str, at: Timestamp) -> Result<(), Fault> {
        let mut world = self.call("PutItem").await?;
        world.noted.push((at.as_second(), target.to_owned()));
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
        let mut world = self.call("PutItem").await?;
        let held = world.leases.get(target);
        let free = held.is_none_or(|(other, held)| other == owner || *held <= now);
        if free {
            let lease = (owner.to_owned(), until);
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
        let mut world = self.call("PutItem").await?;
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
        let since = entries_since(since);
        let rows = world.rows.iter();
        let rows = rows.filter(|((other, entry), _)| other == target && *entry >= since);
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
        let mut world = self.call("Publish").await?;
        let FleetMessage::Remediation(message) = message else {
            panic!("{message:?}")
        };
        world.messages.push((**message).clone());
        answered(world, ())
    }
}

fn function_of(setting: &Setting) -> usize {
    let Setting::ReservedConcurrency { function } = setting else {
        panic!("{setting:?}")
    };
    function_number(function)
}

impl ReadSetting for Services {
    async fn setting(&self, setting: &Setting) -> Result<Option<Reading>, Fault> {
        let world = self.call("GetFunctionConcurrency").await?;
        let reserved = world.reserved[function_of(setting)];
        Ok(Some(Reading::settled(Value::Number(reserved.into()))))
    }
}

impl WriteSetting for Services {
    async fn write(&self, write: &Write) -> Result<(), Fault> {
        let function = function_of(&write.setting);
        let number = |value: &Value| u32::try_from(value.number().unwrap()).unwrap();
        let (planned_from, to) = (number(&write.from), number(&write.to));
        self.world().log(What::Tried(function, to));
        let mut world = self.call("PutFunctionConcurrency").await?;
        let before = world.reserved[function];
        // "…decreases account's UnreservedConcurrentExecution below its minimum value of [100]."
        if to > before && world.unreserved() < FLOOR + (to - before) {
            return Err(Fault::permanent("InvalidParameterValueException"));
        }
        let target = format!("f{function}");
        let has_row = world
            .rows
            .iter()
            .any(|((other, _), row)| *other == target && row.changed);
        let noted = world.noted.clone();
        world.log(What::Write {
            function,
            planned_from,
            before,
            to,
            has_row,
            noted,
        });
        world.reserved[function] = to;
        answered(world, ())
    }
}

impl ReadTags for Services {
    async fn tags(&self, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
        drop(self.call("ListTags").await?);
        let name = arn.rsplit(':').next().unwrap();
        let own = ("aws:cloudformation:stack-name", "picket-dev");
        let allowed = ("picket:remediate", "true");
        let tags: &[_] = match KINDS[function_number(name)] {
            Kind::Act | Kind::Ask | Kind::Watch => &[allowed],
            Kind::Untagged => &[],
            Kind::Own => &[allowed, own],
        };
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        Ok(tags.iter().map(owned).collect())
    }
}

impl ReadMetrics for Services {
    async fn metrics(
        &self,
        queries: &[MetricQuery],
        _: Timestamp,
        _: Timestamp,
    ) -> Result<Vec<Vec<f64>>, Fault> {
        let world = self.call("GetMetricData").await?;
        let value = |query: &MetricQuery| {
            let Some((_, name)) = query.dimensions.first() else {
                return vec![200.0];
            };
            let function = function_number(name);
            let throttled = world.throttled(function);
            match query.name {
                "Throttles" if throttled => vec![7.0],
                "Throttles" => Vec::new(),
                _ if throttled => vec![f64::from(world.reserved[function])],
                _ => vec![1.0],
            }
        };
        Ok(queries.iter().map(value).collect())
    }
}

impl ReadAccount for Services {
    async fn account(&self) -> Result<AccountLimits, Fault> {
        let world = self.call("GetAccountSettings").await?;
        Ok(AccountLimits {
            concurrent: ACCOUNT,
            unreserved: world.unreserved(),
        })
    }
}

impl ReadMappings for Services {
    async fn mappings(&self, _: &str) -> Result<Vec<Mapping>, Fault> {
        Ok(Vec::new())
    }
}

impl ReadVersions for Services {
    async fn versions(&self, _: &str) -> Result<Vec<Version>, Fault> {
        Ok(Vec::new())
    }
}
