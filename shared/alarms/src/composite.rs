//! Composite alarms: a rule over other alarms' states.

use std::{collections::BTreeMap, str::FromStr};

use picket_shared::alarm::State;
use winnow::{
    ModalResult, Parser,
    ascii::multispace0,
    combinator::{alt, delimited, preceded, repeat, terminated},
    error::{ContextError, ErrMode},
    token::take_while,
};

/// An `AlarmRule`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// `ALARM("name")`, `OK("name")`, `INSUFFICIENT_DATA("name")`: name or ARN.
    In(State, String),
    /// `TRUE` or `FALSE`.
    Constant(bool),
    /// `NOT rule`
    Not(Box<Rule>),
    /// `rule AND rule`
    And(Box<Rule>, Box<Rule>),
    /// `rule OR rule`
    Or(Box<Rule>, Box<Rule>),
}

/// The reason why a text is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the alarm rule {rule:?} cannot be read from character {at} on")]
pub struct InvalidRule {
    rule: String,
    at: usize,
}

impl Rule {
    /// The alarms it names.
    pub fn children(&self) -> Vec<&str> {
        match self {
            Self::In(_, name) => vec![name],
            Self::Constant(_) => Vec::new(),
            Self::Not(rule) => rule.children(),
            Self::And(a, b) | Self::Or(a, b) => [a.children(), b.children()].concat(),
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
        match self {
            Self::In(state, name) => {
                children
                    .get(name)
                    .copied()
                    .unwrap_or(State::InsufficientData)
                    == *state
            }
            Self::Constant(value) => *value,
            Self::Not(rule) => !rule.holds(children),
            Self::And(a, b) => a.holds(children) && b.holds(children),
            Self::Or(a, b) => a.holds(children) || b.holds(children),
        }
    }
}

impl FromStr for Rule {
    type Err = InvalidRule;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut rest = text;
        match terminated(disjunction, multispace0).parse_next(&mut rest) {
            Ok(rule) if rest.is_empty() => Ok(rule),
            _ => Err(InvalidRule {
                rule: text.to_owned(),
                at: text.len() - rest.len(),
            }),
        }
    }
}

fn word<'a>(text: &'static str) -> impl Parser<&'a str, &'a str, ErrMode<ContextError>> {
    preceded(multispace0, text)
}

// `OR` binds loosest, then `AND`, then `NOT` (PutCompositeAlarm, `AlarmRule`).
fn disjunction(input: &mut &str) -> ModalResult<Rule> {
    let first = conjunction(input)?;
    let rest: Vec<Rule> = repeat(0.., preceded(word("OR"), conjunction)).parse_next(input)?;
    Ok(rest
        .into_iter()
        .fold(first, |a, b| Rule::Or(Box::new(a), Box::new(b))))
}

fn conjunction(input: &mut &str) -> ModalResult<Rule> {
    let first = negation(input)?;
    let rest: Vec<Rule> = repeat(0.., preceded(word("AND"), negation)).parse_next(input)?;
    Ok(rest
        .into_iter()
        .fold(first, |a, b| Rule::And(Box::new(a), Box::new(b))))
}

fn negation(input: &mut &str) -> ModalResult<Rule> {
    alt((
        preceded(word("NOT"), negation).map(|rule| Rule::Not(Box::new(rule))),
        delimited(word("("), disjunction, word(")")),
        word("TRUE").value(Rule::Constant(true)),
        word("FALSE").value(Rule::Constant(false)),
        (state, delimited(word("("), name, word(")"))).map(|(state, name)| Rule::In(state, name)),
    ))
    .parse_next(input)
}

fn state(input: &mut &str) -> ModalResult<State> {
    alt((
        word("ALARM").value(State::Alarm),
        word("OK").value(State::Ok),
        word("INSUFFICIENT_DATA").value(State::InsufficientData),
    ))
    .parse_next(input)
}

fn name(input: &mut &str) -> ModalResult<String> {
    let quoted = delimited('"', take_while(1.., |c| c != '"'), '"');
    let bare = take_while(1.., |c: char| c != ')' && c != '"' && !c.is_whitespace());
    preceded(multispace0, alt((quoted, bare)))
        .map(str::to_owned)
        .parse_next(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_hold_as_they_read() {
        let children: BTreeMap<String, State> = [
            ("a", State::Alarm),
            ("b", State::Ok),
            ("c d", State::InsufficientData),
        ]
        .map(|(name, state)| (name.to_owned(), state))
        .into();
        let rows = [
            ("ALARM(a)", true),
            ("ALARM(\"b\") OR ALARM(a)", true),
            ("ALARM(b) AND ALARM(a) OR TRUE", true),
            ("ALARM(b) AND (ALARM(a) OR TRUE)", false),
            ("NOT OK(b)", false),
            ("NOT ALARM(b) AND INSUFFICIENT_DATA(\"c d\")", true),
            ("INSUFFICIENT_DATA(never-heard-of)", true),
            (" FALSE ", false),
        ];
        for (text, holds) in rows {
            let expected = if holds { State::Alarm } else { State::Ok };
            assert_eq!(
                text.parse::<Rule>().unwrap().state(&children),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn children_are_listed_and_nonsense_is_refused() {
        let rule: Rule = "ALARM(\"x\") OR NOT (OK(y) AND TRUE)".parse().unwrap();
        assert_eq!(rule.children(), ["x", "y"]);
        for text in [
            "",
            "ALARM",
            "ALARM()",
            "ALARM(a) ALARM(b)",
            "PANIC(a)",
            "(ALARM(a)",
        ] {
            assert!(text.parse::<Rule>().is_err(), "{text}");
        }
    }
}
