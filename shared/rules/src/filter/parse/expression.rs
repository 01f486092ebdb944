//! Expressions: comparisons, `&&`, `||` and parentheses, over selectors of JSON or names of columns.

use winnow::{
    ModalResult, Parser,
    ascii::{multispace0, multispace1},
    combinator::{alt, cut_err, delimited, fail, opt, preceded, repeat, separated},
    token::{literal, take_till, take_while},
};

use super::{expected, is_name, name, quoted, regex};
use crate::{
    Invalid,
    filter::{
        expression::{Expression, Operator, Test},
        selector::{Selector, Step, number},
        text::{TextPattern, Wildcard},
    },
};

/// Parentheses in parentheses: far more than anybody writes, far less than a stack.
const DEEPEST: usize = 32;

/// Wildcards a selector (CloudWatch Logs user guide, quotas of filter patterns).
const MOST_WILDCARDS_OF_A_SELECTOR: usize = 1;

/// One comparison of a form.
type Leaf<S> = fn(&mut &str) -> ModalResult<Expression<S>>;

/// The expression between `{` and `}`.
pub(super) fn json(input: &mut &str) -> ModalResult<Expression<Selector>> {
    any_of(json_test, DEEPEST).parse_next(input)
}

/// The expression between two commas of a space-delimited pattern.
pub(super) fn column(input: &mut &str) -> ModalResult<Expression<String>> {
    any_of(column_test, DEEPEST).parse_next(input)
}

fn any_of<S>(leaf: Leaf<S>, depth: usize) -> impl FnMut(&mut &str) -> ModalResult<Expression<S>> {
    move |input| {
        separated(1.., all_of(leaf, depth), (multispace0, "||", multispace0))
            .map(Expression::any)
            .parse_next(input)
    }
}

fn all_of<S>(leaf: Leaf<S>, depth: usize) -> impl FnMut(&mut &str) -> ModalResult<Expression<S>> {
    move |input| {
        separated(1.., one(leaf, depth), (multispace0, "&&", multispace0))
            .map(Expression::all)
            .parse_next(input)
    }
}

fn one<S>(leaf: Leaf<S>, depth: usize) -> impl FnMut(&mut &str) -> ModalResult<Expression<S>> {
    move |input| {
        if opt('(').parse_next(input)?.is_none() {
            return cut_err(leaf).parse_next(input);
        }
        if depth == 1 {
            let deep = expected("fewer parentheses in parentheses");
            return cut_err(fail.context(deep)).parse_next(input);
        }
        let close = cut_err(')').context(expected("`&&`, `||` or `)`"));
        delimited(multispace0, any_of(leaf, depth - 1), (multispace0, close)).parse_next(input)
    }
}

fn json_test(input: &mut &str) -> ModalResult<Expression<Selector>> {
    let words = |first, second| (literal(first), multispace1, literal(second));
    let subject = selector.parse_next(input)?;
    multispace0.parse_next(input)?;
    let test = alt((
        words("IS", "NULL").value(Test::IsNull),
        words("IS", "TRUE").value(Test::IsBool(true)),
        words("IS", "FALSE").value(Test::IsBool(false)),
        words("NOT", "EXISTS").value(Test::NotExists),
        comparison,
    ))
    .context(expected(
        "=, !=, <, <=, >, >=, IS NULL, IS TRUE, IS FALSE or NOT EXISTS",
    ))
    .parse_next(input)?;
    Ok(Expression::Test(subject, test))
}

fn column_test(input: &mut &str) -> ModalResult<Expression<String>> {
    let subject = name.parse_next(input)?;
    multispace0.parse_next(input)?;
    let test = comparison
        .context(expected("`,`, `]`, =, !=, <, <=, > or >="))
        .parse_next(input)?;
    Ok(Expression::Test(subject, test))
}

fn comparison(input: &mut &str) -> ModalResult<Test> {
    let operators = Operator::ALL.map(|(operator, written)| literal(written).value(operator));
    let operator = alt(operators).parse_next(input)?;
    multispace0.parse_next(input)?;
    cut_err(value.try_map(|value| value.compared(operator)))
        .context(expected("a number, a word or a \"text\" in double quotes"))
        .parse_next(input)
}

/// `$.a[0].b`
pub(super) fn selector(input: &mut &str) -> ModalResult<Selector> {
    preceded('$', repeat(1.., step))
        .map(|steps: Vec<Step>| steps.into())
        .verify(|selector: &Selector| selector.wildcards() <= MOST_WILDCARDS_OF_A_SELECTOR)
        .context(expected(
            "a selector such as `$.field`, with one `*` at most",
        ))
        .parse_next(input)
}

fn step(input: &mut &str) -> ModalResult<Step> {
    let named = take_while(1.., is_name).map(|name: &str| Step::Property(name.to_owned()));
    let quoted = ("['", take_till(1.., '\''), "']");
    let quoted = quoted.map(|(_, name, _): (_, &str, _)| Step::Property(name.to_owned()));
    alt((
        preceded('.', alt(('*'.value(Step::AnyField), named))),
        preceded(opt('.'), quoted),
        delimited(
            '[',
            alt(('*'.value(Step::AnyElement), index.map(Step::Index))),
            ']',
        ),
    ))
    .parse_next(input)
}

fn index(input: &mut &str) -> ModalResult<usize> {
    take_while(1.., '0'..='9').parse_to().parse_next(input)
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
