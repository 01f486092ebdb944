//! An alarm's history: its changes in the order of their own times.

use std::time::Duration;

use jiff::Timestamp;
use picket_shared::alarm::State;
use serde::{Deserialize, Serialize};

use super::{Change, FLAPPING, Silence, Step, WINDOW};

/// The changes that have been dealt with, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History(pub(super) Vec<Change>);

/// Changes that are remembered for each alarm: one a minute for an hour, far longer than two copies of one change are
/// apart. A row of as many stays below 4 KB, DynamoDB's unit of reading.
const REMEMBERED: usize = 60;

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

    /// The time of the newest change of any kind.
    pub fn last_change(&self) -> Option<Timestamp> {
        self.0.last().map(|change| change.at)
    }

    /// The time of the first change to `state` after `at`; with `None`, of the first of all.
    pub fn entered_after(&self, state: State, at: Option<Timestamp>) -> Option<Timestamp> {
        let mut after = self.0.iter().filter(|change| Some(change.at) > at);
        let first = after.find(|change| change.state == state);
        first.map(|change| change.at)
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
    pub(super) fn boundaries(&self) -> impl DoubleEndedIterator<Item = &Change> {
        self.0
            .iter()
            .filter(|change| change.state != State::InsufficientData)
    }

    pub(super) fn before(&self, change: &Change) -> Option<&Change> {
        self.boundaries()
            .rfind(|other| other.sort_key() < change.sort_key())
    }

    pub(super) fn after(&self, change: &Change) -> Option<&Change> {
        self.boundaries()
            .find(|other| other.sort_key() > change.sort_key())
    }

    /// What an incident that begins means.
    pub(super) fn beginning(&self, change: &Change) -> Step {
        let now = self.clone().with(*change);
        match (self.is_flapping(), now.is_flapping()) {
            (_, false) => Step::Open,
            (false, true) => Step::Flap,
            (true, true) => Step::FlapOn,
        }
    }

    /// Whether the newest incident began near enough to those before it. Missing data does not count: it must not hide
    /// an ALARM.
    pub(super) fn is_flapping(&self) -> bool {
        flaps(&self.beginnings())
    }

    /// What an `INSUFFICIENT_DATA` without an incident means.
    pub(super) fn losing_data(&self, change: &Change) -> Step {
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
    pub(super) fn missing_before(&self, change: &Change) -> Option<Timestamp> {
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
    pub(super) fn all_beginnings(&self) -> Vec<Timestamp> {
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
    pub(crate) fn opened_before(&self, change: &Change) -> Timestamp {
        self.boundaries()
            .rev()
            .skip_while(|other| other.sort_key() > change.sort_key())
            .take_while(|other| other.state == State::Alarm)
            .last()
            .map_or(change.at, |first| first.at)
    }
}

/// Whether so many of these began near the newest.
pub(super) fn flaps(beginnings: &[Timestamp]) -> bool {
    let Some(newest) = beginnings.last() else {
        return false;
    };
    let near = |other: &&Timestamp| {
        Duration::try_from(newest.duration_since(**other)).is_ok_and(|gap| gap < WINDOW)
    };
    beginnings.iter().filter(near).count() >= FLAPPING
}
