//! The rules about a change.

use super::{Change, DAY, HOUR, Judge, SLACK, past::Past};
use crate::{
    kinds::{Kind, OWNERS, Owner},
    mixes::playbook_name,
    world::{What, Written},
};

const COOLDOWN: i64 = 1_800;
/// How old a change of state may be that is acted on.
const STALE: i64 = 900;
/// How long a plan waits for a person.
const EXPIRES: i64 = 1_800;
/// The longest time from the first read of an invocation to the plan that it writes, in seconds.
const PLANNED: i64 = 120;
/// How long after a person's decision its invocation may still run: three tries.
const DECIDED: i64 = 600;
/// The targets in ALARM within ten minutes at which changes are made.
const STORM: usize = 4;

impl Judge<'_> {
    pub(super) fn changed(&mut self, past: Past<'_>, written: &Written, kind: Kind) {
        let (at, resource) = (past.at, written.resource);
        match OWNERS[resource] {
            Owner::Act => {}
            Owner::Ask => self.approved(past, written),
            Owner::Watch => self.say(at, resource, "changed while observing"),
            Owner::Untagged => self.say(at, resource, "changed without its owner's tag"),
            Owner::Own => self.say(at, resource, "changed in our own stack"),
        }
        if !written.counted.contains(&false) {
            self.say(at, resource, "changed without being counted");
        }
        let alarm = self.reason(past, written, kind);
        let cause = |what: &What| match what {
            What::Cause(other, fits) if *other == resource => Some(*fits),
            _ => None,
        };
        if !kind.is_blind() && !past.recently(true, cause) {
            self.say(at, resource, "changed for another cause");
        }
        self.within_limits(past, resource, kind);
        self.no_storm(past, written);
        let price = self.within_bounds(at, written, kind);
        self.changes.push(Change {
            at,
            resource,
            alarm,
            price,
        });
        self.within_budget(at, resource, kind, alarm);
        let known = &mut self.known[resource];
        known.reasons.extend(alarm);
        // What is not taken back is the value from now on.
        if !kind.reverts() {
            known.people = written.to;
        }
        if kind == Kind::Redeploy {
            known.deployed.insert(written.to, at);
        }
    }

    /// A person approved a plan that had not expired, made for this value.
    fn approved(&mut self, past: Past<'_>, written: &Written) {
        let (at, resource) = (past.at, written.resource);
        let approved: Vec<_> = past
            .since(at - DECIDED)
            .filter_map(|what| match what {
                What::Approved(other, plan) if *other == resource => Some(plan),
                _ => None,
            })
            .collect();
        if approved.is_empty() {
            self.say(at, resource, "changed without approval");
            return;
        }
        let asked: Vec<_> = past
            .log
            .iter()
            .filter_map(|happened| match &happened.what {
                What::Asked(other, plan, value)
                    if *other == resource && approved.contains(&plan) =>
                {
                    Some((happened.at, *value))
                }
                _ => None,
            })
            .collect();
        let in_time: Vec<_> = asked
            .iter()
            .filter(|(asked, _)| *asked >= at - EXPIRES - SLACK)
            .collect();
        if in_time.is_empty() {
            self.say(at, resource, "changed by a plan that had expired");
            return;
        }
        // A plan is made of what its invocation read before, maybe of the value before a change.
        let is_for = |(asked, value): &&(i64, u64)| {
            *value == written.planned_from
                || past.changed_between(resource, asked - PLANNED, *asked)
        };
        if !in_time.iter().any(is_for) {
            let what = "changed by a plan that was approved for another value";
            self.say(at, resource, what);
        }
    }

    /// The alarm that the change was made for, which its audit row names: in ALARM, not muted or suppressed, of the
    /// present, and not used before.
    fn reason(&mut self, past: Past<'_>, written: &Written, kind: Kind) -> Option<usize> {
        let resource = written.resource;
        let alarm = written.row.as_ref().and_then(|(_, row)| {
            let name = row.rsplit('#').next()?;
            self.world.alarm_number(name)
        })?;
        if self.world.alarms[alarm].resource != resource {
            self.say(past.at, resource, "changed for an alarm of another");
        }
        let mut why = "changed without an alarm in ALARM";
        for start in past.in_alarm(alarm) {
            let Some(reason) = self.no_reason(past, alarm, start, kind) else {
                self.used.push((alarm, start));
                return Some(alarm);
            };
            why = reason;
        }
        self.say(past.at, resource, why);
        None
    }

    /// Why a time in ALARM is no reason for a change.
    fn no_reason(
        &self,
        past: Past<'_>,
        alarm: usize,
        start: i64,
        kind: Kind,
    ) -> Option<&'static str> {
        let unmuted = |what: &What| match what {
            What::Muted(other, muted) if *other == alarm => Some(!muted),
            _ => None,
        };
        if !past.recently(true, unmuted) {
            return Some("changed for an alarm that is muted");
        }
        // The notifications of another change of state say nothing of this one's.
        let mut of_this = past.log.iter().filter(|happened| happened.at == start);
        if of_this
            .any(|happened| matches!(happened.what, What::Suppressed(other) if other == alarm))
        {
            return Some("changed for an alarm whose actions are suppressed");
        }
        let longest = match kind {
            // A plan waits for a person, and may be made again when they decide.
            _ if OWNERS[self.world.alarms[alarm].resource] == Owner::Ask => i64::MAX,
            // A day of plans, each half hour.
            Kind::Redrive => DAY + STALE + HOUR,
            _ => STALE,
        };
        if past.at - start > longest.saturating_add(2 * SLACK) {
            return Some("changed for an old change of state");
        }
        // A message with another time, within the skew of clocks, is another change of state.
        let forged = past
            .since(start - SLACK)
            .filter(|what| matches!(what, What::Forged(other) if *other == alarm))
            .count();
        let used = self.used.iter().filter(|used| **used == (alarm, start));
        (used.count() > forged).then_some("changed twice for one change of state")
    }

    /// Cooldown, and the changes of an hour and a day: of the account, the playbook and the target.
    fn within_limits(&mut self, past: Past<'_>, resource: usize, kind: Kind) {
        let at = past.at;
        let since = |span: i64| move |change: &&Change| change.at > at - span + SLACK;
        let playbook = playbook_name(resource, kind);
        let of_playbook = |change: &&Change| {
            playbook_name(change.resource, self.world.kind(change.resource)) == playbook
        };
        let of_target = |change: &&Change| change.resource == resource;
        let changes = || self.changes.iter();
        let rules = [
            (
                changes()
                    .filter(since(COOLDOWN))
                    .any(|change| of_target(&change)),
                "changed within the cooldown",
            ),
            (
                changes().filter(since(HOUR)).count() >= 3,
                "changed beyond the account's changes of an hour",
            ),
            (
                changes().filter(since(DAY)).count() >= 6,
                "changed beyond the account's changes of a day",
            ),
            (
                changes().filter(since(DAY)).filter(of_playbook).count() >= 4,
                "changed beyond the playbook's changes of a day",
            ),
            (
                changes().filter(since(DAY)).filter(of_target).count() >= 3,
                "changed by a playbook that is disarmed for it",
            ),
        ];
        for (broken, what) in rules {
            if broken {
                self.say(at, resource, what);
            }
        }
    }

    fn no_storm(&mut self, past: Past<'_>, written: &Written) {
        let at = past.at;
        let mut targets: Vec<_> = written
            .noted
            .iter()
            .filter(|(noted, _)| (at - 600 + SLACK..at - SLACK).contains(noted))
            .map(|(_, target)| target)
            .collect();
        targets.sort_unstable();
        targets.dedup();
        if targets.len() > STORM {
            self.say(at, written.resource, "changed in a storm");
        }
    }
}
