//! A metric alarm over time.

pub(crate) mod contributors;
mod puts;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::State;

use crate::{
    Assumption, Assumptions, Definition, Watched, Window,
    attributes::Attributes,
    evaluation::judge,
    evidence::Evidence,
    mute::{MuteRule, Muting},
    payload, reason,
};

use contributors::{Contributors, state_of_contributor};

pub use puts::Puts;

/// A metric alarm and the state that it is in.
#[derive(Debug, Clone)]
pub struct Alarm {
    definition: Definition,
    assumptions: Assumptions,
    created_at: Timestamp,
    warming_up: bool,
    state: State,
    contributors: Contributors,
    muting: Muting,
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
    /// The contributors whose state hangs on what AWS does not publish.
    pub uncertain: BTreeSet<Vec<(String, String)>>,
    /// The number of contributors that breach and are not in ALARM, since a hundred others are.
    pub left_out: usize,
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
            contributors: Contributors::default(),
            muting: Muting::default(),
        }
    }

    /// Lets mute rules hold its actions back: those that are of an alarm with its name.
    pub fn mute_by(&mut self, rules: &[MuteRule]) {
        self.muting = Muting::new(&self.definition.name, rules);
    }

    /// The state.
    pub fn state(&self) -> State {
        self.state
    }

    /// The contributors and their states.
    pub fn contributors(&self) -> &BTreeMap<Vec<(String, String)>, State> {
        self.contributors.states()
    }

    /// Evaluates it at `now`, over what had arrived by then.
    pub fn step(&mut self, puts: &Puts, now: Timestamp) -> Outcome {
        let evaluations = self.evaluations(puts, now, self.assumptions);
        let from = self.state;
        let mut outcome = Outcome {
            from,
            to: from,
            reason: String::new(),
            notifications: Vec::new(),
            hangs_on: Vec::new(),
            uncertain: BTreeSet::new(),
            left_out: 0,
        };
        if self.is_warming_up(&evaluations, now) {
            return outcome;
        }
        outcome.to = overall(evaluations.iter().map(|one| one.state));
        (outcome.hangs_on, outcome.uncertain) = self.hangs_on(puts, now, &evaluations);
        outcome.reason = self.reason(&evaluations, outcome.to);
        if self.definition.watches_contributors() {
            outcome.left_out = self.advance(evaluations, &mut outcome.notifications);
        }
        self.state = outcome.to;
        let actions = self.actions(from, now);
        if !actions.is_empty() {
            outcome.notifications.push(Notification {
                contributor: Vec::new(),
                to: outcome.to,
                actions,
            });
        }
        let contributors = self.contributors.states();
        let state = |contributor: &Attributes| {
            if contributor.is_empty() {
                return outcome.to;
            }
            contributors.get(contributor).copied().unwrap_or(State::Ok)
        };
        let notifications = std::mem::take(&mut outcome.notifications);
        outcome.notifications = self.muting.pass(notifications, now, state);
        outcome
    }

    fn evaluations(&self, puts: &Puts, now: Timestamp, assumptions: Assumptions) -> Vec<Judgement> {
        let definition = &self.definition;
        let window = Window::assuming(definition, now, assumptions);
        let inputs = puts.inputs(definition, &window, definition.evaluated_at(now));
        let state = |watched: &Watched| {
            if watched.attributes.is_empty() {
                self.state
            } else {
                self.contributors.state(&watched.attributes)
            }
        };
        definition
            .watched(&inputs, &window, assumptions)
            .into_iter()
            .map(|watched| {
                let current = state(&watched);
                let (mut state, evidence) = judge(&window, definition, current, &watched);
                if !watched.attributes.is_empty() {
                    state = state_of_contributor(state);
                }
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

    /// What the state hangs on, and the contributors whose state would be another.
    fn hangs_on(
        &self,
        puts: &Puts,
        now: Timestamp,
        evaluations: &[Judgement],
    ) -> (Vec<Assumption>, BTreeSet<Attributes>) {
        let (period, periods) = (self.definition.period, self.definition.evaluation_periods);
        let to = overall(evaluations.iter().map(|one| one.state));
        let (mut hangs_on, mut uncertain) = (Vec::new(), BTreeSet::new());
        for (assumption, other) in self.assumptions.alternatives(period, periods) {
            let others = self.evaluations(puts, now, other);
            if overall(others.iter().map(|one| one.state)) != to {
                hangs_on.push(assumption);
            }
            if self.definition.watches_contributors() {
                uncertain.extend(differing(evaluations, others));
            }
        }
        hangs_on.dedup();
        (hangs_on, uncertain)
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

    /// SNS topics and functions are notified of each contributor (user guide, "Alarm actions"), and EC2 instances are acted
    /// on for each (user guide, "Acting on alarm changes"). Returns the number of those that are left out of ALARM.
    fn advance(
        &mut self,
        evaluations: Vec<Judgement>,
        notifications: &mut Vec<Notification>,
    ) -> usize {
        let judged = evaluations.into_iter();
        let changes = self
            .contributors
            .advance(judged.map(|one| (one.contributor, one.state)).collect());
        for (contributor, to) in changes.changed {
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
        changes.left_out
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
    [":sns:", ":lambda:", ":ec2:"]
        .iter()
        .any(|service| arn.contains(service))
}

/// The contributors of two evaluations whose states differ. One that is not in the other is OK there.
fn differing(evaluations: &[Judgement], others: Vec<Judgement>) -> Vec<Attributes> {
    let mut states: BTreeMap<&Attributes, State> = evaluations
        .iter()
        .map(|one| (&one.contributor, one.state))
        .collect();
    let mut differing = Vec::new();
    for other in others {
        let state = states.remove(&other.contributor).unwrap_or(State::Ok);
        if state != other.state {
            differing.push(other.contributor);
        }
    }
    let absent = states.into_iter().filter(|(_, state)| *state != State::Ok);
    differing.extend(absent.map(|(contributor, _)| contributor.clone()));
    differing
}

/// ALARM where a series is; an empty result of a Metrics Insights query is `INSUFFICIENT_DATA`, whatever the treatment
/// of missing data (user guide, "Configuring how CloudWatch alarms treat missing data").
pub(crate) fn overall(states: impl Iterator<Item = State>) -> State {
    states.fold(State::InsufficientData, |all, one| match (all, one) {
        (State::Alarm, _) | (_, State::Alarm) => State::Alarm,
        (State::Ok, _) | (_, State::Ok) => State::Ok,
        _ => State::InsufficientData,
    })
}

#[cfg(test)]
mod tests;
