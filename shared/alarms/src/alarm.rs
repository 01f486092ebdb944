//! A metric alarm over time.

mod puts;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::State;

use crate::{
    Assumption, Assumptions, Definition, Watched, Window, evaluation::judge, evidence::Evidence,
    payload, reason,
};

pub use puts::Puts;

/// The labels of a contributor and their values.
pub(crate) type Attributes = Vec<(String, String)>;

/// A metric alarm and the state that it is in.
#[derive(Debug, Clone)]
pub struct Alarm {
    definition: Definition,
    assumptions: Assumptions,
    created_at: Timestamp,
    warming_up: bool,
    state: State,
    contributors: BTreeMap<Attributes, State>,
}

/// The outcome of an evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// CloudWatch's sentence, of contributors how many are in ALARM.
    pub reason: String,
    /// The actions that are taken.
    pub notifications: Vec<Notification>,
    /// What AWS does not publish and the state hangs on.
    pub hangs_on: Vec<Assumption>,
}

/// Actions that are taken because of one change of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The contributor that changed; empty for the alarm itself.
    pub contributor: Vec<(String, String)>,
    /// The state after.
    pub to: State,
    /// ARNs.
    pub actions: Vec<String>,
}

/// The state of a series, and what it rests on.
struct Judgement {
    contributor: Attributes,
    state: State,
    evidence: Evidence,
}

impl Alarm {
    /// A new alarm: its state is `INSUFFICIENT_DATA`, and data from before its creation are used (API reference,
    /// `PutMetricAlarm`; user guide, "Evaluating an alarm").
    pub fn new(definition: Definition, created_at: Timestamp, assumptions: Assumptions) -> Self {
        Self {
            warming_up: definition.warm_up.is_some(),
            definition,
            assumptions,
            created_at,
            state: State::InsufficientData,
            contributors: BTreeMap::new(),
        }
    }

    /// The state.
    pub fn state(&self) -> State {
        self.state
    }

    /// The contributors and their states.
    pub fn contributors(&self) -> &BTreeMap<Vec<(String, String)>, State> {
        &self.contributors
    }

    /// Evaluates it at `now`, over what had arrived by then.
    pub fn step(&mut self, puts: &Puts, now: Timestamp) -> Outcome {
        let mut evaluations = self.evaluations(puts, now, self.assumptions);
        let from = self.state;
        if self.is_warming_up(&evaluations, now) {
            return Outcome {
                from,
                to: from,
                reason: String::new(),
                notifications: Vec::new(),
                hangs_on: Vec::new(),
            };
        }
        let to = overall(&evaluations);
        let hangs_on = self.hangs_on(puts, now, to);
        let reason = self.reason(&evaluations, to);
        let mut notifications = Vec::new();
        if self.definition.watches_contributors() {
            self.bound(&mut evaluations);
            self.change_contributors(&evaluations, &mut notifications);
        }
        self.state = to;
        let actions = self.actions(from, now);
        if !actions.is_empty() {
            notifications.push(Notification {
                contributor: Vec::new(),
                to,
                actions,
            });
        }
        Outcome {
            from,
            to,
            reason,
            notifications,
            hangs_on,
        }
    }

    fn evaluations(&self, puts: &Puts, now: Timestamp, assumptions: Assumptions) -> Vec<Judgement> {
        let definition = &self.definition;
        let window = Window::assuming(definition, now, assumptions);
        let inputs = puts.inputs(definition, &window, definition.evaluated_at(now));
        let state = |watched: &Watched| {
            if watched.attributes.is_empty() {
                return self.state;
            }
            let known = self.contributors.get(&watched.attributes);
            known.copied().unwrap_or(State::InsufficientData)
        };
        definition
            .watched(&inputs, &window, assumptions)
            .into_iter()
            .map(|watched| {
                let current = state(&watched);
                let (state, evidence) = judge(&window, definition, current, &watched);
                Judgement {
                    contributor: watched.attributes,
                    state,
                    evidence,
                }
            })
            .collect()
    }

    /// The warm-up is over after its time, or when there is "enough metric data to fill its evaluation window" (API
    /// reference, `WarmUpConfiguration`).
    fn is_warming_up(&mut self, evaluations: &[Judgement], now: Timestamp) -> bool {
        let Some(warm_up) = self.definition.warm_up.filter(|_| self.warming_up) else {
            return false;
        };
        let over = now.duration_since(self.created_at)
            >= SignedDuration::from_mins(i64::from(warm_up.minutes));
        let wanted = self.definition.evaluation_periods as usize;
        let filled = evaluations
            .iter()
            .any(|one| one.evidence.real.len() >= wanted);
        self.warming_up = !over && (warm_up.whole || !filled);
        self.warming_up
    }

    fn hangs_on(&self, puts: &Puts, now: Timestamp, to: State) -> Vec<Assumption> {
        let (period, periods) = (self.definition.period, self.definition.evaluation_periods);
        let mut hangs_on: Vec<Assumption> = self
            .assumptions
            .alternatives(period, periods)
            .into_iter()
            .filter(|(_, other)| overall(&self.evaluations(puts, now, *other)) != to)
            .map(|(assumption, _)| assumption)
            .collect();
        hangs_on.dedup();
        hangs_on
    }

    fn reason(&self, evaluations: &[Judgement], to: State) -> String {
        let of_state = |state: State| evaluations.iter().filter(move |one| one.state == state);
        let in_alarm = of_state(State::Alarm).count();
        if self.definition.watches_contributors() && in_alarm > 0 {
            return reason::of_contributors(in_alarm, evaluations.len());
        }
        of_state(to)
            .next()
            .map(|one| reason::sentence(&self.definition, to, &one.evidence))
            .unwrap_or_default()
    }

    /// Leaves at most [`reason::MOST_IN_ALARM`] contributors in ALARM; the others keep their state. Which ones
    /// CloudWatch leaves is not published: here those that are in ALARM already come first.
    fn bound(&self, evaluations: &mut [Judgement]) {
        let known = |contributor: &Attributes| {
            let state = self.contributors.get(contributor).copied();
            state.unwrap_or(State::InsufficientData)
        };
        let already = |one: &Judgement| known(&one.contributor) == State::Alarm;
        let staying = evaluations
            .iter()
            .filter(|one| one.state == State::Alarm && already(one))
            .count();
        let mut room = reason::MOST_IN_ALARM.saturating_sub(staying);
        for one in evaluations
            .iter_mut()
            .filter(|one| one.state == State::Alarm)
        {
            let before = known(&one.contributor);
            match (before == State::Alarm, room) {
                (true, _) => {}
                (false, 0) => one.state = before,
                (false, _) => room -= 1,
            }
        }
    }

    /// A contributor that is in the result no more is OK (user guide, "Configuring how CloudWatch alarms treat missing
    /// data"). SNS topics and functions are notified of each contributor (user guide, "Alarm actions").
    fn change_contributors(
        &mut self,
        evaluations: &[Judgement],
        notifications: &mut Vec<Notification>,
    ) {
        let now: BTreeMap<Attributes, State> = evaluations
            .iter()
            .map(|one| (one.contributor.clone(), one.state))
            .collect();
        let vanished = self
            .contributors
            .keys()
            .filter(|key| !now.contains_key(*key));
        let gone: Vec<(Attributes, State)> = vanished.map(|key| (key.clone(), State::Ok)).collect();
        for (contributor, to) in now.clone().into_iter().chain(gone) {
            let before = self.contributors.get(&contributor).copied();
            if before.unwrap_or(State::InsufficientData) == to {
                continue;
            }
            let actions = payload::actions(&self.definition, to).iter();
            let actions: Vec<String> = actions
                .filter(|arn| is_of_contributor(arn))
                .cloned()
                .collect();
            if !actions.is_empty() {
                notifications.push(Notification {
                    contributor,
                    to,
                    actions,
                });
            }
        }
        self.contributors = now;
    }

    /// "An alarm invokes actions only when the alarm changes state", Auto Scaling's also "once per minute that the alarm
    /// remains in the new state" (user guide, "Alarm actions").
    fn actions(&self, from: State, now: Timestamp) -> Vec<String> {
        let of_contributors = self.definition.watches_contributors();
        let minute = now.as_second().rem_euclid(60) == 0;
        payload::actions(&self.definition, self.state)
            .iter()
            .filter(|arn| !(of_contributors && is_of_contributor(arn)))
            .filter(|arn| from != self.state || (minute && arn.contains(":autoscaling:")))
            .cloned()
            .collect()
    }
}

fn is_of_contributor(arn: &str) -> bool {
    arn.contains(":sns:") || arn.contains(":lambda:")
}

/// ALARM where a series is; an empty result of a Metrics Insights query is `INSUFFICIENT_DATA`, whatever the treatment
/// of missing data (user guide, "Configuring how CloudWatch alarms treat missing data").
fn overall(evaluations: &[Judgement]) -> State {
    let any = |state: State| evaluations.iter().any(|one| one.state == state);
    if any(State::Alarm) {
        State::Alarm
    } else if any(State::Ok) {
        State::Ok
    } else {
        State::InsufficientData
    }
}

#[cfg(test)]
mod tests;
