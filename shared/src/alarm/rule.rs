//! The rules of composite alarms (CloudWatch User Guide, "Composite alarms":
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html>).

mod parser;

use std::{collections::BTreeMap, str::FromStr};

use super::State;

/// Children of a rule (API reference, `PutCompositeAlarm`, `AlarmRule`).
const MOST_CHILDREN: usize = 100;

/// Elements of a rule: children, `TRUE`, `FALSE` and parentheses (same).
const MOST_ELEMENTS: usize = 500;

/// Characters of a rule (same).
const LONGEST: usize = 10_240;

/// An `AlarmRule`.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// `ALARM("name")`, `OK("name")`, `INSUFFICIENT_DATA("name")`: name or ARN.
    In(State, String),
    /// `AT_LEAST(2, ALARM, (a, b, c))`, `AT_LEAST(60%, NOT OK, (a, b))`.
    AtLeast {
        /// How many of them.
        quorum: Quorum,
        /// `NOT` before the state.
        negated: bool,
        /// The state.
        state: State,
        /// Names or ARNs.
        alarms: Vec<String>,
    },
    /// `TRUE` or `FALSE`.
    Constant(bool),
    /// `NOT rule`
    Not(Box<Rule>),
    /// `rule AND rule`
    And(Box<Rule>, Box<Rule>),
    /// `rule OR rule`
    Or(Box<Rule>, Box<Rule>),
}

/// How many alarms `AT_LEAST` wants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quorum {
    /// A number.
    Count(usize),
    /// A percentage of those named.
    Percent(f64),
}

/// The reason why a text is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRule {
    /// It cannot be read.
    #[error("the alarm rule {rule:?} cannot be read from character {at} on")]
    Syntax {
        /// The text.
        rule: String,
        /// The character up to which it could be read.
        at: usize,
    },
    /// It is larger than CloudWatch allows.
    #[error(
        "an alarm rule has at most {MOST_CHILDREN} alarms, {MOST_ELEMENTS} elements and {LONGEST} characters"
    )]
    TooLarge,
}

impl Rule {
    /// The alarms it names.
    pub fn children(&self) -> Vec<&str> {
        match self {
            Self::In(_, name) => vec![name],
            Self::AtLeast { alarms, .. } => alarms.iter().map(String::as_str).collect(),
            Self::Constant(_) => Vec::new(),
            Self::Not(rule) => rule.children(),
            Self::And(a, b) | Self::Or(a, b) => [a.children(), b.children()].concat(),
        }
    }

    /// The alarms that it names whose change to ALARM can make it hold: none whose change can only end it, such as
    /// `maintenance` in `ALARM(errors) AND NOT ALARM(maintenance)`.
    pub fn raised_by(&self) -> Vec<&str> {
        self.raised_by_unless(false)
    }

    fn raised_by_unless(&self, negated: bool) -> Vec<&str> {
        let raises = |state: State, negated: bool| (state == State::Alarm) != negated;
        match self {
            Self::In(state, name) if raises(*state, negated) => vec![name],
            Self::AtLeast {
                negated: inner,
                state,
                alarms,
                ..
            } if raises(*state, negated != *inner) => alarms.iter().map(String::as_str).collect(),
            Self::In(..) | Self::AtLeast { .. } | Self::Constant(_) => Vec::new(),
            Self::Not(rule) => rule.raised_by_unless(!negated),
            Self::And(a, b) | Self::Or(a, b) => {
                [a.raised_by_unless(negated), b.raised_by_unless(negated)].concat()
            }
        }
    }

    /// The composite alarm's state. A child that is not known is in `INSUFFICIENT_DATA`.
    pub fn state(&self, children: &BTreeMap<String, State>) -> State {
        if self.holds(children) {
            State::Alarm
        } else {
            State::Ok
        }
    }

    fn holds(&self, children: &BTreeMap<String, State>) -> bool {
        let is = |name: &String, state: State| {
            children
                .get(name)
                .copied()
                .unwrap_or(State::InsufficientData)
                == state
        };
        match self {
            Self::In(state, name) => is(name, *state),
            Self::AtLeast {
                quorum,
                negated,
                state,
                alarms,
            } => {
                let matching = alarms
                    .iter()
                    .filter(|name| is(name, *state) != *negated)
                    .count();
                quorum.is_met(matching, alarms.len())
            }
            Self::Constant(value) => *value,
            Self::Not(rule) => !rule.holds(children),
            Self::And(a, b) => a.holds(children) && b.holds(children),
            Self::Or(a, b) => a.holds(children) || b.holds(children),
        }
    }
}

impl Quorum {
    #[expect(clippy::cast_precision_loss, reason = "at most a hundred alarms")]
    fn is_met(self, matching: usize, of: usize) -> bool {
        match self {
            Self::Count(count) => matching >= count,
            Self::Percent(percent) => matching as f64 * 100.0 >= percent * of as f64,
        }
    }
}

impl FromStr for Rule {
    type Err = InvalidRule;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.chars().count() > LONGEST || parser::nesting(text) > MOST_CHILDREN {
            return Err(InvalidRule::TooLarge);
        }
        let rule = parser::parse(text).map_err(|at| InvalidRule::Syntax {
            rule: text.to_owned(),
            at,
        })?;
        let children = rule.children().len();
        let parentheses = text.matches('(').count();
        let constants = text.matches("TRUE").count() + text.matches("FALSE").count();
        if children > MOST_CHILDREN || children + parentheses + constants > MOST_ELEMENTS {
            return Err(InvalidRule::TooLarge);
        }
        Ok(rule)
    }
}

#[cfg(test)]
mod tests;
