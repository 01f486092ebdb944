//! The report on what was read.

use super::{facts::Facts, finding::Finding, links::links};
use crate::model::Candidate;

/// Words the facts. Whatever could not be read is a sentence of them.
pub(crate) fn decide(candidate: &Candidate<'_>, facts: &Facts) -> Finding {
    let alarm = candidate.alarm;
    let with_links = |mut sentences: Vec<String>, service| {
        sentences.extend(links(alarm, service, false));
        sentences
    };
    Finding(match facts {
        Facts::Function(facts) => facts.sentences(alarm),
        Facts::Stream(facts) => with_links(facts.sentences(), "kinesis"),
        Facts::Table(facts) => with_links(facts.sentences(), "dynamodb"),
    })
}
