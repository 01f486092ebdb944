//! The bounds of each kind of change, its price, and AWS's quotas.

use super::{DAY, HOUR, Judge, SLACK};
use crate::{kinds::Kind, world::Written};

/// The most changes of AWS's allowance in a day, reverts included: the last is a person's. AWS allows four switches of a
/// table to on-demand, ten changes of a stream's shards, two of its mode, and 27 decreases of a table's capacity.
pub(super) const fn allowance(kind: Kind) -> Option<usize> {
    match kind {
        Kind::Mode => Some(3),
        Kind::Shards => Some(9),
        Kind::StreamMode => Some(1),
        Kind::Capacity => Some(26),
        _ => None,
    }
}

/// What the changes for an alarm may cost a day, in thousandths of a dollar.
const BUDGET: u64 = 6_000;
/// A write request unit each second of a day, at $0.625 a million, in thousandths of a dollar.
const WRITE_UNIT: u64 = 54;

impl Judge<'_> {
    /// Judges what is set, and returns what it costs a day.
    pub(super) fn within_bounds(&mut self, at: i64, written: &Written, kind: Kind) -> u64 {
        let Written {
            resource,
            planned_from: from,
            to,
            ..
        } = *written;
        let half_more = |most: u64| to <= (from * 3).div_ceil(2).min(most);
        let within = match kind {
            Kind::Reservation => half_more(200),
            Kind::Ceiling | Kind::Capacity => half_more(400),
            Kind::Tasks => half_more(20),
            Kind::Shards => half_more(40),
            Kind::Parallelization => to <= (from * 2).min(10),
            Kind::Retention => from == 0 && to == 30,
            Kind::Mapping | Kind::StreamMode => from == 1,
            Kind::Mode | Kind::Stop => from > 0,
            // A text that is not the playbook's is a person's.
            Kind::Parameter => from == 0,
            Kind::Alias => self.is_rollback(at, written),
            Kind::Redeploy => self.is_old(at, written),
            Kind::Redrive | Kind::Document => true,
        };
        if !within {
            self.say(at, resource, "changed beyond its bound");
        }
        self.quota_kept(at, resource, kind);
        match kind {
            Kind::Ceiling => to.saturating_sub(from) * WRITE_UNIT,
            _ => 0,
        }
    }

    /// Whether an alias is set from a version of the last hour to the newest before it, which is older.
    fn is_rollback(&self, at: i64, written: &Written) -> bool {
        let deployed = &self.known[written.resource].deployed;
        let previous = deployed.range(..written.planned_from).next_back();
        let Some((previous, old)) = previous else {
            return false;
        };
        let new = deployed.get(&written.planned_from);
        *previous == written.to
            && new.is_some_and(|new| at - new <= HOUR + SLACK)
            && at - old >= HOUR - SLACK
    }

    /// Whether a service's tasks are older than an hour.
    fn is_old(&self, at: i64, written: &Written) -> bool {
        let deployed = &self.known[written.resource].deployed;
        let last = deployed.values().filter(|deployed| **deployed < at - SLACK);
        last.max().is_none_or(|last| at - last >= HOUR - SLACK)
    }

    pub(super) fn quota_kept(&mut self, at: i64, resource: usize, kind: Kind) {
        let Some(allowance) = allowance(kind) else {
            return;
        };
        let since = at - DAY + SLACK;
        let writes = self.writes.iter();
        let made = writes.filter(|(other, of)| *of == resource && *other > since);
        if made.count() >= allowance {
            self.say(at, resource, "took the last of AWS's quota");
        }
    }

    /// The changes for an alarm within a day, this one among them, cost no more than the budget.
    pub(super) fn within_budget(
        &mut self,
        at: i64,
        resource: usize,
        kind: Kind,
        alarm: Option<usize>,
    ) {
        if kind != Kind::Ceiling || alarm.is_none() {
            return;
        }
        let since = at - DAY + SLACK;
        let changes = self.changes.iter();
        let of_alarm = changes.filter(|change| change.alarm == alarm && change.at > since);
        if of_alarm.map(|change| change.price).sum::<u64>() > BUDGET {
            self.say(at, resource, "changed beyond its budget");
        }
    }
}
