//! What people believe when all is calm.

use std::collections::BTreeMap;

use super::{Oracle, Promise, clock};
use crate::{
    events,
    history::{HOUR, Kind, MINUTE, Ms, Outage, PATIENCE, Sink, State, disturbances},
    reader::Act,
    truth::{NEAR, incidents},
};

impl Oracle<'_> {
    /// Moments before which nothing has happened for so long that what happened is dealt with.
    pub(super) fn calm_moments(&self) -> Vec<Ms> {
        let window = self.history.group.unwrap_or_default();
        let calm = PATIENCE + window + 2 * MINUTE;
        let disturbed = disturbances(self.history);
        let later = disturbed.iter().map(|at| at + calm + NEAR);
        let mut all: Vec<Ms> = disturbed.iter().map(|at| at + calm).chain(later).collect();
        all.push(self.history.end);
        let mut sorted = disturbed.clone();
        sorted.sort_unstable();
        all.retain(|at| {
            let before = |moment: Ms| sorted.partition_point(|other| *other <= moment);
            let is_well = |outage: &Outage| outage.to <= at - calm || outage.from > *at;
            *at <= self.history.end
                && before(at - calm) == before(*at)
                && self.history.outages.iter().all(is_well)
        });
        all.sort_unstable();
        all.dedup();
        all
    }

    pub(super) fn is_believed(&mut self, alarm: usize, at: Ms) {
        let history = self.history;
        let Some((place, truth)) = history.state(alarm, at) else {
            return;
        };
        let all = incidents(&history.alarms[alarm]);
        let incident = all.iter().rev().find(|incident| incident.first <= place);
        let Some(incident) = incident else {
            return;
        };
        let name = events::name(alarm);
        for sink in history.all_sinks() {
            let began = history.arrived(alarm, incident.first, sink);
            let given_up =
                began.is_some_and(|began| history.deadline(began, sink) - began > 11 * HOUR);
            let is_silenced = history.silence_of(alarm, at).is_some();
            if given_up {
                continue;
            }
            let is_bad = |state| state == State::Alarm;
            // Of an alarm that is silenced one copy is kept, by one of its topics.
            let is_kept_once = history.has_two_topics(alarm)
                && history
                    .silences
                    .iter()
                    .any(|silence| silence.alarm == alarm);
            let wanted = began.is_some() && truth == State::Alarm && !is_silenced && !is_kept_once;
            if sink.kind == Kind::Pager {
                let open = self.open_pages(alarm, at);
                // A late OK, of which nobody can say what it ends.
                let is_blind = self.was_posted_blindly(alarm);
                if is_blind {
                    if wanted && open == 0 {
                        self.excuse(
                            "no page is open of what is in ALARM",
                            "a late OK while the table could not be read",
                        );
                    }
                    if truth == State::Ok && open > 0 {
                        self.excuse("a page is open of what is OK", "sent without the table");
                    }
                    continue;
                }
                if wanted && open == 0 {
                    let what = format!(
                        "no page is open at {} for {name}, which is in ALARM",
                        clock(at)
                    );
                    self.wrong(Promise::Paged, what);
                }
                if truth == State::Ok && open > 0 {
                    let what = format!(
                        "{open} pages are open at {} for {name}, which is OK",
                        clock(at)
                    );
                    self.wrong(Promise::Paged, what);
                }
                continue;
            }
            if self.was_posted_blindly(alarm) {
                let belief = self.belief(alarm, sink, at);
                if truth == State::Ok && belief.is_some_and(|state| state != State::Ok) {
                    self.excuse("the OK is not shown", "sent without the table");
                }
                if wanted && !belief.is_some_and(is_bad) {
                    self.excuse("the ALARM is not shown", "sent without the table");
                }
                continue;
            }
            if sink.kind == Kind::Channel && truth == State::Ok {
                self.stands_edited(alarm, sink, at);
            }
            let appends = matches!(sink.kind, Kind::Webhook | Kind::Email);
            // Short incidents of an alarm that flaps are not shown; one that lasts is.
            let lasts = history.alarms[alarm].changes[incident.first].at + NEAR + PATIENCE <= at;
            if appends && self.history.flaps(alarm, incident) && !(wanted && lasts) {
                continue;
            }
            let belief = self.belief(alarm, sink, at);
            if wanted && !belief.is_some_and(is_bad) {
                let what = format!(
                    "{belief:?} is believed at {} of {name} at {}, which is in ALARM",
                    sink.id,
                    clock(at)
                );
                self.wrong(Promise::Believed, what);
            }
            if truth == State::Ok && belief.is_some_and(|state| state != State::Ok) {
                let promise = if belief == Some(State::Unknown) {
                    Promise::Ended
                } else {
                    Promise::Believed
                };
                let what = format!(
                    "{belief:?} is believed at {} of {name} at {}, which is OK",
                    sink.id,
                    clock(at)
                );
                self.wrong(promise, what);
            }
        }
    }

    /// In a channel, the messages of an alarm that is OK: each that stands by itself has been edited since.
    fn stands_edited(&mut self, alarm: usize, sink: &'static Sink, at: Ms) {
        let mut standing: BTreeMap<&str, State> = BTreeMap::new();
        for (entry, said) in self
            .at_sink(sink, alarm)
            .filter(|(entry, _)| entry.at <= at)
        {
            match &entry.act {
                Act::Post(ts, None) if !said.is_line && !said.is_over => {
                    standing.insert(ts, said.state);
                }
                Act::Edit(ts) => {
                    standing.insert(ts, said.state);
                }
                _ => {}
            }
        }
        let left = standing.iter().filter(|(_, state)| **state == State::Alarm);
        let left: Vec<String> = left.map(|(ts, _)| (*ts).to_owned()).collect();
        // A message that was not recorded, of which the retry is the one that is known.
        if !left.is_empty() && left.len() <= self.excuses(sink) {
            self.excuse(
                "an older message goes on saying ALARM",
                "it was sent, and not recorded",
            );
        } else if !left.is_empty() {
            let what = format!(
                "{left:?} still say ALARM of {}, which is OK",
                events::name(alarm)
            );
            self.wrong(Promise::Believed, what);
        }
    }

    /// Whether something was sent of an alarm while the table could not say what was sent before.
    fn was_posted_blindly(&self, alarm: usize) -> bool {
        let name = events::name(alarm);
        let faulty = &self.world.faulty_rows;
        faulty.iter().any(|row| row.ends_with(&name))
    }

    pub(super) fn open_pages(&self, alarm: usize, at: Ms) -> usize {
        let mut keys: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
        for (key, action, is_about) in self.pages(alarm, at) {
            let (is_open, is_its) = keys.entry(key).or_default();
            match action {
                "trigger" => *is_open = true,
                "resolve" => *is_open = false,
                _ => {}
            }
            *is_its |= is_about;
        }
        keys.values()
            .filter(|(is_open, is_its)| *is_open && *is_its)
            .count()
    }

    /// The state according to a reader of everything until then.
    pub(super) fn belief(&self, alarm: usize, sink: &Sink, at: Ms) -> Option<State> {
        let mut belief: Option<(Option<usize>, State)> = None;
        // The messages that say it.
        let mut stand: Vec<&str> = Vec::new();
        for (entry, said) in self
            .at_sink(sink, alarm)
            .filter(|(entry, _)| entry.at <= at)
        {
            // A line says its time, and what is over says since when: what is known to be newer stays.
            let changes = &self.history.alarms[alarm].changes;
            let ok = |from: usize| (from..changes.len()).find(|at| changes[*at].state == State::Ok);
            let of = if said.is_over {
                said.change.and_then(ok)
            } else {
                said.change
            };
            let is_older = belief.is_some_and(|(known, _)| of < known);
            // So does a newer message when an older one is edited.
            let is_elsewhere = matches!(&entry.act, Act::Edit(ts) if !stand.contains(&&**ts));
            if (said.is_line || said.is_over || is_elsewhere) && is_older {
                continue;
            }
            if belief.is_none_or(|(known, _)| of > known) {
                stand.clear();
            }
            if let Act::Post(ts, _) | Act::Edit(ts) = &entry.act {
                stand.push(ts);
            }
            let state = if said.is_over { State::Ok } else { said.state };
            let newest = belief.map_or(of, |(known, _)| known.max(of));
            belief = Some((newest, state));
        }
        belief.map(|(_, state)| state)
    }
}
