//! The report on what was read.

use std::{collections::HashSet, mem::discriminant};

use picket_shared::alarm::Alarm;

use super::{facts::Facts, finding::Finding, links::links};
use crate::model::Candidate;

/// Words the facts. Whatever could not be read is a sentence of them.
pub(crate) fn decide(candidate: &Candidate<'_>, facts: &Facts) -> Finding {
    Finding(sentences(facts, candidate.alarm, true))
}

/// The sentences; those about the account only where they are not said yet.
fn sentences(facts: &Facts, alarm: &Alarm, with_account: bool) -> Vec<String> {
    let with_links = |mut sentences: Vec<String>, service| {
        if with_account {
            sentences.extend(links(alarm, service, false));
        }
        sentences
    };
    match facts {
        Facts::Function(facts) => facts.sentences(alarm, with_account),
        Facts::Stream(facts) => with_links(facts.sentences(), "kinesis"),
        Facts::Table(facts) => with_links(facts.sentences(), "dynamodb"),
        Facts::Model(facts) => with_links(facts.sentences(), "bedrock"),
        Facts::Listed { resources, absent } => listed(resources, absent, alarm),
    }
}

/// The sentences about each resource, with its target before them.
fn listed(resources: &[(String, Facts)], absent: &[String], alarm: &Alarm) -> Vec<String> {
    let mut all = vec!["what the playbook names was read.".to_owned()];
    let mut kinds = HashSet::new();
    for (target, facts) in resources {
        let is_first = kinds.insert(discriminant(facts));
        let own = sentences(facts, alarm, is_first);
        all.extend(own.iter().map(|sentence| format!("{target}: {sentence}")));
    }
    if !absent.is_empty() {
        all.push(format!(
            "The playbook names these of the stack too, which have no value: {}.",
            absent.join(", ")
        ));
    }
    all
}
