//! Reading the file.

mod dimensions;
mod pasted;
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
    let text = pasted::as_yaml(text);
    let rules = Node::read(&text, &mut log).and_then(|node| whole(file, &node, &mut log));
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
    let nodes = fields.optional("Rules");
    let nodes = nodes.map_or_else(Vec::new, |node| pasted::rules(node, log));
    let rules: Vec<_> = nodes.iter().map(|node| rule(node, log)).collect();
    let usage = fields
        .optional("Usage")
        .and_then(|node| usage::read(node, log));
    fields.finish(log);
    Some(MetricRules {
        file: file.to_owned(),
        workload: workload?.0,
        source,
        rules: distinct(rules.into_iter().collect::<Option<_>>()?),
        usage,
    })
}

/// A rule, and whether it is a filter of a log group.
fn rule(node: &Node, log: &mut Log) -> Option<(MetricRule, bool)> {
    let mut fields = Fields::of(node, "a rule", log)?;
    let name = fields.optional("FilterName").and_then(Node::text);
    // Read so that a metric filter can be pasted: which log groups reach the stream is for their subscription filters
    // to say.
    let is_of_group = fields.optional("LogGroupName").is_some();
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
    let rule = MetricRule {
        name: name.map(str::to_owned),
        pattern: pattern?,
        timestamp,
        event_id,
        transformations,
    };
    Some((rule, is_of_group))
}

/// The rules without the filters of log groups that repeat another one: an account has one filter for each log group, and
/// here all log groups come by one stream.
fn distinct(rules: Vec<(MetricRule, bool)>) -> Vec<MetricRule> {
    let mut kept: Vec<MetricRule> = Vec::new();
    for (rule, is_of_group) in rules {
        if !(is_of_group && kept.iter().any(|other| repeats(&rule, other))) {
            kept.push(rule);
        }
    }
    kept
}

/// Whether two rules differ in name and place alone.
fn repeats(rule: &MetricRule, other: &MetricRule) -> bool {
    let mut same = rule.clone();
    same.name.clone_from(&other.name);
    let metrics = same.transformations.iter_mut().zip(&other.transformations);
    metrics.for_each(|(metric, other)| metric.at = other.at);
    same == *other
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
