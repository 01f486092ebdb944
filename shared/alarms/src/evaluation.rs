//! What CloudWatch makes of an alarm's datapoints.
//!
//! From the user guide, "How alarm state is evaluated when data is missing" and "Avoiding premature transitions": more
//! periods are queried than are evaluated; as many real datapoints as there are evaluation periods decide alone, the
//! newest first; fewer are filled up by `TreatMissingData`, as few times as possible.

use jiff::Timestamp;
use picket_shared::alarm::State;
use serde_json::Value;

use crate::{Definition, MissingData, Watched, Window, evidence::Evidence, reason};

/// The result of an evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The state after it.
    pub state: State,
    /// CloudWatch's sentence about it.
    pub reason: String,
    /// The data of the sentence.
    pub reason_data: Value,
}

/// Evaluates an alarm that is in `current`, over its series ([`Definition::series`]).
pub fn evaluate(
    definition: &Definition,
    current: State,
    watched: &Watched,
    now: Timestamp,
) -> Evaluation {
    evaluate_within(
        &Window::of(definition, now),
        definition,
        current,
        watched,
        now,
    )
}

/// Evaluates over a range of its own ([`Window::assuming`]).
pub fn evaluate_within(
    window: &Window,
    definition: &Definition,
    current: State,
    watched: &Watched,
    now: Timestamp,
) -> Evaluation {
    let (state, evidence) = judge(window, definition, current, watched);
    Evaluation {
        state,
        reason: reason::sentence(definition, state, &evidence),
        reason_data: reason::data(definition, window, &evidence, now),
    }
}

/// The state, and what it rests on.
pub(crate) fn judge(
    window: &Window,
    definition: &Definition,
    current: State,
    watched: &Watched,
) -> (State, Evidence) {
    let evidence = Evidence::gather(definition, window, watched);
    let state = if has_too_few_samples(definition, &evidence) {
        current
    } else {
        state(definition, current, &evidence)
    };
    (state, evidence)
}

fn state(definition: &Definition, current: State, evidence: &Evidence) -> State {
    let within = |breaching: u32| {
        if breaching >= definition.datapoints_to_alarm {
            State::Alarm
        } else {
            State::Ok
        }
    };
    match definition.missing_data {
        _ if evidence.filled == 0 => within(evidence.breaching),
        MissingData::Breaching => within(evidence.breaching + evidence.filled),
        MissingData::NotBreaching => within(evidence.breaching),
        MissingData::Missing => unfilled(definition, evidence).unwrap_or(State::InsufficientData),
        MissingData::Ignore => unfilled(definition, evidence).unwrap_or(current),
    }
}

/// Too few real datapoints, and nothing is filled in. `None`: the state cannot be determined.
///
/// A datapoint within the threshold makes it OK. Where all of them breach but are fewer than M, the oldest must be at
/// least M periods old, so that a first breach does not alarm before the next datapoint can contradict it; and `ignore`
/// never alarms so ("Avoiding premature transitions to alarm state", and the last row of each table).
///
/// The guide counts that age "during the Evaluation Periods number of data points" in one sentence and "during the
/// evaluation range" in another; here it is the range, so that `X----` alarms at 3 of 3. AWS has no row for it.
fn unfilled(definition: &Definition, evidence: &Evidence) -> Option<State> {
    let all_breach = evidence.breaching as usize == evidence.real.len();
    if evidence.breaching >= definition.datapoints_to_alarm {
        Some(State::Alarm)
    } else if !all_breach {
        Some(State::Ok)
    } else {
        let settled = evidence.oldest_breaching >= definition.datapoints_to_alarm;
        (settled && definition.missing_data == MissingData::Missing).then_some(State::Alarm)
    }
}

/// `EvaluateLowSampleCountPercentile: ignore`. Without sample counts the alarm is evaluated.
///
/// The guide counts values "during the evaluation period": here those of all datapoints that are evaluated.
fn has_too_few_samples(definition: &Definition, evidence: &Evidence) -> bool {
    let [input] = definition.inputs() else {
        return false;
    };
    let samples: Option<f64> = evidence
        .real
        .iter()
        .map(|judged| judged.datapoint.samples)
        .sum();
    definition.ignores_low_samples
        && samples.is_some_and(|samples| samples < input.statistic.least_samples())
}

#[cfg(test)]
mod tests;
