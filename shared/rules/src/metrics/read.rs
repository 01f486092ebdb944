//! Reading the file.

mod dimensions;
mod transformation;
mod usage;

use std::str::FromStr;

use super::{MetricRule, MetricRules, one_source};
use crate::{
    Invalid, Problems,
    filter::{Field, Pattern},
    invalid::sized,
    yaml::{Fields, Log, Node, parse},
};

pub(super) fn file(file: &str, text: &str) -> Result<MetricRules, Problems> {
    let mut log = Log::new(file);
    let rules = Node::read(text, &mut log).and_then(|node| whole(file, &node, &mut log));
    let rules = log.finish(rules)?;
    match one_source(std::slice::from_ref(&rules)) {
        problems if problems.is_empty() => Ok(rules),
        problems => Err(Problems(problems)),
    }
}

fn whole(file: &str, node: &Node, log: &mut Log) -> Option<MetricRules> {
    let mut fields = Fields::of(node, "the file", log)?;
    let workload = fields.parse_required::<Workload>("Workload", log);
    let source = fields.parse("Source", log);
    let rules: Vec<_> = fields
        .list("Rules", log)
        .iter()
        .map(|node| rule(node, log))
        .collect();
    let usage = fields
        .optional("Usage")
        .and_then(|node| usage::read(node, log));
    fields.finish(log);
    Some(MetricRules {
        file: file.to_owned(),
        workload: workload?.0,
        source,
        rules: rules.into_iter().collect::<Option<_>>()?,
        usage,
    })
}

fn rule(node: &Node, log: &mut Log) -> Option<MetricRule> {
    let mut fields = Fields::of(node, "a rule", log)?;
    let name = fields.parse::<String>("FilterName", log);
    // Read so that a metric filter can be pasted: which log groups reach the stream is for their subscription filters
    // to say.
    let _ = fields.parse::<String>("LogGroupName", log);
    let pattern = fields.parse_required::<Pattern>("FilterPattern", log);
    let timestamp = field(
        fields.optional("Timestamp"),
        "Timestamp",
        pattern.as_ref(),
        log,
    );
    let event_id = field(fields.optional("EventId"), "EventId", pattern.as_ref(), log);
    let transformations: Vec<_> = fields
        .list_required("MetricTransformations", log)
        .iter()
        .map(|node| transformation::read(node, pattern.as_ref(), log))
        .collect();
    fields.finish(log);
    let transformations = transformations.into_iter().collect::<Option<Vec<_>>>()?;
    transformation::same_where_the_same(&transformations, log);
    Some(MetricRule {
        name,
        pattern: pattern?,
        timestamp,
        event_id,
        transformations,
    })
}

/// A selector beside a pattern. It is not checked where the pattern itself is wrong.
fn field(
    node: Option<&Node>,
    name: &str,
    pattern: Option<&Pattern>,
    log: &mut Log,
) -> Option<Field> {
    let (node, pattern) = (node?, pattern?);
    let text = parse::<String>(node, name, log)?;
    pattern
        .field(&text)
        .map_err(|error| log.at(node.at, format!("`{name}`: {error}")))
        .ok()
}

/// A workload's name: that of its folder.
struct Workload(String);

impl FromStr for Workload {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // A nested stack's name, of which CloudFormation makes longer ones.
        sized(text, 64)?;
        match text
            .chars()
            .find(|letter| !matches!(letter, 'a'..='z' | '0'..='9' | '-'))
        {
            Some(letter) => Err(Invalid(format!(
                "{letter:?} is not a lower-case letter, a digit or `-`"
            ))),
            None => Ok(Self(text.to_owned())),
        }
    }
}
