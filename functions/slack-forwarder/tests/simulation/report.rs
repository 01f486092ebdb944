//! What a run comes to.

use std::{collections::BTreeMap, fmt};

use crate::{
    Played,
    oracle::{Excuse, Wrong},
};

/// Failed histories, and in how many others something was excused.
#[derive(Default)]
pub(crate) struct Report {
    histories: u64,
    invocations: u64,
    pub(crate) failed: BTreeMap<u64, Vec<Wrong>>,
    excused: BTreeMap<Excuse, u64>,
}

impl Report {
    pub(crate) fn add(&mut self, seed: u64, played: &Played) {
        self.histories += 1;
        self.invocations += played.lambda.invocations;
        if !played.verdict.wrong.is_empty() {
            self.failed.insert(seed, played.verdict.wrong.clone());
        }
        for excuse in &played.verdict.excused {
            *self.excused.entry(*excuse).or_default() += 1;
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (histories, invocations) = (self.histories, self.invocations);
        writeln!(f, "{histories} histories, {invocations} invocations")?;
        for ((what, why), count) in &self.excused {
            writeln!(f, "in {count} histories: {what}: {why}")?;
        }
        for (seed, wrong) in &self.failed {
            writeln!(f, "the history of seed {seed}:")?;
            for (promise, what) in wrong {
                writeln!(f, "  {promise:?}: {what}")?;
            }
        }
        Ok(())
    }
}
