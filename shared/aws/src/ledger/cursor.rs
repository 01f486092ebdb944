//! How far a sink has read a chain.

use jiff::Timestamp;
use picket_shared::{chain::ChainId, position::Position};

use super::{Names, Values};
use crate::item::{BadAttribute, Item, number, parse, parse_optional, text};

/// A sink: a reader of the chains, with cursors of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sink {
    /// The usage ledger.
    Ledger,
    /// CloudWatch.
    CloudWatch,
    /// Prometheus remote write. One blob holds its place in all chains ([`crate::state`]), since its values are of all
    /// shards.
    Prometheus,
}

impl Sink {
    /// The partition of its cursors in the ledger table.
    pub fn partition(self) -> &'static str {
        match self {
            Self::Ledger => "cursor/ledger",
            Self::CloudWatch => "cursor/cloudwatch",
            Self::Prometheus => "cursor/prometheus",
        }
    }
}

/// The cursor of a sink in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The chain key to read next: the `after` of the last item done.
    pub mark: Position,
    /// Ledger: rows of the item at `mark` that are added already, in key order; 0 between items.
    pub rows_done: u32,
    /// CloudWatch: the items that a process is sending, or was sending when it ended.
    pub claim: Option<Claim>,
    /// CloudWatch: how many items were sent a second time, ever.
    pub ambiguous: u64,
}

/// A claim: items that a process announced it would send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The `after` of the last of them.
    pub up_to: Position,
    /// The time after which the claiming process has certainly ended.
    pub until: Timestamp,
    /// The items that CloudWatch has accepted, as parts of the state `accepted/cloudwatch`. It is not sent again.
    pub accepted: Vec<String>,
    /// Whether CloudWatch certainly has nothing else of them.
    pub certain: bool,
}

impl Claim {
    /// Creates a claim of items of which any number may have been sent.
    pub fn new(up_to: Position, until: Timestamp) -> Self {
        Self {
            up_to,
            until,
            accepted: Vec::new(),
            certain: false,
        }
    }
}

impl Cursor {
    /// At a mark, with nothing begun.
    pub fn at(mark: Position) -> Self {
        Self {
            mark,
            rows_done: 0,
            claim: None,
            ambiguous: 0,
        }
    }
}

/// A move of a chain's cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorMove {
    /// Whose.
    pub chain: ChainId,
    /// The expected cursor; `None`: the sink has not begun with the chain.
    pub from: Option<Cursor>,
    /// The cursor afterwards.
    pub to: Cursor,
}

pub(super) fn to_item(sink: Sink, chain: &ChainId, cursor: &Cursor) -> Item {
    let mut item = Item::from([
        ("day".to_owned(), text(sink.partition())),
        ("row".to_owned(), text(chain.to_string())),
        ("mark".to_owned(), text(cursor.mark.as_str())),
        ("rows_done".to_owned(), number(cursor.rows_done)),
        ("ambiguous".to_owned(), number(cursor.ambiguous)),
    ]);
    if let Some(claim) = &cursor.claim {
        item.insert("claimed".to_owned(), text(claim.up_to.as_str()));
        item.insert(
            "claimed_until".to_owned(),
            number(claim.until.as_millisecond()),
        );
        if !claim.accepted.is_empty() {
            item.insert("accepted".to_owned(), text(claim.accepted.join(" ")));
        }
        if claim.certain {
            item.insert("certain".to_owned(), number(1));
        }
    }
    item
}

pub(super) fn from_item(item: &Item) -> Result<Cursor, BadAttribute> {
    let claim = match parse_optional::<Position>(item, "claimed")? {
        Some(up_to) => Some(Claim {
            up_to,
            until: Timestamp::from_millisecond(parse(item, "claimed_until")?)
                .map_err(|_| BadAttribute("claimed_until"))?,
            accepted: parse_optional::<String>(item, "accepted")?
                .map(|parts| parts.split(' ').map(str::to_owned).collect())
                .unwrap_or_default(),
            certain: item.contains_key("certain"),
        }),
        None => None,
    };
    Ok(Cursor {
        mark: parse(item, "mark")?,
        rows_done: parse_optional(item, "rows_done")?.unwrap_or(0),
        claim,
        ambiguous: parse_optional(item, "ambiguous")?.unwrap_or(0),
    })
}

/// The condition that the cursor is unchanged.
pub(super) struct Condition {
    pub(super) expression: &'static str,
    pub(super) names: Names,
    pub(super) values: Option<Values>,
}

impl Condition {
    pub(super) fn at(old: Option<&Cursor>) -> Self {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| (format!("#{name}"), (*name).to_owned()))
                .collect()
        };
        let Some(old) = old else {
            return Self {
                expression: "attribute_not_exists(#mark)",
                names: names(&["mark"]),
                values: None,
            };
        };
        let mut values = Values::from([
            (":mark".to_owned(), text(old.mark.as_str())),
            (":rows_done".to_owned(), number(old.rows_done)),
        ]);
        let Some(claim) = &old.claim else {
            return Self {
                expression: "#mark = :mark AND #rows_done = :rows_done AND attribute_not_exists(#claimed)",
                names: names(&["mark", "rows_done", "claimed"]),
                values: Some(values),
            };
        };
        values.insert(":claimed".to_owned(), text(claim.up_to.as_str()));
        values.insert(
            ":claimed_until".to_owned(),
            number(claim.until.as_millisecond()),
        );
        Self {
            expression: "#mark = :mark AND #rows_done = :rows_done AND #claimed = :claimed AND #claimed_until = :claimed_until",
            names: names(&["mark", "rows_done", "claimed", "claimed_until"]),
            values: Some(values),
        }
    }
}
