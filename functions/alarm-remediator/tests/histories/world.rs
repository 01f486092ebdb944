//! The world: resources, alarms, people, a table and a scheduler, and a log of what happened in it, which alone the oracle
//! reads.

use std::collections::{BTreeMap, BTreeSet};

use alarm_remediator::{
    audit::{Entry, Key},
    ledger::Ledger,
};
use jiff::Timestamp;
use picket_shared::{
    alarm::State,
    fleet::{Outcome, RemediationMessage},
};

use crate::{
    dice::Dice,
    kinds::{Kind, OWNERS},
    mixes::{alarm_prefix, mix},
    resource::Resource,
};

/// What happened, in the order of the world.
#[derive(Debug, Clone)]
pub(crate) struct Happened {
    pub(crate) at: i64,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    /// An alarm changed: its number, and whether it is in ALARM.
    Alarm(usize, bool),
    /// The notifications of the change before this say that the alarm's actions are suppressed.
    Suppressed(usize),
    /// A mute rule for an alarm begins or ends.
    Muted(usize, bool),
    /// Somebody sent a notification of an alarm with a time of their own.
    Forged(usize),
    /// Whether the cause of a resource's trouble is the one that its playbook repairs.
    Cause(usize, bool),
    /// The kill switch.
    Switch(bool),
    /// A person set a resource's value, or started a run.
    Person(usize, u64),
    /// Another tool works on a resource, and does not change its value.
    Worked(usize),
    /// A plan for a resource was written that waits for approval, with its id and the value at that time.
    Asked(usize, String, u64),
    /// A person approved the plan with this id.
    Approved(usize, String),
    /// The remediator read an alarm.
    Looked(usize),
    /// The remediator published a message about an alarm. `again`: it says that it looks at the alarm again.
    Said {
        alarm: usize,
        outcome: Outcome,
        again: bool,
    },
    /// The remediator said that it leaves a resource at this value, since it does not know whether it or a person set it.
    Left(usize, u64),
    /// The remediator noted for the storm gate that a resource is in ALARM.
    Noted(usize),
    /// The invocation with this number read a resource's setting.
    Read(usize, usize),
    /// A call of the invocation with this number failed before it was carried out.
    Failed(usize, &'static str),
    /// The remediator tried to set this value, and the call may not have been carried out.
    Tried(usize, u64),
    /// AWS refused a write of the remediator.
    Refused(usize),
    /// The remediator's write, which AWS carried out.
    Write(Written),
}

/// A write of the remediator.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) resource: usize,
    /// The number of the invocation.
    pub(crate) invocation: usize,
    /// Whether the invocation had the lease on the target.
    pub(crate) leased: bool,
    /// What the account's ledger has of the target of just now: a revert where true, a change where false.
    pub(crate) counted: Vec<bool>,
    /// The value that it was planned for.
    pub(crate) planned_from: u64,
    /// The value before it.
    pub(crate) before: u64,
    /// The value set; of a run, its number.
    pub(crate) to: u64,
    /// Whether a run was under way.
    pub(crate) busy: bool,
    /// The key of the audit row that says that this change, or its revert, was begun.
    pub(crate) row: Option<(String, String)>,
    /// The targets that were noted in ALARM before, and when.
    pub(crate) noted: Vec<(i64, String)>,
}

pub(crate) struct AlarmNow {
    pub(crate) name: String,
    pub(crate) resource: usize,
    pub(crate) in_alarm: bool,
    pub(crate) changed_at: i64,
    pub(crate) muted: bool,
    pub(crate) suppressed: bool,
}

/// A lease on a target.
pub(crate) struct Lease {
    pub(crate) owner: String,
    pub(crate) until: Timestamp,
    /// When its owner took it.
    pub(crate) taken_at: i64,
}

pub(crate) struct World {
    pub(crate) now: i64,
    pub(crate) dice: Dice,
    /// Whether calls fail, answers are lost and invocations are stopped, at present.
    pub(crate) faults: bool,
    /// Whether none of that happens in the whole history.
    pub(crate) calm: bool,
    pub(crate) resources: Vec<Resource>,
    /// The values at the start.
    pub(crate) initial: Vec<u64>,
    pub(crate) alarms: Vec<AlarmNow>,
    pub(crate) switch: bool,
    pub(crate) rows: BTreeMap<(String, String), Entry>,
    pub(crate) leases: BTreeMap<String, Lease>,
    pub(crate) ledger: Ledger,
    pub(crate) noted: Vec<(i64, String)>,
    pub(crate) plans: BTreeMap<String, Key>,
    pub(crate) schedules: BTreeSet<(i64, String, String)>,
    pub(crate) messages: Vec<RemediationMessage>,
    pub(crate) log: Vec<Happened>,
}

/// 20 November 2026, 06:00.
pub(crate) const START: i64 = 1_795_154_400;

/// The window of the metrics that the function reads.
const WINDOW: i64 = 900;

pub(crate) fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let kinds = mix(seed).kinds;
        let resources = kinds.into_iter();
        let resources: Vec<_> = resources
            .map(|kind| Resource::new(kind, &mut dice))
            .collect();
        let calm = dice.percent(10);
        let alarm = |resource: usize, end: &str| AlarmNow {
            name: format!("{}{resource}{end}", alarm_prefix(resource, kinds[resource])),
            resource,
            in_alarm: false,
            changed_at: START - 86_400,
            muted: false,
            suppressed: false,
        };
        let mut alarms: Vec<_> = (0..OWNERS.len()).map(|number| alarm(number, "")).collect();
        alarms.push(alarm(0, "-again"));
        Self {
            now: START,
            dice,
            faults: !calm,
            calm,
            initial: resources.iter().map(|resource| resource.value).collect(),
            resources,
            alarms,
            switch: true,
            rows: BTreeMap::new(),
            leases: BTreeMap::new(),
            ledger: Ledger::default(),
            noted: Vec::new(),
            plans: BTreeMap::new(),
            schedules: BTreeSet::new(),
            messages: Vec::new(),
            log: Vec::new(),
        }
    }

    pub(crate) fn log(&mut self, what: What) {
        self.log.push(Happened { at: self.now, what });
    }

    pub(crate) fn set_alarm(&mut self, alarm: usize, in_alarm: bool) {
        if self.alarms[alarm].in_alarm == in_alarm {
            return;
        }
        self.alarms[alarm].in_alarm = in_alarm;
        self.alarms[alarm].changed_at = self.now;
        self.log(What::Alarm(alarm, in_alarm));
    }

    pub(crate) fn set_muted(&mut self, alarm: usize, muted: bool) {
        if self.alarms[alarm].muted != muted {
            self.alarms[alarm].muted = muted;
            self.log(What::Muted(alarm, muted));
        }
    }

    pub(crate) fn set_cause(&mut self, resource: usize, fits: bool) {
        let fits = fits || self.kind(resource).is_blind();
        if self.resources[resource].fits != fits {
            self.resources[resource].fits = fits;
            self.log(What::Cause(resource, fits));
        }
    }

    pub(crate) fn kind(&self, resource: usize) -> Kind {
        self.resources[resource].kind
    }

    pub(crate) fn state(&self, alarm: usize) -> State {
        if self.alarms[alarm].in_alarm {
            State::Alarm
        } else {
            State::Ok
        }
    }

    /// The number of the alarm with this name.
    pub(crate) fn alarm_number(&self, name: &str) -> Option<usize> {
        self.alarms.iter().position(|alarm| alarm.name == name)
    }

    /// Whether the metrics of a resource show trouble: one of its alarms is in ALARM, or was within their window.
    pub(crate) fn troubled(&self, resource: usize) -> bool {
        let recent = |alarm: &&AlarmNow| alarm.in_alarm || self.now - alarm.changed_at < WINDOW;
        let mut alarms = self.alarms.iter();
        alarms.any(|alarm| alarm.resource == resource && recent(&alarm))
    }
}
