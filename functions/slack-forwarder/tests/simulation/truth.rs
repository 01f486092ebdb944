//! What is true of the alarms, from the history alone.

use crate::history::{
    Alarm, Arrival, Carrier, History, MINUTE, Ms, Outage, PATIENCE, SECOND, Severity, Silence,
    Sink, State, Target,
};

/// From an alarm's first ALARM after an OK to its next OK.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incident {
    pub(crate) first: usize,
    pub(crate) ok: Option<usize>,
}

/// What a sink that nothing happens to may take, in a storm too.
pub(crate) const QUICK: Ms = 2 * MINUTE;
/// What silences are read late.
pub(crate) const LATE: Ms = 31 * SECOND;
/// Incidents that begin in half an hour of an alarm that flaps, as `docs/delivery.md` says.
const FLAPPING: usize = 3;
pub(crate) const NEAR: Ms = 30 * MINUTE;

pub(crate) fn incidents(alarm: &Alarm) -> Vec<Incident> {
    let mut all: Vec<Incident> = Vec::new();
    for (place, change) in alarm.changes.iter().enumerate() {
        let open = all.last_mut().filter(|incident| incident.ok.is_none());
        match (change.state, open) {
            (State::Alarm, None) => all.push(Incident {
                first: place,
                ok: None,
            }),
            (State::Ok, Some(incident)) => incident.ok = Some(place),
            _ => {}
        }
    }
    all
}

impl History {
    /// The sinks that the routes name for a severity.
    pub(crate) fn sinks(&self, severity: Severity) -> &[&'static Sink] {
        match severity {
            Severity::Critical => &self.critical,
            Severity::Warning => &self.warning,
            Severity::Info => &[],
        }
    }

    /// Every sink that a route names.
    pub(crate) fn all_sinks(&self) -> Vec<&'static Sink> {
        let mut all = self.critical.clone();
        let other = self
            .warning
            .iter()
            .filter(|sink| !self.critical.contains(sink));
        all.extend(other);
        all
    }

    pub(crate) fn copies(&self, alarm: usize, change: usize) -> impl Iterator<Item = &Arrival> {
        let is_of = move |arrival: &&Arrival| arrival.change == change;
        self.by_alarm[alarm].iter().filter(is_of)
    }

    /// When a change first came by a topic that leads to the sink.
    pub(crate) fn arrived(&self, alarm: usize, change: usize, sink: &Sink) -> Option<Ms> {
        let leads = |arrival: &&Arrival| match arrival.carrier {
            Carrier::Topic(severity) => self.sinks(severity).contains(&sink),
            Carrier::EventBridge | Carrier::Action => false,
        };
        let copies = self.copies(alarm, change).filter(leads);
        copies.map(|arrival| arrival.at).min()
    }

    /// Whether an alarm notifies topics of different severities.
    pub(crate) fn has_two_topics(&self, alarm: usize) -> bool {
        let mut topics = self.by_alarm[alarm]
            .iter()
            .filter_map(|copy| match copy.carrier {
                Carrier::Topic(severity @ (Severity::Critical | Severity::Warning)) => {
                    Some(severity)
                }
                _ => None,
            });
        let first = topics.next();
        topics.any(|other| Some(other) != first)
    }

    /// When an alarm's change came by any way.
    pub(crate) fn came(&self, alarm: usize, change: usize) -> Option<Ms> {
        self.copies(alarm, change).map(|arrival| arrival.at).min()
    }

    /// Whether an outage is in the way to a sink.
    pub(crate) fn touches(outage: &Outage, sink: &Sink) -> bool {
        match outage.target {
            Target::Sink(id) => id == sink.id,
            Target::Table | Target::Parameters | Target::Alarms | Target::Sandboxes => true,
        }
    }

    /// By when something that is to be seen from `from` on is seen.
    pub(crate) fn deadline(&self, from: Ms, sink: &Sink) -> Ms {
        let (mut from, mut bound) = (from, QUICK);
        while let Some(outage) = self.outages.iter().find(|outage| {
            Self::touches(outage, sink) && outage.from < from + bound && outage.to > from
        }) {
            (from, bound) = (outage.to, PATIENCE);
        }
        from + bound
    }

    pub(crate) fn silence_of(&self, alarm: usize, at: Ms) -> Option<&Silence> {
        let holds = |silence: &&Silence| {
            silence.alarm == alarm && silence.from <= at && at < silence.end() + LATE
        };
        self.silences.iter().find(holds)
    }

    /// Where incidents of an alarm begin, those of missing data outside of another among them.
    fn beginnings(&self, alarm: usize) -> Vec<usize> {
        let changes = &self.alarms[alarm].changes;
        let starts: Vec<usize> = incidents(&self.alarms[alarm])
            .into_iter()
            .map(|other| other.first)
            .collect();
        let begins = |place: &usize| {
            let before = changes[..*place]
                .iter()
                .rfind(|change| change.state != State::Unknown);
            let is_quiet = before.is_none_or(|change| change.state == State::Ok);
            starts.contains(place) || (changes[*place].state == State::Unknown && is_quiet)
        };
        (0..changes.len()).filter(begins).collect()
    }

    /// Whether an alarm flaps with the incident that begins so, whatever of it has come.
    pub(crate) fn flaps(&self, alarm: usize, incident: &Incident) -> bool {
        let changes = &self.alarms[alarm].changes;
        let at = changes[incident.first].at;
        let beginnings = self.beginnings(alarm).into_iter();
        let near = beginnings.filter(|place| (changes[*place].at - at).abs() < NEAR);
        near.count() >= FLAPPING
    }

    /// Where an incident begins though three others began in the half hour before it. Missing data count for missing
    /// data alone.
    pub(crate) fn damped(&self, alarm: usize) -> Vec<usize> {
        let changes = &self.alarms[alarm].changes;
        let all = self.beginnings(alarm);
        let is_damped = |place: &usize| {
            let (at, state) = (changes[*place].at, changes[*place].state);
            let counts = |other: &&usize| {
                let gap = at - changes[**other].at;
                let is_alike = state == State::Unknown || changes[**other].state == State::Alarm;
                is_alike && 0 < gap && gap < NEAR
            };
            all.iter().filter(counts).count() >= FLAPPING
        };
        all.iter().copied().filter(is_damped).collect()
    }

    /// Whether every copy of a change comes before the next change, and after those of the last.
    pub(crate) fn comes_in_order(&self, alarm: usize) -> bool {
        let changes = &self.alarms[alarm].changes;
        self.by_alarm[alarm].iter().all(|copy| {
            let next = changes.get(copy.change + 1);
            next.is_none_or(|next| copy.at + SECOND < next.at)
        })
    }

    /// The state that an alarm has as far as anything has come.
    pub(crate) fn state(&self, alarm: usize, at: Ms) -> Option<(usize, State)> {
        let changes = self.alarms[alarm].changes.iter().enumerate();
        changes
            .rev()
            .find(|(place, _)| self.came(alarm, *place).is_some_and(|came| came <= at))
            .map(|(place, change)| (place, change.state))
    }
}
