//! What must hold of what people saw, from the history and the log alone.

mod believed;
mod fallback;
mod flapping;
mod once;
mod routed;
mod seen;
mod storm;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    history::{History, Ms, SECOND, Sink, State},
    reader::{Act, Entry, Said},
    truth::incidents,
    world::World,
};

/// What a check is about; `main.rs` says which are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Promise {
    /// What a message says was so.
    True,
    /// Every ALARM that is not silenced is seen in time.
    Seen,
    /// An ALARM is shown only where its topics lead.
    Routed,
    /// An alarm that flaps is not shown over and over.
    Damped,
    /// The first of a group is not held back.
    First,
    /// After the last change nobody believes another state.
    Believed,
    /// After the OK nobody believes that data are missing.
    Ended,
    /// A page is open while its alarm is in ALARM, and no longer.
    Paged,
    /// One message, or as many more as requests were ambiguous.
    Once,
    /// No more messages in a minute than the storm allows.
    Bounded,
    /// What is silenced is not shown.
    Silent,
    /// The fallback topic says what could not be sent, and to whom.
    Fallback,
    /// No invocation runs into Lambda's timeout, and the queue is empty in the end.
    InTime,
}

pub(crate) type Wrong = (Promise, String);

/// What a reader sees that is not as one would wish, and why `docs/delivery.md` allows it.
pub(crate) type Excuse = (&'static str, &'static str);

/// What the oracle says of a history.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) wrong: Vec<Wrong>,
    pub(crate) excused: BTreeSet<Excuse>,
}

struct Oracle<'a> {
    history: &'a History,
    world: &'a World,
    log: Vec<(&'a Entry, Vec<Said>)>,
    /// What is said of each alarm at each sink: an entry, and what of it.
    by_alarm: HashMap<(&'static str, usize), Vec<(usize, usize)>>,
    by_ts: HashMap<&'a str, usize>,
    /// The entries of each key at PagerDuty, and the keys of each alarm.
    by_key: BTreeMap<&'a str, Vec<usize>>,
    keys: HashMap<usize, BTreeSet<&'a str>>,
    verdict: Verdict,
}

/// Everything that is wrong, and what is excused.
pub(crate) fn check(world: &World) -> Verdict {
    let history = &world.history;
    let mut oracle = Oracle::new(world);
    oracle.what_is_said_is_true();
    for sink in history.all_sinks() {
        for alarm in 0..history.alarms.len() {
            if history.wave.is_none() {
                for incident in incidents(&history.alarms[alarm]) {
                    oracle.is_seen(alarm, &incident, sink);
                }
            }
            oracle.is_said_once(alarm, sink);
            oracle.is_routed(alarm, sink);
            oracle.is_damped(alarm, sink);
        }
        oracle.is_bounded(sink);
        oracle.storm_is_shown(sink);
    }
    if history.wave.is_none() {
        for at in oracle.calm_moments() {
            for alarm in 0..history.alarms.len() {
                oracle.is_believed(alarm, at);
            }
        }
    }
    oracle.silences_hold();
    oracle.notices_end();
    oracle.fallback_is_right();
    oracle.verdict
}

impl<'a> Oracle<'a> {
    fn new(world: &'a World) -> Self {
        let history = &*world.history;
        let read = |entry| (entry, Entry::says(entry, history));
        let mut oracle = Self {
            history,
            world,
            log: world.log.iter().map(read).collect(),
            by_alarm: HashMap::new(),
            by_ts: HashMap::new(),
            by_key: BTreeMap::new(),
            keys: HashMap::new(),
            verdict: Verdict::default(),
        };
        for (place, (entry, all)) in oracle.log.iter().enumerate() {
            for (of_it, said) in all.iter().enumerate() {
                let here = oracle.by_alarm.entry((entry.sink, said.alarm)).or_default();
                here.push((place, of_it));
            }
            match &entry.act {
                Act::Post(ts, _) => {
                    oracle.by_ts.insert(ts, place);
                }
                Act::Page(_, key) => {
                    oracle.by_key.entry(key).or_default().push(place);
                    for said in all {
                        oracle.keys.entry(said.alarm).or_default().insert(key);
                    }
                }
                Act::Edit(_) | Act::Mail => {}
            }
        }
        oracle
    }

    fn wrong(&mut self, promise: Promise, what: String) {
        self.verdict.wrong.push((promise, what));
    }

    fn excuse(&mut self, what: &'static str, why: &'static str) {
        self.verdict.excused.insert((what, why));
    }

    fn what_is_said_is_true(&mut self) {
        let mut wrong = Vec::new();
        for (entry, all) in &self.log {
            for said in all {
                let Some(place) = said.change else {
                    wrong.push(format!("nobody knows of which change this is: {entry:?}"));
                    continue;
                };
                let change = self.history.alarms[said.alarm].changes[place];
                if change.state != said.state || change.at > entry.at {
                    wrong.push(format!("{said:?} is not so: {change:?}"));
                }
                // No route asks for that.
                if matches!(&entry.act, Act::Page(action, _) if action == "trigger")
                    && said.state == State::Unknown
                {
                    wrong.push(format!("missing data page: {said:?}"));
                }
            }
        }
        for what in wrong {
            self.wrong(Promise::True, what);
        }
    }

    fn at_sink(&self, sink: &Sink, alarm: usize) -> impl Iterator<Item = (&Entry, &Said)> {
        let here = self.by_alarm.get(&(sink.id, alarm)).into_iter().flatten();
        here.map(|(place, of_it)| (self.log[*place].0, &self.log[*place].1[*of_it]))
    }

    fn all_at_sink(&self, sink: &Sink) -> impl Iterator<Item = (&Entry, &Said)> {
        let id = sink.id;
        let here = self.log.iter().filter(move |(entry, _)| entry.sink == id);
        here.flat_map(|(entry, all)| all.iter().map(move |said| (*entry, said)))
    }

    /// What happens until then to the keys of PagerDuty that an alarm has: each action, and whether it speaks of the
    /// alarm.
    fn pages(&self, alarm: usize, until: Ms) -> impl Iterator<Item = (&str, &str, bool)> {
        let keys = self.keys.get(&alarm).into_iter().flatten();
        let places = keys.flat_map(|key| &self.by_key[key]);
        let entries = places.map(|place| &self.log[*place]);
        entries.filter_map(move |(entry, all)| match &entry.act {
            Act::Page(action, key) if entry.at <= until => {
                let is_its = all.iter().any(|said| said.alarm == alarm);
                Some((&**key, &**action, is_its))
            }
            _ => None,
        })
    }

    /// What may have doubled something at a sink.
    fn excuses(&self, sink: &Sink) -> usize {
        let ambiguous = self.world.ambiguous.get(sink.id).copied();
        ambiguous.unwrap_or_default() + self.world.kills + self.world.table_faults
    }

    /// Why so many more were sent than one.
    fn why_twice(&self, sink: &Sink, more: usize) -> &'static str {
        let ambiguous = self
            .world
            .ambiguous
            .get(sink.id)
            .copied()
            .unwrap_or_default();
        if more <= ambiguous {
            "the answer was lost, or came too late"
        } else if more <= ambiguous + self.world.kills {
            "killed before it was recorded"
        } else {
            "the table failed"
        }
    }
}

/// The time of day of a moment.
pub(crate) fn clock(at: Ms) -> String {
    let second = at.div_euclid(SECOND).rem_euclid(86_400);
    let (hours, minutes, seconds) = (second / 3_600, second / 60 % 60, second % 60);
    format!(
        "{hours:02}:{minutes:02}:{seconds:02}.{:03}",
        at.rem_euclid(SECOND)
    )
}
