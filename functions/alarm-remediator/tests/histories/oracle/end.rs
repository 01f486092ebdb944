//! The end of a history: all alarms have been OK for days.

use std::collections::BTreeSet;

use picket_shared::fleet::RemediationMessage;

use super::Judge;
use crate::world::What;

impl Judge<'_> {
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
