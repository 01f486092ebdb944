//! What is held back for a while.

use std::str::FromStr;

use jiff::Timestamp;

use super::{Match, read};
use crate::{
    Invalid,
    invalid::sized,
    yaml::{Fields, Log, Node},
};

/// A silence: it ends by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Silence {
    /// Its name, unique in the file.
    pub name: String,
    /// What it holds back; never everything.
    pub matches: Match,
    /// Until when.
    pub until: Timestamp,
    /// Why, for the log.
    pub reason: String,
}

pub(super) fn all(nodes: &[Node], log: &mut Log) -> Option<Vec<Silence>> {
    let silences: Vec<_> = nodes.iter().map(|node| silence(node, log)).collect();
    let silences: Vec<Silence> = silences.into_iter().collect::<Option<_>>()?;
    for (index, (silence, node)) in silences.iter().zip(nodes).enumerate() {
        if silences[..index]
            .iter()
            .any(|other| other.name == silence.name)
        {
            log.at(
                node.at,
                format!("another silence is named {:?}", silence.name),
            );
        }
    }
    Some(silences)
}

fn silence(node: &Node, log: &mut Log) -> Option<Silence> {
    let mut fields = Fields::of(node, "a silence", log)?;
    let name = fields.parse_required::<read::Name>("name", log);
    let matches = fields
        .required("match", log)
        .and_then(|node| read::matching(node, log));
    let until = fields.parse_required::<Timestamp>("until", log);
    let reason = fields.parse_required::<Reason>("reason", log);
    fields.finish(log);
    if matches == Some(Match::default()) {
        log.at(
            node.at,
            "a silence that matches everything would hide every alert: name at least one thing in `match`",
        );
    }
    Some(Silence {
        name: name?.0,
        matches: matches?,
        until: until?,
        reason: reason?.0,
    })
}

/// A sentence for the log.
struct Reason(String);

impl FromStr for Reason {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        sized(text.trim(), 200)?;
        Ok(Self(text.trim().to_owned()))
    }
}
