//! Whether nothing is sent twice, and no more in a minute than a storm allows.

use std::collections::BTreeMap;

use super::{Oracle, Promise, clock};
use crate::{
    events,
    history::{Forged, Kind, MINUTE, Ms, Sink, State},
    reader::Act,
    truth::incidents,
};

/// Alarms that are paged one by one in a minute, as `docs/delivery.md` says.
const PAGES: usize = 60;

impl Oracle<'_> {
    pub(super) fn is_said_once(&mut self, alarm: usize, sink: &'static Sink) {
        let mut times: BTreeMap<(Option<usize>, &str), usize> = BTreeMap::new();
        let mut opened: BTreeMap<&str, bool> = BTreeMap::new();
        let mut incidents_opened = 0;
        for (entry, said) in self.at_sink(sink, alarm) {
            let class = match &entry.act {
                // The common page says each time which alarms it stands for.
                Act::Edit(_) | Act::Page(..) => continue,
                _ if said.is_line => "line",
                Act::Post(_, Some(root)) if self.is_about(root, alarm) => "reply",
                Act::Post(..) | Act::Mail => "message",
            };
            *times.entry((said.change, class)).or_default() += 1;
        }
        for (key, action, is_its) in self
            .pages(alarm, Ms::MAX)
            .filter(|_| sink.kind == Kind::Pager)
        {
            let is_open = opened.entry(key).or_default();
            if action == "trigger" && is_its && !*is_open {
                incidents_opened += 1;
            }
            *is_open = action != "resolve" && (*is_open || action == "trigger");
        }
        let allowed = 1 + self.excuses(sink);
        let changes = &self.history.alarms[alarm].changes;
        let at_most = incidents(&self.history.alarms[alarm]).len()
            + changes
                .iter()
                .filter(|change| change.state == State::Unknown)
                .count();
        let name = events::name(alarm);
        for ((change, class), count) in times {
            // A forged OK reads as the next one, and is shown if the alarm is OK by the time it is confirmed.
            let forged = self.history.forged.iter();
            let is_its = |forged: &&Forged| forged.alarm == alarm && Some(forged.change) == change;
            let forged = forged.filter(is_its).count();
            if count > allowed + forged {
                let what = format!(
                    "{count} of {class} of change {change:?} of {name} at {}, of {allowed} that may be",
                    sink.id
                );
                self.wrong(Promise::Once, what);
            } else if count > 1 {
                let what = match class {
                    "line" => "a line twice",
                    "reply" => "a reply twice",
                    _ => "a message twice",
                };
                let why = if count > allowed {
                    "a forged OK that is true by then"
                } else {
                    self.why_twice(sink, count - 1)
                };
                self.excuse(what, why);
            }
        }
        if incidents_opened > at_most + self.excuses(sink) {
            let what = format!("{incidents_opened} pages of {name}, which has {at_most} incidents");
            self.wrong(Promise::Once, what);
        } else if incidents_opened > at_most {
            self.excuse(
                "a page more than incidents",
                self.why_twice(sink, incidents_opened - at_most),
            );
        }
    }

    /// Whether the message of this `ts` is about the alarm.
    fn is_about(&self, ts: &str, alarm: usize) -> bool {
        let root = self.by_ts.get(ts).map(|place| &self.log[*place]);
        root.is_some_and(|(_, all)| all.iter().any(|said| said.alarm == alarm))
    }

    pub(super) fn is_bounded(&mut self, sink: &'static Sink) {
        if self.world.table_faults > 0 {
            return;
        }
        let mut minutes: BTreeMap<Ms, usize> = BTreeMap::new();
        for (entry, all) in self.log.iter().filter(|(entry, _)| entry.sink == sink.id) {
            let is_new = match &entry.act {
                Act::Post(_, Some(root)) => !all.iter().any(|said| self.is_about(root, said.alarm)),
                Act::Post(_, None) | Act::Mail => true,
                Act::Page(action, _) => action == "trigger",
                Act::Edit(_) => false,
            };
            if is_new {
                *minutes.entry(entry.at.div_euclid(MINUTE)).or_default() += 1;
            }
        }
        // Those of a minute, late ones of the minute before, and the digest of each.
        let storm = match sink.kind {
            Kind::Pager => PAGES,
            _ => usize::try_from(self.history.storm).unwrap(),
        };
        let allowed = 2 * storm + 2 + self.excuses(sink);
        for (minute, count) in minutes {
            if count > allowed {
                let minute = clock(minute * MINUTE);
                let what = format!(
                    "{count} new messages at {} in the minute of {minute}, where {storm} are a storm",
                    sink.id
                );
                self.wrong(Promise::Bounded, what);
            }
        }
    }
}
