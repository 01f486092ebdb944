//! What must hold of what people saw, from the history and the log alone.

use std::collections::BTreeMap;

use crate::{
    events,
    history::{History, Kind, MINUTE, Ms, PAGER, PATIENCE, SECOND, Sink, State, disturbances},
    reader::{Act, Entry, Said, tag},
    truth::{Incident, LATE, NEAR, incidents},
    world::World,
};

/// What a check is about; `main.rs` says which are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Promise {
    /// What a message says was so.
    True,
    /// Every ALARM that is not silenced is seen in time.
    Seen,
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

struct Oracle<'a> {
    history: &'a History,
    world: &'a World,
    log: Vec<(&'a Entry, Vec<Said>)>,
    wrong: Vec<Wrong>,
}

/// Everything that is wrong.
pub(crate) fn check(world: &World) -> Vec<Wrong> {
    let history = &world.history;
    let read = |entry| (entry, Entry::says(entry, history));
    let mut oracle = Oracle {
        history,
        world,
        log: world.log.iter().map(read).collect(),
        wrong: Vec::new(),
    };
    oracle.what_is_said_is_true();
    for sink in history.all_sinks() {
        for alarm in 0..history.alarms.len() {
            for incident in incidents(&history.alarms[alarm]) {
                oracle.is_seen(alarm, &incident, sink);
            }
            oracle.is_said_once(alarm, sink);
        }
        if sink.kind != Kind::Pager {
            oracle.is_bounded(sink);
        }
    }
    for at in oracle.calm_moments() {
        for alarm in 0..history.alarms.len() {
            oracle.is_believed(alarm, at);
        }
    }
    oracle.silences_hold();
    oracle.notices_end();
    oracle.fallback_is_right();
    oracle.wrong
}

impl Oracle<'_> {
    fn wrong(&mut self, promise: Promise, what: String) {
        self.wrong.push((promise, what));
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
            }
        }
        for what in wrong {
            self.wrong(Promise::True, what);
        }
    }

    fn at_sink(&self, sink: &Sink) -> impl Iterator<Item = (&Entry, &Said)> {
        let id = sink.id;
        let here = self.log.iter().filter(move |(entry, _)| entry.sink == id);
        here.flat_map(|(entry, all)| all.iter().map(move |said| (*entry, said)))
    }

    /// Whether an incident is seen by then: its ALARM, or a line of a later state.
    fn shows(&self, alarm: usize, incident: &Incident, sink: &Sink, by: Ms) -> bool {
        // What was held back and is over is shown by its OK.
        let is_held = self.history.group.is_some() || self.history.storm < 20;
        self.at_sink(sink).any(|(entry, said)| {
            let is_after = is_held && said.change > Some(incident.first);
            let counts = said.state == State::Alarm || said.is_line || is_after;
            let is_late = said.change.is_some_and(|change| change >= incident.first);
            entry.at <= by && said.alarm == alarm && counts && is_late
        })
    }

    fn is_seen(&mut self, alarm: usize, incident: &Incident, sink: &'static Sink) {
        let history = self.history;
        let Some(mut from) = history.arrived(alarm, incident.first, sink) else {
            return;
        };
        let over = incident.ok.and_then(|ok| history.came(alarm, ok));
        if let Some(silence) = history.silence_of(alarm, from) {
            from = silence.end() + LATE;
            if over.is_some_and(|over| over < from + PATIENCE) {
                return;
            }
        }
        let by = history.deadline(from, sink);
        if by > history.end || self.shows(alarm, incident, sink, by) {
            return;
        }
        let appends = matches!(sink.kind, Kind::Webhook | Kind::Email);
        if appends && history.flaps(alarm, incident) {
            return;
        }
        if self.is_one_with_the_last(alarm, incident, sink, (from, by)) {
            return;
        }
        let name = events::name(alarm);
        let is_given_up = by - from > 11 * crate::history::HOUR;
        if is_given_up
            && self
                .world
                .fallback
                .iter()
                .any(|(_, text)| text.contains(&name))
        {
            return;
        }
        let what = format!(
            "{name}'s incident {incident:?} of {} is not seen at {} by {}",
            clock(from),
            sink.id,
            clock(by)
        );
        let Some(window) = history.group.filter(|_| appends) else {
            return self.wrong(Promise::Seen, what);
        };
        // Held back for its group, of which another is seen: until the window is over.
        let region = history.alarms[alarm].region;
        let began = from.div_euclid(window) * window;
        let is_led = self.at_sink(sink).any(|(entry, said)| {
            let is_other = said.alarm != alarm || said.change < Some(incident.first);
            let is_of_group = history.alarms[said.alarm].region == region;
            is_other
                && is_of_group
                && said.state == State::Alarm
                && (began..=by).contains(&entry.at)
        });
        if !is_led {
            return self.wrong(Promise::First, what);
        }
        // Its OK may begin the next window, and be held back in turn.
        let told = began + 2 * window + 2 * MINUTE;
        let by = history.deadline(told, sink).max(by);
        if by <= history.end && !self.shows(alarm, incident, sink, by) {
            self.wrong(Promise::Seen, format!("{what}, nor by {}", clock(by)));
        }
    }

    /// Whether the OK before an incident came after its ALARM, or may have by something that failed: then both are one to whoever reads,
    /// and what they believe must be so.
    fn is_one_with_the_last(
        &self,
        alarm: usize,
        incident: &Incident,
        sink: &Sink,
        (from, by): (Ms, Ms),
    ) -> bool {
        let history = self.history;
        let all = incidents(&history.alarms[alarm]);
        let before = all.iter().rev().find(|other| other.first < incident.first);
        let Some(ok) = before.and_then(|before| before.ok) else {
            return false;
        };
        let ended = history.came(alarm, ok).unwrap_or(Ms::MAX);
        let is_late = ended + SECOND > from;
        let may_be = history
            .outages
            .iter()
            .any(|outage| History::touches(outage, sink) && outage.from < by && outage.to > ended);
        if !is_late && !may_be {
            return false;
        }
        let truth = history.state(alarm, by).map(|(_, state)| state);
        let is_bad = if sink.kind == Kind::Pager {
            self.open_pages(alarm, by) > 0
        } else {
            let belief = self.belief(alarm, sink, by);
            belief.is_some_and(|state| state != State::Ok)
        };
        truth.is_none_or(|state| state == State::Unknown || (state == State::Alarm) == is_bad)
    }

    /// What may have doubled something at a sink.
    fn excuses(&self, sink: &Sink) -> usize {
        let ambiguous = self.world.ambiguous.get(sink.id).copied();
        ambiguous.unwrap_or_default() + self.world.kills + self.world.table_faults
    }

    fn is_said_once(&mut self, alarm: usize, sink: &'static Sink) {
        let mut times: BTreeMap<(Option<usize>, &str), usize> = BTreeMap::new();
        let mut opened: BTreeMap<&str, bool> = BTreeMap::new();
        let mut incidents_opened = 0;
        for (entry, said) in self.at_sink(sink).filter(|(_, said)| said.alarm == alarm) {
            let class = match &entry.act {
                _ if said.is_line => "line",
                Act::Post(_, Some(root)) if self.is_about(root, alarm) => "reply",
                Act::Post(..) | Act::Mail => "message",
                Act::Edit(_) | Act::Page(..) => continue,
            };
            *times.entry((said.change, class)).or_default() += 1;
        }
        for (entry, said) in &self.log {
            if let Act::Page(action, key) = &entry.act
                && entry.sink == sink.id
            {
                let is_open = opened.entry(key).or_default();
                let is_its = said.iter().any(|said| said.alarm == alarm);
                if action == "trigger" && is_its && !*is_open {
                    incidents_opened += 1;
                }
                *is_open = action != "resolve" && (*is_open || action == "trigger");
            }
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
            if count > allowed {
                let what = format!(
                    "{count} of {class} of change {change:?} of {name} at {}, of {allowed} that may be",
                    sink.id
                );
                self.wrong(Promise::Once, what);
            }
        }
        if incidents_opened > at_most + self.excuses(sink) {
            let what = format!("{incidents_opened} pages of {name}, which has {at_most} incidents");
            self.wrong(Promise::Once, what);
        }
    }

    /// Whether the message of this `ts` is about the alarm.
    fn is_about(&self, ts: &str, alarm: usize) -> bool {
        self.log.iter().any(|(entry, all)| {
            matches!(&entry.act, Act::Post(posted, _) if posted == ts)
                && all.iter().any(|said| said.alarm == alarm)
        })
    }

    fn is_bounded(&mut self, sink: &'static Sink) {
        if self.world.table_faults > 0 {
            return;
        }
        let mut minutes: BTreeMap<Ms, usize> = BTreeMap::new();
        for (entry, all) in self.log.iter().filter(|(entry, _)| entry.sink == sink.id) {
            let is_new = match &entry.act {
                Act::Post(_, Some(root)) => !all.iter().any(|said| self.is_about(root, said.alarm)),
                Act::Post(_, None) | Act::Mail => true,
                Act::Edit(_) | Act::Page(..) => false,
            };
            if is_new {
                *minutes.entry(entry.at.div_euclid(MINUTE)).or_default() += 1;
            }
        }
        // Those of a minute, late ones of the minute before, and the digest of each.
        let storm = usize::try_from(self.history.storm).unwrap();
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

    /// Moments before which nothing has happened for so long that what happened is dealt with.
    fn calm_moments(&self) -> Vec<Ms> {
        let window = self.history.group.unwrap_or_default();
        let calm = PATIENCE + window + 2 * MINUTE;
        let disturbed = disturbances(self.history);
        let later = disturbed.iter().map(|at| at + calm + NEAR);
        let mut all: Vec<Ms> = disturbed.iter().map(|at| at + calm).chain(later).collect();
        all.push(self.history.end);
        all.retain(|at| {
            let quiet = |other: &Ms| *other <= at - calm || *other > *at;
            let is_well =
                |outage: &crate::history::Outage| outage.to <= at - calm || outage.from > *at;
            *at <= self.history.end
                && disturbed.iter().all(quiet)
                && self.history.outages.iter().all(is_well)
        });
        all.sort_unstable();
        all.dedup();
        all
    }

    fn is_believed(&mut self, alarm: usize, at: Ms) {
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
            let given_up = began.is_some_and(|began| {
                history.deadline(began, sink) - began > 11 * crate::history::HOUR
            });
            let is_silenced = history.silence_of(alarm, at).is_some();
            if given_up {
                continue;
            }
            let is_bad = |state| state == State::Alarm;
            let wanted = began.is_some() && truth == State::Alarm && !is_silenced;
            if sink.kind == Kind::Pager {
                let open = self.open_pages(alarm, at);
                // A late OK, of which nobody can say what it ends.
                let is_blind = self.was_posted_blindly(alarm);
                if wanted && open == 0 && !is_blind {
                    let what = format!(
                        "no page is open at {} for {name}, which is in ALARM",
                        clock(at)
                    );
                    self.wrong(Promise::Paged, what);
                }
                if truth == State::Ok && open > 0 && !is_blind {
                    let what = format!(
                        "{open} pages are open at {} for {name}, which is OK",
                        clock(at)
                    );
                    self.wrong(Promise::Paged, what);
                }
                continue;
            }
            if self.was_posted_blindly(alarm) {
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
        // Two incidents that end while the channel is away: the older OK is overtaken by the newer.
        let is_away = |outage: &crate::history::Outage| History::touches(outage, sink);
        if self.excuses(sink) > 0 || self.history.outages.iter().any(is_away) {
            return;
        }
        let mut standing: BTreeMap<&str, State> = BTreeMap::new();
        for (entry, said) in self
            .at_sink(sink)
            .filter(|(entry, said)| entry.at <= at && said.alarm == alarm)
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
        if !left.is_empty() {
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

    fn open_pages(&self, alarm: usize, at: Ms) -> usize {
        let mut keys: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
        for (entry, all) in self.log.iter().filter(|(entry, _)| entry.at <= at) {
            let Act::Page(action, key) = &entry.act else {
                continue;
            };
            let (is_open, is_its) = keys.entry(key).or_default();
            match &**action {
                "trigger" => *is_open = true,
                "resolve" => *is_open = false,
                _ => {}
            }
            *is_its |= all.iter().any(|said| said.alarm == alarm);
        }
        keys.values()
            .filter(|(is_open, is_its)| *is_open && *is_its)
            .count()
    }

    /// What somebody who has read everything until then holds for so.
    fn belief(&self, alarm: usize, sink: &Sink, at: Ms) -> Option<State> {
        let mut belief: Option<(Option<usize>, State)> = None;
        for (_, said) in self
            .at_sink(sink)
            .filter(|(entry, said)| entry.at <= at && said.alarm == alarm)
        {
            // A line says its time, and what is over says since when: what is known to be newer stays.
            let is_older = belief.is_some_and(|(known, _)| said.change < known);
            if (said.is_line || said.is_over) && is_older {
                continue;
            }
            let state = if said.is_over { State::Ok } else { said.state };
            let newest = belief.map_or(said.change, |(known, _)| known.max(said.change));
            belief = Some((newest, state));
        }
        belief.map(|(_, state)| state)
    }

    fn silences_hold(&mut self) {
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
}

impl Oracle<'_> {
    /// Good news pages nobody, and ends the page of the bad.
    fn notices_end(&mut self) {
        let mut wrong = Vec::new();
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
            if !open.is_empty() && is_quiet {
                wrong.push(format!("{name} is over, and its page is open"));
            }
            if triggered > 1 + self.excuses(&PAGER) {
                wrong.push(format!("{triggered} pages of {name}"));
            }
        }
        for what in wrong {
            self.wrong(Promise::Paged, what);
        }
    }

    /// Each text of the fallback topic names the sinks that lack what it says, and no others.
    fn fallback_is_right(&mut self) {
        let mut wrong = Vec::new();
        for (at, text) in &self.world.fallback {
            let Some((alarm, change)) = tag(text) else {
                continue;
            };
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
                let is_shown = self.at_sink(sink).any(|(entry, said)| {
                    entry.at <= *at && said.alarm == alarm && said.change == Some(change)
                });
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

/// The time of day of a moment.
pub(crate) fn clock(at: Ms) -> String {
    let second = at.div_euclid(SECOND).rem_euclid(86_400);
    let (hours, minutes, seconds) = (second / 3_600, second / 60 % 60, second % 60);
    format!(
        "{hours:02}:{minutes:02}:{seconds:02}.{:03}",
        at.rem_euclid(SECOND)
    )
}
