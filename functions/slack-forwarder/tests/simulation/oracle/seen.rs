//! Whether every incident is seen in time.

use super::{Oracle, Promise, clock};
use crate::{
    events,
    history::{HOUR, History, Kind, MINUTE, Ms, PATIENCE, SECOND, Silence, Sink, State},
    truth::{Incident, LATE, NEAR, QUICK, incidents},
};

/// Requests for pages in a minute, as `docs/delivery.md` says.
const PAGES: usize = 60;
/// Lambda retries an asynchronous invocation after one minute and after two more.
const RETRIES: Ms = 3 * MINUTE + 30 * SECOND;

impl Oracle<'_> {
    /// Whether an incident is seen by then: its ALARM, or a line of a later state.
    fn shows(&self, alarm: usize, incident: &Incident, sink: &Sink, by: Ms) -> bool {
        // What was held back and is over is shown by its OK.
        let is_held = self.history.group.is_some() || self.history.storm < 20;
        self.at_sink(sink, alarm).any(|(entry, said)| {
            let is_after = is_held && said.change > Some(incident.first);
            let counts = said.state == State::Alarm || said.is_line || is_after;
            let is_late = said.change.is_some_and(|change| change >= incident.first);
            entry.at <= by && counts && is_late
        })
    }

    pub(super) fn is_seen(&mut self, alarm: usize, incident: &Incident, sink: &'static Sink) {
        let history = self.history;
        let Some(mut from) = history.arrived(alarm, incident.first, sink) else {
            return;
        };
        let first = from;
        let over = incident.ok.and_then(|ok| history.came(alarm, ok));
        // What is in the way of an ALARM may bring it into a silence that begins later.
        let latest = history.deadline(from, sink);
        let begins_on_the_way = |silence: &&Silence| {
            let is_on_the_way = latest > from + QUICK && from < silence.from;
            silence.alarm == alarm && is_on_the_way && silence.from < latest
        };
        let silence = history.silence_of(alarm, from);
        let silence = silence.or_else(|| history.silences.iter().find(begins_on_the_way));
        if let Some(silence) = silence {
            from = silence.end() + LATE;
            if over.is_some_and(|over| over < from + PATIENCE) {
                return;
            }
        }
        // An ALARM that could not be kept for the end of its silence comes back from the failure queue.
        let by = history
            .deadline(from, sink)
            .max(history.deadline(first, sink));
        let appends = matches!(sink.kind, Kind::Webhook | Kind::Email);
        let flaps = appends && history.flaps(alarm, incident);
        // Of an alarm that flaps, what has lasted for half an hour is shown with the minute after it.
        let began = history.alarms[alarm].changes[incident.first].at;
        let lasts = history.deadline(from.max(began + NEAR + MINUTE), sink);
        let by = if flaps { by.max(lasts) } else { by };
        if by > history.end || self.shows(alarm, incident, sink, by) {
            return;
        }
        if flaps && over.is_some_and(|over| over <= by) {
            return self.excuse("an incident is not shown", "its alarm flaps");
        }
        if self.is_one_with_the_last(alarm, incident, sink, (from, by)) {
            return self.excuse(
                "two incidents are shown as one",
                "the OK between them came late, or may have",
            );
        }
        // Of an alarm that is silenced one copy is kept.
        if history.silence_of(alarm, first).is_some() && history.has_two_topics(alarm) {
            return self.excuse(
                "an ALARM is not sent at the end of its silence",
                "another topic of it came first",
            );
        }
        // Sixty requests a minute, the repeated ones included: the next page waits for the combined one.
        if sink.kind == Kind::Pager
            && over.is_some_and(|over| over <= by)
            && self.page_requests(from) >= PAGES
        {
            return self.excuse("a page is not sent", "it was held, and its alarm is OK");
        }
        let name = events::name(alarm);
        let is_given_up = by - from > 11 * HOUR;
        if is_given_up
            && self
                .world
                .fallback
                .iter()
                .any(|(_, text)| text.contains(&name))
        {
            return self.excuse(
                "the fallback topic has it",
                "a sink was away for more than twelve hours",
            );
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
        let is_led = self.all_at_sink(sink).any(|(entry, said)| {
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
        let by = history.deadline(began + window, sink).max(by);
        if by <= history.end && !self.shows(alarm, incident, sink, by) {
            self.wrong(Promise::Seen, format!("{what}, nor by {}", clock(by)));
        }
    }

    /// The number of requests that PagerDuty had within a minute of this time.
    fn page_requests(&self, at: Ms) -> usize {
        let near = at - MINUTE..=at + MINUTE;
        let requests = &self.world.page_requests;
        requests.iter().filter(|at| near.contains(at)).count()
    }

    /// Whether the OK before an incident came after its ALARM, or may have by something that failed: then both are one
    /// to whoever reads, and what they believe must be so.
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
        // A later change of the incident may come before its ALARM.
        let last = incident.ok.unwrap_or(history.alarms[alarm].changes.len());
        let later = (incident.first + 1..last).filter_map(|change| history.came(alarm, change));
        // CloudWatch may still return the state before the OK: then it is sent by a retry.
        let confirmed = if history.stale > 0 { RETRIES } else { SECOND };
        let is_late = ended + confirmed > later.min().unwrap_or(from).min(from);
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
}
