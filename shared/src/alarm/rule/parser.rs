//! The grammar of rules. AWS does not publish the precedence; here `OR` binds loosest, then `AND`, then `NOT`.

use winnow::{
    ModalResult, Parser,
    ascii::{digit1, float, multispace0},
    combinator::{alt, delimited, not, opt, preceded, repeat, separated, terminated},
    error::{ContextError, ErrMode},
    token::{none_of, one_of, take_while},
};

use super::{Quorum, Rule, State};

/// Reads a whole text; the error is the offset up to which it could be read.
pub(super) fn parse(text: &str) -> Result<Rule, usize> {
    let mut rest = text;
    match terminated(disjunction, multispace0).parse_next(&mut rest) {
        Ok(rule) if rest.is_empty() => Ok(rule),
        _ => Err(text.len() - rest.len()),
    }
}

/// The levels of parentheses and `NOT`: each is a level of the parser's own recursion.
pub(super) fn nesting(text: &str) -> usize {
    let (mut level, mut deepest) = (0_usize, 0_usize);
    for c in text.chars() {
        match c {
            '(' => level += 1,
            ')' => level = level.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(level);
    }
    let mut run = 0;
    for word in text.split_whitespace() {
        run = if word == "NOT" { run + 1 } else { 0 };
        deepest = deepest.max(run);
    }
    deepest
}

/// A word that ends where letters end: `NOTALARM` is no `NOT`.
fn word<'a>(text: &'static str) -> impl Parser<&'a str, &'a str, ErrMode<ContextError>> {
    let end = not(one_of(|c: char| c.is_ascii_alphanumeric() || c == '_'));
    preceded(multispace0, terminated(text, end))
}

fn symbol<'a>(text: &'static str) -> impl Parser<&'a str, &'a str, ErrMode<ContextError>> {
    preceded(multispace0, text)
}

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
        delimited(symbol("("), disjunction, symbol(")")),
        word("TRUE").value(Rule::Constant(true)),
        word("FALSE").value(Rule::Constant(false)),
        at_least,
        (state, delimited(symbol("("), name, symbol(")")))
            .map(|(state, name)| Rule::In(state, name)),
    ))
    .parse_next(input)
}

fn at_least(input: &mut &str) -> ModalResult<Rule> {
    (word("AT_LEAST"), symbol("(")).parse_next(input)?;
    let quorum = terminated(quorum, symbol(",")).parse_next(input)?;
    let (negated, state) = (opt(word("NOT")), state).parse_next(input)?;
    symbol(",").parse_next(input)?;
    let alarms =
        delimited(symbol("("), separated(1.., name, symbol(",")), symbol(")")).parse_next(input)?;
    symbol(")").parse_next(input)?;
    Ok(Rule::AtLeast {
        quorum,
        negated: negated.is_some(),
        state,
        alarms,
    })
}

fn quorum(input: &mut &str) -> ModalResult<Quorum> {
    let percent = terminated(float, '%')
        .verify(|percent: &f64| (0.0..=100.0).contains(percent) && *percent > 0.0)
        .map(Quorum::Percent);
    let count = digit1
        .parse_to()
        .verify(|count: &usize| *count > 0)
        .map(Quorum::Count);
    preceded(multispace0, alt((percent, count))).parse_next(input)
}

fn state(input: &mut &str) -> ModalResult<State> {
    alt((
        word("ALARM").value(State::Alarm),
        word("OK").value(State::Ok),
        word("INSUFFICIENT_DATA").value(State::InsufficientData),
    ))
    .parse_next(input)
}

/// In quotation marks anything, `\"` for a quotation mark; without them no space, parenthesis or comma.
fn name(input: &mut &str) -> ModalResult<String> {
    let escaped = preceded('\\', one_of(['"', '\\']));
    let inner = repeat(1.., alt((escaped, none_of('"')))).fold(String::new, |mut text, c: char| {
        text.push(c);
        text
    });
    let quoted = delimited('"', inner, '"');
    let bare = take_while(1.., |c: char| {
        !matches!(c, '(' | ')' | ',' | '"') && !c.is_whitespace()
    });
    preceded(multispace0, alt((quoted, bare.map(str::to_owned)))).parse_next(input)
}
