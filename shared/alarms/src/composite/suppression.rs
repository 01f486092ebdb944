//! A composite alarm over time, and the suppression of its actions.
//!
//! While the suppressor is in ALARM no action is taken. A change while it is not waits for `WaitPeriod`, in case the
//! suppressor is about to go into ALARM; after the suppressor left ALARM the actions wait for `ExtensionPeriod`, in case
//! the composite alarm is about to change. At the end of either the actions of the state then held are taken.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::State;

use super::Composite;
use crate::mute::{MuteRule, Muting};

/// A composite alarm and its state.
#[derive(Debug, Clone)]
pub struct CompositeAlarm {
    composite: Composite,
    state: State,
    suppressor_in_alarm: bool,
    timer: Option<(SuppressedBy, Timestamp)>,
    /// Whether a change has happened whose actions are not taken yet.
    owes_actions: bool,
    muting: Muting,
    /// The state whose actions a mute rule holds back.
    muted: Option<State>,
}

/// Why actions are not taken, as `ActionsSuppressedBy` spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
pub enum SuppressedBy {
    /// A change waits for the suppressor.
    WaitPeriod,
    /// The suppressor has just left ALARM.
    ExtensionPeriod,
    /// The suppressor is in ALARM.
    Alarm,
}

/// The outcome of an evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompositeOutcome {
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// Whether the actions of the state are taken now.
    pub acts: bool,
    /// Why actions are not taken.
    pub suppressed_by: Option<SuppressedBy>,
}

impl CompositeAlarm {
    /// A new composite alarm: `INSUFFICIENT_DATA` until it is evaluated.
    pub fn new(composite: Composite) -> Self {
        Self {
            composite,
            state: State::InsufficientData,
            suppressor_in_alarm: false,
            timer: None,
            owes_actions: false,
            muting: Muting::default(),
            muted: None,
        }
    }

    /// Lets mute rules hold its actions back: those that are of an alarm with its name. They come before the suppressor.
    pub fn mute_by(&mut self, rules: &[MuteRule]) {
        self.muting = Muting::new(&self.composite.name, rules);
    }

    /// Evaluates it at `now` over the states of its children and of its suppressor, by name. The ends of waits are seen
    /// here: evaluate it every minute, as CloudWatch does its children.
    pub fn step(&mut self, states: &BTreeMap<String, State>, now: Timestamp) -> CompositeOutcome {
        let from = self.state;
        self.state = self.composite.rule.state(states);
        let changed = self.state != from;
        let mut acts = false;
        let suppressor = self.composite.suppressor.clone();
        let after = |seconds: u32| now + SignedDuration::from_secs(i64::from(seconds));
        if let Some(suppressor) = suppressor {
            let in_alarm = states.get(&suppressor.alarm) == Some(&State::Alarm);
            let was = std::mem::replace(&mut self.suppressor_in_alarm, in_alarm);
            self.owes_actions |= changed;
            if in_alarm {
                self.timer = None;
            } else if was {
                self.timer = Some((SuppressedBy::ExtensionPeriod, after(suppressor.extension)));
            } else if changed {
                self.timer = Some((SuppressedBy::WaitPeriod, after(suppressor.wait)));
            }
            let over = self.timer.is_none_or(|(_, end)| end <= now);
            if !in_alarm && over {
                self.timer = None;
                acts = std::mem::take(&mut self.owes_actions);
            }
        } else {
            acts = changed;
        }
        if acts {
            self.muted = Some(self.state);
        }
        acts = self.muting.until(now).is_none() && self.muted.take() == Some(self.state);
        CompositeOutcome {
            from,
            to: self.state,
            acts,
            suppressed_by: self.suppressed_by(),
        }
    }

    fn suppressed_by(&self) -> Option<SuppressedBy> {
        if self.suppressor_in_alarm {
            return Some(SuppressedBy::Alarm);
        }
        self.timer.map(|(by, _)| by)
    }
}
