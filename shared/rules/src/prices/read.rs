//! Reading the file.

use std::str::FromStr;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    Price, PriceBook, PriceId, Rates,
    price::{HIGHEST, PLACES},
};
use crate::{
    Invalid, Problems,
    invalid::sized,
    yaml::{Fields, Log, Node},
};

pub(super) fn file(file: &str, text: &str) -> Result<PriceBook, Problems> {
    let mut log = Log::new(file);
    let book = Node::read(text, &mut log).and_then(|node| whole(&node, &mut log));
    log.finish(book)
}

fn whole(node: &Node, log: &mut Log) -> Option<PriceBook> {
    let mut fields = Fields::of(node, "the file", log)?;
    let nodes = fields.list_required("prices", log);
    let rows: Vec<_> = nodes.iter().map(|node| row(node, log)).collect();
    fields.finish(log);
    let rows: Vec<Price> = rows.into_iter().collect::<Option<_>>()?;
    for (index, (row, node)) in rows.iter().zip(nodes).enumerate() {
        let earlier = &rows[..index];
        if earlier.iter().any(|other| other.id == row.id) {
            log.at(
                node.at,
                format!(
                    "the id {:?} is taken: rows are superseded under a new id, never edited",
                    row.id.as_str()
                ),
            );
        }
        let key = |row: &Price| (row.model.clone(), row.region.clone(), row.from);
        if let Some(other) = earlier.iter().find(|other| key(other) == key(row)) {
            log.at(
                node.at,
                format!(
                    "{:?} is for the same model, region and day",
                    other.id.as_str()
                ),
            );
        }
    }
    Some(PriceBook(rows))
}

fn row(node: &Node, log: &mut Log) -> Option<Price> {
    let mut fields = Fields::of(node, "a price", log)?;
    let id = fields.parse_required("id", log);
    let model = fields.parse_required("model", log);
    let region = fields.parse("region", log);
    let from = fields.parse_required::<Date>("from", log);
    let source = fields.parse_required::<Source>("source", log);
    let read = fields.parse_required::<Date>("read", log);
    let priced = KINDS.iter().any(|kind| fields.optional(kind).is_some());
    let rates = rates(&mut fields, log);
    let batch = fields.optional("batch").and_then(|node| batch(node, log));
    fields.finish(log);
    if !priced {
        let kinds = KINDS.join("`, `");
        log.at(node.at, format!("a price needs at least one of `{kinds}`"));
    }
    Some(Price {
        id: id?,
        model: model?,
        region,
        from: from?,
        source: source?.0,
        read: read?,
        rates,
        batch,
    })
}

fn batch(node: &Node, log: &mut Log) -> Option<Rates> {
    let mut fields = Fields::of(node, "`batch`", log)?;
    let rates = rates(&mut fields, log);
    fields.finish(log);
    Some(rates)
}

/// The kinds of tokens that have prices.
const KINDS: [&str; 5] = [
    "input",
    "output",
    "cache_read",
    "cache_write_5m",
    "cache_write_1h",
];

fn rates(fields: &mut Fields<'_>, log: &mut Log) -> Rates {
    let mut rate = |name| fields.parse::<Rate>(name, log).map(|rate| rate.0);
    Rates {
        input: rate("input"),
        output: rate("output"),
        cache_read: rate("cache_read"),
        cache_write_5m: rate("cache_write_5m"),
        cache_write_1h: rate("cache_write_1h"),
    }
}

/// A price as it is written: never through a float.
struct Rate(Decimal);

impl FromStr for Rate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refuse = |why: &str| Err(Invalid(format!("{text:?} is not a price: {why}")));
        let Ok(price) = Decimal::from_str_exact(text) else {
            return refuse("write dollars per million tokens, such as 0.035");
        };
        if price.is_sign_negative() && !price.is_zero() {
            return refuse("it is negative");
        }
        if price > Decimal::from(HIGHEST) {
            return refuse("it is above a million dollars");
        }
        let price = price.normalize();
        if price.scale() > PLACES {
            return refuse("it has more than six decimal places");
        }
        Ok(Self(price))
    }
}

/// The source of a price: a page that can be opened.
struct Source(String);

impl FromStr for Source {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.starts_with("https://") {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid(format!("{text:?} is not an https:// address")))
    }
}

impl FromStr for PriceId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        sized(text, 64)?;
        match text
            .chars()
            .find(|&letter| !letter.is_ascii_alphanumeric() && !"-.".contains(letter))
        {
            Some(letter) => Err(Invalid(format!(
                "{letter:?} is not a letter, a digit, `-` or `.`"
            ))),
            None => Ok(Self(text.to_owned())),
        }
    }
}
