//! The grammar.

mod expression;
mod hint;

use winnow::{
    ModalResult, Parser,
    ascii::{multispace0, multispace1},
    combinator::{
        alt, cut_err, delimited, empty, eof, not, peek, preceded, repeat, separated, terminated,
    },
    error::{ContextError, StrContext, StrContextValue},
    token::{any, one_of, take_till, take_while},
};

use super::{
    Form, PatternError,
    delimited::{Delimited, Part},
    selector::Selector,
    terms::{Literal, Mark, Term, Terms},
    text::Regex,
};

/// CloudWatch's longest filter pattern, in characters (`PutMetricFilter`, `filterPattern`).
const LONGEST: usize = 1024;
/// Regular expressions a pattern (CloudWatch Logs user guide, quotas of filter patterns).
const MOST_REGEXES: usize = 2;
/// Wildcards in all selectors of a pattern (the same).
const MOST_WILDCARDS: usize = 3;

/// Reads a whole pattern.
pub(super) fn pattern(text: &str) -> Result<Form, PatternError> {
    let length = text.chars().count();
    if length > LONGEST {
        let message = format!("a pattern can have {LONGEST} characters, this one has {length}");
        return Err(PatternError {
            offset: LONGEST,
            message,
        });
    }
    let form = terminated(
        form,
        (
            multispace0,
            cut_err(eof).context(expected("the end of the pattern")),
        ),
    )
    .parse(text)
    .map_err(|error| failure(text, error.offset(), error.inner()))?;
    within_quotas(&form)?;
    Ok(form)
}

/// CloudWatch's quotas that concern the pattern as a whole.
fn within_quotas(form: &Form) -> Result<(), PatternError> {
    let (regexes, wildcards) = match form {
        Form::Everything => (0, 0),
        Form::Terms(terms) => (terms.regexes(), 0),
        Form::Json(json) => {
            let wildcards = json.subjects().into_iter().map(Selector::wildcards).sum();
            (json.regexes(), wildcards)
        }
        Form::Delimited(delimited) => (delimited.regexes(), 0),
    };
    for (what, count, most) in [
        ("regular expressions", regexes, MOST_REGEXES),
        ("wildcards in selectors", wildcards, MOST_WILDCARDS),
    ] {
        if count > most {
            let message = format!("a pattern can have {most} {what}, this one has {count}");
            return Err(PatternError { offset: 0, message });
        }
    }
    Ok(())
}

/// Reads a whole selector.
pub(super) fn whole_selector(text: &str) -> Result<Selector, PatternError> {
    terminated(
        expression::selector,
        cut_err(eof).context(expected("`.property` or `[index]`")),
    )
    .parse(text)
    .map_err(|error| failure(text, error.offset(), error.inner()))
}

fn failure(text: &str, offset: usize, error: &ContextError) -> PatternError {
    let expected = error.cause().map_or_else(
        || match error.context().next() {
            Some(StrContext::Expected(expected)) => format!("expected {expected}"),
            _ => "this cannot be read".to_owned(),
        },
        ToString::to_string,
    );
    let message = match hint::at(text, offset) {
        Some(hint) => format!("{expected}; {hint}"),
        None => expected,
    };
    let offset = text
        .get(..offset)
        .map_or(0, |before| before.chars().count());
    PatternError { offset, message }
}

fn expected(what: &'static str) -> StrContext {
    StrContext::Expected(StrContextValue::Description(what))
}

fn form(input: &mut &str) -> ModalResult<Form> {
    multispace0.parse_next(input)?;
    alt((
        eof.value(Form::Everything),
        delimited(
            ('{', multispace0),
            cut_err(expression::json),
            (
                multispace0,
                cut_err('}').context(expected("`&&`, `||` or `}`")),
            ),
        )
        .map(Form::Json),
        preceded(peek('['), cut_err(columns)).map(Form::Delimited),
        cut_err(terms).map(Form::Terms),
    ))
    .parse_next(input)
}

// Terms.

fn terms(input: &mut &str) -> ModalResult<Terms> {
    separated(1.., (mark, term), (multispace1, not(eof)))
        .map(Terms::of)
        .parse_next(input)
}

fn mark(input: &mut &str) -> ModalResult<Mark> {
    alt((
        '?'.value(Mark::Optional),
        '-'.value(Mark::Excluded),
        empty.value(Mark::Required),
    ))
    .parse_next(input)
}

fn term(input: &mut &str) -> ModalResult<Term> {
    alt((
        quoted.map(phrase),
        regex.map(Term::Regex),
        take_while(1.., |letter: char| letter.is_alphanumeric() || "_=".contains(letter))
            .map(|text: &str| Term::Text(Literal::new(text.to_owned()))),
    ))
    .context(expected("a word, or a \"phrase\" in double quotes where it has other characters than letters, digits, _ and ="))
    .parse_next(input)
}

/// A phrase of nothing but spaces is the guide's way to match everything.
fn phrase(text: String) -> Term {
    let is_blank = text.trim().is_empty();
    Term::Text(Literal::new(if is_blank { String::new() } else { text }))
}

// Space-delimited.

fn columns(input: &mut &str) -> ModalResult<Delimited> {
    delimited(
        ('[', multispace0),
        separated(1.., part, (multispace0, ',', multispace0)),
        (
            multispace0,
            cut_err(']').context(expected("`,`, a comparison or `]`")),
        ),
    )
    .try_map(Delimited::new)
    .parse_next(input)
}

fn part(input: &mut &str) -> ModalResult<Part> {
    alt((
        alt(("...", "…")).value(Part::Ellipsis),
        terminated(name, (multispace0, peek(one_of([',', ']'])))).map(Part::Named),
        preceded(
            peek(one_of(|letter: char| letter == '(' || is_name(letter))),
            cut_err(expression::column),
        )
        .map(Part::Compared),
        empty.value(Part::Unnamed),
    ))
    .parse_next(input)
}

fn name(input: &mut &str) -> ModalResult<String> {
    take_while(1.., is_name)
        .context(expected("a column's name"))
        .map(str::to_owned)
        .parse_next(input)
}

pub(super) fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "_-".contains(letter)
}

// Texts.

fn quoted(input: &mut &str) -> ModalResult<String> {
    let escaped = preceded('\\', one_of(['"', '\\']));
    let letter = alt((escaped, any.verify(|&letter: &char| letter != '"')));
    delimited(
        '"',
        repeat(0.., letter),
        cut_err('"').context(expected("a closing \"")),
    )
    .parse_next(input)
}

fn regex(input: &mut &str) -> ModalResult<Regex> {
    delimited(
        '%',
        cut_err(take_till(0.., '%').try_map(str::parse::<Regex>)),
        cut_err('%').context(expected("a closing %")),
    )
    .parse_next(input)
}
