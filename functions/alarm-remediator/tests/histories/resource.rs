//! The resources, as AWS has them: what it refuses, and what people do with them.

use std::collections::BTreeMap;

use picket_aws::Fault;

use crate::{
    dice::Dice,
    kinds::Kind,
    world::{START, What, World},
};

/// The executions of the account.
pub(crate) const ACCOUNT: u64 = 1_000;
/// What Lambda keeps unreserved (`PutFunctionConcurrency` refuses less).
const FLOOR: u64 = 100;
/// The switches of a table to on-demand that DynamoDB allows in 24 hours:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/switching.capacitymode.html>.
const SWITCHES: usize = 4;
const DAY: i64 = 86_400;

/// A resource: a setting with its value.
pub(crate) struct Resource {
    pub(crate) kind: Kind,
    pub(crate) value: u64,
    /// Until when AWS applies a change, or a run is under way.
    pub(crate) busy_until: i64,
    /// Whether the cause of its trouble is the one that its playbook repairs.
    pub(crate) fits: bool,
    /// An alias's revision: it changes with each change.
    pub(crate) revision: u64,
    /// The versions of an alias's function, and the deployments of a service: when they were made.
    pub(crate) deployed: BTreeMap<u64, i64>,
    /// When a table was switched to on-demand.
    switches: Vec<i64>,
}

impl Resource {
    pub(crate) fn new(kind: Kind, dice: &mut Dice) -> Self {
        let mut deployed = BTreeMap::new();
        let value = match kind {
            Kind::Reservation => dice.of(&[5, 10, 20, 40, 90]),
            Kind::Ceiling | Kind::Capacity | Kind::Mode => dice.of(&[50, 100, 200]),
            Kind::Tasks => dice.of(&[2, 4, 10]),
            Kind::Mapping => 1,
            Kind::Alias => {
                deployed.extend([(1, START - 3 * DAY), (2, START - 2 * DAY), (3, START - DAY)]);
                3
            }
            Kind::Redeploy => {
                deployed.insert(1, START - DAY);
                1
            }
            Kind::Parameter | Kind::Redrive | Kind::Document => 0,
        };
        Self {
            kind,
            value,
            busy_until: 0,
            fits: true,
            revision: 0,
            deployed,
            switches: Vec::new(),
        }
    }

    /// How long AWS applies a change, or a run goes on: from and to, in seconds.
    const fn takes(&self) -> (i64, i64) {
        match self.kind {
            Kind::Reservation | Kind::Parameter | Kind::Alias => (0, 1),
            Kind::Ceiling | Kind::Capacity | Kind::Mode => (5, 90),
            Kind::Mapping => (2, 60),
            Kind::Tasks => (20, 120),
            Kind::Redrive => (30, 600),
            Kind::Redeploy => (60, 400),
            Kind::Document => (10, 300),
        }
    }
}

impl World {
    pub(crate) fn busy(&self, resource: usize) -> bool {
        self.now < self.resources[resource].busy_until
    }

    /// The executions of the account that no function has reserved.
    pub(crate) fn unreserved(&self) -> u64 {
        let reservations = self.resources.iter();
        let reservations = reservations.filter(|other| other.kind == Kind::Reservation);
        ACCOUNT.saturating_sub(reservations.map(|other| other.value).sum())
    }

    /// The number of the next run of a resource: of a move of messages, its time.
    pub(crate) fn next_run(&self, resource: usize) -> u64 {
        match self.kind(resource) {
            Kind::Redrive => u64::try_from(self.now).unwrap(),
            _ => self.resources[resource].value + 1,
        }
    }

    /// Why AWS refuses a change.
    pub(crate) fn refusal(&self, resource: usize, to: u64) -> Option<Fault> {
        let Resource {
            kind,
            value,
            switches,
            ..
        } = &self.resources[resource];
        let busy = self.busy(resource);
        match kind {
            // "…decreases account's UnreservedConcurrentExecution below its minimum value of [100]."
            Kind::Reservation if to > *value && self.unreserved() < FLOOR + (to - value) => {
                Some(Fault::permanent("InvalidParameterValueException"))
            }
            Kind::Ceiling | Kind::Capacity | Kind::Mode | Kind::Mapping if busy => {
                Some(Fault::transient("ResourceInUseException"))
            }
            Kind::Ceiling | Kind::Capacity | Kind::Mode if to == *value => {
                Some(Fault::permanent("ValidationException"))
            }
            Kind::Mode if to == 0 => {
                let made = switches.iter().filter(|at| **at > self.now - DAY).count();
                (made >= SWITCHES).then(|| Fault::permanent("LimitExceededException"))
            }
            Kind::Redrive if busy => Some(Fault::permanent("UnsupportedOperation")),
            _ => None,
        }
    }

    /// Carries out a change.
    pub(crate) fn apply(&mut self, resource: usize, to: u64) {
        let (least, most) = self.resources[resource].takes();
        let busy_until = self.now + self.dice.between(least, most);
        let now = self.now;
        let changed = &mut self.resources[resource];
        changed.value = to;
        changed.revision += 1;
        changed.busy_until = busy_until;
        match changed.kind {
            Kind::Alias | Kind::Redeploy => {
                changed.deployed.entry(to).or_insert(now);
            }
            Kind::Mode if to == 0 => changed.switches.push(now),
            _ => {}
        }
    }

    /// A person changes a resource, or starts a run.
    pub(crate) fn person_acts(&mut self, resource: usize) {
        let newest = self.resources[resource].deployed.keys().max().copied();
        let to = match self.kind(resource) {
            Kind::Reservation => self.dice.of(&[5, 12, 30, 60]),
            Kind::Ceiling | Kind::Capacity => self.dice.of(&[50, 80, 150, 300]),
            Kind::Mode => self.dice.of(&[0, 30, 80]),
            Kind::Mapping => self.dice.of(&[0, 1]),
            Kind::Parameter => self.dice.of(&[0, 1, 2]),
            Kind::Alias if self.dice.percent(50) => self.dice.of(&[1, 2, 3]),
            Kind::Alias => newest.unwrap() + 1,
            Kind::Tasks => self.dice.of(&[0, 1, 2, 5, 9]),
            Kind::Redrive | Kind::Redeploy | Kind::Document => self.next_run(resource),
        };
        self.person_sets(resource, to);
    }

    /// A person publishes a new version, and points the alias to it.
    pub(crate) fn person_deploys(&mut self, resource: usize) {
        let newest = self.resources[resource].deployed.keys().max().copied();
        self.person_sets(resource, newest.unwrap() + 1);
    }

    fn person_sets(&mut self, resource: usize, to: u64) {
        if self.refusal(resource, to).is_none() {
            self.apply(resource, to);
            self.log(What::Person(resource, to));
        }
    }
}
