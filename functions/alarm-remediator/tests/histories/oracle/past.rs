//! What the log says of the time before a write.

use super::SLACK;
use crate::world::{Happened, What};

/// The log before a time.
#[derive(Clone, Copy)]
pub(super) struct Past<'a> {
    pub(super) log: &'a [Happened],
    pub(super) at: i64,
}

impl<'a> Past<'a> {
    /// Whether a state was on at some time within the slack. `first` is its value at the start.
    pub(super) fn recently(self, first: bool, state: impl Fn(&What) -> Option<bool>) -> bool {
        self.within(SLACK, first, state)
    }

    /// Whether a state was on at some time within so many seconds.
    pub(super) fn within(
        self,
        seconds: i64,
        first: bool,
        state: impl Fn(&What) -> Option<bool>,
    ) -> bool {
        let mut current = first;
        let mut was_on = false;
        for happened in self.log {
            let Some(next) = state(&happened.what) else {
                continue;
            };
            // The value before this change was in force until it.
            if current && happened.at >= self.at - seconds {
                was_on = true;
            }
            current = next;
        }
        was_on || current
    }

    /// Whether a person changed a resource after an invocation last read its setting.
    pub(super) fn person_after_read(self, resource: usize, invocation: usize) -> bool {
        let latest = self.log.iter().rev().map(|happened| &happened.what);
        latest
            .take_while(
                |what| !matches!(what, What::Read(by, of) if (*by, *of) == (invocation, resource)),
            )
            .any(|what| matches!(what, What::Person(other, _) | What::Worked(other) if *other == resource))
    }

    /// Whether a person or the remediator changed a resource between two times.
    pub(super) fn changed_between(self, resource: usize, from: i64, to: i64) -> bool {
        let mut between = self
            .log
            .iter()
            .filter(|happened| (from..=to).contains(&happened.at));
        between.any(|happened| match &happened.what {
            What::Person(other, _) => *other == resource,
            What::Write(written) => written.resource == resource,
            _ => false,
        })
    }

    /// Whether an alarm is in ALARM.
    pub(super) fn is_in_alarm(self, alarm: usize) -> bool {
        let mut states = self
            .log
            .iter()
            .rev()
            .filter_map(|happened| match &happened.what {
                What::Alarm(other, in_alarm) if *other == alarm => Some(*in_alarm),
                _ => None,
            });
        states.next().unwrap_or_default()
    }

    /// What happened since a time.
    pub(super) fn since(self, since: i64) -> impl Iterator<Item = &'a What> {
        let from = self.log.partition_point(|happened| happened.at < since);
        self.log[from..].iter().map(|happened| &happened.what)
    }

    /// The starts of an alarm's times in ALARM of which some part is within the slack.
    pub(super) fn in_alarm(self, alarm: usize) -> Vec<i64> {
        let mut open = None;
        let mut found = Vec::new();
        for happened in self.log {
            match happened.what {
                What::Alarm(other, true) if other == alarm => open = Some(happened.at),
                What::Alarm(other, false) if other == alarm => {
                    if let Some(start) = open.take()
                        && happened.at >= self.at - SLACK
                    {
                        found.push(start);
                    }
                }
                _ => {}
            }
        }
        found.extend(open);
        found
    }
}
