//! The body of a slice as bytes: a version, deflated protobuf, and a checksum (docs/decisions/0016).

mod series;
mod size;
#[cfg(test)]
mod tests;
mod usage;

use prost::Message;

pub use size::{LARGEST_BLOB, LARGEST_MESSAGE, fits, longest};

use super::{Body, QuarantineReason, Quarantined, wire};
pub use crate::blob::BlobError;
use crate::{
    blob::{self, read, read_sized},
    defaults::DefaultMinute,
};

/// Bytes of a body: the version, the deflated message, and the CRC-32 of the message, little-endian.
pub fn encode(body: &Body) -> Vec<u8> {
    let (event_ids, rest) = message(body);
    blob::encode_parts(&event_ids, &rest)
}

/// The two parts of a body's message: the ids, and the rest. One after another, they are the message.
fn message(body: &Body) -> (Vec<u8>, Vec<u8>) {
    let event_ids = wire::EventIds {
        event_ids: body.event_ids.clone(),
    };
    (event_ids.encode_to_vec(), to_wire(body).encode_to_vec())
}

/// The body of bytes. Version n reads n-1 and n+1: protobuf passes what it does not know.
pub fn decode(bytes: &[u8]) -> Result<Body, BlobError> {
    read(bytes, from_wire)
}

/// The body of bytes, and its number of bytes inflated.
pub fn decode_sized(bytes: &[u8]) -> Result<(Body, usize), BlobError> {
    read_sized(bytes, |message, length| Ok((from_wire(message)?, length)))
}

/// The event ids of a body's bytes, without the memory that the rest of it takes.
pub fn decode_event_ids(bytes: &[u8]) -> Result<Vec<u64>, BlobError> {
    read(bytes, |message: wire::EventIds| Ok(message.event_ids))
}

/// Whether bytes inflate to what their checksum says; far quicker than [`decode`].
pub fn verify(bytes: &[u8]) -> Result<(), BlobError> {
    read(bytes, |()| Ok(()))
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
        reason: QuarantineReason::new(message.reason),
        object: message.object,
    })
}
