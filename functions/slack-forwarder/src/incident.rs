//! An alarm's changes of state in the order of their own times, and what each of them means.
//!
//! An incident lasts from the first ALARM after an OK to the next OK. One of missing data lasts from the first `INSUFFICIENT_DATA`
//! after an OK to the next OK or ALARM. What arrives late is put where its time says, so that any order
//! of arrival ends in the same state.
//!
//! An alarm flaps where [`FLAPPING`] incidents begin within [`WINDOW`], until one begins that has fewer so near before it.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use picket_shared::alarm::State;
use serde::{Deserialize, Serialize};

/// An alarm's change of state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When it changed, by CloudWatch's clock.
    pub at: Timestamp,
    /// To what.
    pub state: State,
}

/// The changes that have been dealt with, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History(Vec<Change>);

/// The effect of a change on the alarm's incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// An incident begins.
    Open,
    /// An incident begins, and with it the alarm flaps.
    Flap,
    /// An incident begins of an alarm that flaps already.
    FlapOn,
    /// The open incident goes on; its state is the change's.
    Continue,
    /// The open incident is over.
    Resolve {
        /// When it began.
        opened: Timestamp,
        /// Whether the alarm flaps.
        flapping: bool,
    },
    /// An incident that is over already is heard of only now.
    Late {
        /// When it was over.
        closed: Timestamp,
    },
    /// A message of its own, of no alarm.
    Notice,
    /// Nothing is sent.
    Silent(Silence),
}

/// The reason why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// The very change has been dealt with.
    Repeated,
    /// An OK that ends no incident.
    WithoutIncident,
    /// The open incident goes on, and its message cannot be edited.
    Continues,
    /// The alarm flaps, which was sent.
    Flapping,
    /// It was paged with others, in an incident that ends when all of them are OK.
    PagedTogether,
    /// It is older than a change that was sent, and does not alter it.
    Overtaken,
}

/// Incidents that begin within [`WINDOW`] of an alarm that flaps: two may be one fault and its repair that did not hold.
pub const FLAPPING: usize = 3;
/// See [`FLAPPING`]. Half an hour of quiet is what people call over.
pub const WINDOW: Duration = Duration::from_mins(30);

/// Changes that are remembered for each alarm: one a minute for an hour, far longer than two copies of one change are apart.
/// A row of as many stays below 4 KB, DynamoDB's unit of reading.
const REMEMBERED: usize = 60;

impl Change {
    /// A change at this moment. Milliseconds are what all three carriers agree on.
    pub fn new(state: State, at: Timestamp) -> Self {
        let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
        Self { at, state }
    }

    /// Order in time. Of two changes at one moment the one that says more comes last: an alarm is never hidden by an OK of its own
    /// millisecond.
    fn sort_key(&self) -> (Timestamp, u8) {
        let weight = match self.state {
            State::Ok => 0,
            State::InsufficientData => 1,
            State::Alarm => 2,
        };
        (self.at, weight)
    }
}

/// Decides the effect of `change` after `history`.
pub fn decide(history: &History, change: &Change) -> Step {
    if history.contains(change) {
        return Step::Silent(Silence::Repeated);
    }
    let in_incident = history
        .before(change)
        .is_some_and(|before| before.state == State::Alarm);
    match (change.state, history.after(change)) {
        (State::Alarm | State::InsufficientData, None) if in_incident => Step::Continue,
        (State::Alarm, None) => history.beginning(change),
        (State::InsufficientData, None) => history.losing_data(change),
        (State::Ok, None) if in_incident => Step::Resolve {
            opened: history.opened_before(change),
            flapping: history.is_flapping(),
        },
        (State::Ok, None) => match history.missing_before(change) {
            Some(opened) => Step::Resolve {
                opened,
                flapping: flaps(&history.all_beginnings()),
            },
            None => Step::Silent(Silence::WithoutIncident),
        },
        (State::Alarm, Some(after)) if !in_incident && after.state == State::Ok => {
            Step::Late { closed: after.at }
        }
        (_, Some(_)) => Step::Silent(Silence::Overtaken),
    }
}

impl History {
    /// With one more change; the oldest are forgotten.
    #[must_use]
    pub fn with(mut self, change: Change) -> Self {
        if !self.contains(&change) {
            self.0.push(change);
            self.0.sort_by_key(Change::sort_key);
        }
        let excess = self.0.len().saturating_sub(REMEMBERED);
        self.0.drain(..excess);
        self
    }

    /// Whether the change has been dealt with.
    pub fn contains(&self, change: &Change) -> bool {
        self.0.contains(change)
    }

    /// Whether the change is the last one.
    pub fn ends_with(&self, change: &Change) -> bool {
        self.0.last() == Some(change)
    }

    /// The newest change that begins or ends an incident.
    pub fn newest(&self) -> Option<&Change> {
        self.boundaries().next_back()
    }

    /// Whether the alarm was OK after `at`.
    pub fn was_ok_after(&self, at: Timestamp) -> bool {
        self.boundaries()
            .any(|change| change.state == State::Ok && change.at > at)
    }

    /// Whether an incident is open.
    pub fn is_open(&self) -> bool {
        self.newest().is_some_and(|last| last.state == State::Alarm)
    }

    /// Whether an ALARM follows an ALARM, with no other state between.
    pub fn repeats(&self, change: &Change) -> bool {
        let last = self
            .0
            .iter()
            .rfind(|other| other.sort_key() < change.sort_key());
        change.state == State::Alarm && last.is_some_and(|last| last.state == State::Alarm)
    }

    /// With the OKs of another.
    #[must_use]
    pub fn with_oks_of(self, other: &Self) -> Self {
        let oks = other.0.iter().filter(|change| change.state == State::Ok);
        oks.fold(self, |history, ok| history.with(*ok))
    }

    /// The changes that begin or end incidents: not knowing does neither.
    fn boundaries(&self) -> impl DoubleEndedIterator<Item = &Change> {
        self.0
            .iter()
            .filter(|change| change.state != State::InsufficientData)
    }

    fn before(&self, change: &Change) -> Option<&Change> {
        self.boundaries()
            .rfind(|other| other.sort_key() < change.sort_key())
    }

    fn after(&self, change: &Change) -> Option<&Change> {
        self.boundaries()
            .find(|other| other.sort_key() > change.sort_key())
    }

    /// The step of a change that begins an incident.
    fn beginning(&self, change: &Change) -> Step {
        let now = self.clone().with(*change);
        match (self.is_flapping(), now.is_flapping()) {
            (_, false) => Step::Open,
            (false, true) => Step::Flap,
            (true, true) => Step::FlapOn,
        }
    }

    /// Whether the newest incident began near enough to those before it. Missing data does not count: it must not hide an ALARM.
    fn is_flapping(&self) -> bool {
        flaps(&self.beginnings())
    }

    /// The step of an `INSUFFICIENT_DATA` without an incident.
    fn losing_data(&self, change: &Change) -> Step {
        if self.missing_before(change).is_some() {
            return Step::Silent(Silence::Continues);
        }
        let before = self.all_beginnings();
        let now = self.clone().with(*change).all_beginnings();
        match (flaps(&before), flaps(&now)) {
            (_, false) => Step::Open,
            (false, true) => Step::Flap,
            (true, true) => Step::FlapOn,
        }
    }

    /// Whether an incident of missing data is open.
    pub fn is_missing_data(&self) -> bool {
        let newest = self.0.last();
        newest.is_some_and(|last| last.state == State::InsufficientData) && !self.is_open()
    }

    /// Since when data was missing just before a change, with no other incident open.
    fn missing_before(&self, change: &Change) -> Option<Timestamp> {
        let before = self
            .0
            .iter()
            .filter(|other| other.sort_key() < change.sort_key());
        let since = |since: Option<(Timestamp, State)>, change: &Change| match (since, change.state)
        {
            (_, State::Ok) => None,
            (Some((_, State::InsufficientData)) | None, State::Alarm) => {
                Some((change.at, State::Alarm))
            }
            (None, State::InsufficientData) => Some((change.at, State::InsufficientData)),
            (open, _) => open,
        };
        let open = before.fold(None, since);
        open.filter(|(_, state)| *state == State::InsufficientData)
            .map(|(since, _)| since)
    }

    /// When each incident began, those of missing data among them.
    fn all_beginnings(&self) -> Vec<Timestamp> {
        let begins = |change: &&Change| {
            change.state == State::InsufficientData
                && self.missing_before(change).is_none()
                && self
                    .before(change)
                    .is_none_or(|before| before.state == State::Ok)
        };
        let missing = self.0.iter().filter(begins).map(|change| change.at);
        let mut all: Vec<Timestamp> = missing.chain(self.beginnings()).collect();
        all.sort_unstable();
        all
    }

    /// When each incident began.
    fn beginnings(&self) -> Vec<Timestamp> {
        let boundaries: Vec<&Change> = self.boundaries().collect();
        let begins = |place: usize| {
            boundaries[place].state == State::Alarm
                && (place == 0 || boundaries[place - 1].state != State::Alarm)
        };
        (0..boundaries.len())
            .filter(|place| begins(*place))
            .map(|place| boundaries[place].at)
            .collect()
    }

    /// When the incident began that is open before a change.
    fn opened_before(&self, change: &Change) -> Timestamp {
        self.boundaries()
            .rev()
            .skip_while(|other| other.sort_key() > change.sort_key())
            .take_while(|other| other.state == State::Alarm)
            .last()
            .map_or(change.at, |first| first.at)
    }
}

/// Whether so many of these began near the newest.
fn flaps(beginnings: &[Timestamp]) -> bool {
    let Some(newest) = beginnings.last() else {
        return false;
    };
    let near = |other: &&Timestamp| {
        Duration::try_from(newest.duration_since(**other)).is_ok_and(|gap| gap < WINDOW)
    };
    beginnings.iter().filter(near).count() >= FLAPPING
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Repeated => "it has been dealt with",
            Self::WithoutIncident => "an OK without an incident",
            Self::Continues => "its incident goes on",
            Self::PagedTogether => {
                "it was paged with others; that page is resolved when all are OK"
            }
            Self::Flapping => "the alarm flaps, which was sent",
            Self::Overtaken => "a newer change was sent",
        })
    }
}

#[cfg(test)]
mod tests;
