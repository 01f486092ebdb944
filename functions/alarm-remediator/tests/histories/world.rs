//! The world: functions, alarms, people, a table and a scheduler, and a log of what happened in it, which alone the oracle
//! reads.

use std::collections::{BTreeMap, BTreeSet};

use alarm_remediator::{
    audit::{Entry, Key},
    ledger::Ledger,
};
use jiff::Timestamp;
use picket_shared::{alarm::State, fleet::RemediationMessage};

use crate::dice::Dice;

/// The executions of the account.
pub(crate) const ACCOUNT: u32 = 1_000;
/// What Lambda keeps unreserved (`PutFunctionConcurrency` refuses less).
pub(crate) const FLOOR: u32 = 100;

/// Which playbook a function's alarm leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Act,
    Ask,
    Watch,
    Untagged,
    Own,
}

/// The functions, by kind. The first has two alarms.
pub(crate) const KINDS: [Kind; 8] = [
    Kind::Act,
    Kind::Act,
    Kind::Act,
    Kind::Act,
    Kind::Ask,
    Kind::Watch,
    Kind::Untagged,
    Kind::Own,
];

/// The playbooks of all histories.
pub(crate) const PLAYBOOKS: &str = "
limits: { actions-per-hour: 3, actions-per-day: 8, storm: { targets: 4, within: 10m } }
playbooks:
  - name: ask
    mode: approve
    match: { namespace: AWS/Lambda, metric: Throttles, alarm: 'ask-*' }
    action: { raise-reserved-concurrency: { factor: 1.5, maximum: 200, keep-unreserved: 100 } }
    cooldown: 30m
    verify-within: 15m
    healthy-for: 30m
    expires: 30m
  - name: watch
    match: { namespace: AWS/Lambda, metric: Throttles, alarm: 'watch-*' }
    action: { raise-reserved-concurrency: { factor: 1.5, maximum: 200, keep-unreserved: 100 } }
    cooldown: 30m
  - name: act
    mode: act
    match: { namespace: AWS/Lambda, metric: Throttles }
    action: { raise-reserved-concurrency: { factor: 1.5, maximum: 200, keep-unreserved: 100 } }
    cooldown: 30m
    verify-within: 15m
    healthy-for: 30m
    actions-per-day: 7
    disarm-after: 3
";

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
    /// The kill switch.
    Switch(bool),
    /// A person set a function's reservation.
    Person(usize, u32),
    /// A person approved a plan of a function.
    Approved(usize),
    /// The remediator tried to set this value, and the call may not have been carried out.
    Tried(usize, u32),
    /// The remediator's write: function, the value it was planned for, the value before, the value set, whether a row
    /// says that a change was begun, and the targets that were noted in ALARM before.
    Write {
        function: usize,
        planned_from: u32,
        before: u32,
        to: u32,
        has_row: bool,
        noted: Vec<(i64, String)>,
    },
}

pub(crate) struct AlarmNow {
    pub(crate) name: String,
    pub(crate) function: usize,
    pub(crate) in_alarm: bool,
    pub(crate) changed_at: i64,
}

pub(crate) struct World {
    pub(crate) now: i64,
    pub(crate) dice: Dice,
    pub(crate) faults: bool,
    pub(crate) reserved: Vec<u32>,
    pub(crate) alarms: Vec<AlarmNow>,
    pub(crate) switch: bool,
    pub(crate) rows: BTreeMap<(String, String), Entry>,
    pub(crate) leases: BTreeMap<String, (String, Timestamp)>,
    pub(crate) ledger: Ledger,
    pub(crate) noted: Vec<(i64, String)>,
    pub(crate) plans: BTreeMap<String, Key>,
    pub(crate) schedules: BTreeSet<(i64, String, String)>,
    pub(crate) messages: Vec<RemediationMessage>,
    pub(crate) log: Vec<Happened>,
}

/// 20 November 2026, 06:00.
pub(crate) const START: i64 = 1_795_154_400;

pub(crate) fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let reserved = KINDS
            .iter()
            .map(|_| dice.of(&[5, 10, 20, 40, 90]))
            .collect();
        let mut alarms: Vec<_> = KINDS
            .iter()
            .enumerate()
            .map(|(function, kind)| AlarmNow {
                name: alarm_name(function, *kind),
                function,
                in_alarm: false,
                changed_at: START - 86_400,
            })
            .collect();
        alarms.push(AlarmNow {
            name: "act-again".into(),
            function: 0,
            in_alarm: false,
            changed_at: START - 86_400,
        });
        Self {
            now: START,
            dice,
            faults: true,
            reserved,
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

    pub(crate) fn state(&self, alarm: usize) -> State {
        if self.alarms[alarm].in_alarm {
            State::Alarm
        } else {
            State::Ok
        }
    }

    pub(crate) fn unreserved(&self) -> u32 {
        ACCOUNT.saturating_sub(self.reserved.iter().sum())
    }

    /// Whether a function is throttled: one of its alarms is in ALARM, or was within the last quarter of an hour, the window of the metrics.
    pub(crate) fn throttled(&self, function: usize) -> bool {
        let recent = |alarm: &&AlarmNow| alarm.in_alarm || self.now - alarm.changed_at < 900;
        let mut alarms = self.alarms.iter();
        alarms.any(|alarm| alarm.function == function && recent(&alarm))
    }
}

fn alarm_name(function: usize, kind: Kind) -> String {
    let prefix = match kind {
        Kind::Act | Kind::Untagged | Kind::Own => "act",
        Kind::Ask => "ask",
        Kind::Watch => "watch",
    };
    format!("{prefix}-f{function}")
}

/// The number of a function's name.
pub(crate) fn function_number(name: &str) -> usize {
    name.strip_prefix('f').unwrap().parse().unwrap()
}
