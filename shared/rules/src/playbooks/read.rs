//! Reading the file.

use std::{str::FromStr, time::Duration};

use rust_decimal::Decimal;

use super::{Action, AlarmMatch, Growth, Playbook, Playbooks, RaiseReservedConcurrency, Tag};
use crate::{
    Glob, Invalid, Problems,
    invalid::{self, sized},
    yaml::{Fields, Log, Node, Value, parse},
};

/// Without this tag on a resource nothing is done to it.
const ALLOW_KEY: &str = "picket:remediate";
/// The longest cooldown and verification: beyond it a repair is not automatic any more.
const LONGEST: Duration = Duration::from_hours(7 * 24);

pub(super) fn file(file: &str, text: &str) -> Result<Playbooks, Problems> {
    let mut log = Log::new(file);
    let playbooks = Node::read(text, &mut log).and_then(|node| whole(&node, &mut log));
    log.finish(playbooks)
}

fn whole(node: &Node, log: &mut Log) -> Option<Playbooks> {
    let mut fields = Fields::of(node, "the file", log)?;
    let nodes = fields.list("playbooks", log);
    let playbooks: Vec<_> = nodes.iter().map(|node| playbook(node, log)).collect();
    fields.finish(log);
    let playbooks: Vec<Playbook> = playbooks.into_iter().collect::<Option<_>>()?;
    for (index, (playbook, node)) in playbooks.iter().zip(nodes).enumerate() {
        if playbooks[..index]
            .iter()
            .any(|other| other.name == playbook.name)
        {
            log.at(
                node.at,
                format!("another playbook is named {:?}", playbook.name),
            );
        }
    }
    Some(Playbooks(playbooks))
}

fn playbook(node: &Node, log: &mut Log) -> Option<Playbook> {
    let mut fields = Fields::of(node, "a playbook", log)?;
    let name = fields.parse_required::<Text>("name", log);
    let matches = fields
        .required("match", log)
        .and_then(|node| matching(node, log));
    let action = fields
        .required("action", log)
        .and_then(|node| action(node, log));
    let allow_tag = match fields.optional("allow-tag") {
        Some(node) => parse(node, "allow-tag", log),
        None => Some(Tag {
            key: ALLOW_KEY.to_owned(),
            value: "true".to_owned(),
        }),
    };
    let cooldown = fields.parse_required::<Span>("cooldown", log);
    let verify_within = fields.parse::<Span>("verify-within", log);
    fields.finish(log);
    Some(Playbook {
        name: name?.0,
        matches: matches?,
        action: action?,
        allow_tag: allow_tag?,
        cooldown: cooldown?.0,
        verify_within: verify_within.map(|span| span.0),
    })
}

fn matching(node: &Node, log: &mut Log) -> Option<AlarmMatch> {
    let mut fields = Fields::of(node, "`match`", log)?;
    let namespace = fields.parse_required::<Text>("namespace", log);
    let metric = fields.parse_required::<Text>("metric", log);
    let alarm = fields.parse("alarm", log);
    let tags = fields
        .optional("tags")
        .map_or_else(Vec::new, |node| tags(node, log));
    fields.finish(log);
    Some(AlarmMatch {
        namespace: namespace?.0,
        metric: metric?.0,
        alarm,
        tags,
    })
}

fn tags(node: &Node, log: &mut Log) -> Vec<(String, Glob)> {
    let Value::Map(entries) = &node.value else {
        log.at(node.at, "`tags` must be a mapping of names to values");
        return Vec::new();
    };
    let tag = |(key, value): &(Node, Node)| {
        let key = key.text().unwrap_or_default();
        Some((key.to_owned(), parse(value, key, log)?))
    };
    entries.iter().filter_map(tag).collect()
}

fn action(node: &Node, log: &mut Log) -> Option<Action> {
    let mut fields = Fields::of(node, "`action`", log)?;
    let raise = fields
        .required("raise-reserved-concurrency", log)
        .and_then(|node| raise(node, log));
    fields.finish(log);
    raise.map(Action::RaiseReservedConcurrency)
}

fn raise(node: &Node, log: &mut Log) -> Option<RaiseReservedConcurrency> {
    let mut fields = Fields::of(node, "`raise-reserved-concurrency`", log)?;
    let step = fields.parse::<Positive>("step", log);
    let factor = fields.parse::<Factor>("factor", log);
    let maximum = fields.parse_required::<Positive>("maximum", log);
    let keep_unreserved = fields.parse_required::<u32>("keep-unreserved", log);
    let (at, both) = (
        fields.at,
        (fields.optional("step"), fields.optional("factor")),
    );
    fields.finish(log);
    if both.0.is_some() == both.1.is_some() {
        log.at(at, "write either `step` or `factor`");
        return None;
    }
    let growth = step
        .map(|step| Growth::Step(step.0))
        .or(factor.map(|factor| Growth::Factor(factor.0)));
    Some(RaiseReservedConcurrency {
        growth: growth?,
        maximum: maximum?.0,
        keep_unreserved: keep_unreserved?,
    })
}

/// Text that is not empty.
struct Text(String);

impl FromStr for Text {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        sized(text, 255)?;
        Ok(Self(text.to_owned()))
    }
}

/// A whole number above 0.
struct Positive(u32);

impl FromStr for Positive {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.parse() {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err(Invalid(format!("{text:?} is not a whole number above 0"))),
        }
    }
}

/// A decimal above 1 and at most 10.
struct Factor(Decimal);

impl FromStr for Factor {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match Decimal::from_str_exact(text) {
            Ok(factor) if factor > Decimal::ONE && factor <= Decimal::TEN => Ok(Self(factor)),
            _ => Err(Invalid(format!(
                "{text:?} is not a factor above 1 and at most 10"
            ))),
        }
    }
}

/// `30m`, `1h 30m`, `PT30M`.
struct Span(Duration);

impl FromStr for Span {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match invalid::span(text) {
            Some(span) if !span.is_zero() && span <= LONGEST => Ok(Self(span)),
            _ => Err(Invalid(format!(
                "{text:?} is not a time such as `30m` or `PT1H`, at most a week"
            ))),
        }
    }
}
