//! The end of a history: all alarms have been OK for days.

use std::collections::BTreeSet;

use picket_shared::fleet::{Outcome, RemediationMessage};

use super::Judge;
use crate::world::What;

impl Judge<'_> {
    /// Every message is a row. A refusal has none where its row, or the lease, could not be written.
    fn in_rows(&mut self) {
        let world = self.world;
        for message in &world.messages {
            let may_lack = !world.calm && message.outcome == Outcome::Refused;
            if !may_lack && !world.rows.contains_key(&message.audit_key()) {
                self.wrong.push(format!(
                    "a message without an audit row: {} {:?}: {}",
                    message.alarm_name, message.step, message.text
                ));
            }
        }
    }

    /// Nothing of ours is left, nothing is followed up, and every change was announced.
    pub(super) fn left_over(&mut self) {
        let world = self.world;
        for (resource, known) in self.known.iter().enumerate() {
            let (kind, now) = (world.kind(resource), world.resources[resource].value);
            if now != known.people {
                self.wrong.push(format!(
                    "{} {resource} is left at {now}, and its value is {}",
                    kind.name(),
                    known.people
                ));
            }
        }
        if !world.schedules.is_empty() {
            self.wrong
                .push("a change is followed up for ever".to_owned());
        }
        for (target, row) in world.open_rows() {
            self.wrong
                .push(format!("the row {row} of {target} has not ended"));
        }
        self.in_rows();
        // A message that was published, and whose row could not be written after it, is known to people all the same.
        let key = |message: &RemediationMessage| {
            (
                message.target.clone(),
                message.state_changed_at,
                message.alarm_name.clone(),
            )
        };
        let published: BTreeSet<_> = world.messages.iter().map(key).collect();
        for happened in &world.log {
            let What::Write(written) = &happened.what else {
                continue;
            };
            let row = written.row.as_ref().and_then(|key| world.rows.get(key));
            if row.is_some_and(|row| !published.contains(&key(&row.message))) {
                self.say(
                    happened.at,
                    written.resource,
                    "changed, and never announced",
                );
            }
        }
    }
}
