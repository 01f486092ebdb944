//! Silences: messages that are suppressed for a time.

use std::str::FromStr;

use jiff::Timestamp;

use super::{Facts, Match, matching, name::Name};
use crate::{
    Invalid, Problems,
    invalid::sized,
    yaml::{Fields, Log, Node},
};

/// A silence: it ends by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Silence {
    /// Its name, unique in the file.
    pub name: String,
    /// The condition, which names something.
    pub matches: Match,
    /// The end.
    pub until: Timestamp,
    /// The reason, for the log.
    pub reason: String,
    /// The author; a file has its history for that.
    pub author: Option<String>,
}

impl Silence {
    /// Reads one silence that stands by itself: a mapping with the fields of one in a file. `name` is for messages
    /// alone.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        let mut log = Log::new(name);
        let found = Node::read(text, &mut log).and_then(|node| silence(&node, &mut log));
        log.finish(found)
    }

    /// Whether it holds a message back at this moment.
    pub fn holds(&self, facts: &Facts<'_>, now: Timestamp) -> bool {
        now < self.until && self.matches.takes(facts)
    }
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
    let name = fields.parse_required::<Name>("name", log);
    let matches = fields
        .required("match", log)
        .and_then(|node| matching::read(node, log));
    let until = fields.parse_required::<Timestamp>("until", log);
    let reason = fields.parse_required::<Sentence>("reason", log);
    let author = fields.parse::<Sentence>("author", log);
    fields.finish(log);
    if matches.as_ref().is_some_and(Match::names_nothing) {
        log.at(
            node.at,
            "a silence that matches everything would hide every alert: name in `match` what it is about, such as the \
             alarm `orders-*`",
        );
    }
    Some(Silence {
        name: name?.0,
        matches: matches?,
        until: until?,
        reason: reason?.0,
        author: author.map(|author| author.0),
    })
}

/// A sentence for the log.
struct Sentence(String);

impl FromStr for Sentence {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        sized(text.trim(), 200)?;
        Ok(Self(text.trim().to_owned()))
    }
}
