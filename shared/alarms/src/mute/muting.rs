//! The muting of an alarm's actions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_shared::alarm::State;

use super::MuteRule;
use crate::{Notification, attributes::Attributes};

/// The rules of an alarm, and the actions that they hold back. They "mute all states"; what was muted is done after it
/// where the state still is the one (user guide, "Alarm Mute Rules").
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Muting {
    rules: Vec<MuteRule>,
    held: BTreeMap<Attributes, Notification>,
}

impl Muting {
    /// Of an alarm with a name: the rules of it among `rules`.
    pub fn new(alarm: &str, rules: &[MuteRule]) -> Self {
        Self {
            rules: rules
                .iter()
                .filter(|rule| rule.is_of(alarm))
                .cloned()
                .collect(),
            held: BTreeMap::new(),
        }
    }

    /// The latest end of the mutings at a time; `None` where there are none.
    pub fn until(&self, at: Timestamp) -> Option<Timestamp> {
        self.rules.iter().filter_map(|rule| rule.until(at)).max()
    }

    /// What is notified of at `now`, where it would be of `notifications`. `state` is that of a contributor, of the empty
    /// one that of the alarm.
    pub(crate) fn pass(
        &mut self,
        notifications: Vec<Notification>,
        now: Timestamp,
        state: impl Fn(&Attributes) -> State,
    ) -> Vec<Notification> {
        if self.rules.is_empty() {
            return notifications;
        }
        let is_muted = self.until(now).is_some();
        for notification in notifications {
            self.hold(notification);
        }
        if is_muted {
            return Vec::new();
        }
        let held = std::mem::take(&mut self.held).into_values();
        held.filter(|one| state(&one.contributor) == one.to)
            .collect()
    }

    /// Of a state all actions, also those that are repeated each minute.
    fn hold(&mut self, mut notification: Notification) {
        let held = self.held.remove(&notification.contributor);
        if let Some(held) = held.filter(|held| held.to == notification.to) {
            let new = |action: &String| !held.actions.contains(action);
            notification.actions.retain(new);
            let actions = held.actions.into_iter().chain(notification.actions);
            notification.actions = actions.collect();
        }
        self.held
            .insert(notification.contributor.clone(), notification);
    }
}
