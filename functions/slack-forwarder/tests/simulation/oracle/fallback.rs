//! Silences, good news, and what could not be sent.

use std::collections::BTreeMap;

use super::{Oracle, Promise, clock};
use crate::{
    events,
    history::{PAGER, State},
    reader::{Act, tag},
    truth::{Incident, LATE, incidents},
};

impl Oracle<'_> {
    pub(super) fn silences_hold(&mut self) {
        if !self.history.outages.is_empty() {
            return;
        }
        let mut wrong = Vec::new();
        for silence in &self.history.silences {
            for (entry, all) in &self.log {
                let holds = silence.from + LATE <= entry.at && entry.at < silence.end();
                for said in all.iter().filter(|said| said.alarm == silence.alarm) {
                    let came = said
                        .change
                        .and_then(|change| self.history.came(said.alarm, change));
                    let is_late = came.is_some_and(|came| came > silence.from + LATE);
                    if holds && is_late && said.state == State::Alarm && !said.is_over {
                        wrong.push(format!(
                            "{said:?} at {} {} in {silence:?}",
                            entry.sink,
                            clock(entry.at)
                        ));
                    }
                }
            }
        }
        for what in wrong {
            self.wrong(Promise::Silent, what);
        }
    }

    /// Good news pages nobody, and ends the page of the bad.
    pub(super) fn notices_end(&mut self) {
        let mut wrong = Vec::new();
        let mut excused = false;
        for number in 0..self.history.notices.len() {
            let name = events::notice_name(number);
            let mut open: BTreeMap<&str, bool> = BTreeMap::new();
            let mut triggered = 0;
            for (entry, _) in &self.log {
                let Act::Page(action, key) = &entry.act else {
                    continue;
                };
                let is_its = entry.lines.iter().any(|line| line.contains(&name));
                if action == "trigger" && is_its {
                    triggered += 1;
                    open.insert(key, true);
                } else if action == "resolve" {
                    open.remove(&**key);
                }
            }
            // Two messages of which the second is tried first are taken in that order.
            let is_quiet = self.history.outages.is_empty();
            if !open.is_empty() && !is_quiet {
                excused = true;
            }
            if !open.is_empty() && is_quiet {
                wrong.push(format!("{name} is over, and its page is open"));
            }
            if triggered > 1 + self.excuses(&PAGER) {
                wrong.push(format!("{triggered} pages of {name}"));
            }
        }
        if excused {
            self.excuse(
                "a page of Alertmanager stays open",
                "its firing was tried again after its resolved",
            );
        }
        for what in wrong {
            self.wrong(Promise::Paged, what);
        }
    }

    /// Each text of the fallback topic names the sinks that lack what it says, and no others.
    pub(super) fn fallback_is_right(&mut self) {
        let mut wrong = Vec::new();
        for (at, text) in &self.world.fallback {
            let Some((alarm, change)) = tag(text) else {
                continue;
            };
            // It says that nothing was resolved.
            if text.contains("OK, not confirmed") {
                continue;
            }
            // What goes on or flaps is not sent everywhere.
            let all = incidents(&self.history.alarms[alarm]);
            let begins = |incident: &&Incident| incident.first == change;
            let Some(incident) = all.iter().find(begins) else {
                continue;
            };
            if self.history.flaps(alarm, incident) {
                continue;
            }
            for sink in self.history.all_sinks() {
                if self.history.arrived(alarm, change, sink).is_none() {
                    continue;
                }
                let mut here = self.at_sink(sink, alarm);
                let is_shown =
                    here.any(|(entry, said)| entry.at <= *at && said.change == Some(change));
                let is_named = text.contains(sink.id);
                if is_named == is_shown && self.excuses(sink) == 0 {
                    let (at, sink) = (clock(*at), sink.id);
                    wrong.push(format!(
                        "at {at} {sink} is named: {is_named}, and shows it: {is_shown}: {text}"
                    ));
                }
            }
        }
        for what in wrong {
            self.wrong(Promise::Fallback, what);
        }
    }
}
