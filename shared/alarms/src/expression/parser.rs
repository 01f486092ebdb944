//! The grammar, loosest first: `OR`, `AND`, comparison, sum, product, sign, power, term. AWS does not publish the
//! precedence; this is that of most languages.

use winnow::{
    ModalResult, Parser,
    ascii::{float, multispace0},
    combinator::{alt, delimited, fail, not, opt, peek, preceded, repeat, separated, terminated},
    error::{ContextError, ErrMode},
    token::{one_of, take_till, take_while},
};

use super::{Argument, DEEPEST, Expression, Function, InvalidExpression, Operator, Word};

/// Reads a whole text.
pub(super) fn parse(text: &str) -> Result<Expression, InvalidExpression> {
    if nesting(text) > DEEPEST {
        return Err(InvalidExpression::TooDeep);
    }
    let mut rest = text;
    match terminated(disjunction, multispace0).parse_next(&mut rest) {
        Ok(expression) if rest.is_empty() => {
            if expression.depth() > 10 * DEEPEST {
                return Err(InvalidExpression::TooDeep);
            }
            Ok(expression)
        }
        _ => Err(refusal(text, text.len() - rest.len())),
    }
}

/// The levels of brackets and signs, over all of the text: each is a level of the parser's own recursion.
fn nesting(text: &str) -> usize {
    let (mut level, mut signs, mut deepest) = (0_usize, 0_usize, 0_usize);
    for c in text.chars() {
        match c {
            '(' | '[' => level += 1,
            ')' | ']' => level = level.saturating_sub(1),
            '-' => signs += 1,
            c if c.is_whitespace() => {}
            _ => signs = 0,
        }
        deepest = deepest.max(level + signs);
    }
    deepest
}

/// A function that is not known is named; anything else is a place.
fn refusal(text: &str, at: usize) -> InvalidExpression {
    let before_brackets = text.split('(').map(|piece| {
        let start = piece.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        &piece[start.map_or(0, |start| {
            start + piece[start..].chars().next().map_or(1, char::len_utf8)
        })..]
    });
    let calls = text.matches('(').count();
    let unknown = before_brackets.take(calls).find(|name| {
        let is = name.starts_with(|c: char| c.is_ascii_uppercase());
        is && name.parse::<Function>().is_err() && !matches!(*name, "AND" | "OR")
    });
    match unknown {
        Some("SEARCH") => InvalidExpression::Search,
        Some(name) => InvalidExpression::Function(name.to_owned()),
        None => InvalidExpression::Syntax {
            expression: text.to_owned(),
            at,
        },
    }
}

fn symbol<'a>(text: &'static str) -> impl Parser<&'a str, &'a str, ErrMode<ContextError>> {
    delimited(multispace0, text, multispace0)
}

/// A word that ends where letters end: `AND`, and not the beginning of `ANDROID`.
fn word<'a>(text: &'static str) -> impl Parser<&'a str, &'a str, ErrMode<ContextError>> {
    let end = not(one_of(|c: char| c.is_ascii_alphanumeric() || c == '_'));
    delimited(multispace0, terminated(text, end), multispace0)
}

fn disjunction(input: &mut &str) -> ModalResult<Expression> {
    let operator = alt((symbol("||"), word("OR"))).value(Operator::Or);
    chain(conjunction, operator, input)
}

fn conjunction(input: &mut &str) -> ModalResult<Expression> {
    let operator = alt((symbol("&&"), word("AND"))).value(Operator::And);
    chain(comparison, operator, input)
}

fn comparison(input: &mut &str) -> ModalResult<Expression> {
    let operator = alt((
        symbol(">=").value(Operator::GreaterOrEqual),
        symbol("<=").value(Operator::LessOrEqual),
        symbol("==").value(Operator::Equal),
        symbol("!=").value(Operator::NotEqual),
        symbol(">").value(Operator::Greater),
        symbol("<").value(Operator::Less),
    ));
    let left = sum(input)?;
    Ok(match opt((operator, sum)).parse_next(input)? {
        Some((operator, right)) => binary(left, (operator, right)),
        None => left,
    })
}

fn sum(input: &mut &str) -> ModalResult<Expression> {
    let operator = alt((
        symbol("+").value(Operator::Add),
        symbol("-").value(Operator::Subtract),
    ));
    chain(product, operator, input)
}

fn product(input: &mut &str) -> ModalResult<Expression> {
    let operator = alt((
        symbol("*").value(Operator::Multiply),
        symbol("/").value(Operator::Divide),
    ));
    chain(signed, operator, input)
}

fn signed(input: &mut &str) -> ModalResult<Expression> {
    alt((
        preceded(symbol("-"), signed).map(|a| Expression::Negative(Box::new(a))),
        preceded(multispace0, power),
    ))
    .parse_next(input)
}

fn power(input: &mut &str) -> ModalResult<Expression> {
    let left = term(input)?;
    Ok(
        match opt(preceded(symbol("^"), signed)).parse_next(input)? {
            Some(right) => binary(left, (Operator::Power, right)),
            None => left,
        },
    )
}

/// Operands from left to right.
fn chain<'a>(
    mut operand: impl FnMut(&mut &'a str) -> ModalResult<Expression>,
    operator: impl Parser<&'a str, Operator, ErrMode<ContextError>>,
    input: &mut &'a str,
) -> ModalResult<Expression> {
    let left = operand(input)?;
    let rights: Vec<_> = repeat(0.., (operator, operand)).parse_next(input)?;
    Ok(rights.into_iter().fold(left, binary))
}

fn binary(left: Expression, (operator, right): (Operator, Expression)) -> Expression {
    Expression::Binary(operator, Box::new(left), Box::new(right))
}

fn term(input: &mut &str) -> ModalResult<Expression> {
    alt((
        delimited(symbol("("), disjunction, symbol(")")),
        delimited(
            symbol("["),
            separated(1.., disjunction, symbol(",")),
            symbol("]"),
        )
        .map(Expression::Array),
        call,
        number,
        name.map(|name| Expression::Name(name.to_owned())),
    ))
    .parse_next(input)
}

fn number(input: &mut &str) -> ModalResult<Expression> {
    if !input.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return fail(input);
    }
    float
        .verify(|number: &f64| number.is_finite())
        .map(Expression::Number)
        .parse_next(input)
}

/// An id begins with a lower-case letter (`MetricDataQuery`, `Id`), so that it is never a function.
fn name<'a>(input: &mut &'a str) -> ModalResult<&'a str> {
    if !input.starts_with(|c: char| c.is_ascii_lowercase()) {
        return fail(input);
    }
    letters.parse_next(input)
}

fn letters<'a>(input: &mut &'a str) -> ModalResult<&'a str> {
    take_while(1.., |c: char| c.is_ascii_alphanumeric() || c == '_').parse_next(input)
}

fn call(input: &mut &str) -> ModalResult<Expression> {
    let function = letters.parse_to::<Function>().parse_next(input)?;
    let arguments = delimited(
        symbol("("),
        separated(0.., argument, symbol(",")),
        symbol(")"),
    )
    .parse_next(input)?;
    Ok(Expression::Call(function, arguments))
}

fn argument(input: &mut &str) -> ModalResult<Argument> {
    let keyword = terminated(
        letters.parse_to::<Word>(),
        peek((multispace0, alt((",", ")")))),
    );
    alt((
        keyword.map(Argument::Word),
        text.map(|text: &str| Argument::Text(text.to_owned())),
        disjunction.map(Argument::Value),
    ))
    .parse_next(input)
}

/// In double or single quotation marks.
fn text<'a>(input: &mut &'a str) -> ModalResult<&'a str> {
    alt((
        delimited('"', take_till(0.., '"'), '"'),
        delimited('\'', take_till(0.., '\''), '\''),
    ))
    .parse_next(input)
}
