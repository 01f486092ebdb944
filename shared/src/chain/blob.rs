//! The body of a slice as bytes: a version, deflated protobuf, and a checksum (docs/decisions/0016).

mod deflated;
mod series;
mod size;
#[cfg(test)]
mod tests;
mod usage;

use flate2::Crc;
use prost::Message;

pub use size::{fits, longest};

use super::{Body, Quarantined, Reason, wire};
use crate::defaults::DefaultMinute;

/// Version 1 has no checksum. A build of version 1 reads version 2, and passes over the bytes after the deflate stream.
const VERSION: u8 = 2;
/// A DynamoDB item is at most 400 KB and deflate gains at most about a thousandfold; far below that, far above any slice.
const MOST_INFLATED: usize = 64 << 20;

/// Why a blob cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// Written by a newer Picket: a transient error, which ends with the deployment.
    #[error(
        "the chain item has format version {0}, and this build reads version {VERSION} and the next: finish the deployment"
    )]
    Version(u8),
    /// Not a blob of ours: a permanent error.
    #[error("the chain item cannot be read: {0}")]
    Damaged(String),
}

/// Bytes of a body: the version, the deflated message, and the CRC-32 of the message, little-endian.
pub fn encode(body: &Body) -> Vec<u8> {
    // The parts of a protobuf message, one after another, are the message.
    let event_ids = wire::EventIds {
        event_ids: body.event_ids.clone(),
    };
    let (event_ids, rest) = (event_ids.encode_to_vec(), to_wire(body).encode_to_vec());
    let mut bytes = deflated::deflate(vec![VERSION], &event_ids, &rest);
    bytes.extend(checksum([&event_ids, &rest]));
    bytes
}

/// The body of bytes. Version n reads n-1 and n+1: protobuf passes what it does not know.
pub fn decode(bytes: &[u8]) -> Result<Body, BlobError> {
    read(bytes, from_wire)
}

/// The event ids of a body's bytes, without the memory that the rest of it takes.
pub fn decode_event_ids(bytes: &[u8]) -> Result<Vec<u64>, BlobError> {
    read(bytes, |message: wire::EventIds| Ok(message.event_ids))
}

/// Whether bytes inflate to what their checksum says; far quicker than [`decode`].
pub fn verify(bytes: &[u8]) -> Result<(), BlobError> {
    read(bytes, |()| Ok(()))
}

fn read<M: Message + Default, T>(
    bytes: &[u8],
    parse: impl FnOnce(M) -> Result<T, BlobError>,
) -> Result<T, BlobError> {
    let (&version, deflated) = bytes.split_first().ok_or_else(|| damaged(&"it is empty"))?;
    if version > VERSION + 1 {
        return Err(BlobError::Version(version));
    }
    let parsed = inflate(version, deflated)
        .and_then(|message| M::decode(message.as_slice()).map_err(|error| damaged(&error)))
        .and_then(parse);
    match parsed {
        // What the next version means by it is for the build that knows.
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
        _ => *sum == checksum([&message]),
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

fn checksum<'m>(parts: impl IntoIterator<Item = &'m Vec<u8>>) -> [u8; 4] {
    let mut crc = Crc::new();
    parts.into_iter().for_each(|part| crc.update(part));
    crc.sum().to_le_bytes()
}

/// All but the ids.
fn to_wire(body: &Body) -> wire::Body {
    wire::Body {
        series: body.series.iter().map(series::to_wire).collect(),
        usage: body.usage.iter().map(usage::to_wire).collect(),
        quarantined: body.quarantined.iter().map(quarantined_to_wire).collect(),
        event_ids: Vec::new(),
        defaults: body.defaults.iter().map(default_to_wire).collect(),
    }
}

fn from_wire(body: wire::Body) -> Result<Body, BlobError> {
    Ok(Body {
        series: body
            .series
            .into_iter()
            .map(series::from_wire)
            .collect::<Result<_, _>>()?,
        usage: body
            .usage
            .into_iter()
            .map(usage::from_wire)
            .collect::<Result<_, _>>()?,
        quarantined: body
            .quarantined
            .into_iter()
            .map(quarantined_from_wire)
            .collect::<Result<_, _>>()?,
        event_ids: body.event_ids,
        defaults: body
            .defaults
            .into_iter()
            .map(default_from_wire)
            .collect::<Result<_, _>>()?,
    })
}

fn default_to_wire(minute: &DefaultMinute) -> wire::DefaultMinute {
    wire::DefaultMinute {
        series: Some(series::to_wire(&minute.series)),
        matched: minute.matched,
    }
}

fn default_from_wire(message: wire::DefaultMinute) -> Result<DefaultMinute, BlobError> {
    let series = message
        .series
        .ok_or_else(|| BlobError::Damaged("a default value has no metric".to_owned()))?;
    Ok(DefaultMinute {
        series: series::from_wire(series)?,
        matched: message.matched,
    })
}

fn quarantined_to_wire(record: &Quarantined) -> wire::Quarantined {
    wire::Quarantined {
        position: record.position.to_string(),
        reason: record.reason.to_string(),
        object: record.object.clone(),
    }
}

fn quarantined_from_wire(message: wire::Quarantined) -> Result<Quarantined, BlobError> {
    let position = message
        .position
        .parse()
        .map_err(|error| BlobError::Damaged(format!("{error}")))?;
    Ok(Quarantined {
        position,
        reason: Reason::new(message.reason),
        object: message.object,
    })
}
