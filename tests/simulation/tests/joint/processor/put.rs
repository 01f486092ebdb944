//! Slices on their way to the table, in the format of several builds.

use std::io::{Read, Write};

use flate2::{Compression, Crc, read::DeflateDecoder, write::DeflateEncoder};
use picket_shared::chain::{Slice, encode};

use super::LIFE;
use crate::{
    kernel::MILLISECOND,
    position::Position,
    tables::{Committed, Item},
};

/// A slice on its way to the table.
pub(crate) struct Put {
    pub(super) chain: String,
    pub(super) mark: String,
    pub(super) item: Item,
    pub(super) committed: Committed,
}

impl Put {
    /// As a build writes it that knows this version: the one before has no checksum, and the next one has what this one
    /// passes over.
    pub(super) fn of_version(slice: &Slice, begun_at: i64, version: u8) -> Self {
        /// Of the protobuf message, field 99, a text.
        const UNKNOWN: &[u8] = &[0x9a, 0x06, 0x02, b'n', b'o'];
        let mut put = Self::of(slice, begun_at);
        let body = &mut put.item.body;
        assert_eq!(body[0], 2, "a build writes version 2");
        match version {
            1 => {
                body.truncate(body.len() - 4);
                body[0] = 1;
            }
            3 => {
                let mut message = Vec::new();
                let mut inflate = DeflateDecoder::new(&body[1..body.len() - 4]);
                inflate.read_to_end(&mut message).unwrap();
                message.extend(UNKNOWN);
                let mut deflate = DeflateEncoder::new(vec![3], Compression::fast());
                deflate.write_all(&message).unwrap();
                *body = deflate.finish().unwrap();
                let mut sum = Crc::new();
                sum.update(&message);
                body.extend(sum.sum().to_le_bytes());
            }
            _ => {}
        }
        put
    }

    pub(crate) fn of(slice: &Slice, begun_at: i64) -> Self {
        let (chain, mark) = (slice.chain.to_string(), slice.before.to_string());
        let item = Item {
            first: slice.first.to_string(),
            after: slice.after.to_string(),
            body: encode(&slice.body),
            committed_at: slice.committed_at.as_millisecond(),
            taken_at: 0,
            expires_at: slice.committed_at.as_second() + LIFE,
            read: None,
        };
        let of = |died: bool| {
            let records = slice.body.quarantined.iter();
            let records =
                records.filter(move |record| !died || record.reason.as_str().contains("died"));
            records.map(|record| {
                (
                    Position::of(record.position.as_str()),
                    record.object.clone(),
                )
            })
        };
        let committed = Committed {
            first: Position::of(&item.first),
            after: Position::of(&item.after),
            committed_at: item.committed_at,
            taken_at: 0,
            begun_at: begun_at / MILLISECOND,
            quarantined: of(false).collect(),
            left: of(true).map(|(position, _)| position).collect(),
        };
        Self {
            chain,
            mark,
            item,
            committed,
        }
    }
}
