use std::collections::VecDeque;

use super::{Policy, Record};

/// Lambda's limit of an invocation's payload.
const PAYLOAD_LIMIT: usize = 6 * 1024 * 1024;

/// The bytes of a record's fields other than its data in the event, keys and ARNs included, rounded up.
const RECORD_OVERHEAD: usize = 700;

/// How many of the waiting records make the next batch, and whether it is full, so that it need not wait for the
/// window.
pub fn cut(waiting: &VecDeque<Record>, policy: &Policy) -> (usize, bool) {
    let mut payload = 0;
    for (count, record) in waiting.iter().enumerate() {
        payload += record.data.len().div_ceil(3) * 4 + record.partition_key.len() + RECORD_OVERHEAD;
        let full = count == policy.batch_size || (payload > PAYLOAD_LIMIT && count > 0);
        if full {
            return (count, true);
        }
    }
    (waiting.len(), waiting.len() >= policy.batch_size)
}
