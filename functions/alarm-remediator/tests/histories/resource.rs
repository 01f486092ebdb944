//! The resources, as AWS has them: what it refuses, and what people do with them.

mod allowance;

use std::collections::BTreeMap;

use picket_aws::Fault;

use crate::{
    dice::Dice,
    kinds::{Kind, NONE},
    world::{START, What, World},
};

/// The executions of the account.
pub(crate) const ACCOUNT: u64 = 1_000;
/// What Lambda keeps unreserved (`PutFunctionConcurrency` refuses less).
const FLOOR: u64 = 100;
/// The switches of a table to on-demand that DynamoDB allows in 24 hours:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/switching.capacitymode.html>.
const SWITCHES: usize = 4;
/// The changes of a stream's shards that Kinesis allows in 24 hours, of which none is to more than double or below half:
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html>.
const RESHARDINGS: usize = 10;
/// The switches of a stream's mode that Kinesis allows in 24 hours, in either direction:
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html>.
const STREAM_SWITCHES: usize = 2;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// A resource: a setting with its value.
pub(crate) struct Resource {
    pub(crate) kind: Kind,
    pub(crate) value: u64,
    /// The value before the last change.
    before: u64,
    /// Until when AWS applies a change, or a run is under way.
    pub(crate) busy_until: i64,
    /// Whether the cause of its trouble is the one that its playbook repairs.
    pub(crate) fits: bool,
    /// An alias's revision: it changes with each change.
    pub(crate) revision: u64,
    /// The versions of an alias's function, and the deployments of a service: when they were made.
    pub(crate) deployed: BTreeMap<u64, i64>,
    /// When a table was switched to on-demand, a table's capacity was decreased, or a stream was changed: what AWS counts.
    counted: Vec<i64>,
}

impl Resource {
    pub(crate) fn new(kind: Kind, dice: &mut Dice) -> Self {
        let mut deployed = BTreeMap::new();
        let value = match kind {
            Kind::Reservation => dice.of(&[5, 10, 20, 40, 90]),
            Kind::Ceiling | Kind::Capacity | Kind::Mode => dice.of(&[50, 100, 200]),
            Kind::Tasks => dice.of(&[2, 4, 10]),
            Kind::Mapping | Kind::StreamMode => 1,
            Kind::Alias => {
                deployed.extend([(1, START - 3 * DAY), (2, START - 2 * DAY), (3, START - DAY)]);
                3
            }
            Kind::Redeploy => {
                deployed.insert(1, START - DAY);
                1
            }
            Kind::Shards => dice.of(&[4, 8, 10]),
            Kind::Parallelization => dice.of(&[1, 2, 4]),
            Kind::Stop => dice.of(&[10, 20, NONE]),
            Kind::Parameter | Kind::Redrive | Kind::Document | Kind::Retention => 0,
        };
        // What other tools did before.
        let before = match kind {
            Kind::Shards => dice.of(&[0, 0, 8, 10]),
            Kind::Capacity => dice.of(&[0, 1, 4]),
            _ => 0,
        };
        let counted = (0..before)
            .map(|number| START - 5 * HOUR + number * 600)
            .collect();
        Self {
            kind,
            value,
            before: value,
            busy_until: 0,
            fits: true,
            revision: 0,
            deployed,
            counted,
        }
    }

    /// The value that AWS shows: that of a table's throughput or a stream's shards only once it is applied.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html>
    pub(crate) const fn shown(&self, now: i64) -> u64 {
        match self.kind {
            Kind::Ceiling | Kind::Capacity | Kind::Shards if now < self.busy_until => self.before,
            _ => self.value,
        }
    }

    /// The executions that a function with this value keeps from the others.
    const fn reserved(&self, value: u64) -> u64 {
        match self.kind {
            Kind::Reservation | Kind::Stop if value != NONE => value,
            _ => 0,
        }
    }

    /// How long AWS applies a change, or a run goes on: from and to, in seconds.
    const fn takes(&self) -> (i64, i64) {
        match self.kind {
            Kind::Reservation | Kind::Stop | Kind::Parameter | Kind::Alias | Kind::Retention => {
                (0, 1)
            }
            Kind::Ceiling | Kind::Capacity | Kind::Mode => (5, 90),
            Kind::Mapping | Kind::Parallelization => (2, 60),
            // Kinesis splits and merges shard by shard, and may not be done when the change is verified.
            Kind::Shards => (30, 1_800),
            Kind::StreamMode => (30, 300),
            Kind::Tasks => (20, 120),
            Kind::Redrive => (30, 600),
            Kind::Redeploy => (60, 400),
            Kind::Document => (10, 300),
        }
    }
}

fn limit() -> Fault {
    Fault::permanent("LimitExceededException")
}

impl World {
    pub(crate) fn busy(&self, resource: usize) -> bool {
        self.now < self.resources[resource].busy_until
    }

    /// The executions of the account that no function has reserved.
    pub(crate) fn unreserved(&self) -> u64 {
        let functions = self.resources.iter();
        ACCOUNT.saturating_sub(functions.map(|other| other.reserved(other.value)).sum())
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
        let found = &self.resources[resource];
        let Resource { kind, value, .. } = found;
        let busy = self.busy(resource);
        let spent = |allowed: usize| found.counted(self.now, DAY) >= allowed;
        let more = found.reserved(to).saturating_sub(found.reserved(*value));
        match kind {
            // "…decreases account's UnreservedConcurrentExecution below its minimum value of [100]."
            Kind::Reservation | Kind::Stop if more > 0 && self.unreserved() < FLOOR + more => {
                Some(Fault::permanent("InvalidParameterValueException"))
            }
            Kind::Ceiling
            | Kind::Capacity
            | Kind::Mode
            | Kind::Mapping
            | Kind::Parallelization
            | Kind::Shards
            | Kind::StreamMode
                if busy =>
            {
                Some(Fault::transient("ResourceInUseException"))
            }
            Kind::Ceiling | Kind::Capacity | Kind::Mode if to == *value => {
                Some(Fault::permanent("ValidationException"))
            }
            Kind::Mode if to == 0 && spent(SWITCHES) => Some(limit()),
            Kind::Capacity if to < *value && !found.may_decrease(self.now) => Some(limit()),
            Kind::Shards if to > value * 2 || to * 2 < *value || spent(RESHARDINGS) => {
                Some(limit())
            }
            Kind::StreamMode if spent(STREAM_SWITCHES) => Some(limit()),
            Kind::Parallelization if !(1..=10).contains(&to) => {
                Some(Fault::permanent("InvalidParameterValueException"))
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
        let before = std::mem::replace(&mut changed.value, to);
        changed.before = before;
        changed.revision += 1;
        changed.busy_until = busy_until;
        match changed.kind {
            Kind::Alias | Kind::Redeploy => {
                changed.deployed.entry(to).or_insert(now);
            }
            Kind::Mode if to == 0 => changed.counted.push(now),
            Kind::Capacity if to < before => changed.counted.push(now),
            Kind::Shards | Kind::StreamMode => changed.counted.push(now),
            _ => {}
        }
    }

    /// A person changes a resource, or starts a run.
    pub(crate) fn person_acts(&mut self, resource: usize) {
        let newest = self.resources[resource].deployed.keys().max().copied();
        if self.kind(resource) == Kind::Redeploy && self.dice.percent(40) {
            return self.person_works(resource);
        }
        let to = match self.kind(resource) {
            Kind::Reservation => self.dice.of(&[5, 12, 30, 60]),
            Kind::Ceiling | Kind::Capacity => self.dice.of(&[50, 80, 150, 300]),
            Kind::Mode => self.dice.of(&[0, 30, 80]),
            Kind::Mapping | Kind::StreamMode => self.dice.of(&[0, 1]),
            Kind::Parameter => self.dice.of(&[0, 1, 2]),
            Kind::Alias if self.dice.percent(50) => self.dice.of(&[1, 2, 3]),
            Kind::Alias => newest.unwrap() + 1,
            Kind::Tasks => self.dice.of(&[0, 1, 2, 5, 9]),
            Kind::Shards => self.dice.of(&[3, 5, 9, 12, 20]),
            Kind::Parallelization => self.dice.of(&[1, 2, 5, 10]),
            Kind::Retention => self.dice.of(&[0, 7, 30, 90]),
            Kind::Stop => self.dice.of(&[0, 5, NONE]),
            Kind::Redrive | Kind::Redeploy | Kind::Document => self.next_run(resource),
        };
        self.person_sets(resource, to);
    }

    /// A person scales a service, which is not steady meanwhile.
    fn person_works(&mut self, resource: usize) {
        self.resources[resource].busy_until = self.now + self.dice.between(60, 400);
        self.log(What::Worked(resource));
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
