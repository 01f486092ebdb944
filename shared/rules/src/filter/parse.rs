//! The grammar.

use winnow::{
    ModalResult, Parser,
    ascii::{multispace0, multispace1},
    combinator::{
        alt, cut_err, delimited, empty, eof, not, opt, peek, preceded, repeat, separated,
        terminated,
    },
    error::{ContextError, StrContext, StrContextValue},
    token::{any, literal, one_of, take_till, take_while},
};

use super::{
    Form, PatternError,
    delimited::{Delimited, Part},
    expression::{Expression, Operator, Test},
    selector::{Selector, Step, number},
    terms::{Mark, Term, Terms},
    text::{Regex, TextPattern, Wildcard},
};
use crate::Invalid;

/// CloudWatch's longest filter pattern, in characters (`PutMetricFilter`, `filterPattern`).
const LONGEST: usize = 1024;
/// Parentheses in parentheses: far more than anybody writes, far less than a stack.
const DEEPEST: usize = 32;
/// Regular expressions a pattern (CloudWatch Logs user guide, quotas of filter patterns).
const MOST_REGEXES: usize = 2;

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
    let regexes = match &form {
        Form::Everything => 0,
        Form::Terms(terms) => terms.regexes(),
        Form::Json(expression) => expression.regexes(),
        Form::Delimited(delimited) => delimited.regexes(),
    };
    if regexes > MOST_REGEXES {
        let message = format!(
            "a pattern can have {MOST_REGEXES} regular expressions, this one has {regexes}"
        );
        return Err(PatternError { offset: 0, message });
    }
    Ok(form)
}

/// Reads a whole selector.
pub(super) fn whole_selector(text: &str) -> Result<Selector, PatternError> {
    terminated(
        selector,
        cut_err(eof).context(expected("`.property` or `[index]`")),
    )
    .parse(text)
    .map_err(|error| failure(text, error.offset(), error.inner()))
}

fn failure(text: &str, offset: usize, error: &ContextError) -> PatternError {
    let message = error.cause().map_or_else(
        || match error.context().next() {
            Some(StrContext::Expected(expected)) => format!("expected {expected}"),
            _ => "this cannot be read".to_owned(),
        },
        ToString::to_string,
    );
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
            cut_err(any_of(selector, DEEPEST)),
            (
                multispace0,
                cut_err('}').context(expected("`&&`, `||` or `}`")),
            ),
        )
        .map(Form::Json),
        columns.map(Form::Delimited),
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
        quoted.verify(|text: &String| !text.is_empty()).map(Term::Text),
        regex.map(Term::Regex),
        take_while(1.., |letter: char| letter.is_alphanumeric() || letter == '_')
            .map(|text: &str| Term::Text(text.to_owned())),
    ))
    .context(expected("a word, or a \"phrase\" in double quotes where it has other characters than letters, digits and _"))
    .parse_next(input)
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
            cut_err(any_of(name, DEEPEST)),
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

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "_-".contains(letter)
}

// Expressions.

type Subject<S> = fn(&mut &str) -> ModalResult<S>;

fn any_of<S>(
    subject: Subject<S>,
    depth: usize,
) -> impl FnMut(&mut &str) -> ModalResult<Expression<S>> {
    move |input| {
        separated(
            1..,
            all_of(subject, depth),
            (multispace0, "||", multispace0),
        )
        .map(Expression::any)
        .parse_next(input)
    }
}

fn all_of<S>(
    subject: Subject<S>,
    depth: usize,
) -> impl FnMut(&mut &str) -> ModalResult<Expression<S>> {
    move |input| {
        separated(1.., one(subject, depth), (multispace0, "&&", multispace0))
            .map(Expression::all)
            .parse_next(input)
    }
}

fn one<S>(
    subject: Subject<S>,
    depth: usize,
) -> impl FnMut(&mut &str) -> ModalResult<Expression<S>> {
    move |input| {
        if opt('(').parse_next(input)?.is_none() {
            return cut_err((subject, test))
                .map(|(subject, test)| Expression::Test(subject, test))
                .parse_next(input);
        }
        let deeper = depth.checked_sub(1).filter(|&deeper| deeper > 0);
        let Some(deeper) = deeper else {
            return cut_err(
                winnow::combinator::fail.context(expected("fewer parentheses in parentheses")),
            )
            .parse_next(input);
        };
        delimited(
            multispace0,
            any_of(subject, deeper),
            (
                multispace0,
                cut_err(')').context(expected("`&&`, `||` or `)`")),
            ),
        )
        .parse_next(input)
    }
}

fn selector(input: &mut &str) -> ModalResult<Selector> {
    preceded('$', repeat(1.., step))
        .map(Selector)
        .context(expected("a selector such as `$.field`"))
        .parse_next(input)
}

fn step(input: &mut &str) -> ModalResult<Step> {
    alt((
        preceded('.', take_while(1.., is_name)).map(|name: &str| Step::Property(name.to_owned())),
        delimited(
            '[',
            alt(('*'.value(Step::Any), index.map(Step::Index))),
            ']',
        ),
    ))
    .parse_next(input)
}

fn index(input: &mut &str) -> ModalResult<usize> {
    take_while(1.., '0'..='9').parse_to().parse_next(input)
}

fn test(input: &mut &str) -> ModalResult<Test> {
    multispace0.parse_next(input)?;
    let words = |first, second| (literal(first), multispace1, literal(second));
    alt((
        words("IS", "NULL").value(Test::IsNull),
        words("IS", "TRUE").value(Test::IsBool(true)),
        words("IS", "FALSE").value(Test::IsBool(false)),
        words("NOT", "EXISTS").value(Test::NotExists),
        comparison,
    ))
    .parse_next(input)
}

fn comparison(input: &mut &str) -> ModalResult<Test> {
    let operator = Operator::ALL.map(|(operator, written)| literal(written).value(operator));
    let operator = alt(operator)
        .context(expected(
            "=, !=, <, <=, >, >=, IS NULL, IS TRUE, IS FALSE or NOT EXISTS",
        ))
        .parse_next(input)?;
    multispace0.parse_next(input)?;
    cut_err(value.try_map(|value| value.compared(operator)))
        .context(expected("a number, a word or a \"text\" in double quotes"))
        .parse_next(input)
}

enum Operand {
    Text(TextPattern),
    Number(f64),
}

impl Operand {
    fn compared(self, operator: Operator) -> Result<Test, Invalid> {
        match (operator, self) {
            (operator, Self::Number(number)) => Ok(Test::Number(operator, number)),
            (Operator::Equal, Self::Text(text)) => Ok(Test::Is(text)),
            (Operator::NotEqual, Self::Text(text)) => Ok(Test::IsNot(text)),
            (operator, Self::Text(_)) => Err(Invalid(format!(
                "expected a number: `{operator}` compares nothing else"
            ))),
        }
    }
}

fn value(input: &mut &str) -> ModalResult<Operand> {
    alt((
        quoted.map(|text| Operand::Text(TextPattern::Wildcard(Wildcard::new(&text)))),
        regex.map(|regex| Operand::Text(TextPattern::Regex(regex))),
        take_while(1.., |letter: char| {
            letter.is_ascii_alphanumeric() || "_-+.*:/#".contains(letter)
        })
        .map(bare),
    ))
    .parse_next(input)
}

/// Without quotes, what reads as a number is one.
fn bare(text: &str) -> Operand {
    number(text).map_or_else(
        || Operand::Text(TextPattern::Wildcard(Wildcard::new(text))),
        Operand::Number,
    )
}

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
