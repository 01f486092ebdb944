use picket_shared::position::Position;
use serde::Serialize;

use crate::event::{Record, ShardRecords};

/// A partial batch response. Empty is success.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// At most one a shard: the lowest sequence number not committed.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// The record that the retry begins with.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// Its sequence number.
    pub item_identifier: String,
}

/// Returns the record that Lambda must retry from: that of the first event that may not be in the chain.
pub(super) fn lowest_open(
    shard: &ShardRecords<'_>,
    first: Option<&Position>,
) -> Option<BatchItemFailure> {
    let is_open = |record: &&Record<'_>| {
        first.is_none_or(|first| Some(record.place().1) == first.sequence_number())
    };
    let record = shard.records.iter().find(is_open)?;
    Some(BatchItemFailure {
        item_identifier: record.sequence_number.clone().into_owned(),
    })
}
