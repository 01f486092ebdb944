//! A slice as an item.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use picket_shared::chain::{
    BlobError, Body, ChainId, DamagedSlice, Slice, SliceIds, StoredSlice, decode_event_ids,
    decode_sized, encode, verify,
};

use crate::item::{BadAttribute, Item, bytes, number, parse, read_bytes, text};

/// The version of the item's attributes; the body has its own.
const VERSION: u32 = 1;

/// The reason why an item is not a slice.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error(transparent)]
    Attribute(#[from] BadAttribute),
    /// An item of a newer build, or a damaged one.
    #[error(transparent)]
    Body(#[from] BlobError),
    /// An item of a newer build.
    #[error(
        "the item has version {0}, and this build knows version {VERSION}: finish the deployment"
    )]
    Item(u32),
}

impl Unreadable {
    /// Whether a newer build can read it: a transient error.
    pub(super) fn is_newer(&self) -> bool {
        matches!(self, Self::Item(_) | Self::Body(BlobError::Version(_)))
    }
}

/// The item, or why its body could not be read again.
pub(super) fn to_item(slice: &Slice, expires_at: i64) -> Result<Item, BlobError> {
    let body = encode(&slice.body);
    verify(&body)?;
    let attributes: [(&str, AttributeValue); 8] = [
        ("chain", text(slice.chain.to_string())),
        ("mark", text(slice.before.as_str())),
        ("after", text(slice.after.as_str())),
        ("first", text(slice.first.as_str())),
        ("body", bytes(body)),
        ("version", number(VERSION)),
        ("committed_at", number(slice.committed_at.as_millisecond())),
        ("expires_at", number(expires_at)),
    ];
    Ok(attributes
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect())
}

/// The slice of an item, and the number of bytes that its body inflates to.
pub(super) fn from_item(chain: &ChainId, item: &Item) -> Result<(StoredSlice, usize), Unreadable> {
    check_version(item)?;
    let mut slice = Slice {
        chain: chain.clone(),
        before: parse(item, "mark")?,
        first: parse(item, "first")?,
        after: parse(item, "after")?,
        committed_at: committed_at(item)?,
        body: Body::default(),
    };
    let bytes = read_bytes(item, "body")?;
    match decode_sized(bytes) {
        Ok((body, length)) => {
            slice.body = body;
            Ok((Ok(slice), length))
        }
        Err(BlobError::Damaged(reason)) => {
            let damaged = Box::new(DamagedSlice {
                chain: slice.chain,
                before: slice.before,
                first: slice.first,
                after: slice.after,
                committed_at: slice.committed_at,
                bytes: bytes.to_vec(),
                reason,
            });
            Ok((Err(damaged), bytes.len()))
        }
        Err(newer @ BlobError::Version(_)) => Err(newer.into()),
    }
}

/// The ids of a slice that was committed at `since` or later; an older one's are not read.
pub(super) fn ids_from_item(item: &Item, since: Timestamp) -> Result<SliceIds, Unreadable> {
    check_version(item)?;
    let committed_at = committed_at(item)?;
    let event_ids = if committed_at < since {
        Vec::new()
    } else {
        match decode_event_ids(read_bytes(item, "body")?) {
            // No sink counts such a slice, so that a repetition of its events is not counted twice.
            Err(BlobError::Damaged(_)) => Vec::new(),
            ids => ids?,
        }
    };
    Ok(SliceIds {
        after: parse(item, "after")?,
        committed_at,
        event_ids,
    })
}

/// Version n reads n-1 and n+1, or refuses it.
fn check_version(item: &Item) -> Result<(), Unreadable> {
    match parse(item, "version")? {
        version if version > VERSION + 1 => Err(Unreadable::Item(version)),
        _ => Ok(()),
    }
}

fn committed_at(item: &Item) -> Result<Timestamp, BadAttribute> {
    Timestamp::from_millisecond(parse(item, "committed_at")?)
        .map_err(|_| BadAttribute("committed_at"))
}
