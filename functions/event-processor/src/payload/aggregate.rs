//! The aggregates of the Kinesis Producer Library: a magic number, protobuf, and the protobuf's MD5
//! ("KPL Aggregated Record Format", awslabs/amazon-kinesis-producer).

use bytes::Bytes;
use md5::{Digest, Md5};
use prost::Message;

use super::Unreadable;

/// No UTF-8 text begins so, nor does gzip.
const MAGIC: &[u8] = &[0xf3, 0x89, 0x9a, 0xc2];
const MD5_LENGTH: usize = 16;

#[derive(Clone, PartialEq, Message)]
struct AggregatedRecord {
    #[prost(message, repeated, tag = "3")]
    records: Vec<Record>,
}

/// The keys are not read: Kinesis chose the shard by the aggregate's own, and a record counts where it came.
#[derive(Clone, PartialEq, Message)]
struct Record {
    #[prost(bytes = "bytes", required, tag = "3")]
    data: Bytes,
}

/// Whether bytes begin as an aggregate.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Returns the user records, in order; at least one.
pub(super) fn records(bytes: &[u8]) -> Result<Vec<Bytes>, Unreadable> {
    let broken = Unreadable::BrokenAggregate;
    let (protobuf, digest) = bytes
        .strip_prefix(MAGIC)
        .and_then(|rest| rest.split_last_chunk::<MD5_LENGTH>())
        .ok_or(broken("it is cut off"))?;
    if Md5::digest(protobuf).as_slice() != digest {
        return Err(broken("its MD5 differs"));
    }
    let aggregate = AggregatedRecord::decode(Bytes::copy_from_slice(protobuf))
        .map_err(|_| broken("its protobuf cannot be read"))?;
    if aggregate.records.is_empty() {
        return Err(broken("it holds no records"));
    }
    Ok(aggregate
        .records
        .into_iter()
        .map(|record| record.data)
        .collect())
}
