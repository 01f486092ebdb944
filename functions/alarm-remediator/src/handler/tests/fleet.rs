use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use jiff::Timestamp;
use picket_aws::{
    Fault,
    overrides::{ConditionalRead, Found, Object, ReadResults},
};
use picket_shared::{
    alarm::{State, name_in_arn},
    fleet::{FleetMessage, RemediationMessage},
};

use crate::{
    actions::{
        mapping::{Mapping, ReadMappings},
        reserved_concurrency::{AccountLimits, ReadAccount},
        roll_back_alias::{ReadVersions, Version},
    },
    audit::{Entry, Key},
    model::StoredAlarm,
    plan::tests::throttles,
    ports::{
        ConditionalPut, HoldLease, MetricQuery, OpenAudit, Publish, ReadAlarm, ReadAudit,
        ReadMetrics, ReadOverrides, ReadSetting, ReadSwitch, ReadTags, UpdateAudit, WriteSetting,
    },
    setting::{Reading, Setting, Value, Write},
};
use picket_shared::clock::Clock;

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        at("2026-11-20T06:01:00Z")
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
    switch: String,
    lease: Option<(String, Timestamp)>,
    entries: BTreeMap<(String, String), Entry>,
    messages: Vec<RemediationMessage>,
    journal: Vec<String>,
    failing: Vec<&'static str>,
    playbooks: Option<&'static str>,
    alarms: Vec<StoredAlarm>,
}

impl Default for Fleet {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            reserved: 10,
            switch: "on".into(),
            lease: None,
            entries: BTreeMap::new(),
            messages: Vec::new(),
            journal: Vec::new(),
            failing: Vec::new(),
            playbooks: None,
            alarms: ["throttles", "throttles-again"].map(stored).into(),
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
        let function = "checkout".to_owned();
        assert_eq!(*setting, Setting::ReservedConcurrency { function });
        let reserved = self.reach("setting")?.reserved;
        Ok(Some(Reading::settled(Value::Number(reserved))))
    }
}

impl ReadTags for &Fleet {
    async fn tags(&self, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
        drop(self.reach("tags")?);
        assert_eq!(
            arn,
            "arn:aws:lambda:eu-west-1:123456789012:function:checkout"
        );
        Ok(BTreeMap::from([("picket:remediate".into(), "true".into())]))
    }
}

impl ReadMappings for &Fleet {
    async fn mappings(&self, _: &str, _: Option<&str>) -> Result<Vec<Mapping>, Fault> {
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
        let reserved = self.reach("metrics")?.reserved;
        assert_eq!(
            (from, to),
            (at("2026-11-20T05:46:00Z"), at("2026-11-20T06:01:00Z"))
        );
        let names: Vec<_> = queries
            .iter()
            .map(|query| (query.name, query.dimensions.len()))
            .collect();
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
        assert_eq!(target, "checkout");
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
    async fn update(&self, key: &Key, entry: &Entry) -> Result<(), Fault> {
        let mut inner = self.reach("update")?;
        let announced = if entry.announced { " announced" } else { "" };
        let word = entry.message.outcome;
        inner.journal.push(format!("update {word}{announced}"));
        inner
            .entries
            .insert((key.target.clone(), key.entry.clone()), entry.clone());
        Ok(())
    }
}

impl WriteSetting for &Fleet {
    async fn write(&self, write: &Write) -> Result<(), Fault> {
        if self.inner().failing.contains(&HANGS) {
            std::future::pending::<()>().await;
        }
        let mut inner = self.reach("write")?;
        inner.journal.push(format!("write {}", write.to));
        inner.reserved = write.to.number().unwrap();
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
