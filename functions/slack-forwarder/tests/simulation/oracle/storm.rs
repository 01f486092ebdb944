//! Whether a storm is seen in full, or counted.

use std::collections::BTreeSet;

use super::{Oracle, Promise, clock};
use crate::{
    history::{Change, Kind, MINUTE, Ms, Sink, State},
    reader::{Act, Entry, Said},
    truth::QUICK,
};

/// How long the confirmation of a storm's OKs takes, as `docs/delivery.md` says.
const CONFIRMED: Ms = 20 * MINUTE;

impl Oracle<'_> {
    pub(super) fn storm_is_shown(&mut self, sink: &'static Sink) {
        let Some((burning, over)) = self.history.wave else {
            return;
        };
        let (first, second) = (burning + QUICK, over + CONFIRMED + QUICK);
        if sink.kind == Kind::Pager {
            return self.storm_is_paged(first, second);
        }
        let changes = |state, from, to| {
            let is_in =
                move |change: &Change| change.state == state && (from..=to).contains(&change.at);
            let alarms = self.history.alarms.iter();
            let all = alarms.filter(|alarm| alarm.changes.iter().any(is_in));
            all.count()
        };
        for (state, from, by, all) in [
            (State::Alarm, 0, first, changes(State::Alarm, 0, burning)),
            (State::Ok, first, second, changes(State::Ok, first, over)),
        ] {
            let said = self.all_at_sink(sink).filter(|(entry, _)| entry.at <= by);
            // A line of an alarm's OK says that it was in ALARM.
            let counts =
                |said: &Said| said.state == state || (said.is_line && said.state == State::Ok);
            let shown: BTreeSet<usize> = said
                .filter(|(_, said)| counts(said))
                .map(|(_, said)| said.alarm)
                .collect();
            let here = self
                .log
                .iter()
                .filter(|(entry, _)| entry.sink == sink.id && (from..=by).contains(&entry.at));
            let counted: usize = here.map(|(entry, said)| unnamed(entry, said)).sum();
            if shown.len() + counted < all {
                let what = format!(
                    "{} of {all} in {state:?} are shown at {} by {}, and {counted} counted",
                    shown.len(),
                    sink.id,
                    clock(by)
                );
                self.wrong(Promise::Seen, what);
            }
        }
    }

    /// Pages of their own, and one that counts the others, until all are OK.
    fn storm_is_paged(&mut self, first: Ms, second: Ms) {
        for by in [first, second] {
            let is_over = |change: &Change| change.state == State::Ok && change.at <= by;
            let alarms = self.history.alarms.iter();
            let burning = alarms.filter(|alarm| !alarm.changes.iter().any(is_over));
            let burning = burning.count();
            let mut own = BTreeSet::new();
            let mut common = BTreeSet::new();
            let mut counted = 0;
            for (entry, _) in self.log.iter().filter(|(entry, _)| entry.at <= by) {
                let Act::Page(action, key) = &entry.act else {
                    continue;
                };
                let count = entry.number_before("alarms are in ALARM");
                match &**action {
                    "trigger" if count.is_some() => {
                        common.insert(key);
                        counted = count.unwrap_or_default();
                    }
                    "trigger" => {
                        own.insert(key);
                    }
                    _ => {
                        own.remove(key);
                        common.remove(key);
                    }
                }
            }
            let counted = if common.is_empty() { 0 } else { counted };
            let is_right = if burning == 0 {
                own.is_empty() && common.is_empty()
            } else {
                own.len() + counted >= burning && common.len() <= 1
            };
            if !is_right {
                let what = format!(
                    "{burning} are in ALARM at {}: {} pages, {} common ones of {counted}",
                    clock(by),
                    own.len(),
                    common.len()
                );
                self.wrong(Promise::Paged, what);
            }
        }
    }
}

/// How many alarms a message counts and does not name.
fn unnamed(entry: &Entry, said: &[Said]) -> usize {
    let not_listed = entry.number_after("Not listed").unwrap_or_default();
    let over = entry
        .number_after("Were in alarm, OK again")
        .unwrap_or_default();
    let named = said
        .iter()
        .filter(|said| said.is_line && said.is_over)
        .count();
    not_listed + over.saturating_sub(named)
}
