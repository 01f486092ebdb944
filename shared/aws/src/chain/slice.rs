//! A slice as an item.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use picket_shared::chain::{BlobError, ChainId, Slice, decode, encode};

use crate::item::{BadAttribute, Item, bytes, number, parse, read_bytes, text};

/// The version of the item's attributes; the body has its own.
const VERSION: u32 = 1;

/// Why an item is not a slice.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error(transparent)]
    Attribute(#[from] BadAttribute),
    #[error(transparent)]
    Body(#[from] BlobError),
}

pub(super) fn to_item(slice: &Slice, expires_at: i64) -> Item {
    let attributes: [(&str, AttributeValue); 8] = [
        ("chain", text(slice.chain.to_string())),
        ("mark", text(slice.before.as_str())),
        ("after", text(slice.after.as_str())),
        ("first", text(slice.first.as_str())),
        ("body", bytes(encode(&slice.body))),
        ("version", number(VERSION)),
        ("committed_at", number(slice.committed_at.as_millisecond())),
        ("expires_at", number(expires_at)),
    ];
    attributes
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

pub(super) fn from_item(chain: &ChainId, item: &Item) -> Result<Slice, Unreadable> {
    let committed_at = Timestamp::from_millisecond(parse(item, "committed_at")?)
        .map_err(|_| BadAttribute("committed_at"))?;
    Ok(Slice {
        chain: chain.clone(),
        before: parse(item, "mark")?,
        first: parse(item, "first")?,
        after: parse(item, "after")?,
        committed_at,
        body: decode(read_bytes(item, "body")?)?,
    })
}
