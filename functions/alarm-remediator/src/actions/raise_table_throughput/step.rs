//! The steps: a higher on-demand maximum, more provisioned capacity, or the switch to on-demand.

use std::collections::BTreeMap;

use picket_rules::playbooks::{OnDemand, ThroughputStep};

use super::{
    ports::{Part, Units},
    price,
    refusal::Refusal,
    throttle::{TABLE_QUOTA, Throttle},
};
use crate::{
    change::{Change, Quota},
    setting::{Setting, Value, Write},
};

/// The decreases of capacity that AWS allows a table or index in a day of UTC: four in the first hour, then one an hour
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#decreasing-provisioned-throughput>).
pub(crate) const DECREASES_A_DAY: u32 = 27;

/// The switches to on-demand that AWS allows a table in 24 hours; back to provisioned at any time
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/switching.capacitymode.html>).
pub(crate) const SWITCHES_A_DAY: u32 = 4;

/// A higher maximum of an on-demand table.
pub(crate) fn with_ceiling(
    throttle: &Throttle<'_>,
    step: &ThroughputStep,
) -> Result<Change, Refusal> {
    let from = throttle.measured.part.ceiling;
    let is_set = (throttle.events.reads > 0 && from.read > 0)
        || (throttle.events.writes > 0 && from.write > 0);
    if !is_set || !throttle.facts.on_demand {
        return Err(throttle.changed_since());
    }
    let to = throttle
        .grown(from, step)
        .ok_or_else(|| throttle.at_maximum(from, step))?;
    let price = price::requests(more(from, to));
    let reason = format!(
        "{}; the price is that of the difference used to the full, as listed for us-east-1",
        throttle.evidence()
    );
    let write = Write {
        setting: Setting::TableCeiling {
            table: throttle.table(),
            index: throttle.index(),
        },
        from: value(from),
        to: value(to),
        revision: None,
    };
    let action = format!(
        "raise the on-demand maximum of {} from {} to {}",
        throttle.name,
        maximum(from),
        maximum(to)
    );
    Ok(throttle.change(write, action, reason, step.mode, price))
}

/// More provisioned capacity.
pub(crate) fn with_capacity(
    throttle: &Throttle<'_>,
    step: &ThroughputStep,
) -> Result<Change, Refusal> {
    let part = &throttle.measured.part;
    let from = part.capacity;
    let to = throttle
        .grown(from, step)
        .ok_or_else(|| throttle.at_maximum(from, step))?;
    let more = more(from, to);
    within_the_account(throttle, more)?;
    // The revert is one decrease more, and the last of the day is a person's.
    if part.decreases_today + 1 >= u64::from(DECREASES_A_DAY) {
        return Err(Refusal::NoDecreaseLeft {
            part: throttle.name.clone(),
            made: part.decreases_today,
            allowed: DECREASES_A_DAY.into(),
        });
    }
    let price = price::capacity(more);
    let reason = format!(
        "{}; putting it back takes one of the {DECREASES_A_DAY} decreases that AWS allows in a day of UTC (4 in the first hour, then 1 an hour), \
         of which {} were made today; the price is as listed for us-east-1",
        throttle.evidence(),
        part.decreases_today,
    );
    let quota = Quota {
        name: format!("decreases of capacity of {}", throttle.name),
        allowed: DECREASES_A_DAY,
        window_hours: 24,
    };
    let write = Write {
        setting: Setting::TableCapacity {
            table: throttle.table(),
            index: throttle.index(),
        },
        from: value(from),
        to: value(to),
        revision: None,
    };
    let action = format!(
        "raise the provisioned capacity of {} from {} read and {} write units to {} and {}",
        throttle.name, from.read, from.write, to.read, to.write
    );
    Ok(Change {
        quota: Some(quota),
        ..throttle.change(write, action, reason, step.mode, price)
    })
}

fn within_the_account(throttle: &Throttle<'_>, more: Units) -> Result<(), Refusal> {
    let spare = throttle.facts.spare;
    for (kind, spare, needed) in [
        ("read", spare.read, more.read),
        ("write", spare.write, more.write),
    ] {
        if let Some(spare) = spare.filter(|spare| *spare < needed) {
            return Err(Refusal::AccountExhausted {
                kind,
                spare,
                needed,
            });
        }
    }
    Ok(())
}

/// The switch of a table to on-demand. The capacity before it is the stored revert.
pub(crate) fn to_on_demand(throttle: &Throttle<'_>, part: OnDemand) -> Result<Change, Refusal> {
    let table = &throttle.candidate.target;
    let parts = || throttle.facts.parts.iter().map(|part| &part.part);
    if throttle.facts.unread_indexes > 0 {
        return Err(Refusal::ManyIndexes {
            target: table.clone(),
            unread: throttle.facts.unread_indexes,
        });
    }
    let capacity = parts().fold(Units::default(), |sum, part| Units {
        read: sum.read.saturating_add(part.capacity.read),
        write: sum.write.saturating_add(part.capacity.write),
    });
    let from = capacity_of(parts());
    let measured = &throttle.facts.parts;
    let at_present = price::requests(Units {
        read: measured.iter().map(|part| part.consumed.reads).sum(),
        write: measured.iter().map(|part| part.consumed.writes).sum(),
    });
    let quota = TABLE_QUOTA.saturating_mul(measured.len() as u64);
    let at_most = price::requests(Units {
        read: quota,
        write: quota,
    });
    let reason = format!(
        "{}; AWS allows {SWITCHES_A_DAY} such switches in 24 hours, and back at any time with the capacity named; each request is billed then: \
         ${at_present} an hour at that rate, instead of ${before}; the price is that of the quota of {TABLE_QUOTA} units of the table and of each index used to the full, as listed for us-east-1",
        throttle.evidence(),
        at_present = at_present.normalize(),
        before = price::capacity(capacity).normalize(),
    );
    let quota = Quota {
        name: format!("switches of {table} to on-demand"),
        allowed: SWITCHES_A_DAY,
        window_hours: 24,
    };
    let write = Write {
        setting: Setting::TableMode {
            table: throttle.table(),
        },
        from: from.clone(),
        to: Value::Text("PAY_PER_REQUEST".to_owned()),
        revision: None,
    };
    let action = format!("switch {table} from {from} of capacity to on-demand");
    Ok(Change {
        quota: Some(quota),
        ..throttle.change(write, action, reason, part.mode, at_most)
    })
}

/// The capacity of a table, the first part, and of its indexes.
pub(crate) fn capacity_of<'a>(mut parts: impl Iterator<Item = &'a Part>) -> Value {
    let whole = parts.next().map_or(Units::default(), |part| part.capacity);
    let indexes: BTreeMap<_, _> = parts
        .filter_map(|part| {
            let capacity = (part.capacity.read, part.capacity.write);
            Some((part.index.clone()?, capacity))
        })
        .collect();
    if indexes.is_empty() {
        return value(whole);
    }
    Value::Provisioned {
        read: whole.read,
        write: whole.write,
        indexes,
    }
}

const fn value(units: Units) -> Value {
    Value::Units {
        read: units.read,
        write: units.write,
    }
}

const fn more(from: Units, to: Units) -> Units {
    Units {
        read: to.read.saturating_sub(from.read),
        write: to.write.saturating_sub(from.write),
    }
}

/// The maximum of an on-demand table, where 0 is none.
fn maximum(units: Units) -> String {
    let of = |number: u64, kind: &str| match number {
        0 => format!("any number of {kind} units"),
        number => format!("{number} {kind} units"),
    };
    format!(
        "{} and {}",
        of(units.read, "read"),
        of(units.write, "write")
    )
}
