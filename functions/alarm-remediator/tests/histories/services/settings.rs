//! The settings of all services: values are numbers in the world, and AWS's own outside.

use alarm_remediator::{
    audit::Entry,
    ports::WriteSetting,
    reads::ReadSetting,
    record::Stage,
    setting::{Reading, Setting, Value, Write},
};
use picket_aws::Fault;

use super::{Services, answered, runs::deployment, tables::READ};
use crate::{
    kinds::{Kind, NONE, TEXTS, number_in},
    world::{What, World, Written},
};

/// How long after its row a change is written: longer than an invocation runs, with clocks that differ.
const SOON: i64 = 130;
/// Targets that were noted longer ago do not count for any storm.
const RECENT: i64 = 1_000;

/// The number of the resource whose setting it is.
fn resource_of(setting: &Setting) -> usize {
    let name = match setting {
        Setting::ReservedConcurrency { function } | Setting::AliasVersion { function, .. } => {
            function
        }
        Setting::MappingEnabled { mapping } | Setting::MappingParallelization { mapping } => {
            mapping
        }
        Setting::TableMode { table }
        | Setting::TableCapacity { table, .. }
        | Setting::TableCeiling { table, .. } => table,
        Setting::Parameter { name } => name,
        Setting::TaskCount { service, .. } | Setting::ServiceDeployment { service, .. } => service,
        Setting::Redrive { queue, .. } => queue,
        Setting::Automation { document, .. } => document,
        Setting::ShardCount { stream } | Setting::StreamMode { stream } => stream,
        Setting::LogRetention { group } => group,
    };
    number_in(name).unwrap()
}

/// A value as AWS shows it.
fn shown(kind: Kind, value: u64) -> Value {
    match kind {
        Kind::Stop if value == NONE => Value::Absent,
        Kind::Retention | Kind::Redrive | Kind::Document if value == 0 => Value::Absent,
        Kind::Reservation
        | Kind::Tasks
        | Kind::Shards
        | Kind::Parallelization
        | Kind::Retention
        | Kind::Stop => Value::Number(value),
        Kind::StreamMode if value == 0 => Value::Text("ON_DEMAND".to_owned()),
        Kind::StreamMode => Value::Text("PROVISIONED".to_owned()),
        Kind::Mode if value == 0 => Value::Text("PAY_PER_REQUEST".to_owned()),
        Kind::Ceiling | Kind::Capacity | Kind::Mode => Value::Units {
            read: READ,
            write: value,
        },
        Kind::Mapping => Value::Flag(value == 1),
        Kind::Parameter => Value::Text(TEXTS[usize::try_from(value).unwrap()].to_owned()),
        Kind::Alias => Value::Text(value.to_string()),
        Kind::Redrive => Value::Number(value * 1_000),
        Kind::Redeploy => Value::Text(deployment(value)),
        Kind::Document => Value::Text(format!("run-{value}")),
    }
}

/// The number that AWS shows so.
fn plain(kind: Kind, value: &Value) -> u64 {
    match value {
        Value::Absent if kind == Kind::Stop => NONE,
        Value::Absent => 0,
        Value::Flag(flag) => u64::from(*flag),
        Value::Number(number) if kind == Kind::Redrive => number / 1_000,
        Value::Number(number) => *number,
        Value::Units { write, .. } => *write,
        Value::Text(text) => match kind {
            Kind::Mode => 0,
            Kind::StreamMode => u64::from(text == "PROVISIONED"),
            Kind::Parameter => {
                let number = TEXTS.iter().position(|known| known == text);
                u64::try_from(number.unwrap()).unwrap()
            }
            _ => u64::try_from(number_in(text).unwrap()).unwrap(),
        },
        Value::Provisioned { .. } | Value::NewRun => panic!("{value:?}"),
    }
}

impl ReadSetting for Services {
    async fn setting(&self, setting: &Setting) -> Result<Option<Reading>, Fault> {
        let mut world = self.call("Describe").await?;
        let number = resource_of(setting);
        if matches!(setting, Setting::ReservedConcurrency { .. })
            && !matches!(world.kind(number), Kind::Reservation | Kind::Stop)
        {
            return Ok(Some(Reading::settled(Value::Absent)));
        }
        world.log(What::Read(self.invocation, number));
        let resource = &world.resources[number];
        // A deployment that is under way does not keep the number of tasks from being set.
        let settled = resource.kind == Kind::Tasks || !world.busy(number);
        let revision = (resource.kind == Kind::Alias).then(|| resource.revision.to_string());
        Ok(Some(Reading {
            value: shown(resource.kind, resource.shown(world.now)),
            revision,
            settled,
        }))
    }
}

impl WriteSetting for Services {
    async fn write(&self, write: &Write) -> Result<(), Fault> {
        let resource = resource_of(&write.setting);
        let is_run = write.to == Value::NewRun;
        if !is_run {
            let mut world = self.world();
            let to = plain(world.kind(resource), &write.to);
            world.log(What::Tried(resource, to));
        }
        let mut world = self.call("Update").await?;
        let kind = world.kind(resource);
        let to = if is_run {
            world.next_run(resource)
        } else {
            plain(kind, &write.to)
        };
        let revision = world.resources[resource].revision.to_string();
        // The revision of a run says which attempt it is.
        let read = write.revision.as_ref().filter(|_| !is_run);
        if read.is_some_and(|read| *read != revision) {
            return Err(Fault::permanent("PreconditionFailedException"));
        }
        if let Some(refused) = world.refusal(resource, to) {
            world.log(What::Refused(resource));
            return Err(refused);
        }
        let written = self.written(&world, resource, write, to);
        world.log(What::Write(written));
        world.apply(resource, to);
        answered(world, ())
    }
}

impl Services {
    fn written(&self, world: &World, resource: usize, write: &Write, to: u64) -> Written {
        let before = world.resources[resource].value;
        let noted = world.noted.iter();
        let noted = noted.filter(|(at, _)| *at > world.now - RECENT);
        Written {
            resource,
            invocation: self.invocation,
            leased: self.leased(world, resource),
            counted: counted(world, resource),
            planned_from: plain(world.kind(resource), &write.from),
            before,
            to,
            busy: world.busy(resource),
            row: row(world, resource, write),
            noted: noted.cloned().collect(),
        }
    }

    /// Whether this invocation has, or had, the lease on a resource: by clocks that differ, another one may take it while
    /// this one works.
    fn leased(&self, world: &World, resource: usize) -> bool {
        let mut leases = world.leases.iter();
        let lease = leases.find(|(target, _)| {
            // That of an alarm without a target is none on the resource.
            !target.starts_with("alarm#") && number_in(target) == Some(resource)
        });
        lease.is_some_and(|(_, lease)| {
            lease.owner == self.request || lease.taken_at > self.started_at
        })
    }
}

fn counted(world: &World, resource: usize) -> Vec<bool> {
    let just_now = world.ledger.changes.iter().filter(|made| {
        let just_now = (world.now - made.at.as_second()).abs() <= SOON;
        just_now && number_in(&made.target) == Some(resource)
    });
    just_now.map(|made| made.is_revert).collect()
}

/// The key of the audit row that says that this change was begun just now, or the revert to this value.
fn row(world: &World, resource: usize, write: &Write) -> Option<(String, String)> {
    let says = |target: &str, row: &Entry| {
        let begun = (world.now - row.recorded_at.as_second()).abs() <= SOON;
        row.changed
            && number_in(target) == Some(resource)
            && row.record.as_ref().is_some_and(|record| {
                let is_change =
                    (&record.write.setting, &record.write.to) == (&write.setting, &write.to);
                let is_open = matches!(record.stage, Stage::Begun | Stage::Made);
                let reverts = record.is_reverting && record.restore == write.to;
                is_open && (reverts || (begun && is_change))
            })
    };
    let mut rows = world.rows.iter();
    let found = rows.find(|((target, _), row)| says(target, row));
    found.map(|(key, _)| key.clone())
}
