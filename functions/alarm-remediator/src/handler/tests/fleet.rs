use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use jiff::Timestamp;
use picket_aws::{
    Fault,
    overrides::{ConditionalRead, Found, Object, ReadResults},
};
use picket_shared::{
    alarm::{Metric, State, name_in_arn},
    fleet::{FleetMessage, RemediationMessage},
};

use crate::{
    actions::{
        mapping::{Mapping, ReadMappings},
        reserved_concurrency::{AccountLimits, ReadAccount},
        roll_back_alias::{ReadVersions, Version},
    },
    audit::{ConditionalPut, Entry, Key},
    ledger::Ledger,
    model::{StoredAlarm, StoredComposite},
    ports::{
        HoldLease, NoteAlarm, OpenAudit, Publish, ReadAlarm, ReadAlarming, ReadAudit,
        ReadComposite, ReadLedger, ReadMetrics, ReadMutes, ReadOverrides, ReadPlan, ReadSetting,
        ReadSwitch, ReadTags, ScheduleFollowUp, UpdateAudit, WriteLedger, WritePlan, WriteSetting,
    },
    reads::MetricQuery,
    record::Record,
    setting::{Reading, Setting, Value, Write},
    testing::throttles,
};
use picket_shared::clock::Clock;

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) struct Fixed(pub(super) Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }

    async fn sleep(&self, _: Duration) {}
}

/// An alarm on the throttles of `checkout`, in ALARM for a minute.
fn stored(name: &str) -> StoredAlarm {
    StoredAlarm {
        arn: format!("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}"),
        state: State::Alarm,
        changed_at: at("2026-11-20T06:00:00.123Z"),
        metrics: vec![throttles("checkout")],
    }
}

/// The mark of a change that hangs.
const HANGS: &str = "write hangs";

/// A tagged function `checkout` at its reservation of 10, a switch that is on, and a table.
pub(super) struct Fleet(Mutex<Inner>);

struct Inner {
    reserved: u64,
    breaker: String,
    dead_letters: DeadLetters,
    switch: String,
    lease: Option<(String, Timestamp)>,
    entries: BTreeMap<(String, String), Entry>,
    messages: Vec<RemediationMessage>,
    journal: Vec<String>,
    failing: Vec<&'static str>,
    playbooks: Option<&'static str>,
    alarms: Vec<StoredAlarm>,
    composites: BTreeMap<String, StoredComposite>,
    mutes: BTreeMap<String, &'static str>,
    ledger: Ledger,
    alarming: BTreeSet<String>,
    plans: BTreeMap<String, Key>,
    schedules: Vec<(Key, Timestamp)>,
    changed_before_write: Option<u64>,
    /// Whether AWS begins to apply a change of a person right before the write.
    is_unsettled_before_write: bool,
    ledger_meanwhile: Option<Ledger>,
    /// Whether others write the ledger whenever it is about to be written.
    is_ledger_contended: bool,
    /// Whether AWS still applies a change to the function.
    is_unsettled: bool,
    now: Timestamp,
}

/// Seven messages in `orders-dlq`, and the consumer of `orders`.
pub(super) struct DeadLetters {
    /// The consumer's failed invocations of the last minutes.
    pub(super) errors: u64,
    /// The moves that were started.
    pub(super) moves: u64,
    /// Whether a person starts one after the plan was made, when its follow-up is scheduled.
    pub(super) is_moved_meanwhile: bool,
}

/// An alarm on the messages in `orders-dlq`, in ALARM for a minute.
fn on_dead_letters() -> StoredAlarm {
    let metric = Metric {
        namespace: "AWS/SQS".into(),
        name: "ApproximateNumberOfMessagesVisible".into(),
        dimensions: vec![("QueueName".into(), "orders-dlq".into())],
        ..throttles("checkout")
    };
    StoredAlarm {
        metrics: vec![metric],
        ..stored("orders-dlq")
    }
}

/// An alarm on the failed requests to models, in ALARM for a minute.
fn on_errors_of_models() -> StoredAlarm {
    let metric = Metric {
        namespace: "BedrockUsage".into(),
        name: "APIErrors".into(),
        dimensions: vec![("Environment".into(), "dev".into())],
        ..throttles("checkout")
    };
    StoredAlarm {
        metrics: vec![metric],
        ..stored("picket-dev-bedrock-error-rate")
    }
}

impl Default for Fleet {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            reserved: 10,
            breaker: "closed".into(),
            dead_letters: DeadLetters {
                errors: 4,
                moves: 0,
                is_moved_meanwhile: false,
            },
            switch: "on".into(),
            lease: None,
            entries: BTreeMap::new(),
            messages: Vec::new(),
            journal: Vec::new(),
            failing: Vec::new(),
            playbooks: None,
            alarms: vec![
                stored("throttles"),
                stored("throttles-again"),
                on_dead_letters(),
                on_errors_of_models(),
            ],
            composites: BTreeMap::new(),
            mutes: BTreeMap::new(),
            ledger: Ledger::default(),
            alarming: BTreeSet::new(),
            plans: BTreeMap::new(),
            schedules: Vec::new(),
            changed_before_write: None,
            is_unsettled_before_write: false,
            ledger_meanwhile: None,
            is_ledger_contended: false,
            is_unsettled: false,
            now: at("2026-11-20T06:01:00Z"),
        }))
    }
}

impl Fleet {
    pub(super) fn failing(ports: &[&'static str]) -> Self {
        let fleet = Self::default();
        fleet.inner().failing = ports.to_vec();
        fleet
    }

    pub(super) fn switched(text: &str) -> Self {
        let fleet = Self::default();
        text.clone_into(&mut fleet.inner().switch);
        fleet
    }

    /// With these playbooks in the override bucket.
    pub(super) fn with_playbooks(text: &'static str) -> Self {
        let fleet = Self::default();
        fleet.inner().playbooks = Some(text);
        fleet
    }

    /// CloudWatch has no alarm.
    pub(super) fn without_alarms() -> Self {
        let fleet = Self::default();
        fleet.inner().alarms.clear();
        fleet
    }

    pub(super) fn fail(&self, ports: &[&'static str]) {
        self.inner().failing = ports.to_vec();
    }

    /// A person changes the reservation after the plan was made, when its follow-up is scheduled.
    pub(super) fn change_before_write(&self, reserved: u64) {
        self.inner().changed_before_write = Some(reserved);
    }

    /// A person changes the function after the plan was made, and AWS still shows the value from before.
    pub(super) fn unsettle_before_write(&self) {
        self.inner().is_unsettled_before_write = true;
    }

    /// Another invocation writes this ledger after it was read.
    pub(super) fn write_ledger_meanwhile(&self, ledger: Ledger) {
        self.inner().ledger_meanwhile = Some(ledger);
    }

    /// Others write the ledger whenever it is about to be written.
    pub(super) fn contend_for_the_ledger(&self) {
        self.inner().is_ledger_contended = true;
    }

    /// AWS still applies a change to the function.
    pub(super) fn unsettle(&self) {
        self.inner().is_unsettled = true;
    }

    /// These playbooks from now on.
    pub(super) fn set_playbooks(&self, text: &'static str) {
        self.inner().playbooks = Some(text);
    }

    pub(super) fn ledger(&self) -> Ledger {
        self.inner().ledger.clone()
    }

    /// Edits the record of every row, and replaces the ledger.
    pub(super) fn edit(&self, mut record: impl FnMut(&mut Record), ledger: Ledger) {
        let mut inner = self.inner();
        for entry in inner.entries.values_mut() {
            entry.record.iter_mut().for_each(&mut record);
        }
        inner.ledger = ledger;
    }

    pub(super) fn mend(&self) {
        self.inner().failing.clear();
    }

    /// The change never comes back, as where the sandbox is stopped.
    pub(super) fn hang_at_write(&self) {
        self.inner().failing = vec![HANGS];
    }

    pub(super) fn leased_to(&self, owner: &str, until: Timestamp) {
        self.inner().lease = Some((owner.to_owned(), until));
    }

    /// The writes, in order.
    pub(super) fn journal(&self) -> Vec<String> {
        self.inner().journal.clone()
    }

    pub(super) fn messages(&self) -> Vec<RemediationMessage> {
        self.inner().messages.clone()
    }

    pub(super) fn entries(&self) -> Vec<((String, String), Entry)> {
        self.inner().entries.clone().into_iter().collect()
    }

    /// The follow-ups that are scheduled and have not been taken.
    pub(super) fn take_follow_ups(&self) -> Vec<(Key, Timestamp)> {
        std::mem::take(&mut self.inner().schedules)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.inner().now
    }

    pub(super) fn set_now(&self, now: &str) {
        self.inner().now = at(now);
    }

    pub(super) fn set_switch(&self, text: &str) {
        text.clone_into(&mut self.inner().switch);
    }

    /// Changes or reads the dead letters.
    pub(super) fn dead_letters<T>(&self, with: impl FnOnce(&mut DeadLetters) -> T) -> T {
        with(&mut self.inner().dead_letters)
    }

    pub(super) fn set_reserved(&self, reserved: u64) {
        self.inner().reserved = reserved;
    }

    /// The value of the parameter `/agent/breaker`.
    pub(super) fn breaker(&self) -> String {
        self.inner().breaker.clone()
    }

    /// The alarm is in ALARM since this time.
    pub(super) fn fire(&self, name: &str, since: Timestamp) {
        let mut inner = self.inner();
        for alarm in &mut inner.alarms {
            if name_in_arn(&alarm.arn) == Some(name) {
                alarm.state = State::Alarm;
                alarm.changed_at = since;
            }
        }
    }

    /// When an alarm last changed its state.
    pub(super) fn changed_at(&self, name: &str) -> Timestamp {
        let inner = self.inner();
        let mut alarms = inner.alarms.iter();
        let found = alarms.find(|alarm| name_in_arn(&alarm.arn) == Some(name));
        found.unwrap().changed_at
    }

    /// The alarm is OK since this time.
    pub(super) fn clear(&self, name: &str, since: &str) {
        let mut inner = self.inner();
        for alarm in &mut inner.alarms {
            if name_in_arn(&alarm.arn) == Some(name) {
                alarm.state = State::Ok;
                alarm.changed_at = at(since);
            }
        }
    }

    /// A composite alarm in ALARM over these.
    pub(super) fn composite_over(&self, name: &str, children: &[&str]) {
        let children = children.iter().map(|child| (*child).to_owned()).collect();
        let alarm = StoredComposite {
            state: State::Alarm,
            changed_at: at("2026-11-20T06:00:30Z"),
            suppressed_by: None,
            children,
        };
        self.inner().composites.insert(name.to_owned(), alarm);
    }

    /// A composite alarm has been in ALARM since this time.
    pub(super) fn composite_since(&self, name: &str, since: &str) {
        let mut inner = self.inner();
        inner.composites.get_mut(name).unwrap().changed_at = at(since);
    }

    /// A suppressor holds the actions of a composite alarm back.
    pub(super) fn suppress(&self, name: &str) {
        let mut inner = self.inner();
        let alarm = inner.composites.get_mut(name).unwrap();
        alarm.suppressed_by = Some("Alarm".to_owned());
    }

    /// A rule mutes an alarm.
    pub(super) fn mute(&self, name: &str, rule: &'static str) {
        self.inner().mutes.insert(name.to_owned(), rule);
    }

    pub(super) fn reserved(&self) -> u64 {
        self.inner().reserved
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    fn reach(&self, port: &'static str) -> Result<MutexGuard<'_, Inner>, Fault> {
        let inner = self.inner();
        if inner.failing.contains(&port) {
            return Err(Fault::transient(format!("{port} does not answer")));
        }
        Ok(inner)
    }
}

impl ReadAlarm for &Fleet {
    async fn alarm(&self, name: &str) -> Result<Option<StoredAlarm>, Fault> {
        let inner = self.reach("alarm")?;
        let found = inner
            .alarms
            .iter()
            .find(|alarm| name_in_arn(&alarm.arn) == Some(name));
        Ok(found.cloned())
    }
}

impl ReadSetting for &Fleet {
    async fn setting(&self, setting: &Setting) -> Result<Option<Reading>, Fault> {
        let inner = self.reach("setting")?;
        let value = match setting {
            Setting::ReservedConcurrency { function } if function == "checkout" => {
                Value::Number(inner.reserved)
            }
            Setting::Parameter { name } if name == "/agent/breaker" => {
                Value::Text(inner.breaker.clone())
            }
            Setting::Redrive { queue, .. } if queue.ends_with(":orders-dlq") => {
                match inner.dead_letters.moves {
                    0 => Value::Absent,
                    moves => Value::Number(moves),
                }
            }
            other => panic!("{other:?}"),
        };
        Ok(Some(Reading {
            settled: !inner.is_unsettled,
            ..Reading::settled(value)
        }))
    }
}

impl ReadTags for &Fleet {
    async fn tags(&self, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
        drop(self.reach("tags")?);
        let known = [
            "arn:aws:lambda:eu-west-1:123456789012:function:checkout",
            "arn:aws:sqs:eu-west-1:123456789012:orders-dlq",
            "arn:aws:sqs:eu-west-1:123456789012:orders",
            "arn:aws:ssm:eu-west-1:123456789012:parameter/agent/breaker",
        ];
        assert!(known.contains(&arn), "{arn}");
        Ok(BTreeMap::from([("picket:remediate".into(), "true".into())]))
    }
}

impl ReadMappings for &Fleet {
    async fn mappings(&self, _: &str) -> Result<Vec<Mapping>, Fault> {
        Ok(Vec::new())
    }
}

impl ReadVersions for &Fleet {
    async fn versions(&self, _: &str) -> Result<Vec<Version>, Fault> {
        Ok(Vec::new())
    }
}

impl ReadAccount for &Fleet {
    async fn account(&self) -> Result<AccountLimits, Fault> {
        drop(self.reach("account")?);
        Ok(AccountLimits {
            concurrent: 1_000,
            unreserved: 900,
        })
    }
}

/// As busy as the reservation allows.
#[expect(
    clippy::cast_precision_loss,
    reason = "a reservation is a small number"
)]
impl ReadMetrics for &Fleet {
    async fn metrics(
        &self,
        queries: &[MetricQuery],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Vec<f64>>, Fault> {
        let (reserved, errors) = {
            let inner = self.reach("metrics")?;
            (inner.reserved, inner.dead_letters.errors)
        };
        assert_eq!(to.duration_since(from).as_secs(), 15 * 60);
        let names: Vec<_> = queries
            .iter()
            .map(|query| (query.name, query.dimensions.len()))
            .collect();
        if names == [("ApproximateNumberOfMessagesVisible", 1)] {
            return Ok(vec![vec![7.0, 7.0]]);
        }
        if names == [("Invocations", 1), ("Errors", 1), ("Throttles", 1)] {
            return Ok(vec![vec![40.0], vec![errors as f64], vec![0.0]]);
        }
        let of_both = "ConcurrentExecutions";
        assert_eq!(names, [(of_both, 1), (of_both, 0), ("Throttles", 1)]);
        Ok(vec![
            vec![1.0, reserved as f64],
            vec![40.0],
            vec![18.0, 24.0],
        ])
    }
}

impl ReadSwitch for &Fleet {
    async fn switch(&self) -> Result<String, Fault> {
        Ok(self.reach("switch")?.switch.clone())
    }
}

impl ReadOverrides for &Fleet {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        assert_eq!(reads.len(), 1);
        assert_eq!(reads[0].object, "playbooks.yaml");
        let found = self.reach("overrides").map(|inner| match inner.playbooks {
            None => Found::Nothing,
            Some(text) => Found::New(Object {
                file: "s3://overrides/picket-dev/playbooks.yaml".into(),
                etag: "e".into(),
                text: text.into(),
            }),
        });
        vec![found]
    }
}

impl ReadAudit for &Fleet {
    async fn entries(&self, target: &str, since: Timestamp) -> Result<Vec<(Key, Entry)>, Fault> {
        let inner = self.reach("entries")?;
        let since = crate::audit::entries_since(since);
        let found = inner
            .entries
            .iter()
            .filter(|((other, entry), _)| other == target && *entry >= since);
        Ok(found
            .map(|((target, entry), row)| {
                let key = Key {
                    target: target.clone(),
                    entry: entry.clone(),
                };
                (key, row.clone())
            })
            .collect())
    }
}

impl HoldLease for &Fleet {
    async fn lease(
        &self,
        target: &str,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<ConditionalPut, Fault> {
        let mut inner = self.reach("lease")?;
        assert!(
            ["checkout", "queue/orders-dlq", "parameter/agent/breaker"].contains(&target)
                || target.starts_with("alarm#"),
            "{target}"
        );
        let free = inner
            .lease
            .as_ref()
            .is_none_or(|(other, held)| other == owner || *held <= now);
        if free {
            inner.lease = Some((owner.to_owned(), until));
            let word = if until > now { "lease" } else { "release" };
            inner.journal.push(word.to_owned());
        }
        Ok(if free {
            ConditionalPut::Written
        } else {
            ConditionalPut::Rejected
        })
    }
}

impl OpenAudit for &Fleet {
    async fn open(&self, key: &Key, entry: &Entry) -> Result<ConditionalPut, Fault> {
        let mut inner = self.reach("open")?;
        let key = (key.target.clone(), key.entry.clone());
        if inner.entries.contains_key(&key) {
            return Ok(ConditionalPut::Rejected);
        }
        inner
            .journal
            .push(format!("open {}", entry.message.outcome));
        inner.entries.insert(key, entry.clone());
        Ok(ConditionalPut::Written)
    }
}

impl UpdateAudit for &Fleet {
    async fn update(&self, key: &Key, entry: &Entry) -> Result<ConditionalPut, Fault> {
        let mut inner = self.reach("update")?;
        let stored = &inner.entries[&(key.target.clone(), key.entry.clone())];
        if stored.version != entry.version {
            return Ok(ConditionalPut::Rejected);
        }
        let announced = if entry.announced { " announced" } else { "" };
        let word = entry.message.outcome;
        inner.journal.push(format!("update {word}{announced}"));
        let next = Entry {
            version: entry.version + 1,
            ..entry.clone()
        };
        inner
            .entries
            .insert((key.target.clone(), key.entry.clone()), next);
        Ok(ConditionalPut::Written)
    }
}

impl WriteSetting for &Fleet {
    async fn write(&self, write: &Write) -> Result<(), Fault> {
        if self.inner().failing.contains(&HANGS) {
            std::future::pending::<()>().await;
        }
        let mut inner = self.reach("write")?;
        inner.journal.push(format!("write {}", write.to));
        match (&write.setting, &write.to) {
            (Setting::Redrive { .. }, _) => inner.dead_letters.moves += 1,
            (Setting::Parameter { .. }, Value::Text(value)) => value.clone_into(&mut inner.breaker),
            _ => inner.reserved = write.to.number().unwrap(),
        }
        Ok(())
    }
}

impl Publish for &Fleet {
    async fn publish(&self, message: &FleetMessage, subject: &str) -> Result<(), Fault> {
        let mut inner = self.reach("publish")?;
        let FleetMessage::Remediation(message) = message else {
            panic!("{message:?}");
        };
        let word = message.outcome;
        assert_eq!(
            subject,
            format!("Remediation {word}: {} (dev)", message.alarm_name)
        );
        inner.journal.push(format!("publish {word}"));
        inner.messages.push((**message).clone());
        Ok(())
    }
}

impl ReadComposite for &Fleet {
    async fn composite(&self, name: &str) -> Result<Option<StoredComposite>, Fault> {
        Ok(self.reach("composite")?.composites.get(name).cloned())
    }
}

impl ReadMutes for &Fleet {
    async fn mutes(&self, alarm: &str) -> Result<Vec<String>, Fault> {
        let inner = self.reach("mutes")?;
        let rule = inner.mutes.get(alarm);
        Ok(rule.map(|rule| (*rule).to_owned()).into_iter().collect())
    }
}

impl NoteAlarm for &Fleet {
    async fn note_alarm(&self, target: &str, _: Timestamp) -> Result<(), Fault> {
        self.reach("note")?.alarming.insert(target.to_owned());
        Ok(())
    }
}

impl ReadAlarming for &Fleet {
    async fn alarming(&self, _: Timestamp) -> Result<BTreeSet<String>, Fault> {
        Ok(self.reach("alarming")?.alarming.clone())
    }
}

impl ReadLedger for &Fleet {
    async fn ledger(&self) -> Result<Ledger, Fault> {
        Ok(self.reach("ledger")?.ledger.clone())
    }
}

impl WriteLedger for &Fleet {
    async fn write_ledger(&self, ledger: &Ledger) -> Result<ConditionalPut, Fault> {
        let mut inner = self.reach("write-ledger")?;
        if let Some(meanwhile) = inner.ledger_meanwhile.take() {
            inner.ledger = meanwhile;
        }
        if inner.is_ledger_contended || ledger.version != inner.ledger.version + 1 {
            return Ok(ConditionalPut::Rejected);
        }
        inner.ledger = ledger.clone();
        Ok(ConditionalPut::Written)
    }
}

impl WritePlan for &Fleet {
    async fn write_plan(&self, plan: &str, key: &Key, _: Timestamp) -> Result<(), Fault> {
        let mut inner = self.reach("write-plan")?;
        inner.plans.insert(plan.to_owned(), key.clone());
        Ok(())
    }
}

impl ReadPlan for &Fleet {
    async fn plan_key(&self, plan: &str) -> Result<Option<Key>, Fault> {
        Ok(self.reach("plan-key")?.plans.get(plan).cloned())
    }
}

impl ScheduleFollowUp for &Fleet {
    async fn schedule(&self, function_arn: &str, key: &Key, at: Timestamp) -> Result<(), Fault> {
        assert_eq!(function_arn, super::FUNCTION_ARN);
        let mut inner = self.reach("schedule")?;
        inner.schedules.push((key.clone(), at));
        if let Some(reserved) = inner.changed_before_write.take() {
            inner.reserved = reserved;
        }
        if std::mem::take(&mut inner.is_unsettled_before_write) {
            inner.is_unsettled = true;
        }
        if std::mem::take(&mut inner.dead_letters.is_moved_meanwhile) {
            inner.dead_letters.moves += 1;
        }
        Ok(())
    }
}
