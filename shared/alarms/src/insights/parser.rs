//! The grammar. Keywords are not case sensitive, names are.

use winnow::{
    ModalResult, Parser,
    ascii::{Caseless, digit1, multispace0, multispace1},
    combinator::{alt, delimited, opt, preceded, repeat, separated, terminated},
    error::{ContextError, ErrMode},
    token::{any, none_of, take_while},
};

use super::{Aggregate, Condition, Query};

/// Reads a whole text; the error is the offset up to which it could be read.
pub(super) fn parse(text: &str) -> Result<Query, usize> {
    let mut rest = text;
    match terminated(query, multispace0).parse_next(&mut rest) {
        Ok(query) if rest.is_empty() => Ok(query),
        _ => Err(text.len() - rest.len()),
    }
}

/// Words with a meaning: as a name they stand in double quotation marks.
const RESERVED: [&str; 12] = [
    "SELECT", "FROM", "SCHEMA", "WHERE", "AND", "OR", "GROUP", "ORDER", "BY", "LIMIT", "ASC",
    "DESC",
];

fn keyword<'a>(text: &'static str) -> impl Parser<&'a str, &'a str, ErrMode<ContextError>> {
    delimited(multispace0, Caseless(text), multispace1)
}

fn symbol<'a>(text: &'static str) -> impl Parser<&'a str, &'a str, ErrMode<ContextError>> {
    delimited(multispace0, text, multispace0)
}

fn query(input: &mut &str) -> ModalResult<Query> {
    keyword("SELECT").parse_next(input)?;
    let function = aggregate(input)?;
    let metric = delimited(symbol("("), name, symbol(")")).parse_next(input)?;
    keyword("FROM").parse_next(input)?;
    let (namespace, schema) = alt((source, name.map(|name| (name, None)))).parse_next(input)?;
    let conditions = opt(preceded(
        keyword("WHERE"),
        separated(1.., condition, keyword("AND")),
    ))
    .parse_next(input)?;
    let labels = preceded(
        (keyword("GROUP"), keyword("BY")),
        separated(1.., name, symbol(",")),
    );
    let group_by: Option<Vec<String>> = opt(labels).parse_next(input)?;
    let order_by = opt(preceded((keyword("ORDER"), keyword("BY")), order)).parse_next(input)?;
    let limit = opt(preceded(keyword("LIMIT"), digit1.parse_to())).parse_next(input)?;
    Ok(Query {
        function,
        metric,
        namespace,
        schema,
        conditions: conditions.unwrap_or_default(),
        group_by: group_by.unwrap_or_default(),
        order_by,
        limit,
    })
}

fn aggregate(input: &mut &str) -> ModalResult<Aggregate> {
    take_while(1.., |c: char| c.is_ascii_alphabetic())
        .parse_to()
        .parse_next(input)
}

fn source(input: &mut &str) -> ModalResult<(String, Option<Vec<String>>)> {
    preceded(multispace0, Caseless("SCHEMA")).parse_next(input)?;
    let parts: Vec<String> =
        delimited(symbol("("), separated(1.., name, symbol(",")), symbol(")")).parse_next(input)?;
    let mut parts = parts.into_iter();
    Ok((parts.next().unwrap_or_default(), Some(parts.collect())))
}

fn condition(input: &mut &str) -> ModalResult<Condition> {
    let label = name(input)?;
    let equal = alt((symbol("!=").value(false), symbol("=").value(true))).parse_next(input)?;
    let value = quoted('\'', input)?;
    Ok(Condition {
        label,
        equal,
        value,
    })
}

/// Without `ASC` or `DESC` the lowest is first.
fn order(input: &mut &str) -> ModalResult<(Aggregate, bool)> {
    let by = preceded(multispace0, aggregate).parse_next(input)?;
    (symbol("("), symbol(")")).parse_next(input)?;
    let mut descending = opt(preceded(
        multispace0,
        alt((Caseless("ASC").value(false), Caseless("DESC").value(true))),
    ));
    Ok((by, descending.parse_next(input)?.unwrap_or(false)))
}

/// A name of letters, digits, `_` and the dots of `tag.key` and `AWS.AccountId`, or anything in double quotation marks.
fn name(input: &mut &str) -> ModalResult<String> {
    multispace0.parse_next(input)?;
    if input.starts_with('"') {
        return quoted('"', input);
    }
    take_while(1.., |c: char| {
        c.is_ascii_alphanumeric() || c == '_' || c == '.'
    })
    .verify(|name: &str| !RESERVED.iter().any(|word| name.eq_ignore_ascii_case(word)))
    .map(str::to_owned)
    .parse_next(input)
}

/// A quotation mark inside is escaped with a backslash.
fn quoted(mark: char, input: &mut &str) -> ModalResult<String> {
    let escaped = preceded('\\', any);
    let inner = repeat(0.., alt((escaped, none_of(['\\', mark])))).fold(
        String::new,
        |mut text, c: char| {
            text.push(c);
            text
        },
    );
    delimited(mark, inner, mark).parse_next(input)
}
