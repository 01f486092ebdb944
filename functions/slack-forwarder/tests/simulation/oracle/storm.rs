//! Whether a storm is seen in full, or counted.

use std::collections::BTreeSet;

use super::{Oracle, Promise, clock};
use crate::{
    history::{Kind, MINUTE, Ms, SECOND, Sink, State},
    reader::Act,
};

/// From an alarm to the message that shows or counts it: what is left of its minute, and the schedule's next minute after ten seconds.
const BOUND: Ms = 2 * MINUTE + 15 * SECOND;

impl Oracle<'_> {
    pub(super) fn storm_is_shown(&mut self, sink: &'static Sink) {
        let Some((burning, over)) = self.history.wave else {
            return;
        };
        let (first, second) = (burning + BOUND, over + BOUND);
        if sink.kind == Kind::Pager {
            return self.storm_is_paged(first, second);
        }
        for (state, from, by) in [(State::Alarm, 0, first), (State::Ok, first, second)] {
            let changed = |state| move |change: &crate::history::Change| change.state == state;
            let alarms = self.history.alarms.iter();
            let all = alarms.filter(|alarm| alarm.changes.iter().any(changed(state)));
            let all = all.count();
            let said = self.all_at_sink(sink);
            let shown: BTreeSet<usize> = said
                .filter(|(entry, said)| said.state == state && entry.at <= by)
                .map(|(_, said)| said.alarm)
                .collect();
            let here = self
                .log
                .iter()
                .filter(|(entry, _)| entry.sink == sink.id && (from..=by).contains(&entry.at));
            let counted: usize = here
                .filter_map(|(entry, _)| entry.number_after("Not listed"))
                .sum();
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
        let alarms = &self.history.alarms;
        let all = alarms.len();
        let lasting = alarms
            .iter()
            .filter(|alarm| alarm.changes.len() == 1)
            .count();
        for (by, burning) in [(first, all), (second, lasting)] {
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
