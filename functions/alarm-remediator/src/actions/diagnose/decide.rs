//! The report on what was read.

use super::{facts::Facts, finding::Finding};
use crate::model::Candidate;

/// Words the facts. Whatever could not be read is a sentence of them.
pub(crate) fn decide(candidate: &Candidate<'_>, facts: &Facts) -> Finding {
    let since = candidate.alarm.changed_at;
    Finding(match facts {
        Facts::Function(facts) => facts.sentences(since),
        Facts::Stream(facts) => facts.sentences(),
        Facts::Table(facts) => facts.sentences(),
    })
}
