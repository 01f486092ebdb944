//! The grammar, loosest first: comparison, sum, product, sign, term.

use winnow::{
    ModalResult, Parser,
    ascii::{float, multispace0},
    combinator::{alt, delimited, fail, opt, preceded, repeat, separated, terminated},
    error::{ContextError, ErrMode},
    token::take_while,
};

use super::{Expression, Extreme, Filler, Operator};

/// Reads a whole text; the error is the offset up to which it could be read.
pub(super) fn parse(text: &str) -> Result<Expression, usize> {
    let mut rest = text;
    match terminated(comparison, multispace0).parse_next(&mut rest) {
        Ok(expression) if rest.is_empty() => Ok(expression),
        _ => Err(text.len() - rest.len()),
    }
}

fn symbol<'a>(text: &'static str) -> impl Parser<&'a str, &'a str, ErrMode<ContextError>> {
    delimited(multispace0, text, multispace0)
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
    let left = product(input)?;
    let rights: Vec<_> = repeat(0.., (operator, product)).parse_next(input)?;
    Ok(rights.into_iter().fold(left, binary))
}

fn product(input: &mut &str) -> ModalResult<Expression> {
    let operator = alt((
        symbol("*").value(Operator::Multiply),
        symbol("/").value(Operator::Divide),
    ));
    let left = signed(input)?;
    let rights: Vec<_> = repeat(0.., (operator, signed)).parse_next(input)?;
    Ok(rights.into_iter().fold(left, binary))
}

fn binary(left: Expression, (operator, right): (Operator, Expression)) -> Expression {
    Expression::Binary(operator, Box::new(left), Box::new(right))
}

fn signed(input: &mut &str) -> ModalResult<Expression> {
    alt((
        preceded(symbol("-"), signed).map(|a| Expression::Negative(Box::new(a))),
        preceded(multispace0, term),
    ))
    .parse_next(input)
}

fn term(input: &mut &str) -> ModalResult<Expression> {
    alt((
        delimited(symbol("("), comparison, symbol(")")),
        call,
        number,
        name.map(|name| Expression::Name(name.to_owned())),
    ))
    .parse_next(input)
}

fn number(input: &mut &str) -> ModalResult<Expression> {
    if !input.starts_with(|c: char| c.is_ascii_digit()) {
        return fail(input);
    }
    float.map(Expression::Number).parse_next(input)
}

/// An id begins with a lower-case letter (`MetricDataQuery`, `Id`), so that it is never a function.
fn name<'a>(input: &mut &'a str) -> ModalResult<&'a str> {
    if !input.starts_with(|c: char| c.is_ascii_lowercase()) {
        return fail(input);
    }
    take_while(1.., |c: char| c.is_ascii_alphanumeric() || c == '_').parse_next(input)
}

fn call(input: &mut &str) -> ModalResult<Expression> {
    let function = take_while(1.., |c: char| c.is_ascii_uppercase()).parse_next(input)?;
    symbol("(").parse_next(input)?;
    let expression = match function {
        "IF" => condition(input)?,
        "FILL" => filled(input)?,
        "MAX" => Expression::Extreme(Extreme::Max, list(input)?),
        "MIN" => Expression::Extreme(Extreme::Min, list(input)?),
        _ => return fail(input),
    };
    symbol(")").parse_next(input)?;
    Ok(expression)
}

fn condition(input: &mut &str) -> ModalResult<Expression> {
    let (condition, then) = (comparison, preceded(symbol(","), comparison)).parse_next(input)?;
    let otherwise = opt(preceded(symbol(","), comparison)).parse_next(input)?;
    Ok(Expression::If(
        Box::new(condition),
        Box::new(then),
        otherwise.map(Box::new),
    ))
}

fn filled(input: &mut &str) -> ModalResult<Expression> {
    let series = terminated(comparison, symbol(",")).parse_next(input)?;
    let filler =
        alt(("REPEAT".value(Filler::Repeat), float.map(Filler::Number))).parse_next(input)?;
    Ok(Expression::Fill(Box::new(series), filler))
}

fn list(input: &mut &str) -> ModalResult<Vec<Expression>> {
    delimited(
        symbol("["),
        separated(1.., comparison, symbol(",")),
        symbol("]"),
    )
    .parse_next(input)
}
