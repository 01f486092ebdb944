//! The oracle: reads the log of the world, and knows the guard rails as the documentation states them. It shares no code
//! with the remediator.

mod bounds;
mod change;
mod end;
mod past;
mod revert;
mod said;
mod tries;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    kinds::Kind,
    services::{COMPLETE, PUBLISH},
    world::{What, World, Written},
};
use past::Past;

/// How long an invocation runs, and clocks that differ: what it read may be so old when it writes.
const SLACK: i64 = 130;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// What the oracle knows of a resource.
struct Known {
    /// The value that people want.
    people: u64,
    /// That before the last one.
    earlier: u64,
    /// All that people ever wanted.
    all: BTreeSet<u64>,
    /// Where a person set a value that the remediator set or tried to set: the values that a revert may set then.
    instead: BTreeSet<u64>,
    /// The same, before the last value of a person.
    instead_earlier: BTreeSet<u64>,
    /// The values that the remediator set or tried to set.
    tried: BTreeSet<u64>,
    /// The alarms of the changes that are in force.
    reasons: BTreeSet<usize>,
    /// When versions and deployments were made.
    deployed: BTreeMap<u64, i64>,
}

/// A change that the remediator made, for the rules about several.
struct Change {
    at: i64,
    resource: usize,
    /// The alarm that it was made for.
    alarm: Option<usize>,
    /// What it costs a day, in thousandths of a dollar.
    price: u64,
}

/// The judge of a history.
struct Judge<'a> {
    world: &'a World,
    known: Vec<Known>,
    changes: Vec<Change>,
    /// All writes, reverts too: when, and of which resource.
    writes: Vec<(i64, usize)>,
    /// The times in ALARM for which a change was made, each with its alarm and its start.
    used: Vec<(usize, i64)>,
    wrong: Vec<String>,
}

/// Everything that was wrong in a history.
pub(crate) fn check(world: &World) -> Vec<String> {
    let known = world.initial.iter().enumerate().map(|(resource, value)| {
        let deployed = world.resources[resource].deployed.iter();
        let before = deployed.filter(|(_, at)| **at < crate::world::START);
        Known {
            people: *value,
            earlier: *value,
            all: BTreeSet::from([*value]),
            instead: BTreeSet::new(),
            instead_earlier: BTreeSet::new(),
            tried: BTreeSet::new(),
            reasons: BTreeSet::new(),
            deployed: before.map(|(number, at)| (*number, *at)).collect(),
        }
    });
    let mut judge = Judge {
        world,
        known: known.collect(),
        changes: Vec::new(),
        writes: Vec::new(),
        used: Vec::new(),
        wrong: Vec::new(),
    };
    judge.read();
    judge.left_over();
    judge.said();
    judge.wrong
}

/// Whether a write is a change, and not a revert.
pub(crate) fn is_change(kind: Kind, written: &Written) -> bool {
    match kind {
        Kind::Reservation
        | Kind::Ceiling
        | Kind::Capacity
        | Kind::Tasks
        | Kind::Shards
        | Kind::Parallelization => written.to > written.planned_from,
        Kind::Mode | Kind::Mapping | Kind::StreamMode | Kind::Stop => written.to == 0,
        Kind::Parameter => written.to == 1,
        Kind::Alias | Kind::Redrive | Kind::Redeploy | Kind::Document | Kind::Retention => true,
    }
}

impl Judge<'_> {
    fn read(&mut self) {
        let log = &self.world.log;
        for (index, happened) in log.iter().enumerate() {
            match &happened.what {
                What::Person(resource, to) => self.person(*resource, *to, happened.at),
                What::Tried(resource, to) => {
                    self.known[*resource].tried.insert(*to);
                }
                What::Noted(resource) => {
                    let past = Past {
                        log: &log[..index],
                        at: happened.at,
                    };
                    self.noted(past, *resource);
                }
                What::Refused(resource) => self.refused(&log[..index], *resource, happened.at),
                What::Left(resource, value) => self.left(*resource, *value, happened.at),
                What::Write(written) => {
                    let past = Past {
                        log: &log[..index],
                        at: happened.at,
                    };
                    self.written(past, written);
                }
                _ => {}
            }
        }
    }

    /// A person who sets the very value that the remediator set or tried to set cannot be told from it, and a revert
    /// takes both back (docs/remediation.md).
    fn person(&mut self, resource: usize, to: u64, at: i64) {
        let known = &mut self.known[resource];
        let instead = if known.tried.contains(&to) {
            known.all.clone()
        } else {
            BTreeSet::new()
        };
        known.instead_earlier = std::mem::replace(&mut known.instead, instead);
        known.reasons.clear();
        known.earlier = known.people;
        known.people = to;
        known.all.insert(to);
        known.deployed.entry(to).or_insert(at);
    }

    /// A value that is left to a person, by a message with the reason, is the person's. Where nothing fails, there is no
    /// reason.
    fn left(&mut self, resource: usize, value: u64, at: i64) {
        if self.world.calm {
            self.say(at, resource, "left to a person for no reason");
        }
        let known = &mut self.known[resource];
        known.reasons.clear();
        known.people = value;
        known.all.insert(value);
    }

    fn written(&mut self, past: Past<'_>, written: &Written) {
        let (resource, kind) = (written.resource, self.world.kind(written.resource));
        if written.row.is_none() {
            self.say(past.at, resource, "written without an audit row");
        }
        if !written.leased {
            self.say(past.at, resource, "written without the lease");
        }
        self.after_a_failure(past, written);
        let switch = |what: &What| match what {
            What::Switch(on) => Some(*on),
            _ => None,
        };
        if !past.recently(true, switch) {
            self.say(past.at, resource, "written while the kill switch was off");
        }
        self.over_another_value(past, written, kind);
        if is_change(kind, written) {
            self.changed(past, written, kind);
        } else {
            self.reverted(past, written, kind);
        }
        self.writes.push((past.at, resource));
    }

    /// What must be read or written before a change was not.
    fn after_a_failure(&mut self, past: Past<'_>, written: &Written) {
        let mut calls = past.since(past.at - SLACK).filter_map(|what| match what {
            What::Failed(invocation, call) if *invocation == written.invocation => Some(*call),
            _ => None,
        });
        if let Some(call) = calls.find(|call| ![COMPLETE, PUBLISH].contains(call)) {
            let what = format!("written although {call} failed");
            self.say(past.at, written.resource, &what);
        }
    }

    fn over_another_value(&mut self, past: Past<'_>, written: &Written, kind: Kind) {
        let resource = written.resource;
        let at_once = past.person_after_read(resource, written.invocation);
        if written.planned_from != written.before {
            if !at_once || kind == Kind::Alias {
                let what = "written over a value that the plan was not made for";
                self.say(past.at, resource, what);
            } else if !kind.is_run() {
                // Most settings have no revision: what a person sets between the last read and the write is overwritten
                // (docs/remediation.md).
                let known = &mut self.known[resource];
                known.people = known.earlier;
                known.instead = std::mem::take(&mut known.instead_earlier);
            }
        }
        if kind.is_run() && written.busy && !at_once {
            self.say(past.at, resource, "started while a run was under way");
        }
    }

    fn say(&mut self, at: i64, resource: usize, what: &str) {
        let kind = self.world.kind(resource).name();
        self.wrong.push(format!("{at}: {kind} {resource}: {what}"));
    }
}
