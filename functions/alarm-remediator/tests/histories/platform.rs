//! Lambda, SNS and EventBridge Scheduler: what is due happens, in an order of chance.

mod days;
mod jobs;
mod notices;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use picket_rules::playbooks::Playbooks;
use serde_json::json;

use crate::{
    dice::Dice,
    mixes::mix,
    world::{START, What, World},
};
use jobs::{Event, Job};

/// The time that is lived through before everything heals.
const HOURS: i64 = 30;

/// The time in which everything must have ended after it healed: longer than a change is followed.
const QUIET: i64 = 9 * 86_400;

/// What is to happen.
enum Due {
    /// An alarm changes its state.
    Flip(usize),
    /// The cause of a resource's trouble becomes another.
    Cause(usize),
    /// A mute rule for an alarm begins or ends.
    Mute(usize),
    /// A notification arrives.
    Deliver(Event),
    /// The kill switch is turned.
    Turn,
    /// A person changes a resource.
    Act(usize),
    /// A person deploys a version.
    Deploy(usize),
    /// People decide on plans that they have read of.
    Decide,
    /// A message arrives that is not CloudWatch's.
    Forge,
}

pub(crate) struct Platform {
    pub(crate) world: Arc<Mutex<World>>,
    playbooks: &'static Playbooks,
    due: BTreeMap<(i64, u64), Due>,
    jobs: Vec<Job>,
    failed: Vec<Event>,
    decided: usize,
    sequence: u64,
    /// The invocations that were started.
    started: usize,
}

impl Platform {
    pub(crate) fn new(seed: u64) -> Self {
        let world = World::new(seed);
        // What is due is drawn before anything happens, from dice of its own.
        let mut dice = Dice(!seed);
        let mut platform = Self {
            world: Arc::new(Mutex::new(world)),
            playbooks: &mix(seed).playbooks,
            due: BTreeMap::new(),
            jobs: Vec::new(),
            failed: Vec::new(),
            decided: 0,
            sequence: 0,
            started: 0,
        };
        platform.draw(&mut dice);
        platform
    }

    fn at(&mut self, at: i64, due: Due) {
        self.sequence += 1;
        self.due.insert((at, self.sequence), due);
    }

    /// Plays the days, heals everything, and lets what is left take its course.
    pub(crate) fn run(&mut self) {
        let end = START + (HOURS + 3) * 3_600;
        while self.now() < end && self.step() {}
        self.heal();
        // A revert needs the healthy time; a hold, that and another.
        let end = self.now() + QUIET;
        loop {
            self.redrive();
            while self.now() < end && self.step() {}
            if self.failed.is_empty() {
                break;
            }
        }
    }

    fn heal(&mut self) {
        {
            let mut world = self.world.lock().unwrap();
            world.faults = false;
            if !world.switch {
                world.switch = true;
                world.log(What::Switch(true));
            }
            for alarm in 0..world.alarms.len() {
                world.set_alarm(alarm, false);
                world.set_muted(alarm, false);
            }
        }
    }

    /// People send the messages of the failure queue back, until none is left: those of one target may meet its lease.
    fn redrive(&mut self) {
        let now = self.now();
        for event in std::mem::take(&mut self.failed) {
            self.deliver(now + 1, event.body);
        }
    }

    fn now(&self) -> i64 {
        self.world.lock().unwrap().now
    }

    /// One step; false when nothing is left.
    fn step(&mut self) -> bool {
        let (poll, pass) = {
            let mut world = self.world.lock().unwrap();
            // A call takes a second or two while things fail, and a fifth of a second otherwise.
            let pass = if world.calm {
                i64::from(world.dice.percent(20))
            } else {
                world.dice.between(0, 3)
            };
            (world.dice.percent(85), pass)
        };
        if !self.jobs.is_empty() && poll {
            self.world.lock().unwrap().now += pass;
            self.poll_one();
            return true;
        }
        self.due_schedule();
        let next = self.due.first_key_value().map(|((at, _), _)| *at);
        let scheduled = {
            let world = self.world.lock().unwrap();
            world.schedules.first().map(|(at, ..)| *at)
        };
        let next = match (next, scheduled) {
            (None, None) if self.jobs.is_empty() => return false,
            (None, None) => return true,
            (left, right) => left.into_iter().chain(right).min().unwrap(),
        };
        let now = self.now();
        if next > now {
            // Invocations in flight are not left behind.
            if self.jobs.is_empty() {
                self.world.lock().unwrap().now = next;
            } else {
                self.poll_one();
            }
            return true;
        }
        if let Some(entry) = self.due.first_entry()
            && entry.key().0 <= now
        {
            let due = entry.remove();
            self.happen(due);
        }
        true
    }

    /// Schedules that are due invoke the function, now and then twice, and are gone.
    fn due_schedule(&mut self) {
        let now = self.now();
        let mut due = Vec::new();
        {
            let mut world = self.world.lock().unwrap();
            while let Some(first) = world.schedules.first().cloned() {
                if first.0 > now {
                    break;
                }
                world.schedules.remove(&first);
                let copies = if world.dice.percent(5) { 2 } else { 1 };
                for _ in 0..copies {
                    let late = world.dice.between(0, 50);
                    due.push((now + late, first.clone()));
                }
            }
        }
        for (at, (_, target, entry)) in due {
            let body = json!({
                "picket": {"kind": "follow-up", "version": 1},
                "target": target,
                "entry": entry,
            });
            self.deliver(at, serde_json::to_vec(&body).unwrap());
        }
    }

    fn happen(&mut self, due: Due) {
        match due {
            Due::Flip(alarm) => self.flip(alarm),
            Due::Deliver(event) => self.start(event),
            Due::Decide => self.decide(),
            Due::Forge => self.forge(),
            Due::Turn => {
                let mut world = self.world.lock().unwrap();
                world.switch = !world.switch;
                let switch = world.switch;
                world.log(What::Switch(switch));
            }
            Due::Mute(alarm) => {
                let mut world = self.world.lock().unwrap();
                let muted = !world.alarms[alarm].muted;
                world.set_muted(alarm, muted);
            }
            Due::Cause(resource) => {
                let mut world = self.world.lock().unwrap();
                let fits = !world.resources[resource].fits;
                world.set_cause(resource, fits);
            }
            Due::Act(resource) => self.world.lock().unwrap().person_acts(resource),
            Due::Deploy(resource) => self.world.lock().unwrap().person_deploys(resource),
        }
    }
}
