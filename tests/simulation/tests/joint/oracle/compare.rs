//! What the stand-ins hold beside what they should.

mod cloudwatch;
mod ledger;
mod prometheus;

use super::expected::{Expected, Metric, Presence, Usage};
use crate::{cloudwatch::Minutes, events::STACK, world::State};

use cloudwatch::cloudwatch;
use ledger::ledger;
use prometheus::{late_sample, receiver};

/// Of sums of floats.
const TOLERANCE: f64 = 1e-9;

/// Everything that differs.
pub(super) fn all(state: &State, expected: &Expected) -> Vec<String> {
    let mut problems = expected.problems.clone();
    if expected.quarantined != expected.said_quarantined {
        let lacks: Vec<_> = expected
            .quarantined
            .difference(&expected.said_quarantined)
            .collect();
        let more: Vec<_> = expected
            .said_quarantined
            .difference(&expected.quarantined)
            .collect();
        problems.push(format!("quarantine lacks {lacks:?} and has {more:?}"));
    }
    ledger(state, expected, &mut problems);
    cloudwatch(state, expected, &mut problems);
    own(state, expected, &mut problems);
    receiver(state, expected, &mut problems);
    if state.is_calm {
        problems.extend(late_sample(state, expected));
    }
    problems
}

/// Sums of our own counts, over all time.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn own(state: &State, expected: &Expected, problems: &mut Vec<String>) {
    let total = |minutes: &Minutes, name: &str| -> f64 {
        let stack = vec![("Stack".to_owned(), STACK.to_owned())];
        let series = ("Picket".to_owned(), name.to_owned(), stack);
        let minutes = minutes.get(&series).into_iter().flatten();
        minutes.map(|(_, minute)| minute.sum).sum()
    };
    for (name, count) in &expected.own {
        let unclear = if expected.unclear_usage.is_empty() {
            0.0
        } else {
            1e9
        };
        let unclear = if *name == "RecordsRepeated" {
            unclear
        } else {
            0.0
        };
        let (has, least) = (total(&state.cloudwatch.has, name), *count as f64);
        let most = least + unclear + total(&state.cloudwatch.doubtful, name);
        if has < least || has > most {
            problems.push(format!("{name} is {has}, not {least} to {most}"));
        }
    }
}
