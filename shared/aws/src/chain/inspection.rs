//! The inspection of a whole chain for damaged and missing items.

use jiff::Timestamp;
use picket_shared::{
    chain::{ChainId, DamagedSlice},
    position::Position,
};

use super::{
    ChainTable,
    slice::{Unreadable, from_item},
};
use crate::{
    fault::Fault,
    item::{Item, read_text, text},
};

/// The result of inspecting a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Which chain.
    pub chain: ChainId,
    /// Items that were read, of whatever kind.
    pub slices: u64,
    /// Items of a newer build, which this one cannot judge.
    pub newer: u64,
    /// Items that cannot be read.
    pub damaged: Vec<Damaged>,
    /// Places where an item does not start at the end of the one before it: the items between expired or were deleted.
    pub gaps: Vec<Gap>,
}

/// An item that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// The item's sort key: the mark before the slice.
    pub mark: String,
    /// The mark after it and when it was committed, where only the body is damaged.
    pub end: Option<(Position, Timestamp)>,
    /// The reason, a sentence.
    pub reason: String,
}

/// A gap in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The end of the item before it.
    pub from: Position,
    /// The start of the item after it.
    pub to: Position,
}

impl ChainTable {
    /// Reads every item of a chain, a page at a time.
    pub async fn inspect(&self, chain: &ChainId) -> Result<Inspection, Fault> {
        let query = self
            .client
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .key_condition_expression("#chain = :chain")
            .expression_attribute_names("#chain", "chain")
            .expression_attribute_values(":chain", text(chain.to_string()));
        let mut items = query.into_paginator().items().send();
        let mut inspection = Inspection {
            chain: chain.clone(),
            slices: 0,
            newer: 0,
            damaged: Vec::new(),
            gaps: Vec::new(),
        };
        let mut end = None;
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| Fault::of(&self.table, "read", error))?;
            inspection.take_in(&item, &mut end);
        }
        Ok(inspection)
    }
}

impl Inspection {
    fn take_in(&mut self, item: &Item, end: &mut Option<Position>) {
        self.slices += 1;
        let (before, after) = match from_item(&self.chain, item) {
            Ok((Ok(slice), _)) => (slice.before, slice.after),
            Ok((Err(damaged), _)) => {
                self.damaged.push(Damaged::of(&damaged));
                (damaged.before, damaged.after)
            }
            Err(unreadable) => {
                if unreadable.is_newer() {
                    self.newer += 1;
                } else {
                    self.damaged.push(Damaged::unreadable(item, &unreadable));
                }
                // Where it ends is not known.
                *end = None;
                return;
            }
        };
        if let Some(from) = end.replace(after).filter(|from| *from != before) {
            self.gaps.push(Gap { from, to: before });
        }
    }
}

impl Damaged {
    fn of(slice: &DamagedSlice) -> Self {
        Self {
            mark: slice.before.to_string(),
            end: Some((slice.after.clone(), slice.committed_at)),
            reason: slice.reason.clone(),
        }
    }

    fn unreadable(item: &Item, unreadable: &Unreadable) -> Self {
        Self {
            mark: read_text(item, "mark").unwrap_or_default().to_owned(),
            end: None,
            reason: unreadable.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::Client;
    use picket_shared::chain::{Body, encode};
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        connector::connector,
        testing::{Server, StubResponse},
    };

    fn chain() -> ChainId {
        ChainId::new("events", "shardId-000000000000").unwrap()
    }

    fn position(number: u32) -> Position {
        if number == 0 {
            Position::start()
        } else {
            Position::new(&number.to_string(), 0).unwrap()
        }
    }

    fn item(before: u32, after: u32) -> Value {
        json!({
            "mark": {"S": position(before).as_str()},
            "after": {"S": position(after).as_str()},
            "first": {"S": position(after).as_str()},
            "body": {"B": aws_smithy_types::base64::encode(encode(&Body::default()))},
            "version": {"N": "1"},
            "committed_at": {"N": "1700000000000"},
        })
    }

    fn with_body(mut item: Value, body: &[u8]) -> Value {
        item["body"]["B"] = json!(aws_smithy_types::base64::encode(body));
        item
    }

    #[tokio::test]
    async fn every_page_is_read_and_what_is_damaged_missing_or_newer_is_named() {
        let mut no_end = item(5, 6);
        no_end.as_object_mut().unwrap().remove("after");
        let pages = [
            json!({
                "Items": [item(0, 1), with_body(item(1, 2), b"\x02?"), item(4, 5)],
                "LastEvaluatedKey": {"chain": {"S": "events/shardId-000000000000"}, "mark": {"S": position(4).as_str()}},
            }),
            json!({"Items": [no_end, with_body(item(6, 7), &[9, 1]), item(8, 9)]}),
        ];
        let server = Server::answering(pages.iter().map(StubResponse::json)).await;
        let table = ChainTable::new(Client::new(&server.config(connector())), "picket-chain");
        let found = table.inspect(&chain()).await.unwrap();
        assert_eq!((found.slices, found.newer), (6, 1));
        let marks: Vec<_> = found.damaged.iter().map(|damaged| &damaged.mark).collect();
        assert_eq!(marks, [position(1).as_str(), position(5).as_str()]);
        let committed_at = Timestamp::from_second(1_700_000_000).unwrap();
        assert_eq!(found.damaged[0].end, Some((position(2), committed_at)));
        assert_eq!(
            found.damaged[1].reason,
            "its attribute \"after\" is missing or not what it should be"
        );
        let gap = Gap {
            from: position(2),
            to: position(4),
        };
        assert_eq!(
            found.gaps,
            [gap],
            "the rest begins at an end that is not known"
        );
        assert_eq!(server.bodies().await[0]["ConsistentRead"], json!(true));
    }
}
