//! The contributors of an alarm on a Metrics Insights query with groups.

use std::collections::BTreeMap;

use picket_shared::alarm::State;

use crate::attributes::Attributes;
use crate::reason::MOST_IN_ALARM;

/// The contributors of the last evaluation, each with its state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Contributors(BTreeMap<Attributes, State>);

/// What an evaluation makes of the contributors.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Those that changed, each with the state after it.
    pub(crate) changed: Vec<(Attributes, State)>,
    /// The number of those that breach and are not in ALARM, since a hundred others are.
    pub(crate) left_out: usize,
}

/// The state of a contributor: "each time series (contributor) can only be in ALARM or OK state, never in
/// `INSUFFICIENT_DATA` state" (user guide, "Acting on alarm changes"). Where too few datapoints are there to say, it is
/// not in ALARM.
pub(crate) fn state_of_contributor(judged: State) -> State {
    match judged {
        State::Alarm => State::Alarm,
        State::Ok | State::InsufficientData => State::Ok,
    }
}

impl Contributors {
    /// All of them.
    pub(crate) fn states(&self) -> &BTreeMap<Attributes, State> {
        &self.0
    }

    /// The state of one; of one that was not in the last result it is not determined.
    pub(crate) fn state(&self, contributor: &Attributes) -> State {
        let state = self.0.get(contributor).copied();
        state.unwrap_or(State::InsufficientData)
    }

    /// Takes the states of an evaluation, in the query's order. A contributor that is in the result no more is OK (user
    /// guide, "Configuring how CloudWatch alarms treat missing data").
    pub(crate) fn advance(&mut self, mut judged: Vec<(Attributes, State)>) -> Changes {
        let left_out = self.bound(&mut judged);
        let now: BTreeMap<Attributes, State> = judged.into_iter().collect();
        let gone = self.0.keys().filter(|key| !now.contains_key(*key));
        let gone = gone.map(|key| (key.clone(), State::Ok));
        let all = now.iter().map(|(key, state)| (key.clone(), *state));
        let changed = all.chain(gone).filter(|(key, to)| self.state(key) != *to);
        let changed = changed.collect();
        self.0 = now;
        Changes { changed, left_out }
    }

    /// Leaves at most [`MOST_IN_ALARM`] in ALARM; the others stay out of it. Which ones CloudWatch leaves is not
    /// published: here those that are in ALARM already come first, then the query's order.
    fn bound(&self, judged: &mut [(Attributes, State)]) -> usize {
        let already = |one: &Attributes| self.state(one) == State::Alarm;
        let in_alarm = judged.iter().filter(|(_, state)| *state == State::Alarm);
        let staying = in_alarm.filter(|(one, _)| already(one)).count();
        let mut room = MOST_IN_ALARM.saturating_sub(staying);
        let mut left_out = 0;
        for (one, state) in judged
            .iter_mut()
            .filter(|(_, state)| *state == State::Alarm)
        {
            match (already(one), room) {
                (true, _) => {}
                (false, 0) => {
                    *state = State::Ok;
                    left_out += 1;
                }
                (false, _) => room -= 1,
            }
        }
        left_out
    }
}
