//! Reading the file.

use std::{collections::BTreeMap, str::FromStr, sync::Arc};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    Price, PriceBook, PriceId, Rates, Tier,
    book::APPLICATION_PROFILE,
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
    let profiles = fields.list("profiles", log);
    let profiles: Vec<_> = profiles.iter().map(|node| profile(node, log)).collect();
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
        if let Some(other) = earlier.iter().find(|other| other.key() == row.key()) {
            log.at(
                node.at,
                format!(
                    "{:?} is for the same model, region, tier, context step and day",
                    other.id.as_str()
                ),
            );
        }
    }
    let profiles: BTreeMap<_, _> = profiles.into_iter().collect::<Option<_>>()?;
    Some(PriceBook::new(rows, profiles))
}

/// Reads an application inference profile: its ARN, and the model that it was created for.
fn profile(node: &Node, log: &mut Log) -> Option<(String, String)> {
    let mut fields = Fields::of(node, "a profile", log)?;
    let arn = fields.parse_required::<ProfileArn>("arn", log);
    let model = fields.parse_required::<PlainModel>("model", log);
    fields.finish(log);
    Some((arn?.0, model?.0))
}

fn row(node: &Node, log: &mut Log) -> Option<Price> {
    let mut fields = Fields::of(node, "a price", log)?;
    let id = fields.parse_required("id", log);
    let model = fields.parse_required("model", log);
    let region = fields.parse("region", log);
    let tier = fields.parse::<TierName>("tier", log);
    let above = fields.parse("above", log).unwrap_or(0);
    let from = fields.parse_required::<Date>("from", log);
    let source = fields.parse_required::<Source>("source", log);
    let read = fields.parse_required::<Date>("read", log);
    let priced = KINDS.iter().any(|kind| fields.optional(kind).is_some());
    let rates = rates(&mut fields, log);
    let batch = fields.optional("batch").and_then(|node| batch(node, log));
    let reason = fields.parse("note", log);
    fields.finish(log);
    let tier = tier.map_or(Tier::STANDARD, |name| name.0);
    if batch.is_some() && tier != Tier::STANDARD {
        log.at(
            node.at,
            format!("`batch` belongs to the standard tier, not to {tier}"),
        );
    }
    if !priced {
        let kinds = KINDS.join("`, `");
        log.at(node.at, format!("a price needs at least one of `{kinds}`"));
    }
    Some(Price {
        id: id?,
        model: model?,
        region,
        tier,
        above,
        from: from?,
        source: source?.0,
        read: read?,
        rates,
        batch,
        note: reason,
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
pub(super) struct Rate(pub(super) Decimal);

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
pub(super) struct Source(pub(super) Arc<str>);

impl FromStr for Source {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.starts_with("https://") {
            return Ok(Self(text.into()));
        }
        Err(Invalid(format!("{text:?} is not an https:// address")))
    }
}

/// The name of a service tier, as rows write it.
pub(super) struct TierName(pub(super) Tier);

impl FromStr for TierName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let tier = Tier::read(text);
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        if tier.as_str() == text && text.chars().all(is_plain) {
            return Ok(Self(tier));
        }
        Err(Invalid(format!(
            "{text:?} is not a tier: write a word such as standard, batch, flex, priority or optimized"
        )))
    }
}

/// The ARN of an application inference profile.
struct ProfileArn(String);

impl FromStr for ProfileArn {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.starts_with("arn:") && text.contains(APPLICATION_PROFILE) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid(format!(
            "{text:?} is not the ARN of an application inference profile"
        )))
    }
}

/// The id of a model or of an inference profile, without wildcards.
struct PlainModel(String);

impl FromStr for PlainModel {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        sized(text, 256)?;
        if text.contains(['*', '/']) {
            return Err(Invalid(format!("{text:?} is not a model's id")));
        }
        Ok(Self(text.to_owned()))
    }
}

/// The longest id of a row: an imported one has the model's, the Region's, the tier's, the step's and the day's letters.
const LONGEST_ID: usize = 128;

impl FromStr for PriceId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        sized(text, LONGEST_ID)?;
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
