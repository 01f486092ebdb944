//! Versioned blobs: a version byte, one deflate stream of a protobuf message, and the CRC-32 of the message
//! (docs/decisions/0016). Chain items and the publisher's state have this form.

mod deflated;
#[cfg(test)]
mod tests;

use flate2::{Compression, Crc};
use prost::Message;

pub(crate) use deflated::longest;

/// The version that this build writes. Version 1 has no checksum. A build of version 1 reads version 2, and skips the
/// bytes after the deflate stream.
pub const VERSION: u8 = 2;
/// A DynamoDB item has at most 400 KB, and deflate shrinks about a thousandfold at most; blobs are far below this.
pub const MOST_INFLATED: usize = 64 << 20;

/// The reason why a blob cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// It is of a newer version: a transient error, which ends with the deployment.
    #[error(
        "it has format version {0}, and this build reads version {VERSION} and the next: finish the deployment"
    )]
    Version(u8),
    /// It is not a blob, or damaged: a permanent error.
    #[error("it cannot be read: {0}")]
    Damaged(String),
}

/// Encodes a message.
pub fn encode(message: &impl Message) -> Vec<u8> {
    compress(&[], &message.encode_to_vec(), Compression::default())
}

/// Encodes a message of two parts fast: `stored` does not compress and is stored as it is.
pub(crate) fn encode_parts(stored: &[u8], text: &[u8]) -> Vec<u8> {
    compress(stored, text, Compression::fast())
}

/// The version, the deflated parts, and the CRC-32 of both, little-endian.
fn compress(stored: &[u8], text: &[u8], level: Compression) -> Vec<u8> {
    let mut bytes = deflated::deflate(vec![VERSION], stored, text, level);
    bytes.extend(checksum([stored, text]));
    bytes
}

/// Decodes a message. Version n reads n-1 and n+1: protobuf skips unknown fields.
pub fn decode<M: Message + Default>(bytes: &[u8]) -> Result<M, BlobError> {
    read(bytes, Ok)
}

/// Decodes a message, and parses it.
pub(crate) fn read<M: Message + Default, T>(
    bytes: &[u8],
    parse: impl FnOnce(M) -> Result<T, BlobError>,
) -> Result<T, BlobError> {
    read_sized(bytes, |message, _| parse(message))
}

/// Decodes a message, and parses it, with its number of bytes inflated.
pub(crate) fn read_sized<M: Message + Default, T>(
    bytes: &[u8],
    parse: impl FnOnce(M, usize) -> Result<T, BlobError>,
) -> Result<T, BlobError> {
    let (&version, deflated) = bytes.split_first().ok_or_else(|| damaged(&"it is empty"))?;
    if version > VERSION + 1 {
        return Err(BlobError::Version(version));
    }
    let parsed = inflate(version, deflated).and_then(|message| {
        let parsed = M::decode(message.as_slice()).map_err(|error| damaged(&error))?;
        parse(parsed, message.len())
    });
    match parsed {
        // Only a build of the next version knows whether it is damaged.
        Err(BlobError::Damaged(_)) if version > VERSION => Err(BlobError::Version(version)),
        parsed => parsed,
    }
}

fn inflate(version: u8, deflated: &[u8]) -> Result<Vec<u8>, BlobError> {
    if version == 0 {
        return Err(damaged(&"it has no version"));
    }
    let (message, sum) =
        deflated::inflate(deflated, MOST_INFLATED).map_err(|error| damaged(&error))?;
    let is_whole = match version {
        1 => sum.is_empty(),
        _ => *sum == checksum([message.as_slice()]),
    };
    if is_whole {
        Ok(message)
    } else {
        Err(damaged(&"its checksum is not that of its content"))
    }
}

fn damaged(error: &dyn std::fmt::Display) -> BlobError {
    BlobError::Damaged(error.to_string())
}

fn checksum<'m>(parts: impl IntoIterator<Item = &'m [u8]>) -> [u8; 4] {
    let mut crc = Crc::new();
    parts.into_iter().for_each(|part| crc.update(part));
    crc.sum().to_le_bytes()
}
