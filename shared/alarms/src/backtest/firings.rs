//! The times in ALARM.

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::State;

use super::Evaluated;

/// A time in ALARM is a flap where it is over within ten minutes, or begins within ten minutes of the end of the one
/// before: nobody could have acted on it, or it is the same incident again. The limit is our own.
pub const FLAP: SignedDuration = SignedDuration::from_mins(10);

/// A time in ALARM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Firing {
    /// The evaluation that changed the state.
    pub from: Timestamp,
    /// The evaluation at which it was over; `None` where it still is in ALARM.
    pub until: Option<Timestamp>,
    /// Whether it is in ALARM from the first evaluation on: it may have begun earlier, and is no page.
    pub already: bool,
    /// Whether it is a flap ([`FLAP`]).
    pub flap: bool,
    /// Whether its begin hangs on what AWS does not publish.
    pub hangs: bool,
}

/// Counts of firings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Changes to ALARM.
    pub pages: usize,
    /// Those of them that are flaps.
    pub flaps: usize,
    /// The time in ALARM.
    pub in_alarm: SignedDuration,
}

impl Summary {
    pub(super) fn of(firings: &[Firing], end: Option<Timestamp>) -> Self {
        let pages = || firings.iter().filter(|firing| !firing.already);
        let lasted = |firing: &Firing| {
            let until = firing.until.or(end).unwrap_or(firing.from);
            until.duration_since(firing.from)
        };
        Self {
            pages: pages().count(),
            flaps: pages().filter(|firing| firing.flap).count(),
            in_alarm: firings.iter().map(lasted).sum(),
        }
    }
}

impl std::iter::Sum for Summary {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            pages: sum.pages + one.pages,
            flaps: sum.flaps + one.flaps,
            in_alarm: sum.in_alarm + one.in_alarm,
        })
    }
}

pub(super) fn of(evaluations: &[Evaluated]) -> Vec<Firing> {
    let mut followed = Followed::default();
    for one in evaluations {
        followed.step(one.at, one.state, !one.hangs_on.is_empty());
    }
    followed.firings
}

/// The firings of states in the order of time.
#[derive(Debug, Clone, Default)]
pub(super) struct Followed {
    pub(super) firings: Vec<Firing>,
    before: Option<State>,
}

impl Followed {
    /// Of what is not there at the first evaluation: in ALARM later it is a page.
    pub(super) fn from_now_on() -> Self {
        Self {
            firings: Vec::new(),
            before: Some(State::Ok),
        }
    }

    /// Adds the state after an evaluation, and whether it hangs on what AWS does not publish.
    pub(super) fn step(&mut self, at: Timestamp, state: State, hangs: bool) {
        let was = self.before.replace(state);
        let ended = self.firings.last().and_then(|last| last.until);
        if state == State::Alarm && was != Some(State::Alarm) {
            self.firings.push(Firing {
                from: at,
                until: None,
                already: was.is_none(),
                flap: ended.is_some_and(|ended| at.duration_since(ended) <= FLAP),
                hangs,
            });
        }
        if state != State::Alarm
            && was == Some(State::Alarm)
            && let Some(last) = self.firings.last_mut()
        {
            last.until = Some(at);
            last.flap |= at.duration_since(last.from) <= FLAP;
        }
    }
}
