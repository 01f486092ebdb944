//! Which alarms a drill puts into ALARM, in which order, and what must then arrive. Pure.

use std::collections::BTreeSet;

use picket_rules::{Glob, routes::Routes};
use picket_shared::alarm::State;
use slack_forwarder::route::Topics;

use super::alarm::{Alarm, Kind};
use crate::arguments::DrillArguments;

/// A deployed stack, as far as its messages' ways hang on it.
#[derive(Debug)]
pub(super) struct Stack<'a> {
    pub(super) name: &'a str,
    /// The severity topics, which the forwarder is subscribed to.
    pub(super) topics: &'a Topics,
    /// The topic that the forwarder is not part of.
    pub(super) fallback: &'a str,
    pub(super) routes: &'a Routes,
    /// Whether PagerDuty is configured.
    pub(super) pages: bool,
}

/// What is done with an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// It is put into ALARM, and then into OK.
    Drill(Expected),
    /// It is left as it is.
    Skip(Skipped),
    /// It cannot notify anyone.
    Deaf(Deaf),
}

/// What must arrive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Expected {
    /// The forwarder's sinks, such as `webhook critical`.
    pub(super) sinks: BTreeSet<String>,
    /// Topics at which the forwarder's part is the daily digest.
    pub(super) digest: BTreeSet<String>,
    /// Topics without the forwarder: nobody but their subscribers sees what arrives, so that a confirmed subscription is
    /// all that can be checked.
    pub(super) others: BTreeSet<String>,
}

/// Why an alarm is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, strum::Display)]
pub(super) enum Skipped {
    /// An incident is open.
    #[strum(to_string = "is in ALARM: its incident is open")]
    InAlarm,
    /// Its actions are more than messages.
    #[strum(to_string = "would do more than notify: {0}")]
    OtherActions(String),
}

/// Why an alarm cannot notify anyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
pub(super) enum Deaf {
    #[strum(to_string = "its actions are disabled: aws cloudwatch enable-alarm-actions")]
    Disabled,
    #[strum(to_string = "it has no action for ALARM")]
    NoAction,
}

/// The alarms of the stack that the arguments select, in the order of the drill: composite alarms first, since each
/// drill of a child is an incident of theirs too, and of many within half an hour the forwarder says that they flap;
/// alarms that suppress others last.
pub(super) fn selected<'a>(
    alarms: &'a [Alarm],
    stack: &Stack<'_>,
    patterns: &[Glob],
) -> Vec<&'a Alarm> {
    let matches = |alarm: &Alarm| {
        patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(&alarm.name))
    };
    let mut selected: Vec<&Alarm> = alarms
        .iter()
        .filter(|alarm| stack.has(alarm) && matches(alarm))
        .collect();
    selected.sort_by_key(|alarm| {
        let suppresses = alarms.iter().any(|other| alarm.suppresses(other));
        (suppresses, alarm.kind == Kind::Metric, &alarm.name)
    });
    selected
}

/// Decides on one alarm.
pub(super) fn plan(alarm: &Alarm, stack: &Stack<'_>, arguments: &DrillArguments) -> Step {
    if alarm.actions.is_empty() {
        return Step::Deaf(Deaf::NoAction);
    }
    if !alarm.actions_enabled && !arguments.even_disabled {
        return Step::Deaf(Deaf::Disabled);
    }
    let all = alarm.actions.iter().chain(&alarm.ok_actions);
    let others: BTreeSet<&str> = all
        .filter(|action| !is_topic(action))
        .map(String::as_str)
        .collect();
    if !others.is_empty() {
        let others = others.into_iter().collect::<Vec<_>>().join(", ");
        return Step::Skip(Skipped::OtherActions(others));
    }
    if alarm.state == State::Alarm {
        return Step::Skip(Skipped::InAlarm);
    }
    Step::Drill(expected(alarm, stack))
}

fn expected(alarm: &Alarm, stack: &Stack<'_>) -> Expected {
    let mut expected = Expected::default();
    for topic in &alarm.actions {
        if !stack.forwards(topic) {
            expected.others.insert(topic.clone());
            continue;
        }
        let event = alarm.event(topic).to_string();
        let sinks =
            slack_forwarder::sinks_of(event.as_bytes(), stack.topics, stack.routes, stack.pages);
        if sinks.is_empty() {
            expected.digest.insert(topic.clone());
        }
        expected.sinks.extend(sinks);
    }
    expected
}

impl Stack<'_> {
    fn has(&self, alarm: &Alarm) -> bool {
        let named = alarm.name.strip_prefix(self.name);
        let notifies = |topic: &String| self.forwards(topic) || topic == self.fallback;
        named.is_some_and(|rest| rest.starts_with('-')) || alarm.actions.iter().any(notifies)
    }

    /// Whether the forwarder is subscribed to a topic.
    fn forwards(&self, topic: &str) -> bool {
        let Topics {
            critical,
            warning,
            info,
        } = self.topics;
        [critical, warning, info]
            .into_iter()
            .any(|known| known.as_deref() == Some(topic))
    }
}

fn is_topic(action: &str) -> bool {
    action.split(':').nth(2) == Some("sns")
}
